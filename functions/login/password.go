package main

import (
	"context"

	"golang.org/x/sync/errgroup"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/password"
	"phonon.in/central/shared/token"
)

type forgotRequest struct {
	Email   string `json:"email"`
	Captcha string `json:"captcha"`
}

type forgotAnswer struct{}

// defaultLocale is the language of mails to nobody.
const defaultLocale = "en"

// forgot mails a link to choose a new password. For an address without an account, for one whose account is disabled and for one that
// was sent too many mails, everything is done the same way, and the mail goes to the mail provider's simulator: neither the answer nor
// its time tell which it was, and no stranger gets mail.
func (h *handler) forgot(ctx context.Context, c *httpapi.Call, in forgotRequest) (forgotAnswer, error) {
	address, err := account.ParseEmail(in.Email)
	if err != nil {
		return forgotAnswer{}, err
	}
	var who account.Login
	var known bool
	var reads errgroup.Group
	reads.Go(func() error {
		return h.captcha.Admit(ctx, in.Captcha, c.IP, c.Now, func() error {
			_, err := c.Take(ctx, limit.ForgotIP.By(c.Network), limit.ForgotAddress.By(address.Digest()))
			return err
		})
	})
	reads.Go(func() (err error) { who, known, err = h.store.Login(ctx, address); return err })
	if err := reads.Wait(); err != nil {
		return forgotAnswer{}, err
	}
	c.About(who.AccountID)
	var profile account.Profile
	var spent bool
	var work errgroup.Group
	work.Go(func() (err error) { profile, err = h.profileOf(ctx, address, who); return err })
	work.Go(func() error {
		_, err := c.Take(ctx, limit.ResetMailHour.By(address.Digest()), limit.ResetMailDay.By(address.Digest()))
		if spent = limit.Refused(err); spent {
			return nil
		}
		return err
	})
	if err := work.Wait(); err != nil {
		return forgotAnswer{}, err
	}
	r := account.Reset{
		ID: token.NewID(), AccountID: who.AccountID, CredentialVersion: who.CredentialVersion,
		CreatedAt: c.Now, ExpiresAt: c.Now.Add(account.ResetLife),
	}
	m := message.Message{
		ID: token.NewID(), Kind: message.ResetPassword, To: address.String(), Locale: profile.Locale,
		CreatedAt: c.Now, NotAfter: r.ExpiresAt,
	}
	if !known || profile.Status == account.Disabled || spent {
		r.AccountID, m.Kind, m.Locale = nobody(address), message.Decoy, defaultLocale
	}
	m.Refs = []string{string(r.AccountID), r.ID}
	if err := h.store.StartReset(ctx, r, m); err != nil {
		return forgotAnswer{}, err
	}
	h.outbox.Now(ctx, m)
	return forgotAnswer{}, nil
}

type resetRequest struct {
	Token    string `json:"token"`
	Password string `json:"password"`
}

// reset sets a new password by a mailed link. It does not log in, and it ends every session.
func (h *handler) reset(ctx context.Context, c *httpapi.Call, in resetRequest) (httpapi.None, error) {
	none := httpapi.None{}
	if _, err := c.Take(ctx, limit.ResetIP.By(c.Network)); err != nil {
		return none, err
	}
	parts, err := h.keys.Open(token.ResetPassword, in.Token, 2)
	if err != nil {
		return none, account.ErrLinkInvalid.Because(err)
	}
	c.About(account.ID(parts[0]))
	r, profile, err := h.store.Reset(ctx, account.ID(parts[0]))
	if err != nil {
		return none, err
	}
	switch {
	case r.ID != parts[1] || !c.Now.Before(r.ExpiresAt):
		return none, account.ErrLinkExpired
	case !r.UsedAt.IsZero():
		return none, account.ErrLinkUsed
	case profile.Status == account.Disabled:
		return none, account.ErrDisabled
	}
	chosen, err := password.New("/password", in.Password, profile.Email)
	if err != nil {
		return none, err
	}
	hash, err := password.Hash(ctx, chosen)
	if err != nil {
		return none, err
	}
	m := message.Message{
		ID: token.NewID(), Kind: message.PasswordChanged, To: profile.Email.String(), Locale: profile.Locale,
		CreatedAt: c.Now, NotAfter: c.Now.Add(account.SignupLife),
	}
	if err := h.store.CompleteReset(ctx, r, profile, token.NewSecret(hash), m, c.Seen("password_reset"), c.Now); err != nil {
		return none, err
	}
	// The new password is set: what follows only tidies up, and a failure of it takes nothing back.
	digest := profile.Email.Digest()
	_ = h.store.Forgive(ctx, c.Now, limit.LoginAddress.By(digest), limit.LoginAddressIP.By(digest+"-"+c.Network))
	_ = h.store.SweepSessions(ctx, profile.ID, "")
	h.outbox.Now(ctx, m)
	c.SetCookie(httpapi.SessionCookie, "", -1)
	return none, nil
}
