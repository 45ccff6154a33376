package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/httpapi"
	own "phonon.in/central/shared/jose"
	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/token"
)

// memory answers at once what a store would: what is measured is the endpoint alone.
type memory struct {
	grants
	state oidc.TokenState
}

func (s *memory) TokenState(context.Context, oidc.GrantRef, oidc.ClientID) (oidc.TokenState, error) {
	return s.state, nil
}

func (s *memory) RedeemCode(_ context.Context, g oidc.Grant, _ []oidc.Spent, now time.Time) (oidc.Grant, error) {
	g.RedeemedAt, g.Generation = now, 1
	return g, nil
}

// BenchmarkToken is the CPU of a code for an access token, an ID token and a refresh token, with PKCE, without DynamoDB:
// go test ./functions/oidc -bench Token -run - -benchtime 2000x
func BenchmarkToken(b *testing.B) {
	now := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	keys, err := token.ParseKeyring([]byte(`{"current":"0123456789abcdefghijklmnopqrstuvwxyz"}`))
	if err != nil {
		b.Fatal(err)
	}
	set, err := signing()
	if err != nil {
		b.Fatal(err)
	}
	secret, digest := oidc.NewSecret()
	for name, client := range map[string]oidc.Client{
		"ES256": {IDTokenAlg: "ES256"}, "RS256": {IDTokenAlg: "RS256"}, "ES256 with a JWT access token": {IDTokenAlg: "ES256", AccessToken: oidc.JWT},
	} {
		client.ID, client.Auth, client.Secrets, client.Scopes = oidc.ClientID(token.NewID()), oidc.ClientSecretBasic, []string{digest}, []string{"openid", "email"}
		a := &app{Client: client, secret: secret.Reveal()}
		p := &provider{t: b, at: now}
		s := &memory{}
		h := &handler{store: s, keys: keys, signing: set, issuer: testIssuer}
		api := h.routes(httpapi.Config{PublicURL: testIssuer, Now: p.now, Log: slog.New(slog.DiscardHandler)})
		id := account.ID(token.NewID())
		s.state = oidc.TokenState{
			Client: client, Profile: account.Profile{ID: id, Status: account.Active, CredentialVersion: 1},
			Session: account.Session{Digest: verifier, AccountID: id, CredentialVersion: 1, LastSeenAt: now, ExpiresAt: now.Add(time.Hour)},
			Grant: oidc.Grant{ID: token.NewID(), Account: id, Client: client.ID, Session: verifier, Scopes: client.Scopes, Nonce: "n", Redirect: callback,
				Challenge: own.Hash(verifier), AuthTime: now, CodeExpiresAt: now.Add(time.Minute), CredentialVersion: 1, ExpiresAt: now.Add(time.Hour)},
		}
		form, headers := p.proves(a, exchangeOf(h.code(s.state.Grant)))
		body := []byte(form.Encode())
		b.Run(name, func(b *testing.B) {
			began := cpuTime(b)
			defer func() { b.ReportMetric(float64((cpuTime(b)-began).Microseconds())/float64(b.N), "cpu-µs/op") }()
			for b.Loop() {
				r := httptest.NewRequest(http.MethodPost, testIssuer+"/oauth2/token", io.NopCloser(bytes.NewReader(body)))
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				r.Header.Set(headers[0], headers[1])
				answer := httptest.NewRecorder()
				if api.ServeHTTP(answer, r); answer.Code != http.StatusOK {
					b.Fatalf("answered %d: %s", answer.Code, answer.Body)
				}
			}
		})
	}
}

// cpuTime is what this process has used: on a busy machine the clock on the wall says nothing.
func cpuTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
