package main

import (
	"context"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/password"
	"phonon.in/central/shared/token"
)

type signups interface {
	Take(ctx context.Context, now time.Time, uses ...limit.Use) ([]int, error)
	Release(ctx context.Context, now time.Time, uses ...limit.Use) error
	Signup(ctx context.Context, digest, id string) (account.Signup, error)
	CompleteSignup(ctx context.Context, p account.Signup, profile account.Profile, seen account.Activity, now time.Time) error
}

type handler struct {
	store signups
	keys  token.Keyring
}

func (h *handler) routes(c httpapi.Config) http.Handler {
	api := httpapi.New(c)
	api.Public("POST /v1/verify", httpapi.JSON(http.StatusOK, h.verify))
	return api
}

type verifyRequest struct {
	Token    string  `json:"token"`
	Password *string `json:"password"`
}

type verifyAnswer struct {
	Email string       `json:"email"`
	Next  account.Step `json:"next"`
}

const signupCookie = "__Host-signup"

var (
	errNoProof = fault.New(fault.Forbidden, "signup_proof_required",
		"Open the link in the browser that you signed up with, or enter the password that you chose then.").On("/password")
	errPassword = fault.New(fault.Forbidden, "password_wrong", "This is not the password that was chosen at sign-up.").On("/password")
)

// verify turns a sign-up into an account. The mailed token proves the address; the browser's cookie or the password proves that it
// is the same person who signed up, so that a click on a stranger's sign-up gives the stranger nothing.
func (h *handler) verify(ctx context.Context, c *httpapi.Call, in verifyRequest) (verifyAnswer, error) {
	parts, err := h.keys.Open(token.VerifyEmail, in.Token, 2)
	if err != nil {
		return verifyAnswer{}, account.ErrLinkInvalid.Because(err)
	}
	digest, id := parts[0], parts[1]
	var p account.Signup
	var reads errgroup.Group
	reads.Go(func() error { _, err := h.store.Take(ctx, c.Now, limit.VerifyIP.By(c.Network)); return err })
	reads.Go(func() (err error) { p, err = h.store.Signup(ctx, digest, id); return err })
	if err := reads.Wait(); err != nil {
		return verifyAnswer{}, err
	}
	switch {
	case !p.UsedAt.IsZero() || p.Member:
		return verifyAnswer{}, account.ErrAlreadyVerified
	case !p.Usable(c.Now):
		return verifyAnswer{}, account.ErrLinkExpired
	}
	if !h.sameBrowser(c, digest, id) {
		if err := h.checkPassword(ctx, c, p, in.Password); err != nil {
			return verifyAnswer{}, err
		}
	}
	profile := account.Profile{
		ID: account.ID(token.NewID()), Email: p.Email, Locale: p.Consent.Locale, Status: account.Active, KYC: "not_started",
		CredentialVersion: 1, Version: 1, CreatedAt: c.Now, UpdatedAt: c.Now,
	}
	if err := h.store.CompleteSignup(ctx, p, profile, c.Seen("account_created"), c.Now); err != nil {
		return verifyAnswer{}, err
	}
	c.SetCookie(signupCookie, "", -1)
	return verifyAnswer{p.Email.String(), account.StepLogin}, nil
}

func (h *handler) sameBrowser(c *httpapi.Call, digest, id string) bool {
	parts, err := h.keys.Open(token.SignupBrowser, c.Cookie(signupCookie), 2)
	return err == nil && parts[0] == digest && parts[1] == id
}

func (h *handler) checkPassword(ctx context.Context, c *httpapi.Call, p account.Signup, typed *string) error {
	if typed == nil {
		return errNoProof
	}
	read, err := password.Read(*typed)
	if err != nil {
		return err
	}
	use := limit.VerifyPassword.By(p.ID)
	if _, err := h.store.Take(ctx, c.Now, use); err != nil {
		return err
	}
	right, err := password.Verify(ctx, read, p.PasswordHash.Reveal())
	if err != nil {
		return err
	}
	if !right {
		return errPassword
	}
	return h.store.Release(ctx, c.Now, use)
}
