package main

import (
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func TestTheLogInCarriesTheRequestOfAProductAndNothingElse(t *testing.T) {
	s := serve(t, "altcha")
	const request = `client_id=A&state="><script>alert(1)</script>&redirect_uri=https%3A%2F%2Fivr.example%2Fcb`
	for _, page := range []string{"/login", "/login/code"} {
		r := httptest.NewRequest("GET", page+"?"+url.Values{"authorize": {request}}.Encode(), nil)
		r.AddCookie(&http.Cookie{Name: sessionCookie, Value: "x"}) // somebody is logged in, and asked for the password all the same
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		body := w.Body.String()
		if w.Code != http.StatusOK || !strings.Contains(body, `name="authorize" value="`+html.EscapeString(request)+`"`) || strings.Contains(body, "<script>alert") {
			t.Errorf("%s: %d", page, w.Code)
		}
		h := w.Header()
		if h.Get("Cache-Control") != "no-store" || h.Get("Referrer-Policy") != "same-origin" || !strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
			t.Errorf("%s: %v", page, h)
		}
	}
	for _, address := range []string{"/login", "/login?authorize=", "/signup?authorize=x", "/login?authorize=" + strings.Repeat("x", maxCarried+1)} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("GET", address, nil))
		if body := w.Body.String(); w.Code != http.StatusOK || strings.Contains(body, `name="authorize" value="x`) || !strings.Contains(w.Header().Get("Content-Security-Policy"), "form-action 'self'") {
			t.Errorf("%s: %d", address[:min(len(address), 40)], w.Code)
		}
	}
}
