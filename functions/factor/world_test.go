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
	"phonon.in/central/shared/password"
	"phonon.in/central/shared/store/storetest"
	"phonon.in/central/shared/token"
)

type m = map[string]any

const right = "Mango tree 42"

// world is the function on a real engine, with a clock that stands still.
type world struct {
	storetest.Fixture
	t    *testing.T
	api  http.Handler
	keys token.Keyring
	mu   sync.Mutex
	at   time.Time
	told []message.Kind
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{Fixture: storetest.Open(t), t: t, at: time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)}
	w.with(`{"current":"0123456789abcdefghijklmnopqrstuvwxyz"}`)
	return w
}

// with starts the function again with this secret.
func (w *world) with(secret string) {
	w.t.Helper()
	keys, err := token.ParseKeyring([]byte(secret))
	must(w.t, err)
	h, err := newHandler(w.Store, keys, "https://central.example.com", slog.New(slog.DiscardHandler))
	must(w.t, err)
	h.outbox, w.keys = w, keys
	w.api = contract.Check(w.t, h.routes(httpapi.Config{PublicURL: "https://central.example.com", Now: w.now, Sessions: w.Store, Limits: w.Store, Log: slog.New(slog.DiscardHandler)}))
}

// Now is where mails go.
func (w *world) Now(_ context.Context, sent message.Message) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.told = append(w.told, sent.Kind)
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

func (w *world) passes(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = w.at.Add(d)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var hashed = sync.OnceValues(func() (string, error) {
	p, err := password.Read(right)
	if err != nil {
		return "", err
	}
	return password.Hash(context.Background(), p)
})

// person has an account and a session that began now.
type person struct {
	*world
	id      account.ID
	email   account.Email
	session string
	app     string // the secret of the app that makes codes
	codes   []string
}

func (w *world) person() *person {
	w.t.Helper()
	hash, err := hashed()
	must(w.t, err)
	id, begun := account.ID(token.NewID()), w.now()
	email, err := account.ParseEmail(strings.ToLower(string(id)) + "@example.com")
	must(w.t, err)
	signup := account.Signup{ID: token.NewID(), Email: email, PasswordHash: token.NewSecret(hash), Consent: account.Consent{Document: "terms", AcceptedAt: begun}, CreatedAt: begun, ExpiresAt: begun.Add(time.Hour)}
	must(w.t, w.StartSignup(w.t.Context(), signup, message.Message{ID: token.NewID(), Kind: message.VerifyEmail, CreatedAt: begun, NotAfter: begun}))
	p := account.Profile{ID: id, Email: email, Status: account.Active, KYC: "not_started", Locale: "en", CredentialVersion: 1, Version: 1, CreatedAt: begun, UpdatedAt: begun}
	must(w.t, w.CompleteSignup(w.t.Context(), signup, p, account.Activity{Kind: "account_created", At: begun}, begun))
	who := &person{world: w, id: id, email: email}
	who.session = who.another()
	return who
}

// another is one more session of the account, by the password.
func (p *person) another() string {
	p.t.Helper()
	profile, err := p.Profile(p.t.Context(), p.id)
	must(p.t, err)
	secret, digest := token.NewSession(string(p.id))
	must(p.t, p.StartSession(p.t.Context(), account.Session{
		Digest: digest, AccountID: p.id, CreatedAt: p.now(), LastSeenAt: p.now(), ExpiresAt: p.now().Add(account.SessionLife),
		CredentialVersion: profile.CredentialVersion, ProvenAt: p.now(), ProvenBy: account.ByPassword,
	}, account.Activity{Kind: "logged_in", At: p.now()}))
	return secret.Reveal()
}

// pending is a log-in whose password was right.
func (p *person) pending() string {
	p.t.Helper()
	profile, err := p.Profile(p.t.Context(), p.id)
	must(p.t, err)
	secret, digest := token.NewSession(string(p.id))
	must(p.t, p.StartPendingLogin(p.t.Context(), account.PendingLogin{
		Digest: digest, AccountID: p.id, CredentialVersion: profile.CredentialVersion, ExpiresAt: p.now().Add(account.PendingLoginLife),
	}))
	return secret.Reveal()
}

type reply struct {
	status int
	body   m
	code   string
}

func (r reply) says() string { return strings.TrimSpace(fmt.Sprint(r.status, " ", r.code)) }

func (r reply) text(name string) string { s, _ := r.body[name].(string); return s }

// call is one request with a session, or without one where it is "".
func (w *world) call(session, method, path string, body any, cookies ...string) reply {
	var text []byte
	if body != nil {
		text, _ = json.Marshal(body) // of strings, lists and maps
	}
	r := httptest.NewRequest(method, path, bytes.NewReader(text))
	r.RemoteAddr = "203.0.113.7:1234"
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if session != "" {
		r.Header.Set("Authorization", "Bearer "+session)
	}
	for _, c := range cookies {
		r.Header.Add("Cookie", c)
	}
	answer := httptest.NewRecorder()
	w.api.ServeHTTP(answer, r)
	out := reply{status: answer.Code, body: m{}}
	_ = json.Unmarshal(answer.Body.Bytes(), &out.body) // 204 has none
	out.code = out.text("code")
	if list, _ := out.body["errors"].([]any); len(list) > 0 {
		out.code = list[0].(m)["code"].(string)
	}
	return out
}

func (p *person) want(r reply, says string) reply {
	p.t.Helper()
	if r.says() != says {
		p.t.Fatalf("answered %s, want %s: %v", r.says(), says, r.body)
	}
	return r
}

func (p *person) does(method, path string, body any, says string) reply {
	p.t.Helper()
	return p.want(p.call(p.session, method, path, body), says)
}

// shows is the code that the app shows now; earlier are the steps before.
func (p *person) shows(steps int64) string {
	p.t.Helper()
	code, err := codeAt(p.app, p.now().Unix()/stepLength+steps)
	must(p.t, err)
	return code
}

// withApp has an app and recovery codes; the code that its app shows is not used yet.
func (w *world) withApp() *person {
	w.t.Helper()
	p := w.person()
	begun := p.does("POST", "/v1/factors/totp", nil, "200")
	p.app = begun.text("secret")
	done := p.does("POST", "/v1/factors/totp/confirm", m{"enrolment": begun.text("enrolment"), "code": p.shows(0)}, "200")
	for _, c := range done.body["recoveryCodes"].([]any) {
		p.codes = append(p.codes, c.(string))
	}
	p.passes(stepLength * time.Second)
	return p
}

// withPasskey adds a passkey to the account.
func (p *person) withPasskey() *authenticator {
	p.t.Helper()
	a := newAuthenticator(p.t)
	asked := p.does("POST", "/v1/factors/passkeys/begin", nil, "200")
	p.does("POST", "/v1/factors/passkeys", m{"name": "My phone", "passkey": a.makes(asked.text("challenge"), asked.body["user"].(m)["id"].(string))}, "200")
	return a
}

// atOnce counts what n requests at once are answered.
func atOnce(n int, request func(i int) reply) map[string]int {
	var mu sync.Mutex
	var all sync.WaitGroup
	said := map[string]int{}
	for i := range n {
		all.Go(func() {
			r := request(i)
			mu.Lock()
			defer mu.Unlock()
			said[r.says()]++
		})
	}
	all.Wait()
	return said
}
