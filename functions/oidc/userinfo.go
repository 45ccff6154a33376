package main

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/oidc"
)

var errToken = oidc.Refuse(oidc.InvalidToken, "The access token is not valid, or what it stands on is over.")

// shown is an access token as it was sent.
type shown struct{ raw, scheme string }

// userInfo answers an access token with the claims that it is for, as they are now (OpenID Connect Core 1.0, section 5.3).
func (h *handler) userInfo(ctx context.Context, c *httpapi.Call, query, form url.Values) (httpapi.Reply, error) {
	sent, err := tokenSent(c, query, form)
	if err != nil {
		return httpapi.Reply{}, err
	}
	if sent.raw == "" { // RFC 6750, section 3.1: who has shown nothing is told how, and not what was wrong
		reply := httpapi.JSONReply(struct{}{})
		reply.Status = http.StatusUnauthorized
		reply.Header["Www-Authenticate"] = []string{`Bearer realm="central"`, `DPoP realm="central", algs="` + strings.Join(oidc.ProofAlgorithms(), " ") + `"`}
		return reply, nil
	}
	a, ok := h.openAccess(sent.raw, c.Now)
	if !ok {
		return httpapi.Reply{}, errToken.At(sent.scheme)
	}
	state, err := h.store.TokenState(ctx, a.ref, a.ref.Client)
	if err != nil {
		return httpapi.Reply{}, err
	}
	allowOrigin(c, state.Client)
	if !state.Alive(c.Now) || state.Grant.RedeemedAt.IsZero() {
		return httpapi.Reply{}, errToken.At(sent.scheme)
	}
	if err := h.holdsKey(ctx, c, sent, a); err != nil {
		return httpapi.Reply{}, err
	}
	scopes := a.scopesOf(state)
	if !slices.Contains(scopes, oidc.ScopeOpenID) {
		return httpapi.Reply{}, oidc.Refuse(oidc.InsufficientScope, "The access token is not for openid.").At(sent.scheme)
	}
	claims := oidc.Claims(state.Profile, scopes)
	claims["sub"] = oidc.Subject(state.Client, state.Profile.ID)
	return httpapi.JSONReply(claims), nil
}

// scopesOf are those of the token that its client may have now.
func (a access) scopesOf(s oidc.TokenState) []string {
	if a.scopes == nil {
		return oidc.Narrow(s.Grant.Scopes, s.Client)
	}
	return oidc.Narrow(a.scopes, s.Client)
}

// tokenSent finds the access token of a request, in the header or in the form, and never in the address, which ends up in logs (RFC 9700, section
// 4.3.2).
func tokenSent(c *httpapi.Call, query, form url.Values) (shown, error) {
	if query.Has("access_token") {
		return shown{}, oidc.Refuse(oidc.InvalidRequest, "Send the access token in the header Authorization.")
	}
	p, err := oidc.Single(form)
	if err != nil {
		return shown{}, err
	}
	header := c.Headers("Authorization")
	switch body := p["access_token"]; {
	case len(header) > 1, len(header) == 1 && body != "":
		return shown{}, oidc.Refuse(oidc.InvalidRequest, "Send one access token, in one place.")
	case len(header) == 0:
		return shown{body, oidc.SchemeBearer}, nil
	}
	scheme, raw, _ := strings.Cut(header[0], " ")
	for _, known := range []string{oidc.SchemeBearer, oidc.SchemeDPoP} {
		if strings.EqualFold(scheme, known) {
			return shown{strings.TrimLeft(raw, " "), known}, nil
		}
	}
	return shown{}, nil
}

// holdsKey holds a token that is bound to a key to the proof that comes along, and uses that up. A bound token is no bearer token, and a bearer
// token is not to be shown as a bound one.
func (h *handler) holdsKey(ctx context.Context, c *httpapi.Call, sent shown, a access) error {
	if (a.jkt != "") != (sent.scheme == oidc.SchemeDPoP) {
		return errToken.At(oidc.SchemeDPoP).Because(errors.New("the scheme is not that of the token"))
	}
	proof, found, err := h.proofOf(c, "userinfo", sent.raw)
	switch {
	case a.jkt == "":
		return nil
	case err != nil:
		return errProof.At(oidc.SchemeDPoP).Because(err)
	case !found || proof.JKT != a.jkt:
		return errProof.At(oidc.SchemeDPoP).Because(errors.New("no proof, or one of another key"))
	}
	if err := h.store.SpendProofs(ctx, spent(proof)); errors.Is(err, oidc.ErrReplayed) {
		return errProof.At(oidc.SchemeDPoP).Because(err)
	} else if err != nil {
		return err
	}
	return nil
}
