package main

import (
	"context"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/password"
)

type stepUpRequest struct {
	Password string `json:"password"`
}

var (
	errOneProof     = fault.New(fault.Invalid, "proof_required", "Send one of what proofs names.")
	errFactorAsked  = fault.At("/password", "factor_required", "This account has a second factor. Prove that.")
	errWrong        = fault.New(fault.Forbidden, "password_wrong", "This is not your password.").On("/password")
	errPasswordLong = fault.At("/password", "password_too_long", "The password is too long.")
)

// stepUp notes that the holder of this session has proved again who they are: for account.StepUpLife that is not asked for again.
func (h *handler) stepUp(ctx context.Context, c *httpapi.Call, in stepUpRequest) (none httpapi.None, err error) {
	switch {
	case in.Password == "":
		return none, errOneProof.With("proofs", c.Profile.Factors.Proofs())
	case c.Profile.Factors.Any():
		return none, errFactorAsked.With("proofs", c.Profile.Factors.Proofs())
	}
	use := limit.PasswordChange.By(string(c.Profile.ID))
	if err := h.checkPassword(ctx, c, in.Password, use); err != nil {
		return none, err
	}
	if err := h.store.Prove(ctx, c.Session, account.ByPassword, c.Now); err != nil {
		return none, err
	}
	return none, c.Release(ctx, use)
}

// checkPassword counts the attempt, then compares. Wrong passwords count together with those of a change of password.
func (h *handler) checkPassword(ctx context.Context, c *httpapi.Call, given string, use limit.Use) error {
	typed, err := password.Read(given)
	if err != nil {
		return errPasswordLong
	}
	if _, err := c.Take(ctx, use); err != nil {
		return err
	}
	login, _, err := h.store.Login(ctx, c.Profile.Email)
	if err != nil {
		return err
	}
	right, err := password.Verify(ctx, typed, login.PasswordHash.Reveal())
	switch {
	case err != nil:
		return err
	case !right:
		return errWrong
	}
	return nil
}
