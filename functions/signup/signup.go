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
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/password"
	"phonon.in/central/shared/token"
)

type signups interface {
	Login(ctx context.Context, email account.Email) (account.Login, bool, error)
	StartSignup(ctx context.Context, p account.Signup, m message.Message) error
	Signup(ctx context.Context, digest, id string) (account.Signup, error)
	QueueMessage(ctx context.Context, m message.Message) error
}

type deliverer interface {
	Now(ctx context.Context, m message.Message)
}

type handler struct {
	store        signups
	keys         token.Keyring
	captcha      httpapi.Captcha
	outbox       deliverer
	termsVersion string
}

func (h *handler) routes(c httpapi.Config) http.Handler {
	api := httpapi.New(c)
	api.Public("GET /v1/captcha", httpapi.JSON(http.StatusOK, h.challenge))
	api.Public("GET /v1/terms", httpapi.JSON(http.StatusOK, h.terms))
	api.Public("POST /v1/signup", httpapi.JSON(http.StatusAccepted, h.signup))
	api.Public("GET /v1/signups/{id}", httpapi.JSON(http.StatusOK, h.state))
	api.Public("POST /v1/signup/resend", httpapi.JSON(http.StatusAccepted, h.resend))
	return api
}

func (h *handler) challenge(_ context.Context, c *httpapi.Call, _ httpapi.None) (any, error) {
	return h.captcha.Challenge(c.Now)
}

type termsAnswer struct {
	Version string `json:"version"`
}

func (h *handler) terms(context.Context, *httpapi.Call, httpapi.None) (termsAnswer, error) {
	return termsAnswer{h.termsVersion}, nil
}

type acceptance struct {
	Version  string `json:"version"`
	Accepted bool   `json:"accepted"`
}

type signupRequest struct {
	Email    string     `json:"email"`
	Password string     `json:"password"`
	Captcha  string     `json:"captcha"`
	Terms    acceptance `json:"terms"`
	Locale   string     `json:"locale"`
}

type signupAnswer struct {
	SignupID    string `json:"signupId"`
	Email       string `json:"email"`
	ResendAfter int    `json:"resendAfter"` // seconds
}

// signupCookie proves later that the browser that verifies is the one that signed up.
const signupCookie = "__Host-signup"

// signup starts an account. A known address takes the same road, with the same calls in the same time; only the mail differs.
func (h *handler) signup(ctx context.Context, c *httpapi.Call, in signupRequest) (signupAnswer, error) {
	address, chosen, locale, err := h.parse(in)
	if err != nil {
		return signupAnswer{}, err
	}
	digest := address.Digest()
	var known bool
	var reads errgroup.Group
	reads.Go(func() error {
		return h.captcha.Admit(ctx, in.Captcha, c.IP, c.Now, func() error {
			_, err := c.Take(ctx, limit.SignupIP.By(c.Network), limit.SignupAddress.By(digest))
			return err
		})
	})
	reads.Go(func() (err error) { _, known, err = h.store.Login(ctx, address); return err })
	if err := reads.Wait(); err != nil {
		return signupAnswer{}, err
	}
	var hash string
	var mayMail bool
	var work errgroup.Group
	work.Go(func() (err error) {
		hash, err = password.HashWith(ctx, chosen, h.keys.Sign(token.SignupSalt, digest))
		return err
	})
	work.Go(func() (err error) { mayMail, err = countMail(ctx, c, digest); return err })
	if err := work.Wait(); err != nil {
		return signupAnswer{}, err
	}
	p := account.Signup{
		ID: token.NewID(), Email: address, PasswordHash: token.NewSecret(hash), Member: known,
		Consent: account.Consent{
			Document: "terms", Version: in.Terms.Version, Locale: locale, AcceptedAt: c.Now, IP: c.IP, UserAgent: c.UserAgent,
		},
		CreatedAt: c.Now, ExpiresAt: c.Now.Add(account.SignupLife),
	}
	m := mailFor(p, known, c.Now)
	if !mayMail {
		m.Kind = message.Decoy
	}
	if err := h.store.StartSignup(ctx, p, m); err != nil {
		return signupAnswer{}, err
	}
	h.outbox.Now(ctx, m)
	c.SetCookie(signupCookie, h.keys.Issue(token.SignupBrowser, digest, p.ID).Reveal(), account.SignupLife)
	return signupAnswer{digest + "." + p.ID, address.String(), int(limit.MailGap.Window.Seconds())}, nil
}

// countMail counts the mail of a sign-up to an address, and begins the gap until it may be sent again. Where too many went there already
// it is false: the sign-up is taken all the same, and its mail goes to the mail provider's simulator, so that nobody can fill a stranger's
// inbox and neither answer nor time tell.
func countMail(ctx context.Context, c *httpapi.Call, digest string) (may bool, err error) {
	var work errgroup.Group
	work.Go(func() error {
		_, err := c.Take(ctx, limit.MailHour.By(digest), limit.MailDay.By(digest))
		if may = err == nil; limit.Refused(err) {
			return nil
		}
		return err
	})
	work.Go(func() error {
		if _, err := c.Take(ctx, limit.MailGap.By(digest)); !limit.Refused(err) {
			return err
		}
		return nil
	})
	return may, work.Wait()
}

// parse reads every field and reports all that are wrong at once.
func (h *handler) parse(in signupRequest) (account.Email, password.Password, string, error) {
	var fields []fault.Field
	note := func(err error) {
		more, _ := fault.FieldsOf(err) // parsers return nothing but faults about fields
		fields = append(fields, more...)
	}
	address, err := account.ParseEmail(in.Email)
	note(err)
	chosen, err := password.New("/password", in.Password, address)
	note(err)
	if !in.Terms.Accepted {
		note(fault.At("/terms/accepted", "terms_not_accepted", "Accept the terms to open an account."))
	}
	if in.Terms.Version != h.termsVersion {
		note(fault.At("/terms/version", "terms_outdated", "The terms have changed: read and accept version "+h.termsVersion+"."))
	}
	locale := defaultLocale
	if in.Locale != "" {
		locale, err = account.ParseLocale(in.Locale)
		note(err)
	}
	return address, chosen, locale, fault.InvalidFields(fields)
}

const defaultLocale = "en"

func mailFor(p account.Signup, known bool, now time.Time) message.Message {
	m := message.Message{
		ID: token.NewID(), Kind: message.VerifyEmail, To: p.Email.String(), Locale: p.Consent.Locale,
		Refs: []string{p.Email.Digest(), p.ID}, CreatedAt: now, NotAfter: p.ExpiresAt,
	}
	if known {
		m.Kind = message.AlreadyMember
	}
	return m
}
