package httpapi

import (
	"context"
	"strconv"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/token"
)

// How a session is handed over: in a cookie, or in the body to a program that sends it as a bearer token.
const (
	ByCookie = "cookie"
	ByBearer = "bearer"
)

const (
	// DeviceCookie tells a browser that has logged in before from a stranger's, who may use up the tries of an address.
	DeviceCookie = "__Host-device"
	deviceLife   = 400 * 24 * time.Hour

	// PendingCookie is a log-in whose password was right, and whose second factor is still asked for.
	PendingCookie = "__Host-login"
)

// LoginAnswer is what whoever has logged in gets to know.
type LoginAnswer struct {
	Session   string       `json:"session,omitempty"`
	ExpiresAt time.Time    `json:"expiresAt"`
	Account   account.View `json:"account"`
	Next      account.Step `json:"next"`
}

// KnownDevice is the id of a device that has logged in to this address before.
func (c *Call) KnownDevice(keys token.Keyring, address account.Email) (id string, known bool) {
	device, err := keys.Open(token.KnownDevice, c.Cookie(DeviceCookie), 2)
	if err != nil || device[0] != address.Digest() {
		return "", false
	}
	return device[1], true
}

// NewSession makes a session of the account that begins now, and its token. Nobody has written it yet.
func (c *Call) NewSession(p account.Profile, remember bool, by account.Proof) (account.Session, token.Secret) {
	life := account.SessionLife
	if remember {
		life = account.RememberedLife
	}
	secret, digest := token.NewSession(string(p.ID))
	due := ""
	if p.TermsVersion < c.terms {
		due = c.terms
	}
	return account.Session{
		Digest: digest, AccountID: p.ID, CreatedAt: c.Now, LastSeenAt: c.Now, ExpiresAt: c.Now.Add(life), Remember: remember,
		IP: c.IP, UserAgent: c.UserAgent, CredentialVersion: p.CredentialVersion, ProvenAt: c.Now, ProvenBy: by, TermsDue: due,
	}, secret
}

// Resumed is the session that this browser has already, where it is open and of the account p, as it is when its holder logs in once more: who
// logs in again for one product stays logged in at the others. Nobody has written it yet.
func (c *Call) Resumed(ctx context.Context, p account.Profile, by account.Proof, transport string) (s account.Session, secret token.Secret, ok bool) {
	id, digest, has := c.CurrentSession()
	if !has || id != p.ID || transport == ByBearer {
		return s, secret, false
	}
	s, now, err := c.sessions.OpenSession(ctx, id, digest)
	if err != nil || !s.Open(now, c.Now) || s.CredentialVersion != p.CredentialVersion || !c.Now.After(s.CreatedAt) {
		return s, secret, false // another begins
	}
	s.ProvenAt, s.ProvenBy = c.Now, by
	return s, token.NewSecret(c.Cookie(SessionCookie)), true
}

// LoggedIn hands a session over that was written.
func (c *Call) LoggedIn(keys token.Keyring, s account.Session, secret token.Secret, p account.Profile, transport string) LoginAnswer {
	p.TermsDue = s.WaitsFor(p)
	answer := LoginAnswer{ExpiresAt: s.ExpiresAt, Account: account.ViewOf(p), Next: account.Next(p)}
	if transport == ByBearer {
		answer.Session = secret.Reveal()
		return answer
	}
	kept := time.Duration(0)
	if s.Remember {
		kept = s.ExpiresAt.Sub(s.CreatedAt)
	}
	c.SetCookie(SessionCookie, secret.Reveal(), kept)
	c.KnowDevice(keys, p.Email)
	return answer
}

// KnowDevice has the browser remember that it has logged in to this address.
func (c *Call) KnowDevice(keys token.Keyring, address account.Email) {
	c.SetCookie(DeviceCookie, keys.Issue(token.KnownDevice, address.Digest(), token.NewID()).Reveal(), deviceLife)
}

// Closing is the answer to who logs in to an account that is being closed: it leads to taking the account back, and to nothing else.
func Closing(keys token.Keyring, p account.Profile) error {
	back := keys.Issue(token.Reopen, string(p.ID), strconv.Itoa(p.CredentialVersion))
	return account.ErrClosing.With("until", p.EraseAt).With("reopen", back.Reveal())
}
