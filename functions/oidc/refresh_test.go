package main

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/token"
)

func (p *provider) did(who *person, kind string) bool {
	p.t.Helper()
	page, _, err := p.Activity(context.Background(), who.profile.ID, "", 50, p.now())
	p.ok(err)
	return slices.ContainsFunc(page, func(a account.Activity) bool { return a.Kind == kind })
}

func TestOf200RefreshesWithOneTokenAllHoldTheSameNextOne(t *testing.T) {
	p := newProvider(t)
	a, who := p.register(public), p.person()
	code, g := p.grant(a, who, nil)
	first := p.want(p.exchange(a, code), "200").text("refresh_token")
	next := map[string]int{}
	for _, r := range atOnce(200, func(int) reply { return p.refresh(a, first) }) {
		p.want(r, "200")
		next[r.text("refresh_token")]++
	}
	s, err := p.TokenState(t.Context(), g.Ref(), a.ID)
	p.ok(err)
	if len(next) != 1 || next[first] > 0 || s.Grant.Generation != 2 {
		t.Errorf("%d next tokens, generation %d", len(next), s.Grant.Generation)
	}
	for token := range next {
		p.want(p.refresh(a, token), "200")
	}
}

func TestARefreshTokenThatWasReplacedEndsTheGrant(t *testing.T) {
	p := newProvider(t)
	a := p.register(public)
	for name, row := range map[string]struct {
		between func(first, second string) // after the second was made
		says    string
	}{
		"at once: the answer was lost":            {func(string, string) {}, "200"},
		"after 29 s":                              {func(string, string) { p.passes(29 * time.Second) }, "200"},
		"after 30 s":                              {func(string, string) { p.passes(30 * time.Second) }, "400 invalid_grant"},
		"once the next was used":                  {func(_, second string) { p.want(p.refresh(a, second), "200") }, "400 invalid_grant"},
		"twice at once, then once after 30 s":     {func(first, _ string) { p.want(p.refresh(a, first), "200"); p.passes(30 * time.Second) }, "400 invalid_grant"},
		"a day later, while the session lives on": {func(string, string) { p.passes(7 * time.Hour) }, "400 invalid_grant"},
	} {
		who := p.person()
		first := p.tokens(a, who).text("refresh_token")
		answer := p.want(p.refresh(a, first), "200")
		second := answer.text("refresh_token")
		row.between(first, second)
		r := p.refresh(a, first)
		if r.says() != row.says {
			t.Errorf("%s: answered %s", name, r.says())
		}
		if r.status == 200 {
			if r.text("refresh_token") != second || p.did(who, "app_token_reused") {
				t.Errorf("%s: it is not the same next token", name)
			}
			continue
		}
		if r := p.refresh(a, second); r.says() != "400 invalid_grant" {
			t.Errorf("%s: the grant lives on: %s", name, r.says())
		}
		if r := p.userInfo(answer.text("access_token")); r.says() != "401 invalid_token" {
			t.Errorf("%s: an access token lives on: %s", name, r.says())
		}
		if !p.did(who, "app_token_reused") {
			t.Errorf("%s: the activity does not show it", name)
		}
	}
}

func TestAConfidentialClientKeepsItsRefreshToken(t *testing.T) {
	p := newProvider(t)
	a, who := p.register(nil), p.person()
	first := p.tokens(a, who).text("refresh_token")
	for range 3 {
		p.passes(time.Hour)
		one, two := p.want(p.refresh(a, first), "200"), p.want(p.refresh(a, first), "200")
		if one.text("refresh_token") != first || two.text("refresh_token") != first {
			t.Error("it was replaced")
		}
		if one.text("access_token") == two.text("access_token") {
			t.Error("two access tokens are one")
		}
	}
}

func TestARefreshTokenIsForItsClientAlone(t *testing.T) {
	p := newProvider(t)
	a, b, c, who := p.register(nil), p.register(nil), p.register(public), p.person()
	confidential, open := p.tokens(a, who).text("refresh_token"), p.tokens(c, who).text("refresh_token")
	p.want(p.refresh(b, confidential), "400 invalid_grant")
	p.want(p.refresh(b, open), "400 invalid_grant")
	p.want(p.refresh(c, confidential), "400 invalid_grant")
	bare := refreshOf(confidential)
	bare.Set("client_id", string(a.ID))
	p.want(p.send("POST", "/oauth2/token", bare), "401 invalid_client")
	p.want(p.refresh(a, confidential), "200") // nobody's try has ended anything
	p.want(p.refresh(c, open), "200")
}

func TestARefreshNarrowsAScopeAndNeverWidensIt(t *testing.T) {
	p := newProvider(t)
	a, who := p.register(nil), p.person()
	code, _ := p.grant(a, who, func(g *oidc.Grant) { g.Scopes = []string{"openid", "email"} })
	refresh := p.want(p.exchange(a, code), "200").text("refresh_token")
	ask := func(scope string) reply {
		form := refreshOf(refresh)
		form.Set("scope", scope)
		return p.asks(a, "/oauth2/token", form)
	}
	for _, wider := range []string{"openid profile", "kyc", "openid email offline_access", "openid nonsense"} {
		p.want(ask(wider), "400 invalid_scope")
	}
	narrow := p.want(ask("openid"), "200")
	if narrow.text("scope") != "openid" || p.userInfo(narrow.text("access_token")).body["email"] != nil {
		t.Errorf("got %v", narrow.body)
	}
	if r := p.want(ask(""), "200"); r.text("scope") != "openid email" {
		t.Errorf("it stays narrow: %q", r.text("scope"))
	}
	a.Scopes = []string{"openid"}
	p.change(a)
	if r := p.want(ask(""), "200"); r.text("scope") != "openid" {
		t.Errorf("the client lost a scope and got %q", r.text("scope"))
	}
	p.want(ask("email"), "400 invalid_scope")
}

