package main

import (
	"context"

	"golang.org/x/sync/errgroup"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/token"
)

// start writes a session down, and asks its holder by mail whether it was them where the device was not known.
func (h *handler) start(ctx context.Context, c *httpapi.Call, s account.Session, p account.Profile, tried attempt) error {
	seen := c.Seen("logged_in")
	var m message.Message
	var work errgroup.Group
	work.Go(func() error { return c.Release(ctx, tried.uses...) })
	work.Go(func() error {
		if tried.known || !s.Strange(p, tried.before) {
			return h.store.StartSession(ctx, s, seen)
		}
		n := account.NoticeOf(s)
		m = message.AboutDevice(p, s, n.ExpiresAt)
		return h.store.StartStrangeSession(ctx, s, n, m, seen)
	})
	if err := work.Wait(); err != nil {
		return err
	}
	if m.ID != "" {
		h.outbox.Now(ctx, m)
	}
	return nil
}

// goOn takes the log-in of somebody whose browser has an open session of the same account for a proof in that session.
func (h *handler) goOn(ctx context.Context, c *httpapi.Call, s account.Session, secret token.Secret, p account.Profile, tried attempt) (httpapi.LoginAnswer, error) {
	if err := h.store.Reopen(ctx, s, c.Seen("logged_in")); err != nil {
		return httpapi.LoginAnswer{}, err
	}
	return c.LoggedIn(h.keys, s, secret, p, httpapi.ByCookie), c.Release(ctx, tried.uses...)
}

// leave ends the session of another account that this browser had: nobody would ever log out of it. Where that fails, it ends by itself.
func (h *handler) leave(ctx context.Context, c *httpapi.Call, p account.Profile, transport string) {
	if id, digest, has := c.CurrentSession(); has && id != p.ID && transport == httpapi.ByCookie {
		_, _ = h.store.EndSession(ctx, id, digest, c.Now)
	}
}

type disownRequest struct {
	Token string `json:"token"`
}

type disownAnswer struct {
	Reset string `json:"reset"` // token of a link to choose a new password
}

// disown ends a log-in that was not the holder's, by the link in the mail about it. Whoever logged in knows the password: it is nobody's from
// then on, every session is over, and the answer leads to where a new one is chosen.
func (h *handler) disown(ctx context.Context, c *httpapi.Call, in disownRequest) (disownAnswer, error) {
	if _, err := c.Take(ctx, limit.ResetIP.By(c.Network)); err != nil {
		return disownAnswer{}, err
	}
	parts, err := h.keys.Open(token.Disown, in.Token, 2)
	if err != nil {
		return disownAnswer{}, account.ErrLinkInvalid.Because(err)
	}
	c.About(account.ID(parts[0]))
	n, p, err := h.store.Notice(ctx, account.ID(parts[0]), parts[1])
	switch {
	case err != nil:
		return disownAnswer{}, err
	case !n.UsedAt.IsZero():
		return disownAnswer{}, account.ErrLinkUsed
	case !c.Now.Before(n.ExpiresAt) || n.CredentialVersion != p.CredentialVersion:
		return disownAnswer{}, account.ErrLinkExpired
	case p.Status == account.Disabled:
		return disownAnswer{}, account.ErrDisabled
	}
	r := account.Reset{ID: token.NewID(), AccountID: p.ID, CredentialVersion: n.CredentialVersion + 1, CreatedAt: c.Now, ExpiresAt: c.Now.Add(account.ResetLife)}
	if err := h.store.Disown(ctx, n, p, r, c.Seen("login_disowned"), c.Now); err != nil {
		return disownAnswer{}, err
	}
	_ = h.store.SweepSessions(ctx, p.ID, "") // they are over already
	c.SetCookie(httpapi.SessionCookie, "", -1)
	return disownAnswer{h.keys.Issue(token.ResetPassword, string(p.ID), r.ID).Reveal()}, nil
}
