package main

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"phonon.in/central/shared/header"
	"phonon.in/central/web"
)

// Cookies that the pages know of. The language is no secret, and scripts set it; its name keeps other hosts from setting it.
const (
	languageCookie = "__Host-language"
	sessionCookie  = "__Host-session"
)

type server struct {
	site   *web.Site
	policy string // Content-Security-Policy of pages
	log    *slog.Logger
}

// thirdParties are the hosts that a captcha's widget comes from and talks to.
var thirdParties = map[string]string{
	"turnstile": "https://challenges.cloudflare.com",
	"hcaptcha":  "https://hcaptcha.com https://*.hcaptcha.com",
	"recaptcha": "https://www.google.com/recaptcha/ https://www.gstatic.com/recaptcha/",
}

// bare is the policy of what is no page. It says nothing of sources: that of a worker's script is the worker's.
const bare = "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"

// policy is the Content-Security-Policy: nothing but our own files, the bucket for uploads, and three workers: one solves the captcha,
// one makes photos smaller, one opens PDFs. The widgets of third parties know nothing of Trusted Types, so these are required only without such a widget.
func policy(uploads, captcha string) string {
	hosts := thirdParties[captcha]
	with := func(sources string) string { return strings.TrimSpace(sources + " " + hosts) }
	rules := []string{
		"default-src 'none'", "script-src " + with("'self'"), "style-src 'self'", "font-src 'self'", "img-src 'self' blob:",
		"connect-src " + with("'self' "+uploads), "worker-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
	}
	if hosts != "" {
		return strings.Join(append(rules, "frame-src "+hosts), "; ")
	}
	return strings.Join(append(rules, "require-trusted-types-for 'script'", "trusted-types captcha-worker pdf-worker picture-worker service-worker"), "; ")
}

// ServeHTTP answers whatever no other function has a route for.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
	h.Set("Referrer-Policy", "no-referrer") // addresses of pages are nobody else's business
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Content-Security-Policy", bare)
	found := s.at(r)
	isRead := r.Method == http.MethodGet || r.Method == http.MethodHead
	switch {
	case found != nil && isRead:
		found(w, r)
	case found != nil:
		h.Set("Allow", "GET, HEAD")
		problem(w, http.StatusMethodNotAllowed, "method_not_allowed", "This address does not know this method.")
	case isRead && !isOfPrograms(r.URL.Path):
		s.person(w, r, "404", http.StatusNotFound)
	default:
		problem(w, http.StatusNotFound, "route_unknown", "There is no such address.")
	}
}

// isOfPrograms reports a path that no person opens: a mistake there is told to a program.
func isOfPrograms(path string) bool {
	return path == "/v1" || strings.HasPrefix(path, "/v1/") || strings.HasPrefix(path, "/_/")
}

// at is what answers those who read the path of a request, or nil.
func (s *server) at(r *http.Request) http.HandlerFunc {
	path := r.URL.Path
	if rest, isStatic := strings.CutPrefix(path, "/_/"); isStatic {
		_, name, _ := strings.Cut(rest, "/")
		if f, ok := s.site.Static(name); ok {
			return func(w http.ResponseWriter, r *http.Request) { s.static(w, r, name, f) }
		}
		return nil
	}
	switch path {
	case "/robots.txt", "/favicon.ico":
		f, _ := s.site.Static(map[string]string{"/robots.txt": "robots.txt", "/favicon.ico": "favicon.svg"}[path])
		return func(w http.ResponseWriter, r *http.Request) { send(w, r, f, "public, max-age=86400", http.StatusOK) }
	case "/.well-known/change-password": // W3C: where password managers send people
		return func(w http.ResponseWriter, _ *http.Request) { redirect(w, url.URL{Path: "/settings/password"}) }
	}
	if _, ok := s.site.Page(path, s.language(r)); ok && strings.HasPrefix(path, "/") {
		return func(w http.ResponseWriter, r *http.Request) { s.person(w, r, path, http.StatusOK) }
	}
	if to, ok := s.lead(path); ok && !isOfPrograms(path) {
		to.RawQuery = r.URL.RawQuery
		return func(w http.ResponseWriter, _ *http.Request) { redirect(w, to) }
	}
	return nil
}

