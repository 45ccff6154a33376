package main

import (
	"context"
	"errors"
	"strings"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/token"
)

type resendRequest struct {
	SignupID string `json:"signupId"`
}

type resendAnswer struct {
	ResendAfter int `json:"resendAfter"` // seconds
}

var (
	errSignupID   = fault.At("/signupId", "signup_id_invalid", "This is not the id of a sign-up. Use the one that sign-up answered.")
	errSignupGone = fault.New(fault.Gone, "signup_expired", "This sign-up has expired. Sign up again.")
)

// resend sends the mail of a sign-up once more, with the same link. When the address has an account by now, the mail says so and
// the answer does not.
func (h *handler) resend(ctx context.Context, c *httpapi.Call, in resendRequest) (resendAnswer, error) {
	digest, id, ok := strings.Cut(in.SignupID, ".")
	if !ok || !account.IsDigest(digest) || !token.IsID(id) {
		return resendAnswer{}, errSignupID
	}
	if _, err := h.store.Take(ctx, c.Now, limit.SignupIP.By(c.Network)); err != nil {
		return resendAnswer{}, err
	}
	p, err := h.store.Signup(ctx, digest, id)
	if errors.Is(err, account.ErrLinkExpired) || err == nil && !c.Now.Before(p.ExpiresAt) {
		return resendAnswer{}, errSignupGone
	}
	if err != nil {
		return resendAnswer{}, err
	}
	if _, err := h.store.Take(ctx, c.Now, limit.MailGap.By(digest), limit.MailHour.By(digest), limit.MailDay.By(digest)); err != nil {
		return resendAnswer{}, err
	}
	_, known, err := h.store.Login(ctx, p.Email)
	if err != nil {
		return resendAnswer{}, err
	}
	m := mailFor(p, known, c.Now)
	if err := h.store.QueueMessage(ctx, m); err != nil {
		return resendAnswer{}, err
	}
	h.outbox.Now(ctx, m)
	return resendAnswer{int(limit.MailGap.Window.Seconds())}, nil
}