func (p *provider) change(a *app) {
	p.t.Helper()
	changed, err := p.ChangeClient(context.Background(), a.Client)
	p.ok(err)
	a.Client = changed
}

func TestWhatAGrantStandsOnEndsItFromTheNextRequestOn(t *testing.T) {
	p := newProvider(t)
	for name, ends := range map[string]func(a *app, who *person){
		"log-out": func(_ *app, who *person) {
			_, err := p.EndSession(t.Context(), who.profile.ID, who.session.Digest, p.now())
			p.ok(err)
		},
		"a new password": func(_ *app, who *person) {
			err := p.ChangePassword(t.Context(), who.profile, who.session.Digest, token.NewSecret("hash"), message.Message{ID: token.NewID(), Kind: message.PasswordChanged, CreatedAt: p.now(), NotAfter: p.now()}, account.Activity{Kind: "password_changed", At: p.now()}, p.now())
			p.ok(err)
		},
		"an account that is disabled": func(_ *app, who *person) {
			_, err := p.SetStatus(t.Context(), who.profile, account.Disabled, store.Deed{Kind: "account_disabled", By: "test", Reason: "a test", At: p.now()})
			p.ok(err)
		},
		"an account that is erased": func(_ *app, who *person) {
			p.ok(p.EraseProfile(t.Context(), who.profile, store.Deed{Kind: "account_erased", By: "test", Reason: "a test", At: p.now()}))
		},
		"a client that is disabled": func(a *app, _ *person) { a.Disabled = true; p.change(a) },
		"an app that is removed": func(a *app, who *person) {
			consent := account.Consent{Document: "app", Version: "1", Locale: "en", AcceptedAt: p.now()}
			_, err := p.AllowApp(t.Context(), who.profile.ID, oidc.App{Client: a.ID, Scopes: a.Scopes}, consent, account.Activity{Kind: "app_allowed", At: p.now()})
			p.ok(err)
			p.ok(p.RemoveApp(t.Context(), who.profile, a.ID, account.Activity{Kind: "app_removed", At: p.now()}))
		},
		"an idle session": func(*app, *person) { p.passes(account.SessionIdle) },
	} {
		for kind, a := range map[string]*app{"opaque": p.register(nil), "jwt": p.register(asJWT), "public": p.register(public)} {
			who := p.person()
			got, unused := p.tokens(a, who), codeOf(p.grant(a, who, nil))
			p.want(p.userInfo(got.text("access_token")), "200")
			ends(a, who)
			refused := "400 invalid_grant"
			if a.Disabled {
				refused = "401 invalid_client"
			}
			for what, says := range map[string]string{
				"refresh":  p.refresh(a, got.text("refresh_token")).says() + " " + refused,
				"code":     p.exchange(a, unused).says() + " " + refused,
				"userinfo": p.userInfo(got.text("access_token")).says() + " 401 invalid_token",
			} {
				if half := len(says) / 2; says[:half] != says[half+1:] {
					t.Errorf("%s, %s: %s answered, want: %s", name, kind, what, says)
				}
			}
			if kind == "public" {
				continue
			}
			if r := p.introspect(a, got.text("access_token")); r.body["active"] == true || r.status != 200 && !a.Disabled {
				t.Errorf("%s, %s: introspection says %s", name, kind, r.raw)
			}
		}
	}
}

func codeOf(code string, _ oidc.Grant) string { return code }

func asJWT(a *app) { a.AccessToken, a.Audience = oidc.JWT, "https://api.product.example.com" }

func TestOfflineAccessOutlivesTheSessionWhileItIsUsed(t *testing.T) {
	p := newProvider(t)
	offline := func(a *app) { a.Offline, a.Scopes = true, append(a.Scopes, "offline_access") }
	a, who := p.register(offline), p.person()
	begin := func(g *oidc.Grant) { g.Session, g.ExpiresAt = oidc.OfflineSession, p.now().Add(oidc.OfflineIdle) }
	code, _ := p.grant(a, who, begin)
	got := p.want(p.exchange(a, code), "200")
	_, err := p.EndSession(t.Context(), who.profile.ID, who.session.Digest, p.now())
	p.ok(err)
	for range 3 {
		p.passes(oidc.OfflineIdle - time.Hour)
		got = p.want(p.refresh(a, got.text("refresh_token")), "200")
		p.want(p.userInfo(got.text("access_token")), "200")
	}
	p.passes(oidc.OfflineIdle)
	p.want(p.refresh(a, got.text("refresh_token")), "400 invalid_grant")

	code, g := p.grant(a, who, begin)
	got = p.want(p.exchange(a, code), "200")
	for end := g.CreatedAt.Add(oidc.OfflineMost); p.now().Add(oidc.OfflineIdle - time.Hour).Before(end); { // a year is the most
		p.passes(oidc.OfflineIdle - time.Hour)
		got = p.want(p.refresh(a, got.text("refresh_token")), "200")
	}
	p.passes(oidc.OfflineIdle - time.Hour)
	p.want(p.refresh(a, got.text("refresh_token")), "400 invalid_grant")

	code, _ = p.grant(a, who, begin)
	got = p.want(p.exchange(a, code), "200")
	a.Offline = false
	p.change(a)
	if r := p.want(p.refresh(a, got.text("refresh_token")), "400 invalid_grant"); strings.Contains(r.raw, "access") {
		t.Error("offline access without leave")
	}
}
