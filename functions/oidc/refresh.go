package main

import (
	"context"
	"errors"

	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/oidc"
)

var errRefresh = oidc.Refuse(oidc.InvalidGrant, "The refresh token is not valid, or what it stands on is over.")

// refresh answers a refresh token. That of a public client is replaced each time, that of a confidential one stays as it is
// (FAPI 2.0 Security Profile, section 5.3.2.1): only the client can use it.
func (h *handler) refresh(ctx context.Context, c *httpapi.Call, p map[string]string, who *party, s oidc.TokenState, generation int) (tokens, error) {
	if s.Grant.Client != who.client.ID || s.Grant.RedeemedAt.IsZero() || !s.Alive(c.Now) {
		return tokens{}, errRefresh
	}
	scopes, err := oidc.NarrowTo(oidc.Narrow(s.Grant.Scopes, s.Client), p["scope"])
	switch {
	case err != nil:
		return tokens{}, err
	case len(scopes) == 0:
		return tokens{}, oidc.Refuse(oidc.InvalidScope, "Nothing of what was granted may be had any more.")
	}
	// What began bound stays bound: a public client's to its first key, a confidential one's to any (RFC 9449, section 5).
	bound, anyKey := s.Grant.JKT, s.Grant.JKT != ""
	if !s.Client.Public() {
		bound = ""
	}
	jkt, err := h.boundTo(c, who, bound, anyKey)
	if err != nil {
		return tokens{}, err
	}
	key, err := h.signing.Signer(s.Client.IDTokenAlg, c.Now)
	if err != nil { // before anything is used up
		return tokens{}, err
	}
	s.Grant, err = h.renew(ctx, c, s, who.once(), generation)
	switch {
	case errors.Is(err, oidc.ErrReused):
		return tokens{}, h.usedAgain(ctx, c, s.Grant)
	case errors.Is(err, oidc.ErrGrantGone):
		return tokens{}, errRefresh.Because(err)
	case errors.Is(err, oidc.ErrReplayed):
		return tokens{}, errProof.Because(err) // or the assertion: refused tells
	case err != nil:
		return tokens{}, err
	}
	s.Grant.Nonce = "" // it was for the log-in (OpenID Connect Core 1.0, section 12.2)
	return h.mint(s, key, scopes, jkt, c.Now)
}

func (h *handler) renew(ctx context.Context, c *httpapi.Call, s oidc.TokenState, spend []oidc.Spent, generation int) (oidc.Grant, error) {
	switch {
	case s.Client.Public():
		return h.store.RotateGrant(ctx, s.Grant, generation, spend, c.Now)
	case generation != s.Grant.Generation:
		return s.Grant, oidc.ErrReused
	}
	return h.store.UseGrant(ctx, s.Grant, spend, c.Now)
}

// usedAgain ends the grant of a refresh token that was replaced and came again: one of the two who have it should not (RFC 9700, section 4.14.2). Its
// holder sees it.
func (h *handler) usedAgain(ctx context.Context, c *httpapi.Call, g oidc.Grant) error {
	if err := h.store.RevokeGrant(ctx, g.Ref()); err != nil {
		return err
	}
	if err := h.store.NoteActivity(ctx, g.Account, c.Seen("app_token_reused")); err != nil {
		return err
	}
	return errRefresh.Because(oidc.ErrReused)
}
