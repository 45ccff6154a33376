package e2e

import (
	"context"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	central "phonon.in/central/shared/oidc"
	"phonon.in/central/shared/token"
)

const productCallback = "https://product.example.com/callback"

// registered is a client of the run, with its secret.
func registered(t *testing.T, change func(*central.Client)) (central.Client, string) {
	t.Helper()
	secret, digest := central.NewSecret()
	c := central.Client{
		ID: central.ClientID(token.NewID()), Name: "Dialer", FirstParty: true, Auth: central.ClientSecretBasic, Secrets: []string{digest},
		RedirectURIs: []string{productCallback}, Scopes: []string{"openid", "email", "profile", "kyc"}, IDTokenAlg: "ES256", AccessToken: central.Opaque,
		PKCE: central.PKCERequired, CreatedAt: time.Now(), UpdatedAt: time.Now(),
	}
	if change != nil {
		change(&c)
	}
	if _, err := accountsStore(t).AddClient(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	return c, secret.Reveal()
}

// atProduct is a client library, as a product has it.
type atProduct struct {
	p      *person
	ctx    context.Context
	oauth  oauth2.Config
	server *oidc.Provider
}

func (p *person) atProduct(c central.Client, secret string) *atProduct {
	p.t.Helper()
	ctx := oidc.ClientContext(context.WithoutCancel(p.t.Context()), p.http)
	server, err := oidc.NewProvider(ctx, system.url)
	if err != nil {
		p.t.Fatal(err)
	}
	return &atProduct{p: p, ctx: ctx, server: server, oauth: oauth2.Config{
		ClientID: string(c.ID), ClientSecret: secret, RedirectURL: productCallback, Endpoint: server.Endpoint(), Scopes: []string{"openid", "email", "kyc"},
	}}
}

// code is what a browser that is logged in brings back.
func (a *atProduct) code(state, nonce, verifier string) string {
	a.p.t.Helper()
	r, err := http.NewRequestWithContext(a.ctx, http.MethodGet, a.oauth.AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)), nil)
	if err != nil {
		a.p.t.Fatal(err)
	}
	r.Header.Set("Cookie", "__Host-session="+a.p.bearer)
	browser := *a.p.http
	browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	answer, err := browser.Do(r)
	if err != nil {
		a.p.t.Fatal(err)
	}
	if answer.StatusCode == http.StatusOK { // the question what a third party may have
		answer = a.allows(&browser, answer)
	}
	answer.Body.Close()
	back, err := url.Parse(answer.Header.Get("Location"))
	if err != nil || answer.StatusCode != http.StatusSeeOther || !strings.HasPrefix(back.String(), productCallback+"?") ||
		back.Query().Get("state") != state || back.Query().Get("iss") != system.url {
		a.p.t.Fatalf("led to %d %s", answer.StatusCode, back)
	}
	return back.Query().Get("code")
}

var hidden = regexp.MustCompile(`<input type="hidden" name="(\w+)" value="([^"]*)"`)

