package main

import (
	"context"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/token"
)

type passkeyView struct {
	ID      string     `json:"id"`
	Name    string     `json:"name"`
	AddedAt time.Time  `json:"addedAt"`
	UsedAt  *time.Time `json:"usedAt"`
	Synced  bool       `json:"synced"` // it is kept by its maker's cloud, and so outlives the device
}

type factorsView struct {
	TOTPAddedAt   *time.Time    `json:"totpAddedAt"`
	Passkeys      []passkeyView `json:"passkeys"`
	RecoveryLeft  int           `json:"recoveryCodesLeft"`
	ResetAt       *time.Time    `json:"resetAt"`                 // when an operator's removal of everything takes effect
	RecoveryCodes []string      `json:"recoveryCodes,omitempty"` // new ones, this once
}

func viewOf(f account.FactorSet) factorsView {
	v := factorsView{TOTPAddedAt: orNull(f.TOTP.AddedAt), Passkeys: []passkeyView{}, RecoveryLeft: len(f.Recovery), ResetAt: orNull(f.ResetAt)}
	for _, p := range f.Passkeys {
		v.Passkeys = append(v.Passkeys, passkeyView{p.ID, p.Name, p.AddedAt, orNull(p.UsedAt), p.BackedUp})
	}
	return v
}

func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func (h *handler) list(ctx context.Context, c *httpapi.Call, _ httpapi.None) (factorsView, error) {
	set, err := h.store.Factors(ctx, c.Profile.ID)
	return viewOf(set), err
}

// edit is one change of the factors: what becomes of the set, which mail says so, and whether it ends the other sessions.
type edit struct {
	kind message.Kind // "" where nobody is told
	seen string
	ends bool
	to   func(account.FactorSet) (account.FactorSet, error)
}

// change lets who has proved not long ago who they are change the factors. Who adds the first gets the recovery codes with it, and with the last
// they are gone.
func (h *handler) change(ctx context.Context, c *httpapi.Call, e edit) (factorsView, error) {
	if err := c.SteppedUp(); err != nil {
		return factorsView{}, err
	}
	if _, err := c.Take(ctx, limit.FactorWrite.By(string(c.Profile.ID))); err != nil {
		return factorsView{}, err
	}
	read, err := h.store.Factors(ctx, c.Profile.ID)
	if err != nil {
		return factorsView{}, err
	}
	next, err := e.to(read)
	if err != nil {
		return factorsView{}, err
	}
	var codes []string
	switch {
	case !next.Counted().Any():
		next.Recovery, next.RecoveryAt = nil, time.Time{}
	case !read.Counted().Any() || e.kind == message.RecoveryRenewed:
		codes, next.Recovery = newCodes()
		next.RecoveryAt = c.Now
	}
	var told []message.Message
	if e.kind != "" {
		told = []message.Message{h.mail(c, e.kind)}
	}
	err = h.store.ChangeFactors(ctx, c.Profile, store.FactorChange{Read: read, Next: next, Ends: e.ends, By: c.Session, Told: told, Seen: c.Seen(e.seen), At: c.Now})
	if err != nil {
		return factorsView{}, err
	}
	if e.ends { // they are over already, by their credential version: this only tidies up
		_ = h.store.SweepSessions(ctx, c.Profile.ID, c.Session.Digest)
	}
	h.deliver(ctx, told)
	v := viewOf(next)
	v.RecoveryCodes = codes
	return v, nil
}

func (h *handler) mail(c *httpapi.Call, kind message.Kind) message.Message {
	return message.Message{
		ID: token.NewID(), Kind: kind, To: c.Profile.Email.String(), Locale: c.Profile.Locale, Account: string(c.Profile.ID),
		CreatedAt: c.Now, NotAfter: c.Now.Add(account.SignupLife),
	}
}

func newCodes() (codes, digests []string) {
	for range account.RecoveryCodes {
		code, digest := token.NewRecoveryCode()
		codes, digests = append(codes, code.Reveal()), append(digests, digest)
	}
	return codes, digests
}

// renewRecovery makes new recovery codes in place of the old ones.
func (h *handler) renewRecovery(ctx context.Context, c *httpapi.Call, _ httpapi.None) (factorsView, error) {
	return h.change(ctx, c, edit{message.RecoveryRenewed, "recovery_codes_renewed", false, func(f account.FactorSet) (account.FactorSet, error) {
		if !f.Counted().Any() {
			return f, errNoFactor
		}
		return f, nil
	}})
}
