package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/header"
	"phonon.in/central/shared/ocsf"
)

// Call is what an endpoint sees of one request beside its body.
type Call struct {
	IP        string    // of the client, as the gateway saw it; never from a header that the client can write
	Network   string    // the IP, or its /64 where it is IPv6: the "who" of limits per network
	UserAgent string    // printable, at most 256 bytes
	RequestID string    // from the gateway
	Now       time.Time // UTC, one time for the whole request

	// Session and Profile are those of the account that is logged in; zero on public routes.
	Session account.Session
	Profile account.Profile

	w        http.ResponseWriter
	r        *http.Request
	body     []byte
	limits   Limits
	sessions Sessions
	terms    string
	origin   string // of the pages
	taken    taken
	log      *slog.Logger
	event    *ocsf.Kind
	denied   bool
	about    account.ID // whom the event is about where nobody is logged in
}

// None is the body of requests and answers that have none.
type None struct{}

// Body is the body as it came: what a signature covers.
func (c *Call) Body() []byte { return c.body }

// Header returns a header of the request, or "".
func (c *Call) Header(name string) string { return c.r.Header.Get(name) }

// Headers returns every value of a header of the request.
func (c *Call) Headers(name string) []string { return c.r.Header.Values(name) }

// Method returns the method of the request.
func (c *Call) Method() string { return c.r.Method }

// Path returns the path's value for name.
func (c *Call) Path(name string) string { return c.r.PathValue(name) }

// Query returns the first value of the query for name, or "".
func (c *Call) Query(name string) string { return c.r.URL.Query().Get(name) }

// Conditional reports that the request has an If-Match, and so must not change what somebody else changed since.
func (c *Call) Conditional() bool {
	given := header.Trim(strings.Join(c.r.Header.Values("If-Match"), ""))
	return given != "" && given != "*"
}

// IfMatch reports whether the request may change what has this entity tag now (RFC 9110 13.1.1): always without If-Match or with "*",
// otherwise when the tag is one of the list. A weak tag is none: the comparison is strong.
func (c *Call) IfMatch(etag string) bool {
	lines := c.r.Header.Values("If-Match")
	return header.Trim(strings.Join(lines, "")) == "" || header.ListsStrongly(lines, etag)
}

// Cookie returns the cookie's value; "" where there is none, or two that differ.
func (c *Call) Cookie(name string) string {
	if values := cookies(c.r, name); len(values) == 1 {
		return values[0]
	}
	return ""
}

// SetHeader sets a header of the answer.
func (c *Call) SetHeader(name, value string) { c.w.Header().Set(name, value) }

// SetCookie sets a cookie for this host alone: HttpOnly, Secure, SameSite=Lax. A life of nought is until the browser
// closes, a negative one removes the cookie.
func (c *Call) SetCookie(name, value string, life time.Duration) {
	cookie := &http.Cookie{Name: name, Value: value, Path: "/", HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode}
	switch {
	case life > 0:
		cookie.MaxAge = int(life / time.Second)
	case life < 0:
		cookie.MaxAge = -1
	}
	http.SetCookie(c.w, cookie)
}

// Seen makes an activity of this call.
func (c *Call) Seen(kind string) account.Activity {
	return account.Activity{Kind: kind, At: c.Now, IP: c.IP, UserAgent: c.UserAgent}
}

type callKey struct{}

func callOf(ctx context.Context) *Call { return ctx.Value(callKey{}).(*Call) }

func (a *API) newCall(w http.ResponseWriter, r *http.Request) *Call {
	ip, network := client(r.RemoteAddr)
	return &Call{
		IP: ip, Network: network, UserAgent: printable(r.UserAgent(), maxUserAgent), RequestID: a.RequestID(r.Context()),
		Now: a.Now().Truncate(time.Millisecond).UTC(), w: w, r: r, limits: a.Limits, sessions: a.Sessions, terms: a.Terms, origin: a.origin, log: a.Log,
	}
}

const maxUserAgent = 256

func client(remote string) (ip, network string) {
	addr, err := netip.ParseAddr(remote)
	if err != nil {
		port, err := netip.ParseAddrPort(remote)
		if err != nil {
			return "unknown", "unknown"
		}
		addr = port.Addr()
	}
	addr = addr.Unmap().WithZone("")
	if addr.Is6() {
		prefix, _ := addr.Prefix(64) // 64 is a valid length for every IPv6 address
		return addr.String(), prefix.String()
	}
	return addr.String(), addr.String()
}

func printable(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, s)
	return s[:min(len(s), most)]
}
