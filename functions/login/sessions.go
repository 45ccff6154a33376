package main

import (
	"context"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/httpapi"
)

type sessionView struct {
	ID         string    `json:"id"`
	Current    bool      `json:"current"`
	CreatedAt  time.Time `json:"createdAt"`
	LastSeenAt time.Time `json:"lastSeenAt"`
	ExpiresAt  time.Time `json:"expiresAt"`
	UserAgent  string    `json:"userAgent"`
	Device     string    `json:"device"`  // such as "Chrome, Android"; "" where it is not known
	Network    string    `json:"network"` // such as 203.0.113.0/24
	IP         string    `json:"ip"`
}

type sessionsAnswer struct {
	Sessions []sessionView `json:"sessions"`
}

func (h *handler) sessions(ctx context.Context, c *httpapi.Call, _ httpapi.None) (sessionsAnswer, error) {
	open, err := h.store.Sessions(ctx, c.Profile, c.Now)
	if err != nil {
		return sessionsAnswer{}, err
	}
	answer := sessionsAnswer{Sessions: make([]sessionView, len(open))}
	for i, s := range open {
		answer.Sessions[i] = sessionView{
			ID: s.Digest, Current: s.Digest == c.Session.Digest, CreatedAt: s.CreatedAt, LastSeenAt: s.LastSeenAt,
			ExpiresAt: s.IdleAt(), UserAgent: s.UserAgent, Device: account.DeviceOf(s.UserAgent), IP: s.IP, Network: account.NetworkOf(s.IP),
		}
	}
	return answer, nil
}

// endSession ends one session of one's own. The own account is part of the key, so nobody else's can be named.
// Another than the own wants a fresh proof: whoever has only found an open session is not to throw its holder out.
func (h *handler) endSession(ctx context.Context, c *httpapi.Call, _ httpapi.None) (httpapi.None, error) {
	if c.Path("id") != c.Session.Digest {
		if err := c.SteppedUp(); err != nil {
			return httpapi.None{}, err
		}
	}
	open, err := h.store.Sessions(ctx, c.Profile, c.Now)
	if err != nil {
		return httpapi.None{}, err
	}
	for _, s := range open {
		if s.Digest == c.Path("id") {
			_, err := h.store.EndSession(ctx, c.Profile.ID, s.Digest, c.Now)
			return httpapi.None{}, err
		}
	}
	return httpapi.None{}, account.ErrNotFound
}

func (h *handler) endOthers(ctx context.Context, c *httpapi.Call, _ httpapi.None) (httpapi.None, error) {
	if err := c.SteppedUp(); err != nil {
		return httpapi.None{}, err
	}
	return httpapi.None{}, h.store.EndOtherSessions(ctx, c.Profile.ID, c.Session.Digest, c.Now)
}
