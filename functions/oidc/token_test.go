package main

import (
	"strings"
	"testing"
	"time"

	own "phonon.in/central/shared/jose"
	"phonon.in/central/shared/oidc"
)

func TestOf200ExchangesOfOneCodeOneSucceeds(t *testing.T) {
	p := newProvider(t)
	a, who := p.register(public), p.person()
	code, g := p.grant(a, who, nil)
	won := 0
	for _, r := range atOnce(200, func(int) reply { return p.exchange(a, code) }) {
		switch r.says() {
		case "200":
			won++
		case "400 invalid_grant":
		default:
			t.Errorf("answered %s", r.says())
		}
	}
	if won != 1 {
		t.Errorf("%d of 200 got tokens", won)
	}
	if s, err := p.TokenState(t.Context(), g.Ref(), a.ID); err != nil || s.Grant.ID != "" {
		t.Errorf("the grant lives on: %v %v", s.Grant, err)
	}
}

func TestACodeThatComesAgainEndsWhatItsFirstUseGot(t *testing.T) {
	p := newProvider(t)
	a, who := p.register(nil), p.person()
	code, _ := p.grant(a, who, nil)
	got := p.want(p.exchange(a, code), "200")
	p.want(p.userInfo(got.text("access_token")), "200")
	p.want(p.exchange(a, code), "400 invalid_grant")
	p.want(p.userInfo(got.text("access_token")), "401 invalid_token")
	p.want(p.refresh(a, got.text("refresh_token")), "400 invalid_grant")
	if r := p.introspect(a, got.text("access_token")); r.body["active"] != false {
		t.Errorf("introspection says %v", r.body)
	}
}

func TestAReadThatFailsIsNoUnusedCode(t *testing.T) {
	p := newProvider(t)
	a, who := p.register(nil), p.person()
	code, _ := p.grant(a, who, nil)
	p.want(p.exchange(a, code), "200")
	down, _ := p.WithFault(t, "BatchGetItem", 2, 1) // silence
	p.serve(down)
	if r := p.want(p.exchange(a, code), "503 temporarily_unavailable"); r.header.Get("Retry-After") == "" {
		t.Error("it does not say when to come again")
	}
	deaf, _ := p.WithFault(t, "DeleteItem", 2, 1)
	p.serve(deaf)
	p.want(p.exchange(a, code), "503 temporarily_unavailable")
	p.serve(p.Store)
	p.want(p.exchange(a, code), "400 invalid_grant")
}

func TestACodeOfOneClientIsNothingToAnother(t *testing.T) {
	p := newProvider(t)
	a, b, who := p.register(nil), p.register(nil), p.person()
	code, _ := p.grant(a, who, nil)
	p.want(p.exchange(b, code), "400 invalid_grant")
	p.want(p.exchange(a, code), "200")
	code, _ = p.grant(a, who, nil)
	got := p.want(p.exchange(a, code), "200")
	p.want(p.exchange(b, code), "400 invalid_grant")
	p.want(p.userInfo(got.text("access_token")), "200") // nor does a stranger's try end what A has
}

func TestACodeIsRefusedAfterAMinute(t *testing.T) {
	p := newProvider(t)
	a, who := p.register(nil), p.person()
	late, g := p.grant(a, who, nil)
	p.passes(oidc.CodeLife)
	p.want(p.exchange(a, late), "400 invalid_grant")
	if s, err := p.TokenState(t.Context(), g.Ref(), a.ID); err != nil || s.Grant.ID == "" {
		t.Errorf("its item is gone already: %v", err)
	}
	inTime, _ := p.grant(a, who, nil)
	p.passes(oidc.CodeLife - time.Millisecond)
	p.want(p.exchange(a, inTime), "200")
}

func TestWhatComesWithACodeMustBeThatOfItsRequest(t *testing.T) {
	p := newProvider(t)
	who := p.person()
	kinds := map[string]*app{"confidential": p.register(nil), "public": p.register(public)}
	bare := func(g *oidc.Grant) { g.Challenge = "" }
	for name, row := range map[string]struct {
		grant       func(*oidc.Grant)
		member, has string
	}{
		"another redirect_uri":          {nil, "redirect_uri", callback + "/"},
		"a redirect_uri in capitals":    {nil, "redirect_uri", strings.ToUpper(callback)},
		"no redirect_uri":               {nil, "redirect_uri", ""},
		"another verifier":              {nil, "code_verifier", strings.Repeat("a", 43)},
		"no verifier":                   {nil, "code_verifier", ""},
		"the challenge as the verifier": {func(g *oidc.Grant) { g.Challenge = verifier }, "code_verifier", verifier},
		"a verifier of 42 letters":      {func(g *oidc.Grant) { g.Challenge = own.Hash(verifier[:42]) }, "code_verifier", verifier[:42]},
		"a verifier of 129 letters":     {func(g *oidc.Grant) { g.Challenge = own.Hash(strings.Repeat("a", 129)) }, "code_verifier", strings.Repeat("a", 129)},
		"a verifier with a space":       {func(g *oidc.Grant) { g.Challenge = own.Hash(verifier + " ") }, "code_verifier", verifier + " "},
		"a verifier that was not asked": {bare, "code_verifier", verifier},
	} {
		for kind, a := range kinds {
			code, _ := p.grant(a, who, row.grant)
			form := exchangeOf(code)
			form.Set(row.member, row.has)
			if r := p.asks(a, "/oauth2/token", form); r.says() != "400 invalid_grant" {
				t.Errorf("%s, %s client: answered %s", name, kind, r.says())
			}
			if row.grant == nil { // and the code is not used up
				p.want(p.exchange(a, code), "200")
			}
		}
	}
	for _, length := range []int{43, 128} {
		fits := strings.Repeat("~", length)
		code, _ := p.grant(kinds["public"], who, func(g *oidc.Grant) { g.Challenge = own.Hash(fits) })
		form := exchangeOf(code)
		form.Set("code_verifier", fits)
		p.want(p.asks(kinds["public"], "/oauth2/token", form), "200")
	}
	code, _ := p.grant(kinds["confidential"], who, bare)
	form := exchangeOf(code)
	form.Del("code_verifier")
	p.want(p.asks(kinds["confidential"], "/oauth2/token", form), "200")
}

func TestASessionHasTheNewestGrantsOfAClientAlone(t *testing.T) {
	p := newProvider(t)
	a, who := p.register(nil), p.person()
	var refs []oidc.GrantRef
	for range oidc.GrantsKept + 1 {
		code, g := p.grant(a, who, nil)
		p.want(p.exchange(a, code), "200")
		refs = append(refs, g.Ref())
		p.passes(time.Second)
	}
	for i, ref := range refs {
		s, err := p.TokenState(t.Context(), ref, a.ID)
		if err != nil || (s.Grant.ID != "") != (i > 0) {
			t.Errorf("grant %d is there: %v, %v", i, s.Grant.ID != "", err)
		}
	}
}
