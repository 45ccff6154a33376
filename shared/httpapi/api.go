// Package httpapi is the HTTP edge that all functions share: strict JSON in, JSON or an RFC 9457 problem out, sessions,
// protection against forged cross-site requests, one log line per request.
package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync/atomic"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
)

// Sessions is the store of sessions.
type Sessions interface {
	// OpenSession returns account.ErrSessionUnknown when there is no such session.
	OpenSession(ctx context.Context, id account.ID, digest string) (account.Session, account.Profile, error)
	TouchSession(ctx context.Context, s account.Session, now time.Time) error
}

// Config is what an API needs. All fields but RequestID and Log must be set.
type Config struct {
	PublicURL string           // the one origin of the pages
	Now       func() time.Time // read once per request
	Sessions  Sessions         // may be nil for a function without routes for people who are logged in
	RequestID func(context.Context) string
	Log       *slog.Logger
}

// API is a set of routes. It is an http.Handler.
type API struct {
	Config
	origin string
	mux    *http.ServeMux
	warm   atomic.Bool
}

// New makes an API without routes.
func New(c Config) *API {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.RequestID == nil {
		c.RequestID = func(context.Context) string { return "" }
	}
	a := &API{Config: c, mux: http.NewServeMux()}
	if u, err := url.Parse(c.PublicURL); err == nil && u.Host != "" {
		a.origin = originOf(u)
	}
	return a
}

// originOf writes an origin as browsers do (RFC 6454, section 6.2): in lower case, without the port that the scheme implies.
func originOf(u *url.URL) string {
	scheme, host := strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	if port := u.Port(); port == "443" && scheme == "https" || port == "80" && scheme == "http" {
		host = strings.TrimSuffix(host, ":"+port)
	}
	return scheme + "://" + host
}

// Public adds a route for everybody. The pattern is one of http.ServeMux, such as "POST /v1/signup".
func (a *API) Public(pattern string, h http.Handler) { a.mux.Handle(pattern, h) }

// Private adds a route for people who are logged in.
func (a *API) Private(pattern string, h http.Handler) {
	if a.Sessions == nil {
		panic("httpapi: " + pattern + " needs Config.Sessions")
	}
	a.mux.Handle(pattern, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := a.authenticate(r); err != nil {
			answerFault(w, callOf(r.Context()), err)
			return
		}
		h.ServeHTTP(w, r)
	}))
}

// NotAllowed refuses a method of a path that would otherwise be taken for one with a name in it. allow is what the path does know.
func NotAllowed(allow string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", allow)
		answerFault(w, callOf(r.Context()), errMethod)
	})
}

// ServeHTTP answers one request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	call := newCall(w, r, a.RequestID(r.Context()), a.Now().Truncate(time.Millisecond))
	rec := &status{ResponseWriter: w}
	call.w = rec
	setSecurityHeaders(rec.Header(), call.RequestID)
	r = r.WithContext(context.WithValue(r.Context(), callKey{}, call))
	call.r = r
	began := time.Now()
	a.route(rec, r)
	a.log(call, rec, time.Since(began))
}

func (a *API) route(w *status, r *http.Request) {
	h, pattern := a.mux.Handler(r)
	switch {
	case path.Clean(r.URL.Path) != r.URL.Path: // the mux would redirect to the tidy path
		answerFault(w, callOf(r.Context()), errRoute)
	case pattern == "":
		verdict := refusal{}
		h.ServeHTTP(verdict, r)
		if allow := http.Header(verdict).Get("Allow"); allow != "" {
			w.Header().Set("Allow", allow)
			answerFault(w, callOf(r.Context()), errMethod)
			return
		}
		answerFault(w, callOf(r.Context()), errRoute)
	case a.crossSite(r):
		answerFault(w, callOf(r.Context()), errCrossSite)
	default:
		w.pattern = pattern
		a.mux.ServeHTTP(w, r) // not h: only the mux fills in what the path holds
	}
}

// refusal hears why the mux refuses a request, and keeps the mux's own text from the client.
type refusal http.Header

func (r refusal) Header() http.Header         { return http.Header(r) }
func (r refusal) WriteHeader(int)             {}
func (r refusal) Write(b []byte) (int, error) { return len(b), nil }

var (
	errRoute  = fault.New(fault.NotFound, "route_unknown", "There is no such address.")
	errMethod = fault.New(methodNotAllowed, "method_not_allowed", "This address does not know this method.")

	errCrossSite = fault.New(fault.Forbidden, "cross_site", "This request comes from another site. Open our own page and try again.")
)

// crossSite reports a write that a browser sends for a foreign page. A program that authenticates by a header cannot be made
// to, and one that sends neither Origin nor Sec-Fetch-Site is no browser.
func (a *API) crossSite(r *http.Request) bool {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return false
	}
	if _, program := bearerToken(r); program {
		return false
	}
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return true
	}
	origin := r.Header.Get("Origin")
	return origin != "" && origin != a.origin
}

func setSecurityHeaders(h http.Header, requestID string) {
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	if requestID != "" {
		h.Set("X-Request-Id", requestID)
	}
}

// status remembers what was answered, for the log.
type status struct {
	http.ResponseWriter
	code    int
	pattern string
	fault   *fault.Error
	cause   error
}

func (s *status) WriteHeader(code int) {
	s.code = code
	s.ResponseWriter.WriteHeader(code)
}

func (s *status) Write(b []byte) (int, error) {
	if s.code == 0 {
		s.code = http.StatusOK
	}
	return s.ResponseWriter.Write(b)
}

// log writes one line: never a body, a query, an address or a token.
func (a *API) log(c *Call, s *status, took time.Duration) {
	attrs := []slog.Attr{
		slog.String("request_id", c.RequestID), slog.String("method", c.r.Method), slog.String("route", s.pattern),
		slog.Int("status", s.code), slog.Int64("ms", took.Milliseconds()), slog.Bool("cold_start", !a.warm.Swap(true)),
	}
	if c.Profile.ID != "" {
		attrs = append(attrs, slog.String("account", string(c.Profile.ID)))
	}
	if s.fault != nil {
		attrs = append(attrs, slog.String("code", s.fault.Code))
	}
	level := slog.LevelInfo
	if s.code >= http.StatusInternalServerError {
		level = slog.LevelError
		attrs = append(attrs, slog.Any("cause", s.cause))
	}
	a.Log.LogAttrs(c.r.Context(), level, "request", attrs...)
}
