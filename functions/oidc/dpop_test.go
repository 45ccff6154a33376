package main

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/token"
)

// bound shows an access token with a proof.
func (p *provider) bound(access, proof string) reply {
	return p.send("GET", "/oauth2/userinfo", nil, "Authorization", "DPoP "+access, "DPoP", proof)
}

func TestABoundTokenIsGoodWithAProofOfItsKeyAlone(t *testing.T) {
	p := newProvider(t)
	a, who, key, other := p.register(public), p.person(), p.prover(), p.prover()
	code, _ := p.grant(a, who, nil)
	got := p.want(p.exchange(a, code, key.forToken()...), "200")
	access := got.text("access_token")
	if got.text("token_type") != "DPoP" {
		t.Errorf("the type is %s", got.text("token_type"))
	}
	const path = "/oauth2/userinfo"
	fresh := func(instead m) string { return key.proof("GET", path, access, instead) }
	p.want(p.bound(access, fresh(nil)), "200")
	used := fresh(nil)
	p.want(p.bound(access, used), "200")
	for name, row := range map[string]struct {
		r    reply
		says string
	}{
		"without a proof":          {p.send("GET", path, nil, "Authorization", "DPoP "+access), "401 invalid_dpop_proof"},
		"as a bearer token":        {p.userInfo(access), "401 invalid_token"},
		"as one, with a proof":     {p.userInfo(access, "DPoP", fresh(nil)), "401 invalid_token"},
		"in the body":              {p.send("POST", path, url.Values{"access_token": {access}}, "DPoP", key.proof("POST", path, access, nil)), "401 invalid_token"},
		"another key":              {p.bound(access, other.proof("GET", path, access, nil)), "401 invalid_dpop_proof"},
		"another method":           {p.bound(access, fresh(m{"htm": "POST"})), "401 invalid_dpop_proof"},
		"another address":          {p.bound(access, fresh(m{"htu": testIssuer + "/oauth2/token"})), "401 invalid_dpop_proof"},
		"another token":            {p.bound(access, fresh(m{"ath": "x"})), "401 invalid_dpop_proof"},
		"no token":                 {p.bound(access, fresh(m{"ath": nil})), "401 invalid_dpop_proof"},
		"an old one":               {p.bound(access, fresh(m{"iat": p.now().Add(-2 * time.Minute).Unix()})), "401 invalid_dpop_proof"},
		"one of tomorrow":          {p.bound(access, fresh(m{"iat": p.now().Add(24 * time.Hour).Unix()})), "401 invalid_dpop_proof"},
		"a second time":            {p.bound(access, used), "401 invalid_dpop_proof"},
		"an empty header before":   {p.send("GET", path, nil, "Authorization", "DPoP "+access, "DPoP", "", "DPoP", fresh(nil)), "401 invalid_dpop_proof"},
		"two proofs":               {p.send("GET", path, nil, "Authorization", "DPoP "+access, "DPoP", fresh(nil), "DPoP", fresh(nil)), "401 invalid_dpop_proof"},
		"two proofs in one line":   {p.bound(access, fresh(nil)+", "+fresh(nil)), "401 invalid_dpop_proof"},
		"an empty one and a comma": {p.bound(access, ", "+fresh(nil)), "401 invalid_dpop_proof"},
		"an ID token":              {p.bound(access, got.text("id_token")), "401 invalid_dpop_proof"},
	} {
		if row.r.says() != row.says {
			t.Errorf("%s: answered %s, want %s", name, row.r.says(), row.says)
		}
		if how := row.r.header.Get("WWW-Authenticate"); row.says == "401 invalid_dpop_proof" && !strings.HasPrefix(how, `DPoP realm="central", error="invalid_dpop_proof"`) || !strings.Contains(how, "error=") {
			t.Errorf("%s: is told %s", name, how)
		}
	}
	if r := p.introspect(p.register(nil), access); r.body["active"] != false {
		t.Errorf("another client is told %v", r.body)
	}
	bearer := p.tokens(a, who).text("access_token")
	p.want(p.bound(bearer, key.proof("GET", path, bearer, nil)), "401 invalid_token")
	if wins := len(slicesOf200(atOnce(50, func(int) reply { return p.bound(access, used+"") }))); wins != 0 {
		t.Errorf("a seen proof was taken %d times", wins)
	}
	once := fresh(nil)
	if wins := len(slicesOf200(atOnce(50, func(int) reply { return p.bound(access, once) }))); wins != 1 {
		t.Errorf("one proof was taken %d times", wins)
	}
}

