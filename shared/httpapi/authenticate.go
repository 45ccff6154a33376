package httpapi

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/token"
)

// SessionCookie is the browser's session. The prefix binds it to this host, to https and to the path "/".
const SessionCookie = "__Host-session"

var errUnauthenticated = fault.New(fault.Unauthenticated, "unauthenticated", "Log in first.")

// authenticate fills the call's session and profile. Whatever is wrong with the session, the answer is the same 401.
func (a *API) authenticate(r *http.Request) error {
	call := callOf(r.Context())
	raw, err := sessionToken(r)
	if err != nil {
		return err
	}
	id, digest, err := token.ParseSession(raw)
	if err != nil {
		return errUnauthenticated.Because(err)
	}
	session, profile, err := a.Sessions.OpenSession(r.Context(), account.ID(id), digest)
	if errors.Is(err, account.ErrSessionUnknown) {
		return errUnauthenticated.Because(err)
	}
	if err != nil {
		return err
	}
	if !session.Open(profile, call.Now) {
		return errUnauthenticated
	}
	if session.NeedsTouch(call.Now) {
		if err := a.Sessions.TouchSession(r.Context(), session, call.Now); err != nil {
			a.Log.WarnContext(r.Context(), "session not touched", "error", err)
		}
	}
	call.Session, call.Profile = session, profile
	return nil
}

// sessionToken takes the token of a program from Authorization, of a browser from the cookie. Two different ones are refused:
// which of them counts must not depend on who reads.
func sessionToken(r *http.Request) (string, error) {
	var given []string
	if r.Header.Get("Authorization") != "" {
		bearer, ok := bearerToken(r)
		if !ok {
			return "", errUnauthenticated
		}
		given = append(given, bearer)
	}
	for _, cookie := range r.CookiesNamed(SessionCookie) {
		given = append(given, cookie.Value)
	}
	if given = slices.Compact(given); len(given) != 1 {
		return "", errUnauthenticated
	}
	return given[0], nil
}

// bearerToken reads the header of RFC 6750; the name of the scheme may have any case (RFC 9110).
func bearerToken(r *http.Request) (string, bool) {
	scheme, value, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	return value, ok && strings.EqualFold(scheme, "Bearer")
}
