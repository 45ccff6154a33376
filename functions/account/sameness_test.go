package main

import (
	"bytes"
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

	"phonon.in/central/shared/email"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/httpapi/sameness"
	"phonon.in/central/shared/outbox"
	"phonon.in/central/shared/token"
)

// takesAll is an SES that takes every mail.
type takesAll struct{}

func (takesAll) Do(context.Context, string, url.Values) error { return nil }

// whole is the function with all that works for it, its calls of the store counted.
func (w *world) whole() (h http.Handler, calls func() map[string]int) {
	w.t.Helper()
	u, quiet := w.Unreliable(w.t, 0, 1, 3), slog.New(slog.DiscardHandler)
	f := &handler{store: u.Store, keys: w.keys, terms: newTerms, outbox: &outbox.Outbox{
		Store: u.Store, Keys: w.keys, PublicURL: "https://central.example.com", Mail: email.New(takesAll{}, "no-reply@example.com", ""), Log: quiet,
	}}
	now := func() time.Time { return w.at }
	return f.routes(httpapi.Config{PublicURL: "https://central.example.com", Now: now, Sessions: u.Store, Limits: u.Store, Log: quiet}), u.Calls
}

// asksFor asks for an address, each time as somebody else.
func (w *world) asksFor(address func() string) sameness.Road {
	return func(n int) *http.Request {
		to, p := address(), w.person()
		text, err := json.Marshal(is{"email": to})
		must(w.t, err)
		r := httptest.NewRequest("POST", askPath, bytes.NewReader(text))
		r.RemoteAddr = fmt.Sprintf("10.0.%d.%d:443", n>>8, n&255)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+p.bearer)
		return r
	}
}

func (w *world) holder() string { return w.person().Email.String() }

// nobody is an address without an account, as long as a holder's. Somebody else gets one meanwhile, so that the engine has as much to do before
// either road.
func (w *world) nobody() string {
	w.holder()
	return strings.ToLower(token.NewID()) + "@example.com"
}

func TestAnAddressWithAnAccountIsToldFromNoneByNeitherAnswerNorWork(t *testing.T) {
	w := newWorld(t)
	h, calls := w.whole()
	got := sameness.Answers(t, h, calls, w.asksFor(w.holder), w.asksFor(w.nobody))
	t.Logf("%v", got)
	if got.Hashes != 0 || got.Calls["TransactWriteItems"] != 1 {
		t.Errorf("it took %v", got)
	}
}

func TestAnAddressWithAnAccountIsToldFromNoneByNoTime(t *testing.T) {
	w := newWorld(t)
	h, _ := w.whole()
	sameness.Times(t, h, w.asksFor(w.holder), w.asksFor(w.nobody))
}
