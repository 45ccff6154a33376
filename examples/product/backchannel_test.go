package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc/oidctest"
	"github.com/go-jose/go-jose/v4"
)

const logoutEvent = "http://schemas.openid.net/event/backchannel-logout"

// central is a stand-in that publishes one key, and a product that trusts it.
func central(t *testing.T) (*product, func(typ string, claims map[string]any) string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	stand := &oidctest.Server{Algorithms: []string{"ES256"}, PublicKeys: []oidctest.PublicKey{{PublicKey: key.Public(), KeyID: "k", Algorithm: "ES256"}}}
	server := httptest.NewServer(stand)
	t.Cleanup(server.Close)
	stand.SetIssuer(server.URL)
	t.Setenv("CENTRAL_ISSUER", server.URL)
	t.Setenv("CLIENT_ID", "product")
	p, err := newProduct(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return p, func(typ string, claims map[string]any) string {
		signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: key, KeyID: "k"}}, (&jose.SignerOptions{}).WithType(jose.ContentType(typ)))
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(claims)
		if err != nil {
			t.Fatal(err)
		}
		signed, err := signer.Sign(text)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := signed.CompactSerialize()
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
}

// told hands a logout token to the product, and returns what it answers.
func (p *product) told(raw string) (code int, body string) {
	r := httptest.NewRequest("POST", "/backchannel-logout", strings.NewReader(url.Values{"logout_token": {raw}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	p.handler().ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func TestALogoutTokenEndsTheSessionsItNamesOnce(t *testing.T) {
	p, sign := central(t)
	claims := func(id, sid string) map[string]any {
		return map[string]any{
			"iss": p.issuer, "aud": "product", "sub": "asha", "sid": sid, "jti": id, "iat": time.Now().Unix(), "exp": time.Now().Add(2 * time.Minute).Unix(),
			"events": map[string]any{logoutEvent: map[string]any{}},
		}
	}
	phone := p.sessions.open(session{sub: "asha", sid: "phone"})
	desk := p.sessions.open(session{sub: "asha", sid: "desk"})
	other := p.sessions.open(session{sub: "ravi", sid: "his"})
	alive := func(id string) bool { _, ok := p.sessions.get(id); return ok }
	token := sign("logout+jwt", claims("1", "phone"))
	if code, _ := p.told(token); code != http.StatusOK || alive(phone) || !alive(desk) || !alive(other) {
		t.Fatalf("got %d; phone %t desk %t other %t", code, alive(phone), alive(desk), alive(other))
	}
	if code, _ := p.told(token); code != http.StatusBadRequest {
		t.Errorf("the same token again: %d", code)
	}
	all := claims("2", "")
	delete(all, "sid")
	if code, _ := p.told(sign("logout+jwt", all)); code != http.StatusOK || alive(desk) || !alive(other) {
		t.Errorf("all sessions of a person: %d; desk %t other %t", code, alive(desk), alive(other))
	}
}

func TestALogoutTokenThatDoesNotHoldEndsNothing(t *testing.T) {
	p, sign := central(t)
	id := p.sessions.open(session{sub: "asha", sid: "phone"})
	good := map[string]any{
		"iss": p.issuer, "aud": "product", "sub": "asha", "sid": "phone", "jti": "1", "iat": time.Now().Unix(), "exp": time.Now().Add(2 * time.Minute).Unix(),
		"events": map[string]any{logoutEvent: map[string]any{}},
	}
	refuses := func(name, raw, why string) {
		if code, body := p.told(raw); code != http.StatusBadRequest || !strings.Contains(body, why) {
			t.Errorf("%s: %d %s", name, code, body)
		}
	}
	refuses("nothing", "", "no logout token")
	refuses("no token", "a.b.c", "no logout token")
	refuses("an ID token's type", sign("JWT", good), "no logout token")
	for name, c := range map[string]struct {
		change map[string]any
		why    string
	}{
		"another issuer":  {map[string]any{"iss": "https://elsewhere.example"}, "different provider"},
		"another client":  {map[string]any{"aud": "other"}, "audience"},
		"a nonce":         {map[string]any{"nonce": "n"}, "nonce"},
		"no event":        {map[string]any{"events": map[string]any{}}, "event"},
		"no id":           {map[string]any{"jti": nil}, "jti"},
		"nobody":          {map[string]any{"sub": nil, "sid": nil}, "'sub'"},
		"over":            {map[string]any{"exp": time.Now().Add(-time.Minute).Unix()}, "expired"},
		"made long ago":   {map[string]any{"iat": time.Now().Add(-time.Hour).Unix()}, "another time"},
		"made in an hour": {map[string]any{"iat": time.Now().Add(time.Hour).Unix()}, "another time"},
	} {
		claims := maps.Clone(good)
		for key, v := range c.change {
			if claims[key] = v; v == nil {
				delete(claims, key)
			}
		}
		refuses(name, sign("logout+jwt", claims), c.why)
	}
	if _, ok := p.sessions.get(id); !ok {
		t.Error("the session ended")
	}
	if code, _ := p.told(sign("logout+jwt", good)); code != http.StatusOK {
		t.Errorf("the one that they differ from: %d", code)
	}
}
