// Package httpapi is the HTTP edge that all functions share: strict JSON in, JSON or an RFC 9457 problem out, sessions,
// protection against forged cross-site requests, one log line per request.
package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	tidy "path"
	"strings"
	"sync/atomic"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/spent"
)

// Sessions is the store of sessions.
type Sessions interface {
	// OpenSession returns account.ErrSessionUnknown when there is no such session.
	OpenSession(ctx context.Context, id account.ID, digest string) (account.Session, account.Profile, error)
	TouchSession(ctx context.Context, s account.Session, now time.Time) error
}

// Config is what an API needs. All fields but Terms, RequestID and Log must be set.
type Config struct {
	PublicURL string           // the one origin of the pages
	Now       func() time.Time // read once per request
	Sessions  Sessions         // may be nil for a function without routes for people who are logged in
	Limits    Limits           // may be nil for a function whose routes take none
	Terms     string           // version of the terms that a new session asks for; may be empty for a function that opens none
	RequestID func(context.Context) string
	Log       *slog.Logger
}

// API is a set of routes. It is an http.Handler.
type API struct {
	Config
	origin  string
	mux     *http.ServeMux // by path alone, as API Gateway finds the function
	paths   map[string]resource
	foreign map[string]bool // routes of Foreign
	warm    atomic.Bool
}

// New makes an API without routes.
func New(c Config) *API {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.RequestID == nil {
		c.RequestID = func(context.Context) string { return "" }
	}
	a := &API{Config: c, mux: http.NewServeMux(), paths: map[string]resource{}, foreign: map[string]bool{}}
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

// Public adds a route for everybody: a method and a path of http.ServeMux, such as "POST /v1/signup". GET answers HEAD as well.
func (a *API) Public(route string, h http.Handler) {
	method, path, _ := strings.Cut(route, " ")
	if a.paths[path] == nil {
		a.paths[path] = resource{}
		a.mux.Handle(path, a.paths[path])
	}
	if a.paths[path][method] != nil {
		panic("httpapi: " + route + " is there already")
	}
	a.paths[path][method] = h
}

// Private adds a route for people who are logged in, and have accepted the terms that were in force when they did.
func (a *API) Private(route string, h http.Handler) { a.BeforeTerms(route, termsAccepted(h)) }

// PrivateWithin is Private with a limit of the network, which is counted while the session is read.
func (a *API) PrivateWithin(route string, network limit.Rule, h http.Handler) {
	a.authenticated(route, &network, termsAccepted(h))
}

func termsAccepted(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if call := callOf(r.Context()); call.Profile.TermsDue != "" {
			answerFault(w, call, account.ErrTermsDue)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// BeforeTerms adds a route for people who are logged in, whether or not they have accepted newer terms: what they need to do so, to log out, to
// have what is theirs, and to leave.
func (a *API) BeforeTerms(route string, h http.Handler) { a.authenticated(route, nil, h) }

func (a *API) authenticated(route string, network *limit.Rule, h http.Handler) {
	if a.Sessions == nil {
		panic("httpapi: " + route + " needs Config.Sessions")
	}
	a.Public(route, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := a.authenticate(r, network); err != nil {
			answerFault(w, callOf(r.Context()), err)
			return
		}
		h.ServeHTTP(w, r)
	}))
}

// ServeHTTP answers one request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	call := a.newCall(w, r)
	rec := &status{ResponseWriter: w}
	call.w = rec
	setSecurityHeaders(rec.Header(), call.RequestID)
	ctx, waited := spent.Track(r.Context(), time.Now)
	r = r.WithContext(context.WithValue(ctx, callKey{}, call))
	call.r = r
	began := time.Now()
	a.route(rec, r)
	call.giveBack(r.Context(), rec.result())
	a.log(call, rec, time.Since(began), waited)
	a.secure(call, rec)
}

func (a *API) route(w *status, r *http.Request) {
	_, path := a.mux.Handler(r)
	method, known := a.paths[path].method(r)
	switch {
	case path == "" || tidy.Clean(r.URL.Path) != r.URL.Path: // the mux would redirect to the tidy path
		answerFault(w, callOf(r.Context()), errRoute)
	case !known:
		w.Header().Set("Allow", a.paths[path].allow())
		answerFault(w, callOf(r.Context()), errMethod)
	case !a.foreign[method+" "+path] && a.crossSite(r):
		answerFault(w, callOf(r.Context()), errCrossSite)
	default:
		w.route = method + " " + path
		a.mux.ServeHTTP(w, r) // not its handler: only the mux fills in what the path holds
	}
}

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
	h.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	if requestID != "" {
		h.Set("X-Request-Id", requestID)
	}
}

// status remembers what was answered, for the log.
type status struct {
	http.ResponseWriter
	code  int
	route string
	meant int // what the answer is about, where it is a redirect to where people are told; 0 for itself
	fault *fault.Error
	cause error
}

// result is the status that counts.
func (s *status) result() int {
	if s.meant != 0 {
		return s.meant
	}
	return s.code
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

// log writes one line: what was asked, how it ended, and what it waited for. Never a body, a query, an address or a token.
func (a *API) log(c *Call, s *status, took time.Duration, waited *spent.Times) {
	attrs := []slog.Attr{
		slog.String("request_id", c.RequestID), slog.String("method", c.r.Method), slog.String("route", s.route),
		slog.Int("status", s.code), slog.String("outcome", outcome(s.result())), slog.Int64("ms", took.Milliseconds()), slog.Any("spent", waited),
		slog.Bool("cold_start", !a.warm.Swap(true)),
	}
	if c.Profile.ID != "" {
		attrs = append(attrs, slog.String("account", string(c.Profile.ID)))
	}
	if s.fault != nil {
		attrs = append(attrs, slog.String("code", s.fault.Code))
	}
	level := slog.LevelInfo
	if s.result() >= http.StatusInternalServerError {
		level = slog.LevelError
		attrs = append(attrs, slog.Any("cause", s.cause))
	}
	a.Log.LogAttrs(c.r.Context(), level, "request", attrs...)
}

func outcome(status int) string {
	switch {
	case status >= http.StatusInternalServerError:
		return "failed"
	case status >= http.StatusBadRequest:
		return "refused"
	}
	return "done"
}
