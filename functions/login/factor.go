package main

import (
	"context"

	"golang.org/x/sync/errgroup"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/token"
)

var errFactor = fault.New(fault.Forbidden, "second_factor_required", "The password is right. Now the second factor: POST /v1/login/factor with one of what proofs names.")

// askForFactor asks for the second factor, unless the time of its removal has come: then the account is one without.
func (h *handler) askForFactor(ctx context.Context, c *httpapi.Call, in loginRequest, p account.Profile, uses []limit.Use) (account.Profile, error) {
	set, err := h.store.Factors(ctx, p.ID)
	if err != nil {
		return p, err
	}
	if set.ResetAt.IsZero() || c.Now.Before(set.ResetAt) {
		return p, h.waitForFactor(ctx, c, in, p, uses)
	}
	m := message.Message{
		ID: token.NewID(), Kind: message.FactorRemoved, To: p.Email.String(), Locale: p.Locale, Account: string(p.ID),
		CreatedAt: c.Now, NotAfter: c.Now.Add(account.SignupLife),
	}
	p, err = h.store.EndFactors(ctx, p, set, c.Seen("factors_removed"), m, c.Now)
	if err == nil {
		h.outbox.Now(ctx, m)
	}
	return p, err
}

// waitForFactor notes that the password was right, for as long as a second factor may take. A browser keeps the note in a cookie, a program
// gets it as pending.
func (h *handler) waitForFactor(ctx context.Context, c *httpapi.Call, in loginRequest, p account.Profile, uses []limit.Use) error {
	secret, digest := token.NewSession(string(p.ID))
	waits := account.PendingLogin{
		Digest: digest, AccountID: p.ID, CredentialVersion: p.CredentialVersion, Remember: in.Remember, ExpiresAt: c.Now.Add(account.PendingLoginLife),
	}
	var work errgroup.Group
	work.Go(func() error { return h.store.StartPendingLogin(ctx, waits) })
	work.Go(func() error { return c.Release(ctx, uses...) })
	if err := work.Wait(); err != nil {
		return err
	}
	asked := errFactor.With("proofs", p.Factors.Proofs())
	if in.Transport == httpapi.ByBearer {
		return asked.With("pending", secret.Reveal())
	}
	c.SetCookie(httpapi.PendingCookie, secret.Reveal(), account.PendingLoginLife)
	return asked
}
