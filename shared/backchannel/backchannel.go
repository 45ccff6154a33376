// Package backchannel tells the clients of Central, as an OpenID Provider, that sessions are over: OpenID Connect Back-Channel Logout 1.0.
package backchannel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/jose"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/spent"
	"phonon.in/central/shared/token"
)

// Deadline of one request.
const Deadline = 5 * time.Second

// again is after what time a client that did not take a logout token is tried again: with each sweep of the outbox, as long as the message is of use.
const again = 55 * time.Second

// Clients finds a client, or returns oidc.ErrClientUnknown.
type Clients interface {
	Client(ctx context.Context, id oidc.ClientID) (oidc.Client, error)
}

// Teller hands logout tokens over.
type Teller struct {
	clients Clients
	signing jose.Keyset
	issuer  string
	http    *http.Client
	now     func() time.Time
}

// New makes a teller. Where the issuer's host leads to loopback, on a developer's machine, its clients may be there too; otherwise nothing but an
// address of the public internet is called, whatever a name resolves to.
func New(clients Clients, signing jose.Keyset, issuer string, now func() time.Time) *Teller {
	host := ""
	if u, err := url.Parse(issuer); err == nil {
		host = u.Hostname()
	}
	dialer := &net.Dialer{Timeout: 2 * time.Second, ControlContext: func(ctx context.Context, _, address string, _ syscall.RawConn) error {
		return reachable(ctx, address, host)
	}}
	return &Teller{clients, signing, issuer, &http.Client{
		Transport:     &http.Transport{DialContext: dialer.DialContext, TLSHandshakeTimeout: 2 * time.Second, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, now}
}

var errPrivate = errors.New("backchannel: the client's name leads to a private network")

// reachable looks at the address that a name has led to.
func reachable(ctx context.Context, address, issuer string) error {
	to, err := netip.ParseAddrPort(address)
	switch {
	case err != nil:
		return errPrivate
	case oidc.PublicAddress(to.Addr()), to.Addr().Unmap().IsLoopback() && onLoopback(ctx, issuer):
		return nil
	}
	return errPrivate
}

// onLoopback reports a host all of whose addresses are on loopback.
func onLoopback(ctx context.Context, host string) bool {
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	return err == nil && len(found) > 0 && !slices.ContainsFunc(found, func(ip netip.Addr) bool { return !ip.Unmap().IsLoopback() })
}

type claims struct {
	Issuer   string              `json:"iss"`
	Subject  string              `json:"sub"`
	Audience string              `json:"aud"`
	IssuedAt int64               `json:"iat"`
	Expires  int64               `json:"exp"`
	ID       string              `json:"jti"`
	Events   map[string]struct{} `json:"events"`
	SID      string              `json:"sid,omitempty"`
}

const event = "http://schemas.openid.net/event/backchannel-logout"

// Tell posts a logout token, made anew for each try, to the client of a message. A client that is gone or wants to hear nothing has been told. The
// error wraps message.ErrRefused where the client says that it will never take the token, and message.Later otherwise.
func (t *Teller) Tell(ctx context.Context, m message.Message) error {
	id, to, sid := m.Ended()
	client, err := t.clients.Client(ctx, to)
	switch {
	case errors.Is(err, oidc.ErrClientUnknown):
		return nil
	case err != nil:
		return err
	case client.BackchannelURI == "" || client.Disabled:
		return nil
	}
	signed, err := t.token(client, id, sid)
	if err != nil {
		return fmt.Errorf("backchannel: %w: %w", message.ErrHeld, err)
	}
	return t.post(ctx, client.BackchannelURI, signed)
}

func (t *Teller) token(c oidc.Client, id account.ID, sid string) (string, error) {
	now := t.now()
	key, err := t.signing.Signer(c.IDTokenAlg, now)
	if err != nil {
		return "", err
	}
	return key.Token(jose.TypeLogout, claims{
		Issuer: t.issuer, Subject: oidc.Subject(c, id), Audience: string(c.ID), IssuedAt: now.Unix(), Expires: now.Add(oidc.LogoutTokenLife).Unix(),
		ID: token.NewID(), Events: map[string]struct{}{event: {}}, SID: sid,
	})
}

func (t *Teller) post(ctx context.Context, address, signed string) error {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	form := url.Values{"logout_token": {signed}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return fmt.Errorf("%w: backchannel: the address of the client is none", message.ErrRefused)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	done := spent.On(ctx, "backchannel")
	response, err := t.http.Do(request)
	done()
	if err != nil {
		if failed, ok := errors.AsType[*url.Error](err); ok {
			err = failed.Err // without the address
		}
		return message.Later{After: again, Err: fmt.Errorf("backchannel: %w", err)}
	}
	_, _ = io.CopyN(io.Discard, response.Body, 4<<10)
	response.Body.Close()
	switch {
	case response.StatusCode >= 200 && response.StatusCode < 300:
		return nil
	case response.StatusCode == http.StatusBadRequest: // section 2.8: the token is not one for the client
		return fmt.Errorf("%w: backchannel: the client says 400", message.ErrRefused)
	}
	return message.Later{After: again, Err: fmt.Errorf("backchannel: the client says %d", response.StatusCode)}
}
