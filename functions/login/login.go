package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/captcha"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/ocsf"
	"phonon.in/central/shared/password"
	"phonon.in/central/shared/token"
)

type accounts interface {
	Forgive(ctx context.Context, now time.Time, uses ...limit.Use) error
	Tried(ctx context.Context, now time.Time, u limit.Use) (int, error)
	NoteTried(ctx context.Context, now time.Time, u limit.Use, digest string) (reached bool, err error)
	Delay(ctx context.Context, now time.Time, u limit.Use, until time.Time) error
	Login(ctx context.Context, email account.Email) (account.Login, bool, error)
	OpenSignups(ctx context.Context, digest string, now time.Time) ([]account.Signup, error)
	Profile(ctx context.Context, id account.ID) (account.Profile, error)
	Reopen(ctx context.Context, s account.Session, seen account.Activity) error
	StartSession(ctx context.Context, s account.Session, seen account.Activity) error
	StartedSessions(ctx context.Context, id account.ID) ([]account.Session, error)
	StartStrangeSession(ctx context.Context, s account.Session, n account.Notice, m message.Message, seen account.Activity) error
	Notice(ctx context.Context, id account.ID, digest string) (account.Notice, account.Profile, error)
	Disown(ctx context.Context, n account.Notice, p account.Profile, r account.Reset, seen account.Activity, now time.Time) error
	Consents(ctx context.Context, id account.ID) ([]account.Consent, error)
	Factors(ctx context.Context, id account.ID) (account.FactorSet, error)
	EndFactors(ctx context.Context, p account.Profile, read account.FactorSet, seen account.Activity, m message.Message, now time.Time) (account.Profile, error)
	StartPendingLogin(ctx context.Context, p account.PendingLogin) error
	EndSession(ctx context.Context, id account.ID, digest string, now time.Time) ([]message.Message, error)
	EndOtherSessions(ctx context.Context, id account.ID, keep string, now time.Time) error
	SweepSessions(ctx context.Context, id account.ID, keep string) error
	Sessions(ctx context.Context, p account.Profile, now time.Time) ([]account.Session, error)
	StartReset(ctx context.Context, r account.Reset, m message.Message) error
	Reset(ctx context.Context, id account.ID) (account.Reset, account.Profile, error)
	CompleteReset(ctx context.Context, r account.Reset, p account.Profile, hash token.Secret, m message.Message, seen account.Activity, now time.Time) error
}

type deliverer interface {
	Now(ctx context.Context, m message.Message)
}

type handler struct {
	store   accounts
	keys    token.Keyring
	captcha httpapi.Captcha
	outbox  deliverer
	log     *slog.Logger
}

func (h *handler) routes(c httpapi.Config) http.Handler {
	api := httpapi.New(c)
	api.Public("POST /v1/login", httpapi.Event(ocsf.Logon, httpapi.JSON(http.StatusOK, h.login)))
	api.Public("POST /v1/login/form", httpapi.Event(ocsf.Logon, httpapi.Form(h.loginForm)))
	api.Private("GET /v1/sessions", httpapi.JSON(http.StatusOK, h.sessions))
	api.Private("DELETE /v1/sessions/{id}", httpapi.Event(ocsf.Logoff, httpapi.JSON(http.StatusNoContent, h.endSession)))
	api.Private("DELETE /v1/sessions", httpapi.Event(ocsf.Logoff, httpapi.JSON(http.StatusNoContent, h.endOthers)))
	api.Public("POST /v1/login/disown", httpapi.Event(ocsf.Changed, httpapi.JSON(http.StatusOK, h.disown)))
	api.Public("POST /v1/password/forgot", httpapi.Event(ocsf.ResetAsked, httpapi.JSON(http.StatusAccepted, h.forgot)))
	api.Public("POST /v1/password/reset", httpapi.Event(ocsf.Reset, httpapi.JSON(http.StatusNoContent, h.reset)))
	return api
}

type loginRequest struct {
	Email     string `json:"email"`
	Password  string `json:"password"`
	Captcha   string `json:"captcha"`
	Remember  bool   `json:"remember"`
	Transport string `json:"transport"`
}

var (
	errCredentials = fault.New(fault.Unauthenticated, "credentials_wrong", "Email address or password are not right.")
	errNotVerified = fault.New(fault.Forbidden, "email_not_verified",
		"Verify your email address first: open the link in the mail that we sent. Where the address has an account already, log in with the password of that account, or reset it.")
	errTransport = fault.At("/transport", "transport_invalid", "Use cookie or bearer.")
	errCaptcha   = fault.At("/captcha", "captcha_invalid", "The check against robots did not succeed. Let it run again.")
)

// login compares a password and opens a session. Whatever the address is, a right password costs one hash, any other two, and the same items
// are read for it.
func (h *handler) login(ctx context.Context, c *httpapi.Call, in loginRequest) (httpapi.LoginAnswer, error) {
	address, typed, err := parse(&in)
	if err != nil {
		return httpapi.LoginAnswer{}, err
	}
	var tried attempt
	var who account.Login
	var reads errgroup.Group
	reads.Go(func() (err error) { tried, err = h.admit(ctx, c, address, in.Captcha); return err })
	reads.Go(func() (err error) { who, _, err = h.store.Login(ctx, address); return err })
	if err := reads.Wait(); err != nil {
		return httpapi.LoginAnswer{}, err
	}
	c.About(who.AccountID)
	right, profile, err := h.compare(ctx, typed, address, who, &tried)
	switch {
	case err != nil:
		return httpapi.LoginAnswer{}, err
	case !right:
		c.Settle()
		return httpapi.LoginAnswer{}, h.refuse(ctx, c, typed, address, tried)
	case profile.Status == account.Closing:
		return httpapi.LoginAnswer{}, h.closing(ctx, c, profile, tried.uses)
	case profile.Status != account.Active:
		if err := c.Release(ctx, tried.uses...); err != nil {
			return httpapi.LoginAnswer{}, err
		}
		return httpapi.LoginAnswer{}, account.ErrDisabled
	}
	return h.open(ctx, c, in, who, profile, tried)
}

