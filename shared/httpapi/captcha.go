package httpapi

import (
	"cmp"
	"context"
	"sync"
	"time"

	"phonon.in/central/shared/captcha"
	"phonon.in/central/shared/fault"
)

// Captcha is one provider of captchas.
type Captcha interface {
	// Challenge is what GET /v1/captcha answers.
	Challenge(now time.Time) (any, error)
	// Verify accepts a solution once. Faults at /captcha: captcha_required, captcha_invalid, captcha_expired, captcha_spent.
	Verify(ctx context.Context, response, ip string, now time.Time) error
	// Admit is Verify with the limits that come before it: where count refuses, that is the answer.
	Admit(ctx context.Context, response, ip string, now time.Time, count func() error) error
}

var errCaptchaRequired = fault.At("/captcha", "captcha_required", "Solve the captcha first.")

// ChooseCaptcha returns the captcha of a provider: "altcha" is our own, "off" is none, and any other is checked by thirdParty.
func ChooseCaptcha(provider, siteKey string, own ProofOfWork, thirdParty func(ctx context.Context, response, ip string) error) Captcha {
	switch provider {
	case "altcha":
		return own
	case "off":
		return NoCaptcha{}
	}
	return ThirdParty{Provider: provider, SiteKey: siteKey, Check: thirdParty}
}

// ProofOfWork is the captcha of our own. Spend uses up a solution, once.
type ProofOfWork struct {
	Issuer captcha.Issuer
	Spend  func(ctx context.Context, signature string, until time.Time) error
}

type proofOfWork struct {
	Provider string `json:"provider"`
	captcha.Challenge
}

// Challenge returns a fresh challenge.
func (p ProofOfWork) Challenge(now time.Time) (any, error) {
	c, err := p.Issuer.New(now)
	return proofOfWork{"altcha", c}, err
}

// Verify checks a solution and spends it.
func (p ProofOfWork) Verify(ctx context.Context, response, _ string, now time.Time) error {
	if response == "" {
		return errCaptchaRequired
	}
	signature, until, err := p.Issuer.Check(response, now)
	if err != nil {
		return err
	}
	return p.Spend(ctx, signature, until)
}

// Admit spends a solution while the limits are counted: who meets one solves another, as after any answer. What is no solution costs no call.
func (p ProofOfWork) Admit(ctx context.Context, response, ip string, now time.Time, count func() error) error {
	var counted, verified error
	var both sync.WaitGroup
	both.Go(func() { counted = count() })
	both.Go(func() { verified = p.Verify(ctx, response, ip, now) })
	both.Wait()
	return cmp.Or(counted, verified)
}

// ThirdParty is a captcha that somebody else shows and checks.
type ThirdParty struct {
	Provider, SiteKey string
	Check             func(ctx context.Context, response, ip string) error
}

type thirdParty struct {
	Provider string `json:"provider"`
	SiteKey  string `json:"siteKey"`
}

// Challenge says what the page has to load.
func (p ThirdParty) Challenge(time.Time) (any, error) { return thirdParty{p.Provider, p.SiteKey}, nil }

// Verify asks the provider.
func (p ThirdParty) Verify(ctx context.Context, response, ip string, _ time.Time) error {
	if response == "" {
		return errCaptchaRequired
	}
	return p.Check(ctx, response, ip)
}

// Admit asks the provider for who is within the limits: they bound what it may be asked.
func (p ThirdParty) Admit(ctx context.Context, response, ip string, now time.Time, count func() error) error {
	if err := count(); err != nil {
		return err
	}
	return p.Verify(ctx, response, ip, now)
}

// NoCaptcha accepts everything. env refuses to configure it anywhere but on a developer's machine.
type NoCaptcha struct{}

type noCaptcha struct {
	Provider string `json:"provider"`
}

// Challenge says that there is none.
func (NoCaptcha) Challenge(time.Time) (any, error) { return noCaptcha{"off"}, nil }

// Verify accepts.
func (NoCaptcha) Verify(context.Context, string, string, time.Time) error { return nil }

// Admit accepts who is within the limits.
func (NoCaptcha) Admit(_ context.Context, _, _ string, _ time.Time, count func() error) error {
	return count()
}
