package main

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"

	"golang.org/x/text/language"

	"phonon.in/central/web"
)

// Cookies that the pages know of. The language is no secret, and scripts set it.
const (
	languageCookie = "language"
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

// policy is the Content-Security-Policy: nothing but our own files, the bucket for uploads, and two workers: one solves the captcha,
// the other makes photos smaller. The widgets of third parties know nothing of Trusted Types, so these are required only without such a widget.
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
	return strings.Join(append(rules, "require-trusted-types-for 'script'", "trusted-types captcha-worker picture-worker service-worker"), "; ")
}

// ServeHTTP answers whatever no other function has a route for.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
	h.Set("Referrer-Policy", "no-referrer") // addresses of pages are nobody else's business
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	switch rest, isStatic := strings.CutPrefix(path, "/_/"); {
	case path == "/v1" || strings.HasPrefix(path, "/v1/"):
		problem(w, http.StatusNotFound, "route_unknown", "There is no such address.")
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		h.Set("Allow", "GET, HEAD")
		problem(w, http.StatusMethodNotAllowed, "method_not_allowed", "This address does not know this method.")
	case isStatic:
		s.static(w, r, rest)
	case path == "/robots.txt" || path == "/favicon.ico":
		name := map[string]string{"/robots.txt": "robots.txt", "/favicon.ico": "favicon.svg"}[path]
		f, _ := s.site.Static(name)
		send(w, r, f, "public, max-age=86400", http.StatusOK)
	case path == "/.well-known/change-password": // W3C: where password managers send people
		http.Redirect(w, r, "/settings/password", http.StatusFound)
	default:
		s.page(w, r, path)
	}
}

func (s *server) page(w http.ResponseWriter, r *http.Request, path string) {
	if tag := r.URL.Query().Get("lang"); tag != "" && s.speaks(tag) {
		http.SetCookie(w, &http.Cookie{Name: languageCookie, Value: tag, Path: "/", MaxAge: 365 * 24 * 3600, Secure: true, SameSite: http.SameSiteLaxMode})
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, r, "/"+strings.TrimLeft(path, "/"), http.StatusSeeOther)
		return
	}
	if _, err := r.Cookie(sessionCookie); path == "/" && err != nil {
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, r, "/login", http.StatusFound)
		return
	}
	status := http.StatusOK
	f, ok := web.File{}, false
	if strings.HasPrefix(path, "/") && (path == "/" || !strings.HasSuffix(path, "/")) {
		f, ok = s.site.Page(path, s.language(r))
	}
	if !ok {
		status = http.StatusNotFound
		f, _ = s.site.Page("404", s.language(r))
	}
	w.Header().Set("Content-Language", s.language(r))
	w.Header().Set("Vary", "Cookie, Accept-Language, Accept-Encoding")
	s.protect(w)
	send(w, r, f, "private, no-cache", status)
}

// protect says what a page may do.
func (s *server) protect(w http.ResponseWriter) {
	w.Header().Set("Content-Security-Policy", s.policy)
	w.Header().Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), otp-credentials=(self)")
}

// static sends a file of the present version forever. An older page may ask under its own hash while a deployment is under way: it
// gets the present file, but may not keep it.
func (s *server) static(w http.ResponseWriter, r *http.Request, rest string) {
	_, name, _ := strings.Cut(rest, "/")
	f, ok := s.site.Static(name)
	if !ok {
		problem(w, http.StatusNotFound, "route_unknown", "There is no such address.")
		return
	}
	cache := "no-cache"
	if r.URL.Path == s.site.Base+name {
		cache = "public, max-age=31536000, immutable"
	}
	w.Header().Set("Vary", "Accept-Encoding")
	w.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
	switch {
	case name == "sw.js":
		w.Header().Set("Service-Worker-Allowed", "/")
	case strings.HasSuffix(name, ".html"): // the service worker shows it with these headers
		s.protect(w)
	}
	send(w, r, f, cache, http.StatusOK)
}

func send(w http.ResponseWriter, r *http.Request, f web.File, cache string, status int) {
	h := w.Header()
	h.Set("Cache-Control", cache)
	h.Set("ETag", f.ETag)
	if status == http.StatusOK && r.Header.Get("If-None-Match") == f.ETag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", f.Type)
	body := f.Body
	// An HTTP API compresses nothing.
	if f.Gzip != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = f.Gzip
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
	if c, err := r.Cookie(languageCookie); err == nil && s.speaks(c.Value) {
		return c.Value
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
