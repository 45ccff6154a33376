package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/token"
)

const (
	origin    = "https://central.example"
	back      = "https://ivr.example/cb"
	challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
)

var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

// visitors is a store of one client and of who visits it.
type visitors struct {
	mu       sync.Mutex
	client   oidc.Client
	apps     map[account.ID]oidc.App
	sessions map[string]account.Session // by digest
	profiles map[account.ID]account.Profile
	pushed   map[string]oidc.Pushed
	grants   []oidc.Grant
	consents []account.Consent
	down     error // what every call answers
	downLate error // what writes answer

	meanwhile func() // happens between what authorize reads and what it writes
}

func (s *visitors) Authorization(_ context.Context, id account.ID, digest string, client oidc.ClientID) (oidc.Authorization, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := oidc.Authorization{Session: s.sessions[digest], Profile: s.profiles[id], App: s.apps[id]}
	if client == s.client.ID {
		a.Client = s.client
	}
	return a, s.down
}

func (s *visitors) Pushed(_ context.Context, id string, client oidc.ClientID, _ time.Time) (oidc.Pushed, error) {
	if p, ok := s.pushed[id]; ok && p.Client == client {
		return p, s.down
	}
	return oidc.Pushed{}, oidc.ErrRequestUsed
}

func (s *visitors) StartGrant(_ context.Context, g oidc.Grant, app oidc.App, _ account.Activity, pushed string) error {
	if s.meanwhile != nil {
		s.meanwhile()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(app.Scopes) > 0 && s.apps[g.Account].Version != app.Version {
		return oidc.ErrAppChanged
	}
	if s.downLate != nil {
		return s.downLate
	}
	if _, there := s.pushed[pushed]; pushed != "" && !there {
		return oidc.ErrRequestUsed
	}
	delete(s.pushed, pushed)
	s.grants = append(s.grants, g)
	return nil
}

func (s *visitors) OpenSession(_ context.Context, id account.ID, digest string) (account.Session, account.Profile, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, there := s.sessions[digest]; !there {
		return account.Session{}, account.Profile{}, account.ErrSessionUnknown
	}
	return s.sessions[digest], s.profiles[id], s.down
}

func (s *visitors) TouchSession(context.Context, account.Session, time.Time) error { return nil }

func (s *visitors) AllowApp(_ context.Context, id account.ID, a oidc.App, consent account.Consent, _ account.Activity) (oidc.App, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.downLate != nil {
		return a, s.downLate
	}
	if s.apps[id].Version != a.Version {
		return a, oidc.ErrAppChanged
	}
	a.Version++
	s.apps[id], s.consents = a, append(s.consents, consent)
	return a, nil
}

func (s *visitors) EndSession(_ context.Context, id account.ID, digest string, now time.Time) ([]message.Message, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.downLate != nil {
		return nil, s.downLate
	}
	delete(s.sessions, digest)
	return []message.Message{message.AboutEnded(id, s.client.ID, oidc.SID(digest), now)}, nil
}

type noLimits struct{ err error }

func (l noLimits) Take(_ context.Context, _ time.Time, uses ...limit.Use) ([]int, error) {
	return make([]int, len(uses)), l.err
}
func (noLimits) Release(context.Context, time.Time, ...limit.Use) error { return nil }

type heard struct{ all []message.Message }

func (h *heard) Now(_ context.Context, m message.Message) { h.all = append(h.all, m) }

// world is the provider with one client, one product of others, and the people who visit.
type world struct {
	*visitors
	t      *testing.T
	now    time.Time
	limits noLimits
	heard  *heard
	api    http.Handler
	keys   token.Keyring
}

func newVisits(t *testing.T, change func(*oidc.Client)) *world {
	t.Helper()
	keys, err := token.ParseKeyring([]byte(`{"current":"0123456789abcdef0123456789abcdef"}`))
	if err != nil {
		t.Fatal(err)
	}
	client := oidc.Client{
		ID: oidc.ClientID(token.NewID()), Name: "Inbound <b>IVR</b>", FirstParty: true, RedirectURIs: []string{back, "https://ivr.example/cb?shop=1"}, PostLogoutURIs: []string{"https://ivr.example/bye"},
		Scopes: oidc.Scopes(), PKCE: oidc.PKCERequired, Auth: oidc.ClientSecretBasic, InitiateLoginURI: "https://ivr.example/login",
	}
	if change != nil {
		change(&client)
	}
	w := &world{t: t, now: noon, heard: &heard{}, keys: keys, visitors: &visitors{
		client: client, apps: map[account.ID]oidc.App{}, sessions: map[string]account.Session{}, profiles: map[account.ID]account.Profile{}, pushed: map[string]oidc.Pushed{},
	}}
	w.serve()
	return w
}

// serve makes the provider anew: after a change of its limits.
func (w *world) serve() {
	b := &browser{
		store: w.visitors, keys: w.keys, issuer: origin, outbox: w.heard,
		code: func(g oidc.Grant) string { return "code-of-" + g.ID },
		hint: func(raw string, _ time.Time) (oidc.Hint, error) {
			parts := strings.Split(raw, " ")
			if len(parts) != 3 {
				return oidc.Hint{}, errors.New("none of ours")
			}
			return oidc.Hint{Client: oidc.ClientID(parts[0]), Subject: parts[1], SID: parts[2]}, nil
		},
	}
	api := httpapi.New(httpapi.Config{PublicURL: origin, Now: func() time.Time { return w.now }, Sessions: w.visitors, Limits: w.limits, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	b.routes(api)
	w.api = api
}

// person logs in, and returns the cookie.
func (w *world) person(change func(*account.Profile, *account.Session)) string {
	p := account.Profile{
		ID: account.ID(token.NewID()), Status: account.Active, CredentialVersion: 1, KYC: "not_started",
		Details: account.Details{Type: account.Individual, FirstName: "Asha", Sector: "education"},
	}
	secret, digest := token.NewSession(string(p.ID))
	s := account.Session{Digest: digest, AccountID: p.ID, CreatedAt: w.now, LastSeenAt: w.now, ExpiresAt: w.now.Add(account.SessionLife), CredentialVersion: 1, ProvenAt: w.now, ProvenBy: account.ByPassword}
	if change != nil {
		change(&p, &s)
	}
	w.sessions[digest], w.profiles[p.ID] = s, p
	return secret.Reveal()
}

// request is one that the client may make.
func (w *world) request(more ...string) url.Values {
	v := url.Values{
		"client_id": {string(w.client.ID)}, "redirect_uri": {back}, "response_type": {"code"}, "scope": {"openid email"}, "state": {"st&te"},
		"nonce": {"n"}, "code_challenge": {challenge}, "code_challenge_method": {"S256"},
	}
	for i := 0; i+1 < len(more); i += 2 {
		if more[i+1] == "" {
			v.Del(more[i])
			continue
		}
		v.Set(more[i], more[i+1])
	}
	return v
}

// visited is an answer with what matters of it.
type visited struct {
	*httptest.ResponseRecorder
	to    *url.URL // of a redirect; nil for a page
	query url.Values
}

func (w *world) do(method, target, session string, form url.Values, headers ...string) visited {
	w.t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if session != "" {
		r.AddCookie(&http.Cookie{Name: httpapi.SessionCookie, Value: session})
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	w.api.ServeHTTP(rec, r)
	out := visited{ResponseRecorder: rec}
	if rec.Header().Get("Location") != "" {
		to, err := url.Parse(rec.Header().Get("Location"))
		if err != nil {
			w.t.Fatal(err)
		}
		out.to, out.query = to, to.Query()
	}
	for name, want := range map[string]string{"Cache-Control": "no-store"} {
		if got := rec.Header().Get(name); got != want {
			w.t.Errorf("%s %s: %s is %q", method, target, name, got)
		}
	}
	if !strings.Contains(rec.Header().Get("Content-Security-Policy"), "frame-ancestors 'none'") {
		w.t.Errorf("%s %s may be framed", method, target)
	}
	return out
}

func (w *world) authorize(session string, v url.Values, headers ...string) visited {
	w.t.Helper()
	return w.do("GET", "/oauth2/authorize?"+v.Encode(), session, nil, headers...)
}

// isBack holds an answer to a redirect to the client with its state and the issuer.
func (w *world) isBack(r visited) {
	w.t.Helper()
	if r.Code != http.StatusSeeOther || !strings.HasPrefix(r.Header().Get("Location"), back+"?") || r.query.Get("state") != "st&te" || r.query.Get("iss") != origin {
		w.t.Fatalf("%d to %s", r.Code, r.Header().Get("Location"))
	}
	if got := r.Header().Get("Referrer-Policy"); got != "no-referrer" {
		w.t.Errorf("a redirect says %q about its referrer", got)
	}
}

func (w *world) isError(r visited, code oidc.Code) {
	w.t.Helper()
	if w.isBack(r); r.query.Get("error") != string(code) || r.query.Has("code") {
		w.t.Errorf("%s, want %s", r.to.RawQuery, code)
	}
	if said := r.query.Get("error_description"); !regexp.MustCompile(`^[\x20-\x21\x23-\x5B\x5D-\x7E]*$`).MatchString(said) {
		w.t.Errorf("RFC 6749 does not allow %q", said)
	}
}

func (w *world) isCode(r visited) {
	w.t.Helper()
	if w.isBack(r); r.query.Get("code") == "" || r.query.Has("error") {
		w.t.Fatalf("no code: %s", r.to.RawQuery)
	}
}

// isPage holds an answer to a page of ours, and no redirect.
func (w *world) isPage(r visited, status int) {
	w.t.Helper()
	if r.Code != status || r.to != nil || !strings.HasPrefix(r.Header().Get("Content-Type"), "text/html") {
		w.t.Fatalf("%d %q to %q: %s", r.Code, r.Header().Get("Content-Type"), r.Header().Get("Location"), r.Body)
	}
}

// leads holds an answer to a redirect to a page of ours, and returns the request that the page carries.
func (w *world) leads(r visited, page string) url.Values {
	w.t.Helper()
	if r.Code != http.StatusSeeOther || r.to.Host != "" || r.to.Path != page {
		w.t.Fatalf("%d to %s, want %s", r.Code, r.Header().Get("Location"), page)
	}
	carried, err := url.ParseQuery(r.query.Get("authorize"))
	if err != nil {
		w.t.Fatal(err)
	}
	return carried
}

// field is the value of a hidden field of a page.
func (w *world) field(r visited, name string) string {
	w.t.Helper()
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(r.Body.String())
	if m == nil {
		w.t.Fatalf("no field %s: %s", name, r.Body)
	}
	return strings.NewReplacer("&amp;", "&", "&#34;", `"`, "&#39;", "'", "&lt;", "<", "&gt;", ">").Replace(m[1])
}

var errDown = fault.Down(errors.New("dynamodb does not answer"))
