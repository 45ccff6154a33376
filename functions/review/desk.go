package main

import (
	"context"
	"net/http"
	"time"

	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/password"
	"phonon.in/central/shared/store"
)

// The desk is open for one session, after its password was typed again, until nothing was done there for deskIdle.
const (
	deskIdle    = 10 * time.Minute
	deskProlong = 9 * time.Minute // with less than this left, a call prolongs it: not each call is a write
)

var (
	errDeskLocked = fault.New(fault.Forbidden, "desk_locked", "The desk is locked. Enter your password to open it.")
	errWrong      = fault.New(fault.Forbidden, "password_wrong", "This is not your password.").On("/password")
	errNoFactor   = fault.New(fault.Forbidden, "reviewer_needs_factor", "Reviewers need a second factor: add an app or a passkey under /security.")
	errLeadOnly   = fault.New(fault.Forbidden, "lead_only", "Only a lead may see this.")
)

// visit is one call of a reviewer whose desk is open.
type visit struct {
	*httpapi.Call
	reviewer store.Reviewer
}

// desk makes an endpoint that is there for reviewers alone. Anybody else gets the answer for a case that does not exist.
func desk[In, Out any](h *handler, f func(context.Context, *visit, In) (Out, error)) http.Handler {
	return httpapi.JSON(http.StatusOK, func(ctx context.Context, c *httpapi.Call, in In) (none Out, err error) {
		who, err := h.reviewer(ctx, c)
		if err != nil {
			return none, err
		}
		switch left := c.Session.DeskUntil.Sub(c.Now); {
		case !c.Profile.Factors.Any():
			return none, errNoFactor
		case left <= 0:
			return none, errDeskLocked
		case left < deskProlong:
			if err := h.store.OpenDesk(ctx, c.Session, c.Now.Add(deskIdle)); err != nil {
				return none, err
			}
		}
		return f(ctx, &visit{c, who}, in)
	})
}

func (h *handler) reviewer(ctx context.Context, c *httpapi.Call) (store.Reviewer, error) {
	who, is, err := h.store.Reviewer(ctx, c.Profile.ID)
	if err == nil && !is {
		c.Denied()
		err = kyc.ErrCaseUnknown
	}
	return who, err
}

type unlockRequest struct {
	Password string `json:"password"`
}

// unlock opens the desk for this session, for who has proved the second factor not long ago, and now proves the password. Wrong passwords count together with those of a change of password.
func (h *handler) unlock(ctx context.Context, c *httpapi.Call, in unlockRequest) (none httpapi.None, err error) {
	if _, err := h.reviewer(ctx, c); err != nil {
		return none, err
	}
	if !c.Profile.Factors.Any() {
		return none, errNoFactor
	}
	if err := c.SteppedUp(); err != nil {
		return none, err
	}
	typed, err := password.Read(in.Password)
	if err != nil {
		return none, fault.At("/password", "password_too_long", "The password is too long.")
	}
	use := limit.PasswordChange.By(string(c.Profile.ID))
	if _, err := c.Take(ctx, use); err != nil {
		return none, err
	}
	login, _, err := h.store.Login(ctx, c.Profile.Email)
	if err != nil {
		return none, err
	}
	right, err := password.Verify(ctx, typed, login.PasswordHash.Reveal())
	switch {
	case err != nil:
		return none, err
	case !right:
		return none, errWrong
	}
	if err := h.store.OpenDesk(ctx, c.Session, c.Now.Add(deskIdle)); err != nil {
		return none, err
	}
	return none, c.Release(ctx, use)
}