// person shows a page, or leads on: who has just chosen a language to the same page in it, to the log-in who has no session, and home from
// the pages before it who has one. A session that has just ended leads nowhere.
func (s *server) person(w http.ResponseWriter, r *http.Request, name string, status int) {
	query := r.URL.Query()
	isIn := cookie(r, sessionCookie, isGiven) != ""
	switch tag := query.Get("lang"); {
	case s.speaks(tag):
		http.SetCookie(w, &http.Cookie{Name: languageCookie, Value: tag, Path: "/", MaxAge: 365 * 24 * 3600, Secure: true, SameSite: http.SameSiteLaxMode})
		query.Del("lang")
		redirect(w, url.URL{Path: "/" + strings.TrimLeft(r.URL.Path, "/"), RawQuery: query.Encode()})
	case name == "/" && !isIn:
		redirect(w, url.URL{Path: "/login"})
	case (name == "/login" || name == "/signup") && isIn && !query.Has("ended") && !query.Has("authorize"):
		redirect(w, url.URL{Path: "/"})
	default:
		s.page(w, r, name, status)
	}
}

// redirect leads to another page of ours, now and not for ever. There is no text, so that HEAD says the same.
func redirect(w http.ResponseWriter, to url.URL) {
	target := to.EscapedPath() // a backslash in it makes no other host of it
	if to.RawQuery != "" {
		target += "?" + to.RawQuery
	}
	if to.Fragment != "" {
		target += "#" + to.EscapedFragment()
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Vary", "Cookie")
	w.Header().Set("Location", target)
	w.WriteHeader(http.StatusFound)
}

func isGiven(value string) bool { return value != "" }

// cookie is the first value under a name that is of use; "" where none is. White space around it, which a browser takes off (RFC 6265
// 5.2), does not count.
func cookie(r *http.Request, name string, isOfUse func(value string) bool) string {
	for _, c := range r.CookiesNamed(name) {
		if value := header.Trim(c.Value); isOfUse(value) {
			return value
		}
	}
	return ""
}

func (s *server) page(w http.ResponseWriter, r *http.Request, name string, status int) {
	language := s.language(r)
	f, _ := s.site.Page(name, language)
	w.Header().Set("Content-Language", language)
	w.Header().Set("Vary", "Cookie, Accept-Language")
	s.protect(w)
	if slices.Contains(carry, name) { // a form without scripts says where it comes from, but to nobody else
		w.Header().Set("Referrer-Policy", "same-origin")
	}
	if request := carried(r, name); request != "" {
		s.filled(w, r, f.Body, request)
		return
	}
	send(w, r, f, "private, no-cache", status)
}

// protect says what a page may do.
func (s *server) protect(w http.ResponseWriter) {
	w.Header().Set("Content-Security-Policy", s.policy)
	w.Header().Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), otp-credentials=()")
}

// static sends a file of the present version forever. An older page may ask under its own hash while a deployment is under way: it
// gets the present file, but may not keep it.
func (s *server) static(w http.ResponseWriter, r *http.Request, name string, f web.File) {
	cache := "no-cache"
	if r.URL.Path == s.site.Base+name {
		cache = "public, max-age=31536000, immutable"
	}
	w.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
	switch {
	case name == "sw.js":
		w.Header().Set("Service-Worker-Allowed", "/")
	case strings.HasSuffix(name, ".html"): // the service worker shows it with these headers
		s.protect(w)
	}
	send(w, r, f, cache, http.StatusOK)
}

// send sends a file packed to those who take it packed, for an HTTP API packs nothing, and not again to those who have it. Each form
// has a tag of its own (RFC 9110 8.8.3.3). A part of one (Range) is not sent: they are small.
func send(w http.ResponseWriter, r *http.Request, f web.File, cache string, status int) {
	h := w.Header()
	h.Set("Cache-Control", cache)
	body, tag := f.Body, f.ETag
	if f.Gzip != nil {
		h.Set("Vary", strings.TrimPrefix(h.Get("Vary")+", Accept-Encoding", ", "))
	}
	packed := f.Gzip != nil && header.Gzip(r.Header.Values("Accept-Encoding"))
	if packed {
		body, tag = f.Gzip, strings.TrimSuffix(tag, `"`)+`-gzip"`
	}
	h.Set("ETag", tag)
	if status == http.StatusOK && header.Lists(r.Header.Values("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", f.Type)
	if packed {
		h.Set("Content-Encoding", "gzip")
	}
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

func (s *server) speaks(tag string) bool {
	for _, l := range s.site.Languages {
		if l.Tag == tag {
			return true
		}
	}
	return false
}

// language is the person's choice, or else what the browser asks for, or else English.
func (s *server) language(r *http.Request) string {
	if chosen := cookie(r, languageCookie, s.speaks); chosen != "" {
		return chosen
	}
	wanted, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil {
		return web.Source
	}
	for _, tag := range wanted {
		if base, _ := tag.Base(); s.speaks(base.String()) {
			return base.String()
		}
	}
	return web.Source
}

// problem answers a program: RFC 9457, as the API does.
func problem(w http.ResponseWriter, status int, code, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{
		"type": "urn:central:error:" + code, "title": http.StatusText(status), "status": status, "code": code, "detail": detail,
	})
}
