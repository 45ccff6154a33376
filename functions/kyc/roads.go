package main

import (
	"context"

	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/kyc"
)

// withdraw takes the case back before anybody has begun to look at it. It may be changed then, and handed in again.
func (h *handler) withdraw(ctx context.Context, c *httpapi.Call, _ httpapi.None) (caseView, error) {
	if err := c.SteppedUp(); err != nil {
		return caseView{}, err
	}
	err := h.onFreshWithin(ctx, c, h.mayWrite, func(ctx context.Context, found kyc.Case) error {
		withdrawn, record, err := found.Withdraw(c.Now)
		if err != nil {
			return err
		}
		return h.store.MoveCase(ctx, found, withdrawn, record)
	})
	if err != nil {
		return caseView{}, err
	}
	return h.read(ctx, c, httpapi.None{})
}

// renew begins the next case beside the approved one, which stays in force until the next is decided.
func (h *handler) renew(ctx context.Context, c *httpapi.Call, _ httpapi.None) (caseView, error) {
	if err := c.SteppedUp(); err != nil {
		return caseView{}, err
	}
	err := h.onFreshWithin(ctx, c, h.mayWrite, func(ctx context.Context, found kyc.Case) error {
		next, err := found.Renew(c.Now)
		if err == nil {
			_, err = h.store.SaveCase(ctx, found, next)
		}
		return err
	})
	if err != nil {
		return caseView{}, err
	}
	return h.read(ctx, c, httpapi.None{})
}
