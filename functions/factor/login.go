package main

import (
	"context"
	"errors"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/token"
)

type finishRequest struct {
	Pending      string     `json:"pending"` // of programs; browsers have it in a cookie
	Code         string     `json:"code"`
	RecoveryCode string     `json:"recoveryCode"`
	Passkey      *assertion `json:"passkey"`
	Transport    string     `json:"transport"`
}

type pendingRequest struct {
	Pending string `json:"pending"`
}

var errTransport = fault.At("/transport", "transport_invalid", "Use cookie or bearer.")

// pending finds the log-in whose password was right, and its account, and makes the call one on that account.
func (h *handler) pending(ctx context.Context, c *httpapi.Call, given string) (account.PendingLogin, error) {
	if given == "" {
		given = c.Cookie(httpapi.PendingCookie)
	}
	id, digest, err := token.ParseSession(given)
	if err != nil {
		return account.PendingLogin{}, account.ErrLoginExpired.Because(err)
	}
	waits, profile, err := h.store.PendingLogin(ctx, account.ID(id), digest, c.Now)
	switch {
	case err != nil:
		return account.PendingLogin{}, err
	case profile.Status == account.Closing:
		return account.PendingLogin{}, httpapi.Closing(h.keys, profile)
	case profile.Status != account.Active:
		return account.PendingLogin{}, account.ErrDisabled
	}
	c.Profile = profile
	return waits, nil
}

func (h *handler) askToFinish(ctx context.Context, c *httpapi.Call, in pendingRequest) (askAnswer, error) {
	if _, err := h.pending(ctx, c, in.Pending); err != nil {
		return askAnswer{}, err
	}
	set, err := h.store.Factors(ctx, c.Profile.ID)
	return h.askAbout(forFactor, string(c.Profile.ID), set, c.Now), err
}

// finishLogin is the second half of a log-in: the factor after the password. Wrong codes are counted for the account; on a device that has
// logged in before they have a count of their own, so that whoever knows the password keeps nobody out.
func (h *handler) finishLogin(ctx context.Context, c *httpapi.Call, in finishRequest) (httpapi.LoginAnswer, error) {
	none := httpapi.LoginAnswer{}
	given := proof{in.Code, in.RecoveryCode, in.Passkey}
	switch {
	case in.Transport != "" && in.Transport != httpapi.ByCookie && in.Transport != httpapi.ByBearer:
		return none, errTransport
	case given.count() != 1:
		return none, errOneProof
	}
	waits, err := h.pending(ctx, c, in.Pending)
	if err != nil {
		return none, err
	}
	uses := wrongCodes(c.Profile.ID)
	if device, known := c.KnownDevice(h.keys, c.Profile.Email); known {
		uses = []limit.Use{limit.FactorDevice.By(device), limit.FactorDay.By(device)}
	}
	use, err := h.compare(ctx, c, c.Profile, given, uses, forFactor)
	if err != nil {
		return none, err
	}
	answer, err := h.open(ctx, c, use, &waits, waits.Remember, in.Transport)
	if err != nil {
		return none, err
	}
	c.SetCookie(httpapi.PendingCookie, "", -1)
	return answer, c.Release(ctx, uses...)
}

// open starts the session of the account of the call.
func (h *handler) open(ctx context.Context, c *httpapi.Call, use store.FactorUse, waits *account.PendingLogin, remember bool, transport string) (httpapi.LoginAnswer, error) {
	s, secret, again := c.Resumed(ctx, c.Profile, account.ByFactor, transport)
	if !again {
		s, secret = c.NewSession(c.Profile, remember, account.ByFactor)
	}
	told := h.toldOf(c, use)
	n, err := h.notice(ctx, c, s)
	if err != nil {
		return httpapi.LoginAnswer{}, err
	}
	if n != nil {
		told = append(told, message.AboutDevice(c.Profile, s, n.ExpiresAt))
	}
	if err := h.store.OpenByFactor(ctx, use, waits, s, n, c.Seen("logged_in"), told); err != nil {
		return httpapi.LoginAnswer{}, err
	}
	if id, digest, has := c.CurrentSession(); has && id != c.Profile.ID && transport != httpapi.ByBearer { // nobody would ever log out of it
		_, _ = h.store.EndSession(ctx, id, digest, c.Now)
	}
	h.deliver(ctx, told)
	return c.LoggedIn(h.keys, s, secret, c.Profile, transport), nil
}

// notice is that of a session from a device that was not known, or nil.
func (h *handler) notice(ctx context.Context, c *httpapi.Call, s account.Session) (*account.Notice, error) {
	if _, known := c.KnownDevice(h.keys, c.Profile.Email); known {
		return nil, nil
	}
	before, err := h.store.StartedSessions(ctx, c.Profile.ID)
	if err != nil || !s.Strange(c.Profile, before) {
		return nil, err
	}
	n := account.NoticeOf(s)
	return &n, nil
}

type passkeyLoginRequest struct {
	Passkey   assertion `json:"passkey"`
	Remember  bool      `json:"remember"`
	Transport string    `json:"transport"`
}

// loginByPasskey opens a session without a password: the passkey is one thing that the holder has, and the finger or PIN that it asked for
// another. The answer is the same for accounts and passkeys that do not exist.
func (h *handler) loginByPasskey(ctx context.Context, c *httpapi.Call, in passkeyLoginRequest) (httpapi.LoginAnswer, error) {
	none := httpapi.LoginAnswer{}
	if in.Transport != "" && in.Transport != httpapi.ByCookie && in.Transport != httpapi.ByBearer {
		return none, errTransport
	}
	if err := in.Passkey.fits(); err != nil {
		return none, err
	}
	if _, err := c.Take(ctx, limit.PasskeyIP.By(c.Network)); err != nil {
		return none, err
	}
	use, profile, err := h.discovered(ctx, c, in.Passkey)
	switch {
	case err != nil:
		return none, err
	case profile.Status == account.Closing:
		return none, httpapi.Closing(h.keys, profile)
	case profile.Status != account.Active:
		return none, account.ErrDisabled
	}
	c.Profile = profile
	return h.open(ctx, c, use, nil, in.Remember, in.Transport)
}

// discovered finds out whose passkey has answered.
func (h *handler) discovered(ctx context.Context, c *httpapi.Call, a assertion) (use store.FactorUse, p account.Profile, err error) {
	parsed, err := a.parse()
	if err != nil {
		return use, p, err
	}
	q, err := h.asked(parsed.Raw.AssertionResponse.ClientDataJSON, forLogin, anybody, c.Now)
	if err != nil {
		return use, p, err
	}
	id := account.ID(parsed.Response.UserHandle)
	if !token.IsID(string(id)) {
		return use, p, errPasskey
	}
	set, err := h.store.Factors(ctx, id)
	if err != nil {
		return use, p, err
	}
	p, err = h.store.Profile(ctx, id)
	switch {
	case errors.Is(err, account.ErrNotFound):
		return use, p, errPasskey.Because(err)
	case err != nil:
		return use, p, err
	}
	session := q.session(forLogin, []byte(id)) // the library wants to know whose answer it looks at
	found, err := h.party.auth.ValidateLogin(holder{p, set}, session, parsed)
	if err != nil {
		return use, p, errPasskey.Because(err)
	}
	use, err = useOf(set, found, q)
	return use, p, err
}
