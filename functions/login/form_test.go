package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/token"
)

const (
	request = "client_id=A&state=s%26t"
	toLogin = "/login?authorize=client_id%3DA%26state%3Ds%2526t"
)

// posts sends the plain form of the log-in. It returns where that leads, and the session that it opens.
func (w *world) posts(form url.Values, headers ...string) (to, session string) {
	w.t.Helper()
	r := httptest.NewRequest("POST", "/v1/login/form", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.RemoteAddr = "203.0.113.7:1234"
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	answer := httptest.NewRecorder()
	w.api.ServeHTTP(answer, r)
	for _, c := range answer.Result().Cookies() {
		if c.Name == httpapi.SessionCookie {
			session = c.Value
		}
	}
	if to = answer.Header().Get("Location"); answer.Code != http.StatusSeeOther && answer.Code != http.StatusForbidden {
		w.t.Errorf("%d to %q", answer.Code, to)
	}
	return to, session
}

var own = []string{"Origin", "https://central.example.com"}

func TestAPlainFormLogsInAndGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	email := w.member()
	guarded, _ := w.guarded()
	filled := func(more ...string) url.Values {
		v := url.Values{"email": {email}, "password": {right}, "authorize": {request}}
		for i := 0; i+1 < len(more); i += 2 {
			v.Set(more[i], more[i+1])
		}
		return v
	}
	for _, row := range []struct {
		what    string
		form    url.Values
		headers []string
		to      string
		opens   bool
	}{
		{"to the product", filled(), own, "/oauth2/authorize?" + request, true},
		{"home without one", filled("authorize", ""), own, "/", true},
		{"to one address alone", filled("authorize", "https://evil.example/?a=b"), own, "/oauth2/authorize?https%3A%2F%2Fevil.example%2F%3Fa=b", true},
		{"by what the browser says of the site", filled(), []string{"Sec-Fetch-Site", "same-origin"}, "/oauth2/authorize?" + request, true},
		{"not with a wrong password", filled("password", wrong), own, toLogin + "#said-wrong", false},
		{"not without one", filled("password", ""), own, toLogin + "#said-wrong", false},
		{"not for another site", filled(), []string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}, "", false},
		{"not for a sandboxed one", filled(), []string{"Origin", "null"}, "", false},
		{"not where nothing says whose form it is", filled(), nil, toLogin + "#said-foreign", false},
		{"not before the second factor", filled("email", guarded), own, "/login/code?authorize=client_id%3DA%26state%3Ds%2526t", false},
		{"not for who gives up", filled("cancel", "1"), own, "/oauth2/authorize?central_cancel=1&" + request, false},
	} {
		if to, session := w.posts(row.form, row.headers...); to != row.to || (session != "") != row.opens {
			t.Errorf("%s: to %q, session %v", row.what, to, session != "")
		}
	}
}

func TestAPlainFormAsksForScriptsWhereACaptchaIsDue(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	email := w.member()
	for i := range limit.CaptchaAfter + 1 {
		w.logIn(try{email: email, password: wrong, from: fmt.Sprintf("198.51.100.%d", i)})
	}
	if to, session := w.posts(url.Values{"email": {email}, "password": {right}}, own...); to != "/login#said-scripts" || session != "" {
		t.Errorf("to %q", to)
	}
}

func TestWhoLogsInAgainInTheSameBrowserKeepsTheirSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	email, other := w.member(), w.member()
	_, first := w.posts(url.Values{"email": {email}, "password": {right}}, own...)
	id, digest, err := token.ParseSession(first)
	must(t, err)
	w.passes(time.Minute)
	with := append([]string{"Cookie", httpapi.SessionCookie + "=" + first}, own...)
	if _, again := w.posts(url.Values{"email": {email}, "password": {right}}, with...); again != first {
		t.Error("another session has begun")
	}
	s, _, err := w.OpenSession(t.Context(), account.ID(id), digest)
	must(t, err)
	if !s.ProvenAt.Equal(w.now()) {
		t.Errorf("proven at %s", s.ProvenAt)
	}
	if _, wrongly := w.posts(url.Values{"email": {email}, "password": {wrong}}, with...); wrongly != "" {
		t.Error("a wrong password opens a session")
	}
	if _, theirs := w.posts(url.Values{"email": {other}, "password": {right}}, with...); theirs == first || theirs == "" {
		t.Error("another account goes on with it")
	}
	if _, _, err := w.OpenSession(t.Context(), account.ID(id), digest); err != account.ErrSessionUnknown {
		t.Errorf("the session that the browser had is still open: %v", err)
	}
}
