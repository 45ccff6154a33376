package backchannel

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"phonon.in/central/shared/jose"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/oidc"
)

var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

const local = "http://127.0.0.1:3000"

type one struct {
	client oidc.Client
	err    error
}

func (o one) Client(context.Context, oidc.ClientID) (oidc.Client, error) { return o.client, o.err }

func keys(t *testing.T) jose.Keyset {
	t.Helper()
	s, err := jose.Replace(noon.Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestALogoutTokenSaysWhatEndedAndNothingElse(t *testing.T) {
	var mu sync.Mutex
	var got []string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		got = append(got, r.FormValue("logout_token"))
	}))
	defer server.Close()
	client := oidc.Client{ID: "C", BackchannelURI: server.URL, IDTokenAlg: "ES256"}
	signing := keys(t)
	teller := New(one{client: client}, signing, local, func() time.Time { return noon })
	m := message.AboutEnded("A", "C", "S", noon)
	for range 2 {
		if err := teller.Tell(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	if err := teller.Tell(t.Context(), message.AboutEnded("A", "C", "", noon)); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i, raw := range got {
		var c map[string]any
		if err := signing.Verify(raw, jose.TypeLogout, noon, &c); err != nil {
			t.Fatal(err)
		}
		if signing.Verify(raw, jose.TypeID, noon, &c) == nil {
			t.Error("a logout token passes for an ID token")
		}
		if c["iss"] != local || c["aud"] != "C" || c["sub"] != "A" || c["iat"] != float64(noon.Unix()) || c["exp"] != float64(noon.Add(2*time.Minute).Unix()) {
			t.Errorf("%v", c)
		}
		if events, _ := c["events"].(map[string]any); len(events) != 1 || events[event] == nil {
			t.Errorf("events: %v", c["events"])
		}
		if sid, has := c["sid"]; i < 2 && sid != "S" || i == 2 && has {
			t.Errorf("sid: %v", sid)
		}
		if _, has := c["nonce"]; has {
			t.Error("a logout token has no nonce")
		}
		seen[c["jti"].(string)] = true
		header, _ := base64.RawURLEncoding.DecodeString(strings.Split(raw, ".")[0])
		var h map[string]string
		if json.Unmarshal(header, &h); h["typ"] != "logout+jwt" || h["alg"] != "ES256" {
			t.Errorf("header %s", header)
		}
	}
	if len(got) != 3 || len(seen) != 3 {
		t.Errorf("%d tokens, %d ids", len(got), len(seen))
	}
}

func TestWhatTheClientAnswersDecidesWhatBecomesOfTheToken(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") }))
	defer elsewhere.Close()
	for status, want := range map[int]string{200: "sent", 204: "sent", 400: "refused", 401: "later", 404: "later", 302: "later", 307: "later", 500: "later", 503: "later"} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", elsewhere.URL)
			w.WriteHeader(status)
		}))
		err := New(one{client: oidc.Client{ID: "C", BackchannelURI: server.URL, IDTokenAlg: "RS256"}}, keys(t), local, func() time.Time { return noon }).Tell(t.Context(), message.AboutEnded("A", "C", "S", noon))
		later, isLater := errors.AsType[message.Later](err)
		got := map[bool]string{true: "sent"}[err == nil]
		switch {
		case errors.Is(err, message.ErrRefused):
			got = "refused"
		case isLater && later.After <= time.Minute:
			got = "later"
		}
		if got != want {
			t.Errorf("%d: %s, want %s: %v", status, got, want, err)
		}
		server.Close()
	}
	gone := New(one{err: oidc.ErrClientUnknown}, keys(t), local, time.Now)
	if err := gone.Tell(t.Context(), message.AboutEnded("A", "C", "S", noon)); err != nil {
		t.Errorf("a client that is gone: %v", err)
	}
	for _, c := range []oidc.Client{{ID: "C"}, {ID: "C", BackchannelURI: "http://127.0.0.1:1", Disabled: true}} {
		if err := New(one{client: c}, keys(t), local, time.Now).Tell(t.Context(), message.AboutEnded("A", "C", "S", noon)); err != nil {
			t.Errorf("who wants to hear nothing: %v", err)
		}
	}
}

func TestNothingButThePublicInternetIsCalled(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it was called") }))
	defer server.Close()
	c := oidc.Client{ID: "C", BackchannelURI: server.URL, IDTokenAlg: "ES256"}
	err := New(one{client: c}, keys(t), "https://central.example", time.Now).Tell(t.Context(), message.AboutEnded("A", "C", "S", noon))
	if !errors.Is(err, errPrivate) || strings.Contains(err.Error(), server.URL) {
		t.Errorf("got %v", err)
	}
	for address, private := range map[string]bool{"10.0.0.1:443": true, "169.254.169.254:80": true, "[fd00::1]:443": true, "[::ffff:10.0.0.1]:443": true, "203.0.113.9:443": false, "nonsense": true} {
		if address == "203.0.113.9:443" && !oidc.PublicAddress(netip.MustParseAddr("203.0.113.9")) {
			continue // a range for documentation
		}
		for _, issuer := range []string{"192.0.2.9", "localhost", "127.0.0.1"} {
			if got := reachable(t.Context(), address, issuer) != nil; got != private {
				t.Errorf("%s: refused %v", address, got)
			}
		}
	}
}

func TestOnlyWhoIsOnLoopbackCallsLoopback(t *testing.T) {
	for issuer, refused := range map[string]bool{"localhost": false, "127.0.0.1": false, "::1": false, "192.0.2.9": true, "": true, "no-such-host.invalid": true} {
		for _, address := range []string{"127.0.0.1:8443", "[::1]:8443", "[::ffff:127.0.0.1]:8443"} {
			if got := reachable(t.Context(), address, issuer) != nil; got != refused {
				t.Errorf("an issuer at %q calls %s: refused %v", issuer, address, got)
			}
		}
	}
}
