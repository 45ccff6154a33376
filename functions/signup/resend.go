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
	digest, id, ok := parseSignupID(in.SignupID)
	if !ok {
		return resendAnswer{}, errSignupID
	}
	if _, err := c.Take(ctx, limit.SignupIP.By(c.Network)); err != nil {
		return resendAnswer{}, err
	}
	p, err := h.open(ctx, c, digest, id)
	if err != nil {
		return resendAnswer{}, err
	}
	if _, err := c.Take(ctx, limit.MailGap.By(digest), limit.MailHour.By(digest), limit.MailDay.By(digest)); err != nil {
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

type stateAnswer struct {
	Verified bool `json:"verified"`
}

// state says whether this very sign-up has become an account, to the page that waits for it. Only who signed up has the id. Whether the
// address has an account by another sign-up it does not tell.
func (h *handler) state(ctx context.Context, c *httpapi.Call, _ httpapi.None) (stateAnswer, error) {
	digest, id, ok := parseSignupID(c.Path("id"))
	if !ok {
		return stateAnswer{}, account.ErrNotFound
	}
	p, err := h.open(ctx, c, digest, id)
	return stateAnswer{!p.UsedAt.IsZero()}, err
}

// open reads a sign-up that is not too old.
func (h *handler) open(ctx context.Context, c *httpapi.Call, digest, id string) (account.Signup, error) {
	p, err := h.store.Signup(ctx, digest, id)
	if errors.Is(err, account.ErrLinkExpired) || err == nil && !c.Now.Before(p.ExpiresAt) {
		return account.Signup{}, errSignupGone
	}
	return p, err
}

// parseSignupID takes apart what sign-up answered.
func parseSignupID(s string) (digest, id string, ok bool) {
	digest, id, ok = strings.Cut(s, ".")
	return digest, id, ok && account.IsDigest(digest) && token.IsID(id)
}
