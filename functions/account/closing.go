package main

import (
	"context"
	"slices"
	"strconv"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/token"
)

type closingView struct {
	EraseAt time.Time  `json:"eraseAt"`
	Kept    []keptView `json:"kept"` // what outlives the account
}

type keptView struct {
	What  string    `json:"what"`
	Until time.Time `json:"until"`
}

// planClosing says what closing the account now would do, before anybody does it.
func (h *handler) planClosing(ctx context.Context, c *httpapi.Call, _ httpapi.None) (closingView, error) {
	view, _, err := h.closing(ctx, c)
	return view, err
}

// closing is what becomes of the account where it is closed now, and until when what identified its holder is kept; the zero time where nothing is.
func (h *handler) closing(ctx context.Context, c *httpapi.Call) (view closingView, kept time.Time, err error) {
	cases, err := h.store.Cases(ctx, c.Profile.ID)
	if err != nil {
		return view, kept, err
	}
	view.EraseAt = c.Now.Add(account.ClosingLife)
	view.Kept = []keptView{{"activity", view.EraseAt.Add(account.RecordsLife)}, {"consents", view.EraseAt.Add(account.RecordsLife)}}
	if slices.ContainsFunc(cases, kyc.Case.Identified) {
		kept = view.EraseAt.Add(h.retention)
		view.Kept = append(view.Kept, keptView{"identification", kept})
	}
	return view, kept, nil
}

// closeAccount lets the account be erased in a week, unless its holder takes it back. All sessions end, this one too.
func (h *handler) closeAccount(ctx context.Context, c *httpapi.Call, _ httpapi.None) (closingView, error) {
	if err := c.SteppedUp(); err != nil {
		return closingView{}, err
	}
	view, kept, err := h.closing(ctx, c)
	if err != nil {
		return closingView{}, err
	}
	m := message.AboutClosing(message.AccountClosing, c.Profile, view.EraseAt, kept, c.Now)
	if err := h.store.CloseAccount(ctx, c.Profile, view.EraseAt, m, c.Seen("account_closed"), c.Now); err != nil {
		return closingView{}, err
	}
	_ = h.store.SweepSessions(ctx, c.Profile.ID, "") // they are over already
	h.deliver(ctx, m)
	c.SetCookie(httpapi.SessionCookie, "", -1)
	return view, nil
}

// reopen takes an account back by what a log-in with the right password has answered. It does not log in.
func (h *handler) reopen(ctx context.Context, c *httpapi.Call, in tokenRequest) (httpapi.None, error) {
	none := httpapi.None{}
	if _, err := c.Take(ctx, limit.ResetIP.By(c.Network)); err != nil {
		return none, err
	}
	parts, err := h.keys.Open(token.Reopen, in.Token, 2)
	if err != nil {
		return none, account.ErrLinkInvalid.Because(err)
	}
	c.About(account.ID(parts[0]))
	p, err := h.store.Profile(ctx, account.ID(parts[0]))
	switch {
	case err != nil:
		return none, err
	case p.Status == account.Disabled:
		return none, account.ErrDisabled
	case p.Status != account.Closing || strconv.Itoa(p.CredentialVersion) != parts[1]:
		return none, account.ErrLinkUsed
	case !c.Now.Before(p.EraseAt):
		return none, account.ErrLinkExpired
	}
	c.Profile = p // for the language of the mail
	m := h.mail(c, message.AccountReopened, p.Email, c.Now.Add(account.SignupLife))
	if err := h.store.ReopenAccount(ctx, p, m, c.Seen("account_reopened"), c.Now); err != nil {
		return none, err
	}
	h.deliver(ctx, m)
	return none, nil
}
