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
	Password     string     `json:"password"`
	Code         string     `json:"code"`
	RecoveryCode string     `json:"recoveryCode"`
	Passkey      *assertion `json:"passkey"`
}

var (
	errOneProof     = fault.New(fault.Invalid, "proof_required", "Send one of what proofs names.")
	errFactorAsked  = fault.At("/password", "factor_required", "This account has a second factor. Prove that.")
	errWrong        = fault.New(fault.Forbidden, "password_wrong", "This is not your password.").On("/password")
	errPasswordLong = fault.At("/password", "password_too_long", "The password is too long.")
)

// stepUp notes that the holder of this session has proved again who they are: for account.StepUpLife that is not asked for again.
func (h *handler) stepUp(ctx context.Context, c *httpapi.Call, in stepUpRequest) (none httpapi.None, err error) {
	p := proof{in.Code, in.RecoveryCode, in.Passkey}
	switch given := p.count(); {
	case given > 1, given == 0 && in.Password == "", given == 1 && in.Password != "":
		return none, errOneProof.With("proofs", c.Profile.Factors.Proofs())
	case in.Password != "" && c.Profile.Factors.Any():
		return none, errFactorAsked.With("proofs", c.Profile.Factors.Proofs())
	case in.Password != "":
		return none, h.stepUpByPassword(ctx, c, in.Password)
	}
	uses := wrongCodes(c.Profile.ID)
	use, err := h.compare(ctx, c, c.Profile, p, uses, forStepUp)
	if err != nil {
		return none, err
	}
	told := h.toldOf(c, use)
	if err := h.store.ProveByFactor(ctx, use, c.Session, told, c.Now); err != nil {
		return none, err
	}
	h.deliver(ctx, told)
	return none, c.Release(ctx, uses...)
}

func (h *handler) stepUpByPassword(ctx context.Context, c *httpapi.Call, given string) error {
	use := limit.PasswordChange.By(string(c.Profile.ID))
	if err := h.checkPassword(ctx, c, given, use); err != nil {
		return err
	}
	if err := h.store.Prove(ctx, c.Session, account.ByPassword, c.Now); err != nil {
		return err
	}
	return c.Release(ctx, use)
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