func slicesOf200(all []reply) (won []reply) {
	for _, r := range all {
		if r.status == 200 {
			won = append(won, r)
		}
	}
	return won
}

func TestWhatBeganBoundStaysBound(t *testing.T) {
	p := newProvider(t)
	who := p.person()
	for name, row := range map[string]struct {
		register func(*app)
		another  string // what a refresh with another key is answered
	}{
		"public":       {public, "400 invalid_dpop_proof"},
		"confidential": {nil, "200"},
		"by assertion": {keyed, "200"},
	} {
		a, key, other := p.register(row.register), p.prover(), p.prover()
		code, _ := p.grant(a, who, nil)
		got := p.want(p.exchange(a, code, key.forToken()...), "200")
		p.want(p.refresh(a, got.text("refresh_token")), "400 invalid_dpop_proof")
		if r := p.refresh(a, got.text("refresh_token"), other.forToken()...); r.says() != row.another {
			t.Errorf("%s, another key: answered %s", name, r.says())
		} else if r.status == 200 {
			p.want(p.bound(r.text("access_token"), other.proof("GET", "/oauth2/userinfo", r.text("access_token"), nil)), "200")
			p.want(p.bound(r.text("access_token"), key.proof("GET", "/oauth2/userinfo", r.text("access_token"), nil)), "401 invalid_dpop_proof")
		}
		again := p.want(p.refresh(a, got.text("refresh_token"), key.forToken()...), "200")
		if again.text("token_type") != "DPoP" {
			t.Errorf("%s: a bound grant yields a %s token", name, again.text("token_type"))
		}
		p.want(p.bound(got.text("access_token"), key.proof("GET", "/oauth2/userinfo", got.text("access_token"), nil)), "200")
	}
}

func TestACodeThatIsBoundToAKeyIsWorthNothingWithoutIt(t *testing.T) {
	p := newProvider(t)
	a, who, key := p.register(nil), p.person(), p.prover()
	bind := func(g *oidc.Grant) { g.JKT = key.jkt() }
	code, _ := p.grant(a, who, bind)
	p.want(p.exchange(a, code), "400 invalid_dpop_proof")
	p.want(p.exchange(a, code, p.prover().forToken()...), "400 invalid_dpop_proof")
	p.want(p.exchange(a, code, "DPoP", ""), "400 invalid_dpop_proof")
	p.want(p.exchange(a, code, key.forToken()...), "200")
	must := p.register(func(a *app) { a.DPoP = true })
	code, _ = p.grant(must, who, nil)
	p.want(p.exchange(must, code), "400 invalid_dpop_proof")
	p.want(p.exchange(must, code, key.forToken()...), "200")

	// One proof for two codes is one too many.
	first, _ := p.grant(a, who, nil)
	second, _ := p.grant(a, who, nil)
	proof := key.forToken()
	p.want(p.exchange(a, first, proof...), "200")
	p.want(p.exchange(a, second, proof...), "400 invalid_dpop_proof")
	p.want(p.exchange(a, second, key.forToken()...), "200")
}

func TestAJWTSaysWhichKeyItIsBoundTo(t *testing.T) {
	p := newProvider(t)
	a, who, key := p.register(asJWT), p.person(), p.prover()
	code, _ := p.grant(a, who, nil)
	got := p.want(p.exchange(a, code, key.forToken()...), "200")
	if cnf, _ := p.claims(got.text("access_token"))["cnf"].(m); cnf["jkt"] != key.jkt() {
		t.Errorf("cnf is %v", cnf)
	}
	if about := p.introspect(a, got.text("access_token")); about.text("token_type") != "DPoP" || about.body["cnf"].(m)["jkt"] != key.jkt() {
		t.Errorf("introspection says %v", about.body)
	}
	p.want(p.userInfo(got.text("access_token")), "401 invalid_token")
	p.want(p.bound(got.text("access_token"), key.proof("GET", "/oauth2/userinfo", got.text("access_token"), nil)), "200")
}

