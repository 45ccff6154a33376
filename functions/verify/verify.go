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
	"phonon.in/central/shared/ocsf"
	"phonon.in/central/shared/password"
	"phonon.in/central/shared/token"
)

type signups interface {
	Signup(ctx context.Context, digest, id string) (account.Signup, error)
	OpenSignups(ctx context.Context, digest string, now time.Time) ([]account.Signup, error)
	Login(ctx context.Context, email account.Email) (account.Login, bool, error)
	CompleteSignup(ctx context.Context, p account.Signup, profile account.Profile, seen account.Activity, now time.Time) error
}

type handler struct {
	store signups
	keys  token.Keyring
}

func (h *handler) routes(c httpapi.Config) http.Handler {
	api := httpapi.New(c)
	api.Public("POST /v1/verify", httpapi.Event(ocsf.Created, httpapi.JSON(http.StatusOK, h.verify)))
	api.Public("POST /v1/verify/check", httpapi.JSON(http.StatusOK, h.check))
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
	errPassword = fault.New(fault.Forbidden, "password_wrong",
		"This is not a password that was chosen at sign-up. Forgotten? Sign up once more, with another one.").On("/password")
)

// verify turns a sign-up into an account. The mailed token proves the address; the browser's cookie or the password says whose sign-up it
// is, so that a click on a stranger's sign-up gives the stranger nothing. Who signed up twice may follow either link: the account begins
// with the sign-up of this browser, or the one whose password was entered.
func (h *handler) verify(ctx context.Context, c *httpapi.Call, in verifyRequest) (verifyAnswer, error) {
	link, pending, err := h.read(ctx, c, in.Token)
	if err != nil {
		return verifyAnswer{}, err
	}
	switch {
	case !link.UsedAt.IsZero() || link.Member:
		return verifyAnswer{}, account.ErrAlreadyVerified
	case !link.Usable(c.Now):
		return verifyAnswer{}, account.ErrLinkExpired
	}
	p, own := h.ofBrowser(c, pending)
	if !own {
		if p, err = h.ofPassword(ctx, c, link, pending, in.Password); err != nil {
			return verifyAnswer{}, err
		}
	}
	profile := account.Profile{
		ID: account.ID(token.NewID()), Email: p.Email, Locale: p.Consent.Locale, Status: account.Active, KYC: "not_started", TermsVersion: p.Consent.Version,
		CredentialVersion: 1, Version: 1, CreatedAt: c.Now, UpdatedAt: c.Now,
	}
	if err := h.store.CompleteSignup(ctx, p, profile, c.Seen("account_created"), c.Now); err != nil {
		return verifyAnswer{}, err
	}
	c.About(profile.ID)
	c.SetCookie(signupCookie, "", -1)
	return verifyAnswer{p.Email.String(), account.StepLogin}, nil
}

// read checks a token and reads its sign-up, and the sign-ups for the same address that can still be verified.
func (h *handler) read(ctx context.Context, c *httpapi.Call, mailed string) (link account.Signup, pending []account.Signup, err error) {
	parts, err := h.keys.Open(token.VerifyEmail, mailed, 2)
	if err != nil {
		return link, nil, account.ErrLinkInvalid.Because(err)
	}
	digest, id := parts[0], parts[1]
	var reads errgroup.Group
	reads.Go(func() error { _, err := c.Take(ctx, limit.VerifyIP.By(c.Network)); return err })
	reads.Go(func() (err error) { link, err = h.store.Signup(ctx, digest, id); return err })
	reads.Go(func() (err error) {
		open, err := h.store.OpenSignups(ctx, digest, c.Now)
		for _, p := range open {
			if p.Usable(c.Now) {
				pending = append(pending, p)
			}
		}
		return err
	})
	return link, pending, reads.Wait()
}

// ofBrowser finds the sign-up that this browser made.
func (h *handler) ofBrowser(c *httpapi.Call, pending []account.Signup) (account.Signup, bool) {
	parts, err := h.keys.Open(token.SignupBrowser, c.Cookie(signupCookie), 2)
	if err != nil {
		return account.Signup{}, false
	}
	for _, p := range pending {
		if p.Email.Digest() == parts[0] && p.ID == parts[1] {
			return p, true
		}
	}
	return account.Signup{}, false
}

// ofPassword finds the sign-up whose password was entered. Where the address has an account by now, that is what it says.
func (h *handler) ofPassword(ctx context.Context, c *httpapi.Call, link account.Signup, pending []account.Signup, entered *string) (account.Signup, error) {
	_, claimed, err := h.store.Login(ctx, link.Email)
	switch {
	case err != nil:
		return account.Signup{}, err
	case claimed:
		return account.Signup{}, account.ErrAlreadyVerified
	case entered == nil:
		return account.Signup{}, errNoProof
	}
	read, err := password.Read(*entered)
	if err != nil {
		return account.Signup{}, err
	}
	use := limit.VerifyPassword.By(link.Email.Digest())
	if _, err := c.Take(ctx, use); err != nil {
		return account.Signup{}, err
	}
	hashes := make([]string, len(pending))
	for i, p := range pending {
		hashes[i] = p.PasswordHash.Reveal()
	}
	i, err := password.VerifyAny(ctx, read, hashes)
	if err != nil {
		return account.Signup{}, err
	}
	if i < 0 {
		return account.Signup{}, errPassword
	}
	return pending[i], c.Release(ctx, use)
}
