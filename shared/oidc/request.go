package oidc

import (
	"crypto/subtle"
	"net/url"
	"slices"
	"strings"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/pattern"
)

// What a request to an endpoint that is no page may hold, in bytes.
const (
	maxValue  = 4 << 10
	maxValues = 16 << 10
)

// Single reads parameters of which each may be there once. One without a value counts as left out (RFC 6749, section 3.1).
func Single(v url.Values) (map[string]string, error) {
	single, size := make(map[string]string, len(v)), 0
	for name, values := range v {
		if len(values) > 1 {
			return nil, Refuse(InvalidRequest, "A parameter is there twice.")
		}
		if size += len(name) + len(values[0]); len(values[0]) > maxValue || size > maxValues {
			return nil, Refuse(InvalidRequest, "A parameter is longer than 4 KB, or all are longer than 16 KB.")
		}
		if values[0] != "" {
			single[name] = values[0]
		}
	}
	return single, nil
}

// verifierForm is that of RFC 7636, section 4.1.
var verifierForm = pattern.New(`^[A-Za-z0-9\-._~]{43,128}$`)

// CheckCode holds what came with a code to what it was asked for with: redirect URI, and verifier by its S256, the challenge. Both are there or
// neither is: a request without a challenge takes no verifier (RFC 9700, section 2.1.1).
func (g Grant) CheckCode(redirect, verifier string, s256 func(string) string) error {
	switch {
	case redirect != g.Redirect:
		return Refuse(InvalidGrant, "The redirect_uri is not that of the request.")
	case verifier == "" && g.Challenge == "":
		return nil
	case verifier == "" || g.Challenge == "":
		return Refuse(InvalidGrant, "The code_verifier and the code_challenge go together.")
	case !verifierForm.MatchString(verifier), subtle.ConstantTimeCompare([]byte(s256(verifier)), []byte(g.Challenge)) != 1:
		return Refuse(InvalidGrant, "The code_verifier does not fit.")
	}
	return nil
}

// NarrowTo returns the scopes that a refresh asks for, in the order of those that it may have; all of them for "". The error is invalid_scope for more.
func NarrowTo(have []string, asked string) ([]string, error) {
	wished := strings.Fields(asked)
	if len(wished) == 0 {
		return have, nil
	}
	for _, scope := range wished {
		if !slices.Contains(have, scope) {
			return nil, Refuse(InvalidScope, "The scope is wider than what was granted.")
		}
	}
	return slices.DeleteFunc(slices.Clone(have), func(scope string) bool { return !slices.Contains(wished, scope) }), nil
}

// Parts of a ref as tokens carry them.
const RefParts = 4

// Parts are what leads back to the ref.
func (r GrantRef) Parts() []string {
	return []string{string(r.Account), string(r.Client), r.Session, r.ID}
}

// RefOf reads Parts.
func RefOf(parts []string) GrantRef {
	return GrantRef{Account: account.ID(parts[0]), Client: ClientID(parts[1]), Session: parts[2], ID: parts[3]}
}