// allows gives the answer that the form of a page asks for.
func (a *atProduct) allows(browser *http.Client, asked *http.Response) *http.Response {
	a.p.t.Helper()
	defer asked.Body.Close()
	text, err := io.ReadAll(asked.Body)
	if err != nil {
		a.p.t.Fatal(err)
	}
	form := url.Values{"answer": {"allow"}}
	for _, field := range hidden.FindAllStringSubmatch(string(text), -1) {
		form.Set(field[1], html.UnescapeString(field[2]))
	}
	r, err := http.NewRequestWithContext(a.ctx, http.MethodPost, system.url+"/oauth2/consent", strings.NewReader(form.Encode()))
	if err != nil {
		a.p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", system.url)
	r.Header.Set("Cookie", "__Host-session="+a.p.bearer)
	answer, err := browser.Do(r)
	if err != nil {
		a.p.t.Fatal(err)
	}
	return answer
}

// TestAClientLibraryLogsIn has coreos/go-oidc and golang.org/x/oauth2 do what products do with them.
func TestAClientLibraryLogsIn(t *testing.T) {
	t.Parallel()
	p := member(t)
	for name, change := range map[string]func(*central.Client){
		"basic, ES256": nil,
		"post, RS256":  func(c *central.Client) { c.Auth, c.IDTokenAlg = central.ClientSecretPost, "RS256" },
		"public, JWT": func(c *central.Client) {
			c.Auth, c.Secrets, c.AccessToken, c.Audience = central.AuthNone, nil, central.JWT, "https://api.example.com"
		},
		"a third party": func(c *central.Client) { c.Pairwise, c.FirstParty = true, false },
	} {
		c, secret := registered(t, change)
		if c.Public() {
			secret = ""
		}
		product, verifier := p.atProduct(c, secret), oauth2.GenerateVerifier()
		code := product.code("s1", "n1", verifier)
		got, err := product.oauth.Exchange(product.ctx, code, oauth2.VerifierOption(verifier))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		raw, _ := got.Extra("id_token").(string)
		id, err := product.server.VerifierContext(product.ctx, &oidc.Config{ClientID: string(c.ID), SupportedSigningAlgs: []string{c.IDTokenAlg}}).Verify(product.ctx, raw)
		if err != nil || id.Nonce != "n1" || id.VerifyAccessToken(got.AccessToken) != nil {
			t.Fatalf("%s: the ID token: %+v, %v", name, id, err)
		}
		info, err := product.server.UserInfo(product.ctx, oauth2.StaticTokenSource(got))
		var claims struct {
			KYC string `json:"kyc_status"`
		}
		if err != nil || info.Email != p.email || !info.EmailVerified || info.Subject != id.Subject || info.Claims(&claims) != nil || claims.KYC != "not_started" {
			t.Fatalf("%s: userinfo: %+v %+v, %v", name, info, claims, err)
		}
		old := *got
		old.Expiry = time.Now().Add(-time.Hour)
		renewed, err := product.oauth.TokenSource(product.ctx, &old).Token()
		if err != nil || renewed.AccessToken == got.AccessToken || (renewed.RefreshToken != got.RefreshToken) != c.Public() {
			t.Fatalf("%s: refreshed: %v", name, err)
		}
		if _, err := product.oauth.Exchange(product.ctx, code, oauth2.VerifierOption(verifier)); err == nil {
			t.Errorf("%s: the code is worth tokens again", name)
		}
		if _, err := product.server.UserInfo(product.ctx, oauth2.StaticTokenSource(renewed)); err == nil {
			t.Errorf("%s: what the code was worth lives on", name)
		}
	}
}

// kycAtAProduct logs in at a product, and returns what that is told of the KYC with each request: state and entity type, or "" for nothing.
func (p *person) kycAtAProduct() func() (status, entity string) {
	p.t.Helper()
	c, secret := registered(p.t, nil)
	product, verifier := p.atProduct(c, secret), oauth2.GenerateVerifier()
	got, err := product.oauth.Exchange(product.ctx, product.code("s", "n", verifier), oauth2.VerifierOption(verifier))
	if err != nil {
		p.t.Fatal(err)
	}
	return func() (string, string) {
		var claims struct {
			Status string `json:"kyc_status"`
			Entity string `json:"kyc_entity_type"`
		}
		if info, err := product.server.UserInfo(product.ctx, oauth2.StaticTokenSource(got)); err == nil {
			err = info.Claims(&claims)
			if err != nil {
				p.t.Fatal(err)
			}
		}
		return claims.Status, claims.Entity
	}
}

func TestALogOutEndsWhatAProductHas(t *testing.T) {
	t.Parallel()
	p := member(t)
	c, secret := registered(t, nil)
	product, verifier := p.atProduct(c, secret), oauth2.GenerateVerifier()
	got, err := product.oauth.Exchange(product.ctx, product.code("s", "n", verifier), oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatal(err)
	}
	says := func(path string, form url.Values) reply {
		r, err := http.NewRequestWithContext(product.ctx, http.MethodPost, system.url+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.SetBasicAuth(string(c.ID), secret)
		return p.answer(r)
	}
	if r := says("/oauth2/introspect", url.Values{"token": {got.AccessToken}}); r.body["active"] != true {
		t.Fatalf("introspection says %s", r.raw)
	}
	if r := says("/oauth2/par", url.Values{"response_type": {"code"}, "scope": {"openid"}, "redirect_uri": {productCallback}, "code_challenge": {oauth2.S256ChallengeFromVerifier(verifier)}, "code_challenge_method": {"S256"}}); r.status != 201 {
		t.Errorf("a request is pushed: %d %s", r.status, r.raw)
	}
	p.want(p.call("POST", "/v1/logout", nil), 204)
	if r := says("/oauth2/introspect", url.Values{"token": {got.AccessToken}}); r.raw != `{"active":false}` {
		t.Errorf("introspection says %s", r.raw)
	}
	if _, err := product.server.UserInfo(product.ctx, oauth2.StaticTokenSource(got)); err == nil {
		t.Error("the access token lives on")
	}
	if r := says("/oauth2/token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {got.RefreshToken}}); r.text("error") != "invalid_grant" {
		t.Errorf("the refresh token: %d %s", r.status, r.raw)
	}
	if r := says("/oauth2/revoke", url.Values{"token": {got.RefreshToken}}); r.status != 200 {
		t.Errorf("revoked: %d", r.status)
	}

	r, err := http.NewRequestWithContext(product.ctx, http.MethodOptions, system.url+"/oauth2/token", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Origin", "https://page.example.com")
	if asked := p.answer(r); asked.status != 204 || asked.header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("a page of nobody's is told %d %v", asked.status, asked.header)
	}
}
