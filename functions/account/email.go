package main

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/token"
)

type emailRequest struct {
	Email string `json:"email"`
}

type emailView struct {
	Email   string       `json:"email"`
	Pending *pendingView `json:"pending"` // what waits for its confirmation
}

type pendingView struct {
	Email     string    `json:"email"`
	ExpiresAt time.Time `json:"expiresAt"`
}

// email says which address the account has, and which one is asked for.
func (h *handler) email(ctx context.Context, c *httpapi.Call, _ httpapi.None) (emailView, error) {
	asked, found, err := h.store.EmailChange(ctx, c.Profile.ID)
	if err != nil {
		return emailView{}, err
	}
	view := emailView{Email: c.Profile.Email.String()}
	asked.Taken = false // which is not for the holder to know
	if found && asked.Open(c.Profile, c.Now) {
		view.Pending = &pendingView{asked.Email.String(), asked.ExpiresAt}
	}
	return view, nil
}

// askEmail asks for another address. Nothing changes until that one confirms it; the present one is told at once. An address that has an
// account takes the same road, with the same calls in the same time; only the mail differs, and where the address got too many it goes to
// the mail provider's simulator.
func (h *handler) askEmail(ctx context.Context, c *httpapi.Call, in emailRequest) (emailView, error) {
	address, err := account.ParseEmail(in.Email)
	if err != nil {
		return emailView{}, err
	}
	if address == c.Profile.Email {
		return emailView{}, account.ErrEmailUnchanged
	}
	if err := c.SteppedUp(); err != nil {
		return emailView{}, err
	}
	if _, err := c.Take(ctx, limit.EmailChange.By(string(c.Profile.ID))); err != nil {
		return emailView{}, err
	}
	var taken, spent bool
	var work errgroup.Group
	work.Go(func() (err error) { _, taken, err = h.store.Login(ctx, address); return err })
	work.Go(func() error {
		_, err := c.Take(ctx, limit.MailHour.By(address.Digest()), limit.MailDay.By(address.Digest()))
		if spent = limit.Refused(err); spent {
			return nil
		}
		return err
	})
	if err := work.Wait(); err != nil {
		return emailView{}, err
	}
	asked := account.EmailChange{
		ID: token.NewID(), AccountID: c.Profile.ID, Email: address, CredentialVersion: c.Profile.CredentialVersion, Taken: taken,
		CreatedAt: c.Now, ExpiresAt: c.Now.Add(account.EmailChangeLife),
	}
	mails := []message.Message{
		h.mail(c, confirmKind(taken, spent), address, asked.ExpiresAt, string(asked.AccountID), asked.ID),
		h.mail(c, message.EmailChangeAsked, c.Profile.Email, asked.ExpiresAt),
	}
	if err := h.store.StartEmailChange(ctx, asked, mails, c.Seen("email_change_asked")); err != nil {
		return emailView{}, err
	}
	h.deliver(ctx, mails...)
	return emailView{c.Profile.Email.String(), &pendingView{address.String(), asked.ExpiresAt}}, nil
}

func confirmKind(taken, spent bool) message.Kind {
	switch {
	case spent:
		return message.Decoy
	case taken:
		return message.EmailTaken
	}
	return message.ConfirmEmail
}

type tokenRequest struct {
	Token string `json:"token"`
}

