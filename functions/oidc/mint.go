package main

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"phonon.in/central/shared/jose"
	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/token"
)

// tokens is the answer of the token endpoint (RFC 6749, section 5.1; OpenID Connect Core 1.0, section 3.1.3.3).
type tokens struct {
	Access  string `json:"access_token"`
	Type    string `json:"token_type"`
	Expires int    `json:"expires_in"` // seconds
	Refresh string `json:"refresh_token,omitempty"`
	ID      string `json:"id_token,omitempty"`
	Scope   string `json:"scope"`
}

// access is what an access token says. It is read together with its grant: what is not there is that of the grant.
type access struct {
	ref     oidc.GrantRef
	expires time.Time
	jkt     string   // thumbprint of the key that it is bound to; "" for a bearer token
	scopes  []string // where a refresh asked for fewer than were granted; nil for all

	generation int // of a refresh token, which is described like an access token; 0 for one of those
}

// code is what a grant's client redeems. Like every token it is no item of its own: it leads to the grant.
func (h *handler) code(g oidc.Grant) string {
	return h.keys.Wrap(token.OIDCCode, g.Ref().Parts()...).Reveal()
}

func (h *handler) openCode(raw string) oidc.GrantRef {
	parts, err := h.keys.Unwrap(token.OIDCCode, raw, oidc.RefParts)
	if err != nil {
		return oidc.GrantRef{}
	}
	return oidc.RefOf(parts)
}

func (h *handler) refreshToken(g oidc.Grant) string {
	return h.keys.Wrap(token.OIDCRefresh, append(g.Ref().Parts(), strconv.Itoa(g.Generation))...).Reveal()
}

func (h *handler) openRefresh(raw string) (ref oidc.GrantRef, generation int) {
	parts, err := h.keys.Unwrap(token.OIDCRefresh, raw, oidc.RefParts+1)
	if err != nil {
		return oidc.GrantRef{}, 0
	}
	generation, _ = strconv.Atoi(parts[oidc.RefParts]) // we wrote it
	return oidc.RefOf(parts), generation
}

func (a access) parts() []string {
	return append(a.ref.Parts(), strconv.FormatInt(a.expires.Unix(), 10), a.jkt, strings.Join(a.scopes, " "), token.NewID())
}

const accessParts = oidc.RefParts + 4 // the last tells two of one second apart

func accessOf(parts []string) access {
	seconds, _ := strconv.ParseInt(parts[oidc.RefParts], 10, 64) // we wrote it
	a := access{ref: oidc.RefOf(parts), expires: time.Unix(seconds, 0).UTC(), jkt: parts[oidc.RefParts+1]}
	if narrowed := parts[oidc.RefParts+2]; narrowed != "" {
		a.scopes = strings.Fields(narrowed)
	}
	return a
}

// openAccess reads an access token of either form that has not expired; ok is false for anything else. Whether its grant still lives is for the
// store to say.
func (h *handler) openAccess(raw string, now time.Time) (a access, ok bool) {
	purpose := token.OIDCAccess
	if strings.Count(raw, ".") == 2 {
		var claims struct {
			ID string `json:"jti"`
		}
		if h.signing.Verify(raw, jose.TypeAccess, now, &claims) != nil {
			return access{}, false
		}
		raw, purpose = claims.ID, token.OIDCAccessID
	}
	parts, err := h.keys.Unwrap(purpose, raw, accessParts)
	if err != nil {
		return access{}, false
	}
	a = accessOf(parts)
	return a, now.Before(a.expires)
}

// mint makes the tokens that a grant yields now, signed by key. scopes are those that they are for.
func (h *handler) mint(s oidc.TokenState, key jose.Key, scopes []string, jkt string, now time.Time) (tokens, error) {
	life := oidc.LifeOf(s.Client)
	a := access{ref: s.Grant.Ref(), expires: now.Add(life), jkt: jkt}
	if len(scopes) != len(s.Grant.Scopes) {
		a.scopes = scopes
	}
	made := tokens{Type: oidc.SchemeBearer, Expires: int(life / time.Second), Refresh: h.refreshToken(s.Grant), Scope: strings.Join(scopes, " ")}
	if jkt != "" {
		made.Type = oidc.SchemeDPoP
	}
	var err error
	if made.Access, err = h.accessToken(s, key, a, scopes, now); err != nil {
		return tokens{}, err
	}
	if slices.Contains(scopes, oidc.ScopeOpenID) {
		made.ID, err = h.idToken(s, key, scopes, made.Access, now)
	}
	return made, err
}

func (h *handler) accessToken(s oidc.TokenState, key jose.Key, a access, scopes []string, now time.Time) (string, error) {
	if s.Client.AccessToken != oidc.JWT {
		return h.keys.Wrap(token.OIDCAccess, a.parts()...).Reveal(), nil
	}
	claims := map[string]any{
		"iss": h.issuer, "sub": oidc.Subject(s.Client, s.Profile.ID), "aud": s.Client.Audience, "client_id": s.Client.ID, "scope": strings.Join(scopes, " "),
		"iat": now.Unix(), "exp": a.expires.Unix(), "jti": h.keys.Wrap(token.OIDCAccessID, a.parts()...).Reveal(),
		"auth_time": s.Grant.AuthTime.Unix(), "acr": s.Grant.ACR, "amr": s.Grant.AMR,
	}
	if a.jkt != "" {
		claims["cnf"] = map[string]string{"jkt": a.jkt}
	}
	return key.Token(jose.TypeAccess, claims)
}

func (h *handler) idToken(s oidc.TokenState, key jose.Key, scopes []string, accessToken string, now time.Time) (string, error) {
	g := s.Grant
	claims := map[string]any{
		"iss": h.issuer, "sub": oidc.Subject(s.Client, s.Profile.ID), "aud": s.Client.ID, "iat": now.Unix(), "exp": now.Add(oidc.IDTokenLife).Unix(),
		"auth_time": g.AuthTime.Unix(), "acr": g.ACR, "amr": g.AMR, "at_hash": jose.HalfHash(accessToken),
	}
	if g.Nonce != "" {
		claims["nonce"] = g.Nonce
	}
	if s.Client.BackchannelURI != "" && !g.Offline() {
		claims["sid"] = oidc.SID(g.Session)
	}
	if s.Client.ClaimsInIDToken {
		maps.Copy(claims, oidc.Claims(s.Profile, scopes))
	}
	return key.Token(jose.TypeID, claims)
}

// hint reads an ID token of ours, also one that is over.
func (h *handler) hint(raw string, now time.Time) (oidc.Hint, error) {
	var claims struct {
		Issuer  string `json:"iss"`
		Client  string `json:"aud"`
		Subject string `json:"sub"`
		SID     string `json:"sid"`
	}
	if err := h.signing.Verify(raw, jose.TypeID, now, &claims); err != nil {
		return oidc.Hint{}, err
	}
	if claims.Issuer != h.issuer {
		return oidc.Hint{}, jose.ErrInvalid
	}
	return oidc.Hint{Client: oidc.ClientID(claims.Client), Subject: claims.Subject, SID: claims.SID}, nil
}
