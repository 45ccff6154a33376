package oidc

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"phonon.in/central/shared/pattern"
)

// Flaw is one thing that keeps a client from being registered. Field is called as in RFC 7591, or as Client has it.
type Flaw struct{ Field, Reason string }

// Flaws is the error of Check.
type Flaws []Flaw

func (f Flaws) Error() string {
	lines := make([]string, len(f))
	for i, one := range f {
		lines[i] = one.Field + " " + one.Reason
	}
	return strings.Join(lines, "; ")
}

const (
	maxName   = 60
	maxMaxAge = 30 * 24 * time.Hour
)

var productCode = pattern.New(`^[a-z0-9-]{1,40}$`)

var digest = pattern.New(`^[0-9a-f]{64}$`)

// Check says all that is wrong with a client as Flaws, or nil. Where the issuer is on loopback, in the local run, its clients may be too.
func (c Client) Check(issuer string) error {
	var flaws Flaws
	bad := func(wrong bool, field, reason string) {
		if wrong {
			flaws = append(flaws, Flaw{field, reason})
		}
	}
	name := utf8.RuneCountInString(c.Name)
	bad(name < 1 || name > maxName || strings.TrimSpace(c.Name) != c.Name || strings.ContainsFunc(c.Name, unprintable), "client_name", fmt.Sprintf("must have 1 to %d letters that can be seen", maxName))
	c.checkProof(bad)
	c.checkAddresses(bad, issuer)
	c.checkTokens(bad)
	c.checkProfile(bad)
	if len(flaws) > 0 {
		return flaws
	}
	return nil
}

// unprintable also has the marks that turn the direction of text: a name must not look like another.
func unprintable(r rune) bool { return !unicode.IsPrint(r) }

func (c Client) checkProof(bad func(bool, string, string)) {
	known := []AuthMethod{AuthNone, ClientSecretBasic, ClientSecretPost, PrivateKeyJWT}
	bad(!slices.Contains(known, c.Auth), "token_endpoint_auth_method", "must be none, client_secret_basic, client_secret_post or private_key_jwt")
	bad(c.Native && !c.Public(), "token_endpoint_auth_method", "must be none for a native app, which can keep no secret")
	secret := c.Auth == ClientSecretBasic || c.Auth == ClientSecretPost
	bad(secret && (len(c.Secrets) < 1 || len(c.Secrets) > 2) || !secret && len(c.Secrets) > 0, "client_secret", "must be there once or twice for a client that proves itself by it, and for no other")
	bad(slices.ContainsFunc(c.Secrets, func(s string) bool { return !digest.MatchString(s) }), "client_secret", "must be kept as a SHA-256 in small hexadecimal digits")
	switch {
	case c.Auth != PrivateKeyJWT:
		bad(len(c.JWKS) > 0, "jwks", "are for private_key_jwt")
	default:
		reason := keysFlaw(c.JWKS, c.FAPI)
		bad(reason != "", "jwks", reason)
	}
}

func (c Client) checkAddresses(bad func(bool, string, string), issuer string) {
	at := place{native: c.Native}
	if u, err := url.Parse(issuer); err == nil {
		at.local = loopback(u.Hostname())
	}
	each := func(field string, all []string, flaw func(string) string) {
		bad(len(all) > maxURIs, field, fmt.Sprintf("must be %d at most", maxURIs))
		for i, uri := range all {
			here := fmt.Sprintf("%s[%d]", field, i)
			reason := flaw(uri)
			bad(reason != "", here, reason)
			bad(slices.Index(all, uri) != i, here, "is there twice")
		}
	}
	bad(len(c.RedirectURIs) == 0, "redirect_uris", "must be one at least")
	each("redirect_uris", c.RedirectURIs, at.flaw)
	each("post_logout_redirect_uris", c.PostLogoutURIs, at.flaw)
	each("origins", c.Origins, place{local: at.local}.originFlaw)
	bad(len(c.Origins) > 0 && (!c.Public() || c.Native), "origins", "are for public clients in a browser")
	if c.BackchannelURI != "" {
		reason := at.serverFlaw(c.BackchannelURI)
		bad(reason != "", "backchannel_logout_uri", reason)
	}
	bad(c.Product != "" && !productCode.MatchString(c.Product), "product", "must have 1 to 40 small letters, digits and hyphens")
	bad(c.Product != "" && (!c.FirstParty || c.InitiateLoginURI == ""), "product", "is for one of our own with an initiate_login_uri, which its tile leads to")
	if c.InitiateLoginURI != "" {
		reason := place{local: at.local}.flaw(c.InitiateLoginURI)
		bad(reason != "", "initiate_login_uri", reason)
	}
}

func (c Client) checkTokens(bad func(bool, string, string)) {
	for _, s := range c.Scopes {
		bad(!slices.Contains(scopes, s), "scope", fmt.Sprintf("knows no %q", s))
	}
	for _, n := range c.Needs {
		bad(n != NeedDetails && n != NeedKYC, "needs", fmt.Sprintf("knows no %q", n))
	}
	bad(repeats(c.Scopes), "scope", "has one twice")
	bad(repeats(c.Needs), "needs", "has one twice")
	bad(!slices.Contains(c.Scopes, ScopeOpenID), "scope", "must have openid")
	bad(slices.Contains(c.Scopes, ScopeOffline) != c.Offline, "scope", "must have offline_access where the client may stay when its person has gone, and only there")
	bad(c.IDTokenAlg != "ES256" && c.IDTokenAlg != "RS256", "id_token_signed_response_alg", "must be ES256 or RS256")
	bad(c.AccessToken != Opaque && c.AccessToken != JWT, "access_token", "must be opaque or jwt")
	bad((c.AccessToken == JWT) != (c.Audience != ""), "audience", "must be there for access tokens that are jwt, and only there")
	if c.Audience != "" {
		_, reason := parseURI(c.Audience)
		bad(reason != "", "audience", reason)
	}
	bad(c.DefaultMaxAge < 0 || c.DefaultMaxAge > maxMaxAge || c.DefaultMaxAge%time.Second != 0, "default_max_age", "must be whole seconds, 30 days at most")
}

func repeats(all []string) bool {
	for i, s := range all {
		if slices.Index(all, s) != i {
			return true
		}
	}
	return false
}

func (c Client) checkProfile(bad func(bool, string, string)) {
	bad(c.PKCE != PKCERequired && c.PKCE != PKCEOptional && c.PKCE != PKCEOff, "pkce", "must be required, optional or off")
	bad(c.Public() && c.PKCE != PKCERequired, "pkce", "must be required for a public client, which has nothing else")
	bad(!c.FirstParty && !c.Pairwise, "subject_type", "must be pairwise for a third party")
	if !c.FAPI {
		return
	}
	bad(c.Auth != PrivateKeyJWT, "token_endpoint_auth_method", "must be private_key_jwt under FAPI 2.0")
	bad(c.PKCE != PKCERequired, "pkce", "must be required under FAPI 2.0")
	bad(!c.PAR, "require_pushed_authorization_requests", "must be on under FAPI 2.0")
	bad(!c.DPoP, "dpop_bound_access_tokens", "must be on under FAPI 2.0")
	bad(c.IDTokenAlg == "RS256", "id_token_signed_response_alg", "must be ES256 under FAPI 2.0")
}
