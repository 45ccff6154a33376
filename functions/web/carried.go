package main

import (
	"bytes"
	"compress/gzip"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"phonon.in/central/shared/header"
)

// The log-in works without scripts, too. What the person is on the way to, the request of a product, stands in the page's address; a form must have it
// in a field, so these pages are filled in for each request.
var carry = []string{"/login", "/login/code"}

// maxCarried bounds what is written into a page, in bytes; longer requests lead nowhere anyway.
const maxCarried = 8 << 10

// carried is the request of a product that a page of the log-in has to carry; "" for none.
func carried(r *http.Request, name string) string {
	given := r.URL.Query().Get("authorize")
	if !slices.Contains(carry, name) || len(given) > maxCarried {
		return ""
	}
	return given
}

// filled sends a page with the request in it. A browser keeps no copy.
func (s *server) filled(w http.ResponseWriter, r *http.Request, page []byte, request string) {
	query := url.Values{"authorize": {request}}.Encode()
	body := strings.NewReplacer(
		`name="authorize" value=""`, `name="authorize" value="`+html.EscapeString(request)+`"`, ` data-product hidden`, ` data-product`,
		`href="?lang=`, `href="?`+html.EscapeString(query)+`&amp;lang=`, `href="/login"`, `href="/login?`+html.EscapeString(query)+`"`,
	).Replace(string(page))
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Vary", h.Get("Vary")+", Accept-Encoding")
	// The form leads on to the product, wherever that is: browsers hold what follows a form to the policy of its page.
	h.Set("Content-Security-Policy", strings.Replace(s.policy, "form-action 'self'; ", "", 1))
	if !header.Gzip(r.Header.Values("Accept-Encoding")) {
		_, _ = w.Write([]byte(body))
		return
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(body)) // a buffer in memory does not fail
	_ = z.Close()
	h.Set("Content-Encoding", "gzip")
	_, _ = w.Write(b.Bytes())
}
