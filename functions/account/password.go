package main

import (
	"context"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/password"
	"phonon.in/central/shared/token"
)

type passwordRequest struct {
	CurrentPassword string `json:"currentPassword"`
	NewPassword     string `json:"newPassword"`
}

var errSame = fault.At("/newPassword", "password_unchanged", "This is your present password. Choose another one.")

var errWrong = fault.New(fault.Forbidden, "password_wrong", "This is not your current password.").On("/currentPassword")

// changePassword sets a new password. The session that asked goes on, all others end, and a mail tells the holder.
func (h *handler) changePassword(ctx context.Context, c *httpapi.Call, in passwordRequest) (httpapi.None, error) {
	none := httpapi.None{}
	if c.Profile.Factors.Any() { // else the current password is proof enough
		if err := c.SteppedUp(); err != nil {
			return none, err
		}
	}
	chosen, err := password.New("/newPassword", in.NewPassword, c.Profile.Email)
	if err != nil {
		return none, err
	}
	current, err := h.checkCurrent(ctx, c, in.CurrentPassword)
	if err != nil {
		return none, err
	}
	if chosen.Equal(current) {
		return none, errSame
	}
	hash, err := password.Hash(ctx, chosen)
	if err != nil {
		return none, err
	}
	m := message.Message{
		ID: token.NewID(), Kind: message.PasswordChanged, To: c.Profile.Email.String(), Locale: c.Profile.Locale,
		CreatedAt: c.Now, NotAfter: c.Now.Add(account.SignupLife),
	}
	if err := h.store.ChangePassword(ctx, c.Profile, c.Session.Digest, token.NewSecret(hash), m, c.Seen("password_changed"), c.Now); err != nil {
		return none, err
	}
	// The other sessions are over already, by their credential version. Removing them only tidies up.
	_ = h.store.SweepSessions(ctx, c.Profile.ID, c.Session.Digest)
	h.outbox.Now(ctx, m)
	return none, nil
}

func (h *handler) checkCurrent(ctx context.Context, c *httpapi.Call, typed string) (password.Password, error) {
	current, err := password.Read(typed)
	if err != nil {
		return current, fault.At("/currentPassword", "password_too_long", "The password is too long.")
	}
	use := limit.PasswordChange.By(string(c.Profile.ID))
	if _, err := c.Take(ctx, use); err != nil {
		return current, err
	}
	who, _, err := h.store.Login(ctx, c.Profile.Email)
	if err != nil {
		return current, err
	}
	right, err := password.Verify(ctx, current, who.PasswordHash.Reveal())
	if err != nil {
		return current, err
	}
	if !right {
		return current, errWrong
	}
	return current, c.Release(ctx, use)
}
