package httpapi

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/header"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/token"
)

// SessionCookie is the browser's session. The prefix binds it to this host, to https and to the path "/".
const SessionCookie = "__Host-session"

var errUnauthenticated = fault.New(fault.Unauthenticated, "unauthenticated", "Log in first.")

// authenticate fills the call's session and profile. Whatever is wrong with the session, the answer is the same 401. A browser's session
// that is over is taken back with it: the pages before the log-in would otherwise lead home, and home to the log-in. A limit of the network is
// counted while the session is read, and given back where there is none.
func (a *API) authenticate(r *http.Request, network *limit.Rule) error {
	call := callOf(r.Context())
	raw, err := sessionToken(r)
	if err != nil {
		return err
	}
	over := func(cause error) error {
		if r.Header.Get("Authorization") == "" {
			call.SetCookie(SessionCookie, "", -1)
		}
		return errUnauthenticated.Because(cause)
	}
	id, digest, err := token.ParseSession(raw)
	if err != nil {
		return over(err)
	}
	counted := call.countBeside(r.Context(), network)
	session, profile, err := a.Sessions.OpenSession(r.Context(), account.ID(id), digest)
	limited := counted()
	switch {
	case errors.Is(err, account.ErrSessionUnknown) || err == nil && !session.Open(profile, call.Now):
		call.giveBackAll(r.Context())
		return over(err)
	case err != nil:
		return err
	case limited != nil:
		return limited
	}
	if session.NeedsTouch(call.Now) {
		if err := a.touch(r.Context(), session, call.Now); err != nil {
			a.Log.WarnContext(r.Context(), "session not touched", "error", err)
		}
	}
	profile.TermsDue = session.WaitsFor(profile)
	call.Session, call.Profile = session, profile
	return nil
}

// touchMost keeps a note that the next request can make as well from taking the time of this one.
const touchMost = 300 * time.Millisecond

func (a *API) touch(ctx context.Context, s account.Session, now time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, touchMost)
	defer cancel()
	return a.Sessions.TouchSession(ctx, s, now)
}

// sessionToken takes the token of a program from Authorization, of a browser from the cookie. Two different ones are refused:
// which of them counts must not depend on who reads.
func sessionToken(r *http.Request) (string, error) {
	given := cookies(r, SessionCookie)
	if r.Header.Get("Authorization") != "" {
		bearer, ok := bearerToken(r)
		if !ok {
			return "", errUnauthenticated
		}
		if !slices.Contains(given, bearer) {
			given = append(given, bearer)
		}
	}
	if len(given) != 1 {
		return "", errUnauthenticated
	}
	return given[0], nil
}

// cookies are the different values under a name, without the white space that a browser would have taken off (RFC 6265 5.2). An empty
// one is none: it is what is left of a cookie that was taken back.
func cookies(r *http.Request, name string) (values []string) {
	for _, cookie := range r.CookiesNamed(name) {
		if value := header.Trim(cookie.Value); value != "" && !slices.Contains(values, value) {
			values = append(values, value)
		}
	}
	return values
}

// bearerToken reads the header of RFC 6750. The name of the scheme may have any case, and any number of spaces follows (RFC 9110 11.4).
func bearerToken(r *http.Request) (string, bool) {
	scheme, value, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimLeft(value, " "), ok && strings.EqualFold(scheme, "Bearer")
}
