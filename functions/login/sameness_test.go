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

	"phonon.in/central/shared/email"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/httpapi/sameness"
	"phonon.in/central/shared/outbox"
	"phonon.in/central/shared/token"
)

// ses takes every mail.
type takesAll struct{}

func (takesAll) Do(context.Context, string, url.Values) error { return nil }

// whole is the function with all that works for it, its calls of the store counted.
func (w *world) whole() (h http.Handler, calls func() map[string]int) {
	w.t.Helper()
	keys, err := token.ParseKeyring([]byte(`{"current":"0123456789abcdefghijklmnopqrstuvwxyz"}`))
	must(w.t, err)
	u, quiet := w.Unreliable(w.t, 0, 1, 3), slog.New(slog.DiscardHandler)
	f := &handler{store: u.Store, keys: keys, captcha: oneWord{}, log: quiet, outbox: &outbox.Outbox{
		Store: u.Store, Keys: keys, PublicURL: "https://central.example.com", Mail: email.New(takesAll{}, "no-reply@example.com", ""), Log: quiet,
	}}
	return f.routes(httpapi.Config{PublicURL: "https://central.example.com", Now: w.now, Sessions: u.Store, Limits: u.Store, Log: quiet}), u.Calls
}

// road makes requests from a network each, for an address each.
func (w *world) road(path string, address func() string, body func(address string, n int) map[string]any) sameness.Road {
	return func(n int) *http.Request {
		text, err := json.Marshal(body(address(), n))
		must(w.t, err)
		r := httptest.NewRequest("POST", path, strings.NewReader(string(text)))
		w.requests++
		r.RemoteAddr = fmt.Sprintf("10.%d.%d.%d:443", w.requests>>16, w.requests>>8&255, w.requests&255)
		r.Header.Set("Content-Type", "application/json")
		return r
	}
}

// stranger is an address without an account, as long as a member's. Somebody else gets one meanwhile, so that the engine has as much to do
// before either road.
func (w *world) stranger() string {
	w.member()
	return strings.ToLower(token.NewID()) + "@example.com"
}

var longest = strings.Repeat("नमस्ते ", 18) + "ab" // 128 characters

func forgetful(address string, _ int) map[string]any {
	return map[string]any{"email": address, "captcha": yes}
}

func logsIn(with ...string) func(string, int) map[string]any {
	return func(address string, n int) map[string]any {
		return map[string]any{"email": address, "password": with[n%len(with)]}
	}
}

func TestAnAddressWithAnAccountIsToldFromNoneByNeitherAnswerNorWork(t *testing.T) {
	w := newWorld(t)
	h, calls := w.whole()
	for name, c := range map[string]struct {
		path   string
		body   func(string, int) map[string]any
		hashes int
	}{
		"a wrong password":      {"/v1/login", logsIn(wrong), 2},
		"the longest password":  {"/v1/login", logsIn(longest), 2},
		"an empty password":     {"/v1/login", logsIn(""), 2},
		"a password too long":   {"/v1/login", logsIn(strings.Repeat("x", 2000)), 0},
		"a forgotten password":  {"/v1/password/forgot", forgetful, 0},
		"forgotten, no captcha": {"/v1/password/forgot", func(a string, _ int) map[string]any { return map[string]any{"email": a} }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			got := sameness.Answers(t, h, calls, w.road(c.path, w.member, c.body), w.road(c.path, w.stranger, c.body))
			if got.Hashes != c.hashes {
				t.Errorf("%d hashes were made, want %d", got.Hashes, c.hashes)
			}
			t.Logf("%v", got)
		})
	}
}

func TestAnAddressWithAnAccountIsToldFromNoneByNoTime(t *testing.T) {
	for name, c := range map[string]struct {
		path string
		body func(string, int) map[string]any
	}{
		"wrong, empty and longest passwords": {"/v1/login", logsIn(wrong, "", longest)},
		"forgotten passwords":                {"/v1/password/forgot", forgetful},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			h, _ := w.whole()
			sameness.Times(t, h, w.road(c.path, w.member, c.body), w.road(c.path, w.stranger, c.body))
		})
	}
}