// confirmEmail gives the account the address that was asked for. The link proves the address, the session whose account it is for: a
// stranger who presses it is not logged in to it, and gives nobody an address.
func (h *handler) confirmEmail(ctx context.Context, c *httpapi.Call, in tokenRequest) (account.View, error) {
	if _, err := c.Take(ctx, limit.VerifyIP.By(c.Network)); err != nil {
		return account.View{}, err
	}
	parts, err := h.keys.Open(token.ChangeEmail, in.Token, 2)
	switch {
	case err != nil:
		return account.View{}, account.ErrLinkInvalid.Because(err)
	case parts[0] != string(c.Profile.ID):
		return account.View{}, account.ErrLinkOther
	}
	asked, found, err := h.store.EmailChange(ctx, c.Profile.ID)
	switch {
	case err != nil:
		return account.View{}, err
	case !found || asked.ID != parts[1]:
		return account.View{}, account.ErrLinkExpired
	case !asked.UsedAt.IsZero():
		return account.View{}, account.ErrLinkUsed
	case !asked.Open(c.Profile, c.Now):
		return account.View{}, account.ErrLinkExpired
	}
	before, _, err := h.store.Login(ctx, c.Profile.Email)
	if err != nil {
		return account.View{}, err
	}
	undo := account.EmailUndo{ID: token.NewID(), AccountID: c.Profile.ID, Email: c.Profile.Email, ExpiresAt: c.Now.Add(account.EmailUndoLife)}
	m := h.mail(c, message.EmailChanged, c.Profile.Email, undo.ExpiresAt, string(undo.AccountID), undo.ID)
	if err := h.store.CompleteEmailChange(ctx, asked, c.Profile, before, undo, c.Session.Digest, m, c.Seen("email_changed"), c.Now); err != nil {
		return account.View{}, err
	}
	// The other sessions are over already, by their credential version. Removing them only tidies up.
	_ = h.store.SweepSessions(ctx, c.Profile.ID, c.Session.Digest)
	h.deliver(ctx, m)
	c.KnowDevice(h.keys, asked.Email)
	c.Profile.Email, c.Profile.CredentialVersion, c.Profile.Version = asked.Email, c.Profile.CredentialVersion+1, c.Profile.Version+1
	return view(c, c.Profile), nil
}

type undoneAnswer struct {
	Email string `json:"email"`
	Reset string `json:"reset"` // token of a link to choose a new password
}

// undoEmail gives the account the address before back. Whoever changed it knows the password, so that works no more: the answer leads to
// where a new one is chosen. What was added to the second factors since the change is theirs, too, and goes. It does not log in.
func (h *handler) undoEmail(ctx context.Context, c *httpapi.Call, in tokenRequest) (undoneAnswer, error) {
	if _, err := c.Take(ctx, limit.ResetIP.By(c.Network)); err != nil {
		return undoneAnswer{}, err
	}
	parts, err := h.keys.Open(token.UndoEmail, in.Token, 2)
	if err != nil {
		return undoneAnswer{}, account.ErrLinkInvalid.Because(err)
	}
	c.About(account.ID(parts[0]))
	undo, profile, err := h.store.EmailUndo(ctx, account.ID(parts[0]))
	switch {
	case err != nil:
		return undoneAnswer{}, err
	case undo.ID != parts[1] || undo.UsedAt.IsZero() && !undo.Open(c.Now):
		return undoneAnswer{}, account.ErrLinkExpired
	case !undo.UsedAt.IsZero():
		return undoneAnswer{}, account.ErrLinkUsed
	case profile.Status == account.Disabled:
		return undoneAnswer{}, account.ErrDisabled
	}
	factors, err := h.store.Factors(ctx, profile.ID)
	if err != nil {
		return undoneAnswer{}, err
	}
	reset := account.Reset{
		ID: token.NewID(), AccountID: profile.ID, CredentialVersion: profile.CredentialVersion + 1, CreatedAt: c.Now, ExpiresAt: c.Now.Add(account.ResetLife),
	}
	c.Profile = profile // for the language of the mail
	m := h.mail(c, message.EmailRestored, profile.Email, c.Now.Add(account.EmailChangeLife))
	if err := h.store.UndoEmailChange(ctx, undo, profile, factors, reset, m, c.Seen("email_restored"), c.Now); err != nil {
		return undoneAnswer{}, err
	}
	_ = h.store.SweepSessions(ctx, profile.ID, "") // they are over already
	h.deliver(ctx, m)
	c.SetCookie(httpapi.SessionCookie, "", -1)
	return undoneAnswer{undo.Email.String(), h.keys.Issue(token.ResetPassword, string(profile.ID), reset.ID).Reveal()}, nil
}

// mail is a message to an address in the language of the account.
func (h *handler) mail(c *httpapi.Call, kind message.Kind, to account.Email, until time.Time, refs ...string) message.Message {
	return message.Message{
		ID: token.NewID(), Kind: kind, To: to.String(), Locale: c.Profile.Locale, Refs: refs, Account: string(c.Profile.ID), CreatedAt: c.Now, NotAfter: until,
	}
}

// deliver tries to deliver messages side by side.
func (h *handler) deliver(ctx context.Context, mails ...message.Message) {
	var work errgroup.Group
	for _, m := range mails {
		work.Go(func() error { h.outbox.Now(ctx, m); return nil })
	}
	_ = work.Wait() // delivering does not fail
}
