package main

import (
	"context"
	"errors"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/httpapi"
)

type checkRequest struct {
	Token string `json:"token"`
}

// States of a mailed link.
const (
	linkOpen     = "open"
	linkVerified = "verified" // the address has its account
	linkExpired  = "expired"
)

type checkAnswer struct {
	State            string  `json:"state"`
	Email            *string `json:"email"` // null where the sign-up is gone
	PasswordRequired bool    `json:"passwordRequired"`
}

// check says what pressing the button of a mailed link would do. It changes nothing, so that a page may ask before anybody has pressed,
// and a scanner of mails, too.
func (h *handler) check(ctx context.Context, c *httpapi.Call, in checkRequest) (checkAnswer, error) {
	link, pending, err := h.read(ctx, c, in.Token)
	if errors.Is(err, account.ErrLinkExpired) {
		return checkAnswer{State: linkExpired}, nil
	}
	if err != nil {
		return checkAnswer{}, err
	}
	address := link.Email.String()
	answer := checkAnswer{State: linkOpen, Email: &address}
	_, claimed, err := h.store.Login(ctx, link.Email)
	if err != nil {
		return checkAnswer{}, err
	}
	switch _, own := h.ofBrowser(c, pending); {
	case claimed:
		answer.State = linkVerified
	case !link.Usable(c.Now):
		answer.State = linkExpired
	default:
		answer.PasswordRequired = !own
	}
	return answer, nil
}
