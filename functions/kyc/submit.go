package main

import (
	"context"
	"errors"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/limit"
)

type submitAnswer struct {
	Status      kyc.Status `json:"status"`
	Reference   string     `json:"reference"`
	SubmittedAt time.Time  `json:"submittedAt"`
}

// submit hands the case in as it was evaluated, or answers with everything that is missing.
func (h *handler) submit(ctx context.Context, c *httpapi.Call, in submitRequest) (submitAnswer, error) {
	if err := c.SteppedUp(); err != nil {
		return submitAnswer{}, err
	}
	locale, err := in.Notice.language(c.Profile.Locale)
	if err != nil {
		return submitAnswer{}, err
	}
	count := func(ctx context.Context, c *httpapi.Call) error {
		_, err := c.Take(ctx, limit.SubmitAccount.By(string(c.Profile.ID)))
		return err
	}
	var submitted kyc.Case
	profile := c.Profile
	err = h.onFreshWithin(ctx, c, count, func(ctx context.Context, found kyc.Case) (err error) {
		var record kyc.Record
		if submitted, record, err = found.Submit(profile, kyc.NewReference(), c.Now); err != nil {
			return err
		}
		accepted, err := h.accepted(c, found, in, locale)
		if err != nil {
			return err
		}
		submitted.Notice = h.notice.Version
		err = h.store.SubmitCase(ctx, found, submitted, record, profile, c.Seen("kyc_submitted"), accepted...)
		if !errors.Is(err, account.ErrBusy) {
			return err
		}
		_, fresh, unread := h.store.OpenSession(ctx, profile.ID, c.Session.Digest) // the account may be what has changed
		if unread != nil {
			return unread
		}
		profile = fresh
		return err
	})
	if err != nil {
		return submitAnswer{}, err
	}
	h.purge(ctx, c, submitted)
	return submitAnswer{submitted.Status, submitted.Reference, submitted.SubmittedAt}, nil
}
