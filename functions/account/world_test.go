package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/httpapi/contract"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/store/storetest"
	"phonon.in/central/shared/token"
)

// world is the function on a real engine. Every request and answer is held to the contract.
type world struct {
	storetest.Fixture
	t    *testing.T
	keys token.Keyring
	api  http.Handler
	sent inbox
	at   time.Time
}

const newTerms = "2026-12-01" // those in force; accounts here have accepted some of before

// inbox takes the mails that are delivered at once.
type inbox struct {
	mu  sync.Mutex
	all []message.Message
}

func (b *inbox) Now(_ context.Context, m message.Message) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all = append(b.all, m)
}

// to lists the kinds of what went to an address.
func (b *inbox) to(address string) (kinds []message.Kind) {
	for _, m := range b.all {
		if m.To == address {
			kinds = append(kinds, m.Kind)
		}
	}
	return kinds
}

func newWorld(t *testing.T) *world {
	t.Helper()
	keys, err := token.ParseKeyring([]byte(`{"current":"0123456789abcdefghijklmnopqrstuvwxyz"}`))
	must(t, err)
	w := &world{Fixture: storetest.Open(t), t: t, keys: keys, at: time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)}
	h := &handler{store: w.Store, keys: keys, outbox: &w.sent, terms: newTerms, retention: 5 * 365 * 24 * time.Hour}
	w.api = contract.Check(t, h.routes(httpapi.Config{
		PublicURL: "https://central.example.com", Now: func() time.Time { return w.at }, Sessions: w.Store, Limits: w.Store, Log: slog.New(slog.DiscardHandler),
	}))
	return w
}

func (w *world) passes(d time.Duration) { w.at = w.at.Add(d) }

// person is somebody who has an account and is logged in.
type person struct {
	*world
	account.Profile
	bearer string
}

func (w *world) person() *person {
	w.t.Helper()
	id := account.ID(token.NewID())
	return w.personAt(strings.ToLower(string(id)) + "@example.com")
}

func (w *world) personAt(address string) *person {
	w.t.Helper()
	p, err := w.signUp(address)
	must(w.t, err)
	holder := &person{w, p, ""}
	holder.bearer = holder.session()
	return holder
}

// signUp signs up for an address and verifies it.
func (w *world) signUp(address string) (account.Profile, error) {
	w.t.Helper()
	email := w.address(address)
	signup := account.Signup{ID: token.NewID(), Email: email, PasswordHash: token.NewSecret("x"), Consent: account.Consent{Document: "terms", AcceptedAt: w.at}, CreatedAt: w.at, ExpiresAt: w.at.Add(time.Hour)}
	must(w.t, w.StartSignup(w.t.Context(), signup, message.Message{ID: token.NewID(), Kind: message.VerifyEmail, CreatedAt: w.at, NotAfter: w.at}))
	p := account.Profile{ID: account.ID(token.NewID()), Email: email, Status: account.Active, KYC: "not_started", Locale: "en", CredentialVersion: 1, Version: 1, CreatedAt: w.at, UpdatedAt: w.at}
	return p, w.CompleteSignup(w.t.Context(), signup, p, account.Activity{Kind: "account_created", At: w.at}, w.at)
}

func (w *world) address(s string) account.Email {
	w.t.Helper()
	email, err := account.ParseEmail(s)
	must(w.t, err)
	return email
}

// session is another session of the same person.
func (p *person) session() string {
	p.t.Helper()
	now, err := p.Store.Profile(p.t.Context(), p.ID)
	must(p.t, err)
	bearer, digest := token.NewSession(string(p.ID))
	s := account.Session{Digest: digest, AccountID: p.ID, CreatedAt: p.at, LastSeenAt: p.at, ExpiresAt: p.at.Add(account.RememberedLife), Remember: true, ProvenAt: p.at, ProvenBy: account.ByPassword, CredentialVersion: now.CredentialVersion}
	must(p.t, p.StartSession(p.t.Context(), s, account.Activity{Kind: "logged_in", At: p.at}))
	return bearer.Reveal()
}

// call makes a request as the holder of a session; "" is nobody. What it answers with is the status, the body, and the code of a problem.
func (w *world) call(bearer, method, path string, body any) (status int, answer map[string]any) {
	w.t.Helper()
	var sent bytes.Buffer
	if body != nil {
		must(w.t, json.NewEncoder(&sent).Encode(body))
	}
	r := httptest.NewRequest(method, path, &sent)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	r.RemoteAddr = "203.0.113.7:1234"
	if bearer != "" {
		r.Header.Set("Authorization", "Bearer "+bearer)
	}
	got := httptest.NewRecorder()
	w.api.ServeHTTP(got, r)
	_ = json.Unmarshal(got.Body.Bytes(), &answer) // an answer without a body has no members
	return got.Code, answer
}

// want makes a request that has to be answered like "409 email_in_use", or "200".
func (w *world) want(answer, bearer, method, path string, body any) map[string]any {
	w.t.Helper()
	status, got := w.call(bearer, method, path, body)
	is := fmt.Sprint(status)
	if status >= 400 {
		code := got["code"]
		if list, _ := got["errors"].([]any); len(list) == 1 {
			code = list[0].(map[string]any)["code"]
		}
		is += fmt.Sprint(" ", code)
	}
	if is != answer {
		w.t.Errorf("%s %s: %s, want %s", method, path, is, answer)
	}
	return got
}

// link is the token of the last mail of a kind to an address.
func (w *world) link(address string, kind message.Kind, purpose token.Purpose) map[string]any {
	w.t.Helper()
	for i := len(w.sent.all) - 1; i >= 0; i-- {
		if m := w.sent.all[i]; m.To == address && m.Kind == kind {
			return map[string]any{"token": w.keys.Issue(purpose, m.Refs...).Reveal()}
		}
	}
	w.t.Fatalf("no %s to %s", kind, address)
	return nil
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
