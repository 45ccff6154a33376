package e2e

import (
	"strings"
	"testing"
)

func TestAnotherAddressIsConfirmedAndTakenBack(t *testing.T) {
	t.Parallel()
	p := member(t)
	before, to := p.email, newPerson(t).email
	for _, header := range []string{"X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Original-Host"} {
		p.want(p.call("POST", "/v1/account/email", m{"email": to}, header, "evil.example"), 202)
	}
	for _, mail := range append(p.messages(to), p.messages(before)...) {
		if strings.Contains(mail.Text+mail.HTML, "evil.example") {
			t.Errorf("a header got into %q", mail.Subject)
		}
	}
	if got := p.messages(before)[0].Subject; !strings.Contains(got, "Another email address") {
		t.Errorf("the present address was told %q", got)
	}
	link := p.message(to, `/confirm-email#(\S+)`)
	p.want(p.call("POST", "/v1/account/email/confirm", m{"token": link}), 200)
	undo := p.message(before, `/undo-email#(\S+)`)

	// The address before is nobody's meanwhile, and sign-up answers as ever.
	stranger := newPerson(t)
	stranger.email = before
	stranger.want(stranger.call("POST", "/v1/login", m{"email": before, "password": goodPassword}), 401, "credentials_wrong")
	forget(t, "mail-gap")
	stranger.signup()
	stranger.want(stranger.call("POST", "/v1/verify", m{"token": stranger.linkToken(), "password": goodPassword}), 409, "email_kept")

	reset := p.want(p.call("POST", "/v1/account/email/undo", m{"token": undo}), 200).text("reset")
	p.want(p.call("GET", "/v1/account", nil), 401)
	p.bearer = ""
	p.want(p.call("POST", "/v1/login", m{"email": to, "password": goodPassword}), 401)
	p.want(p.call("POST", "/v1/password/reset", m{"token": reset, "password": "River stone 77!"}), 204)
	p.want(p.call("POST", "/v1/login", m{"email": before, "password": "River stone 77!"}), 200)
}
