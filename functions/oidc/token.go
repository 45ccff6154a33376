package main

import (
	"context"
	"errors"
	"net/url"

	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/jose"
	"phonon.in/central/shared/oidc"
)

// token answers a code or a refresh token with tokens (RFC 6749, section 3.2).
func (h *handler) token(ctx context.Context, c *httpapi.Call, query, form url.Values) (httpapi.Reply, error) {
	made, err := h.tokens(ctx, c, query, form)
	if err != nil {
		return httpapi.Reply{}, err
	}
	reply := httpapi.JSONReply(made)
	reply.Header.Set("Pragma", "no-cache")
	return reply, nil
}

func (h *handler) tokens(ctx context.Context, c *httpapi.Call, query, form url.Values) (tokens, error) {
	var generation int
	p, who, state, err := h.readProven(ctx, c, query, form, func(p map[string]string) (ref oidc.GrantRef) {
		switch p["grant_type"] {
		case "authorization_code":
			ref = h.openCode(p["code"])
		case "refresh_token":
			ref, generation = h.openRefresh(p["refresh_token"])
		}
		return ref
	})
	if err != nil {
		return tokens{}, err
	}
	var made tokens
	switch p["grant_type"] {
	case "authorization_code":
		made, err = h.exchange(ctx, c, p, &who, state)
	case "refresh_token":
		made, err = h.refresh(ctx, c, p, &who, state, generation)
	case "":
		err = oidc.Refuse(oidc.InvalidRequest, "The grant_type is missing.")
	default:
		err = oidc.Refuse(oidc.UnsupportedGrantType, "The grant_type can be authorization_code or refresh_token.")
	}
	if err != nil {
		return tokens{}, h.refused(ctx, who, err)
	}
	return made, nil
}

var errCode = oidc.Refuse(oidc.InvalidGrant, "The code is not valid, was used, or is older than a minute.")

// exchange redeems a code. Everything that came with it is checked before anything is written: whoever lacks a part of it cannot use it up.
func (h *handler) exchange(ctx context.Context, c *httpapi.Call, p map[string]string, who *party, s oidc.TokenState) (tokens, error) {
	g := s.Grant
	if g.ID == "" || g.Client != who.client.ID {
		return tokens{}, errCode
	}
	if err := g.CheckCode(p["redirect_uri"], p["code_verifier"], jose.Hash); err != nil {
		return tokens{}, err
	}
	jkt, err := h.boundTo(c, who, g.CodeJKT(), false)
	switch {
	case err != nil:
		return tokens{}, err
	case !g.RedeemedAt.IsZero():
		return tokens{}, h.usedTwice(ctx, g)
	case !s.Alive(c.Now), !c.Now.Before(g.CodeExpiresAt):
		return tokens{}, errCode
	}
	scopes := oidc.Narrow(g.Scopes, s.Client)
	if g.JKT = jkt; len(scopes) == 0 {
		return tokens{}, oidc.Refuse(oidc.InvalidScope, "Nothing of what was granted may be had any more.")
	}
	key, err := h.signing.Signer(s.Client.IDTokenAlg, c.Now)
	if err != nil { // before anything is used up
		return tokens{}, err
	}
	thinned := make(chan struct{})
	go func() {
		defer close(thinned)
		_ = h.store.ThinGrants(ctx, g) // the next one does it otherwise
	}()
	s.Grant, err = h.store.RedeemCode(ctx, g, who.once(), c.Now)
	<-thinned
	switch {
	case errors.Is(err, oidc.ErrCodeUsed):
		return tokens{}, h.usedTwice(ctx, g)
	case errors.Is(err, oidc.ErrGrantGone):
		return tokens{}, errCode.Because(err)
	case errors.Is(err, oidc.ErrReplayed):
		return tokens{}, errProof.Because(err) // or the assertion: refused tells
	case err != nil:
		return tokens{}, err
	}
	return h.mint(s, key, scopes, jkt, c.Now)
}

// usedTwice ends the grant of a code that came a second time: one of the two who had it should not have (RFC 9700, section 4.5). Where that cannot be
// done, the answer does not say that it was.
func (h *handler) usedTwice(ctx context.Context, g oidc.Grant) error {
	if err := h.store.RevokeGrant(ctx, g.Ref()); err != nil {
		return err
	}
	return errCode.Because(oidc.ErrCodeUsed)
}