// acceptedBefore is the version of the terms that an account has accepted whose profile does not say so: it is from a release before.
func (h *handler) acceptedBefore(ctx context.Context, id account.ID) (version string, err error) {
	all, err := h.store.Consents(ctx, id)
	for _, c := range all {
		if c.Document == "terms" {
			version = max(version, c.Version)
		}
	}
	return version, err
}

// closing answers a log-in to an account that is being closed: it leads to taking the account back, and to nothing else.
func (h *handler) closing(ctx context.Context, c *httpapi.Call, p account.Profile, uses []limit.Use) error {
	if err := c.Release(ctx, uses...); err != nil {
		return err
	}
	return httpapi.Closing(h.keys, p)
}

// compare compares the password with the account's, and reads the account meanwhile, and its sessions where the device is not known.
func (h *handler) compare(ctx context.Context, typed password.Password, address account.Email, who account.Login, tried *attempt) (right bool, p account.Profile, err error) {
	var work errgroup.Group
	work.Go(func() (err error) { right, err = password.Verify(ctx, typed, who.PasswordHash.Reveal()); return err })
	work.Go(func() (err error) { p, err = h.profileOf(ctx, address, who); return err })
	if !tried.known {
		work.Go(func() (err error) { tried.before, err = h.store.StartedSessions(ctx, idOf(address, who)); return err })
	}
	return right, p, work.Wait()
}

// profileOf reads the account of an address; where there is none, an account that does not exist, so that it takes the same time.
func (h *handler) profileOf(ctx context.Context, address account.Email, who account.Login) (account.Profile, error) {
	p, err := h.store.Profile(ctx, idOf(address, who))
	if errors.Is(err, account.ErrNotFound) {
		return account.Profile{}, nil
	}
	return p, err
}

func idOf(address account.Email, who account.Login) account.ID {
	if who.AccountID == "" {
		return nobody(address)
	}
	return who.AccountID
}

// nobody is the account of an address that has none.
func nobody(address account.Email) account.ID { return account.ID("nobody-" + address.Digest()) }

// refuse says why there is no log-in. It compares with the open sign-ups for the address, also where there is an account and
// where there is no sign-up: else somebody who signs up for an address and then logs in could see, by the answer or by its
// time, whether the address has an account. All of them, because a stranger may have signed up for the address since; they share
// their salt, so that it costs one hash. Beside it is noted that the try failed.
func (h *handler) refuse(ctx context.Context, c *httpapi.Call, typed password.Password, address account.Email, tried attempt) error {
	pending, err := h.store.OpenSignups(ctx, address.Digest(), c.Now)
	if err != nil {
		return err
	}
	hashes := make([]string, len(pending))
	for i, p := range pending {
		hashes[i] = p.PasswordHash.Reveal()
	}
	i := -1
	var work errgroup.Group
	work.Go(func() (err error) { i, err = password.VerifyAny(ctx, typed, hashes); return err })
	work.Go(func() error { return h.failed(ctx, c, address, tried) })
	if err := work.Wait(); err != nil {
		return err
	}
	if i < 0 {
		return errCredentials
	}
	return errNotVerified.With("signupId", address.Digest()+"."+pending[i].ID)
}

func parse(in *loginRequest) (account.Email, password.Password, error) {
	var fields []fault.Field
	note := func(err error) {
		more, _ := fault.FieldsOf(err) // parsers return nothing but faults about fields
		fields = append(fields, more...)
	}
	address, err := account.ParseEmail(in.Email)
	note(err)
	typed, err := password.Read(in.Password)
	note(err)
	switch in.Transport {
	case "":
		in.Transport = httpapi.ByCookie
	case httpapi.ByCookie, httpapi.ByBearer:
	default:
		note(errTransport)
	}
	if len(in.Captcha) > captcha.MaxResponse { // also where none is asked for
		note(errCaptcha)
	}
	return address, typed, fault.InvalidFields(fields)
}

// open starts the session of an account whose password was right, or asks for its second factor.
func (h *handler) open(
	ctx context.Context, c *httpapi.Call, in loginRequest, who account.Login, profile account.Profile, tried attempt,
) (httpapi.LoginAnswer, error) {
	profile.CredentialVersion = who.CredentialVersion // of the password that was right
	if profile.Factors.Any() {
		var err error
		if profile, err = h.askForFactor(ctx, c, in, profile, tried.uses); err != nil {
			return httpapi.LoginAnswer{}, err
		}
	}
	if profile.TermsVersion == "" {
		var err error
		if profile.TermsVersion, err = h.acceptedBefore(ctx, profile.ID); err != nil {
			return httpapi.LoginAnswer{}, err
		}
	}
	s, secret, again := c.Resumed(ctx, profile, account.ByPassword, in.Transport)
	if again {
		return h.goOn(ctx, c, s, secret, profile, tried)
	}
	s, secret = c.NewSession(profile, in.Remember, account.ByPassword)
	if err := h.start(ctx, c, s, profile, tried); err != nil {
		return httpapi.LoginAnswer{}, err
	}
	h.leave(ctx, c, profile, in.Transport)
	return c.LoggedIn(h.keys, s, secret, profile, in.Transport), nil
}
