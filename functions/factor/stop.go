package main

import (
	"context"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/token"
)

type stopRequest struct {
	Token string `json:"token"`
}

// stopReset is the owner's no to an operator who removes the factors, by the link that was mailed.
func (h *handler) stopReset(ctx context.Context, c *httpapi.Call, in stopRequest) (none httpapi.None, err error) {
	if _, err := c.Take(ctx, limit.ResetIP.By(c.Network)); err != nil {
		return none, err
	}
	parts, err := h.keys.Open(token.FactorReset, in.Token, 2)
	if err != nil {
		return none, account.ErrLinkInvalid.Because(err)
	}
	c.About(account.ID(parts[0]))
	return none, h.store.StopFactorReset(ctx, account.ID(parts[0]), parts[1], c.Seen("factor_reset_stopped"), c.Now)
}
