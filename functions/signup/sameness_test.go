package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/captcha"
	"phonon.in/central/shared/captcha/captchatest"
	"phonon.in/central/shared/email"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/httpapi/sameness"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/outbox"
	"phonon.in/central/shared/store/storetest"
	"phonon.in/central/shared/token"
)

var morning = time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)

// takesAll is an SES that takes every mail.
type takesAll struct{}

func (takesAll) Do(context.Context, string, url.Values) error { return nil }

// world is the function on a real engine, its calls of the store counted.
type world struct {
	storetest.Fixture
	t        *testing.T
	api      http.Handler
	calls    func() map[string]int
	issuer   captcha.Issuer
	requests int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	keys, err := token.ParseKeyring([]byte(`{"current":"0123456789abcdefghijklmnopqrstuvwxyz"}`))
	must(t, err)
	w := &world{Fixture: storetest.Open(t), t: t, issuer: captcha.Issuer{Keys: keys, Work: captchatest.Cheap}}
	u, quiet := w.Unreliable(t, 0, 1, 3), slog.New(slog.DiscardHandler)
	h := &handler{
		store: u.Store, keys: keys, captcha: httpapi.ProofOfWork{Issuer: w.issuer, Spend: u.Spend}, termsVersion: "1",
		outbox: &outbox.Outbox{
			Store: u.Store, Keys: keys, PublicURL: "https://central.example.com", Mail: email.New(takesAll{}, "no-reply@example.com", ""), Log: quiet,
		},
	}
	now := func() time.Time { return morning }
	w.api, w.calls = h.routes(httpapi.Config{PublicURL: "https://central.example.com", Now: now, Limits: u.Store, Log: quiet}), u.Calls
	return w
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func anAddress() string { return strings.ToLower(token.NewID()) + "@example.com" }

// stranger is an address without an account. Somebody else gets one meanwhile, so that the engine has as much to do before either road.
func (w *world) stranger() string {
	w.member()
	return anAddress()
}

// begun is a sign-up for an address, of a member or not.
func (w *world) begun(address string, isMember bool) account.Signup {
	w.t.Helper()
	to, err := account.ParseEmail(address)
	must(w.t, err)
	p := account.Signup{
		ID: token.NewID(), Email: to, PasswordHash: token.NewSecret("hash"), Member: isMember, CreatedAt: morning, ExpiresAt: morning.Add(account.SignupLife),
		Consent: account.Consent{Document: "terms", Version: "1", Locale: "en", AcceptedAt: morning},
	}
	must(w.t, w.StartSignup(w.t.Context(), p, message.Message{ID: token.NewID(), Kind: message.VerifyEmail, CreatedAt: morning, NotAfter: morning}))
	return p
}

// member is the address of an account.
func (w *world) member() string {
	w.t.Helper()
	p := w.begun(anAddress(), false)
	profile := account.Profile{
		ID: account.ID(token.NewID()), Email: p.Email, Status: account.Active, KYC: "not_started", Locale: "en", CredentialVersion: 1, Version: 1, CreatedAt: morning, UpdatedAt: morning,
	}
	must(w.t, w.CompleteSignup(w.t.Context(), p, profile, account.Activity{Kind: "account_created", At: morning}, morning))
	return p.Email.String()
}

func (w *world) request(path string, body map[string]any) *http.Request {
	w.t.Helper()
	text, err := json.Marshal(body)
	must(w.t, err)
	r := httptest.NewRequest("POST", path, strings.NewReader(string(text)))
	w.requests++
	r.RemoteAddr = fmt.Sprintf("10.%d.%d.%d:443", w.requests>>16, w.requests>>8&255, w.requests&255)
	r.Header.Set("Content-Type", "application/json")
	return r
}

func (w *world) signsUp(address func() string) sameness.Road {
	return func(int) *http.Request {
		challenge, err := w.issuer.New(morning)
		must(w.t, err)
		return w.request("/v1/signup", map[string]any{
			"email": address(), "password": "Mango tree 42", "captcha": captchatest.Solve(challenge), "terms": map[string]any{"version": "1", "accepted": true}, "locale": "en",
		})
	}
}

func (w *world) resends(address func() string, isMember bool) sameness.Road {
	return func(int) *http.Request {
		p := w.begun(address(), isMember)
		return w.request("/v1/signup/resend", map[string]any{"signupId": p.Email.Digest() + "." + p.ID})
	}
}

func TestAnAddressWithAnAccountIsToldFromNoneByNeitherAnswerNorWork(t *testing.T) {
	w := newWorld(t)
	t.Run("sign-up", func(t *testing.T) {
		got := sameness.Answers(t, w.api, w.calls, w.signsUp(w.member), w.signsUp(w.stranger))
		t.Logf("%v", got)
		if got.Hashes != 1 || got.Calls["TransactWriteItems"] != 1 {
			t.Errorf("it took %v", got)
		}
	})
	t.Run("resend", func(t *testing.T) {
		got := sameness.Answers(t, w.api, w.calls, w.resends(w.member, true), w.resends(w.stranger, false))
		t.Logf("%v", got)
		if got.Hashes != 0 || got.Calls["PutItem"]+got.Calls["TransactWriteItems"] == 0 {
			t.Errorf("it took %v", got)
		}
	})
}

func TestAnAddressWithAnAccountIsToldFromNoneByNoTime(t *testing.T) {
	t.Run("sign-up", func(t *testing.T) {
		w := newWorld(t)
		sameness.Times(t, w.api, w.signsUp(w.member), w.signsUp(w.stranger))
	})
	t.Run("resend", func(t *testing.T) {
		w := newWorld(t)
		sameness.Times(t, w.api, w.resends(w.member, true), w.resends(w.stranger, false))
	})
}