func TestARequestThatIsPushedIsHeldToWhatItsClientMayAsk(t *testing.T) {
	p := newProvider(t)
	apps := map[string]*app{"basic": p.register(nil), "key": p.register(keyed), "public": p.register(public)}
	for name, row := range map[string]struct {
		change func(url.Values)
		says   string
	}{
		"as it is":                {func(url.Values) {}, "201"},
		"another redirect_uri":    {func(v url.Values) { v.Set("redirect_uri", callback+"/") }, "400 invalid_request"},
		"no redirect_uri":         {func(v url.Values) { v.Del("redirect_uri") }, "400 invalid_request"},
		"no challenge":            {func(v url.Values) { v.Del("code_challenge"); v.Del("code_challenge_method") }, "400 invalid_request"},
		"plain":                   {func(v url.Values) { v.Set("code_challenge_method", "plain") }, "400 invalid_request"},
		"no method":               {func(v url.Values) { v.Del("code_challenge_method") }, "400 invalid_request"},
		"another method":          {func(v url.Values) { v.Set("code_challenge_method", "S512") }, "400 invalid_request"},
		"a short challenge":       {func(v url.Values) { v.Set("code_challenge", "abc") }, "400 invalid_request"},
		"an implicit response":    {func(v url.Values) { v.Set("response_type", "token") }, "400 unsupported_response_type"},
		"no openid":               {func(v url.Values) { v.Set("scope", "email") }, "400 invalid_scope"},
		"a request_uri":           {func(v url.Values) { v.Set("request_uri", "urn:x") }, "400 request_uri_not_supported"},
		"a request object":        {func(v url.Values) { v.Set("request", "e30.e30.") }, "400 request_not_supported"},
		"a state twice":           {func(v url.Values) { v.Add("state", "abc") }, "400 invalid_request"},
		"prompt none and login":   {func(v url.Values) { v.Set("prompt", "none login") }, "400 invalid_request"},
		"a state of 513 letters":  {func(v url.Values) { v.Set("state", strings.Repeat("a", 513)) }, "400 invalid_request"},
		"the client_id of others": {func(v url.Values) { v.Set("client_id", token.NewID()) }, "400 invalid_request"},
	} {
		for kind, a := range apps {
			form := asked()
			row.change(form)
			if strings.HasPrefix(name, "the client_id") && kind != "basic" {
				continue
			}
			r := p.asks(a, "/oauth2/par", form)
			if r.says() != row.says {
				t.Errorf("%s, %s: answered %s (%s)", name, kind, r.says(), r.text("error_description"))
			}
			if r.status != 201 {
				continue
			}
			id, is := strings.CutPrefix(r.text("request_uri"), pushedPrefix)
			pushed, err := p.Pushed(t.Context(), id, a.ID, p.now())
			if !is || err != nil || r.body["expires_in"] != 90.0 {
				t.Errorf("%s: got %v, %v", kind, r.body, err)
			}
			for _, secret := range append(proofs, a.secret) {
				if secret != "" && strings.Contains(pushed.Query, secret) {
					t.Errorf("%s: the request keeps what the client has proven itself by", kind)
				}
			}
		}
	}
	stranger := *apps["basic"]
	stranger.secret = "wrong"
	p.want(p.asks(&stranger, "/oauth2/par", asked()), "401 invalid_client")
}

func TestAPushedRequestBindsItsCodeToTheKeyOfItsProof(t *testing.T) {
	p := newProvider(t)
	a, key := p.register(keyed), p.prover()
	push := func(jkt string, headers ...string) reply {
		form := asked()
		if jkt != "" {
			form.Set("dpop_jkt", jkt)
		}
		return p.asks(a, "/oauth2/par", form, headers...)
	}
	proof := func() []string { return []string{"DPoP", key.proof("POST", "/oauth2/par", "", nil)} }
	for name, r := range map[string]reply{"by proof": push("", proof()...), "by name": push(key.jkt()), "by both": push(key.jkt(), proof()...)} {
		pushed, err := p.Pushed(t.Context(), strings.TrimPrefix(r.text("request_uri"), pushedPrefix), a.ID, p.now())
		if err != nil || pushed.JKT != key.jkt() {
			t.Errorf("%s: %v %v", name, pushed.JKT, err)
		}
	}
	p.want(push(p.prover().jkt(), proof()...), "400 invalid_dpop_proof")
	p.want(push("", "DPoP", key.proof("POST", "/oauth2/token", "", nil)), "400 invalid_dpop_proof")
	once := proof()
	p.want(push("", once...), "201")
	p.want(push("", once...), "400 invalid_dpop_proof")
}
