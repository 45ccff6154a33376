package e2e

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// elsewhere is every header by which a request could say that it came to another host: what proxies send, and what frameworks believe.
func elsewhere() (headers []string) {
	const host = "evil.example"
	for name, value := range map[string]string{
		"Host": host, "X-Forwarded-Host": host, "X-Forwarded-Server": host, "X-Forwarded-Proto": "gopher", "X-Forwarded-Scheme": "gopher", "X-Forwarded-Port": "64999",
		"X-Forwarded-Prefix": "/evil.example", "X-Forwarded-For": "192.0.2.66", "Forwarded": "for=192.0.2.66;host=" + host + ";proto=gopher", "X-Original-Host": host, "X-Host": host,
		"X-Original-URL": "https://" + host + "/", "X-Rewrite-URL": "https://" + host + "/", "X-HTTP-Host-Override": host, "X-URL-Scheme": "gopher", "X-Real-IP": "192.0.2.66",
		"Front-End-Https": "on", "X-ProxyUser-IP": "192.0.2.66", "Base-URL": "https://" + host, "Referer": "https://" + host + "/", "Via": "1.1 " + host,
		"CloudFront-Viewer-Address": "192.0.2.66:1", "X-Edge-Secret": "guess",
	} {
		headers = append(headers, name, value)
	}
	return headers
}

var links = regexp.MustCompile(`[a-z]+://[^\s"<>]*`)

// postbox sees that every link in what an address gets starts where the configuration says that the pages are.
type postbox struct {
	p    *person
	seen map[string]int // how many mails to an address were looked at
}

func (b *postbox) leadsHome(route, address string) {
	t := b.p.t
	t.Helper()
	eventually(t, "the mail of "+route, func() bool { return len(b.p.messages(address)) > b.seen[address] })
	list := b.p.messages(address)
	for _, mail := range list[:len(list)-b.seen[address]] {
		found := links.FindAllString(mail.Text+"\n"+mail.HTML, -1)
		if len(found) < 2 || strings.Contains(mail.Text+mail.HTML, "evil") || strings.Contains(mail.Text+mail.HTML, "64999") {
			t.Errorf("%s: %q", route, found)
		}
		for _, link := range found {
			if !configured(link) && !strings.HasPrefix(link, "http://www.w3.org/") {
				t.Errorf("%s mailed %s", route, link)
			}
		}
	}
	b.seen[address] = len(list)
}

func configured(link string) bool {
	return slices.ContainsFunc([]string{system.url, system.other}, func(origin string) bool {
		return origin != "" && (link == origin || strings.HasPrefix(link, origin+"/"))
	})
}

// Each route after which somebody gets a mail is asked with all of these headers: here, below, and in the test of a reviewer's decisions.
func TestLinksComeFromTheConfigurationAndNotFromTheRequest(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	box := postbox{p, map[string]int{}}
	mailed := func(route string) {
		t.Helper()
		box.leadsHome(route, p.email)
	}
	evil := elsewhere()
	id := p.want(p.call("POST", "/v1/signup", p.signupBody(), evil...), 202).text("signupId")
	mailed("sign-up")
	digest, _, _ := strings.Cut(id, ".")
	forget(t, "mail-gap#"+digest)
	p.want(p.call("POST", "/v1/signup/resend", m{"signupId": id}, evil...), 202)
	mailed("resend")
	p.want(p.call("POST", "/v1/verify", m{"token": p.linkToken(), "password": goodPassword}), 200) // the cookie is another host's
	p.want(p.call("POST", "/v1/password/forgot", m{"email": p.email, "captcha": p.captcha()}, evil...), 202)
	mailed("forgot")
	p.want(p.call("POST", "/v1/password/reset", m{"token": p.message(p.email, `/reset-password#(\S+)`), "password": "River stone 77!"}, evil...), 204)
	mailed("reset")
	p.bearer = p.session("River stone 77!")
	p.want(p.call("PUT", "/v1/account/password", m{"currentPassword": "River stone 77!", "newPassword": goodPassword}, evil...), 204)
	mailed("change of password")
	again := newPerson(t)
	again.email = p.email
	forget(t, "mail-")
	again.want(again.call("POST", "/v1/signup", again.signupBody(), evil...), 202)
	mailed("sign-up with an address that has an account")
	if system.cmd == nil {
		return // nothing sweeps there, and the rest is left to the sweep
	}
	p.provePhone(mobile(), "mobile")
	number := mobile()
	challenge := p.want(p.call("POST", "/v1/otp", m{"phone": number, "kind": "mobile"}, evil...), 202).text("challengeId")
	p.want(p.call("POST", "/v1/otp/verify", m{"challengeId": challenge, "code": p.code(number)}, evil...), 200)
	soon(t, p.email)
	mailed("change of number")
	p.saveDetails("individual")
	p.fillCase("individual")
	p.want(p.call("POST", "/v1/kyc/submit", agreed(), evil...), 202)
	soon(t, p.email)
	mailed("submission")
}

func TestLinksAboutAChangeOfAddressAndANewDeviceComeFromTheConfigurationToo(t *testing.T) {
	t.Parallel()
	p := member(t)
	before, to, evil := p.email, newPerson(t).email, elsewhere()
	box := postbox{p, map[string]int{before: len(p.messages(before))}}
	p.want(p.call("POST", "/v1/account/email", m{"email": to}, evil...), 202)
	box.leadsHome("asking for another address", before)
	box.leadsHome("asking for another address", to)
	p.want(p.call("POST", "/v1/account/email/confirm", m{"token": p.message(to, `/confirm-email#(\S+)`)}, evil...), 200)
	box.leadsHome("change of address", before)
	credentials := m{"email": to, "password": goodPassword, "transport": "bearer"}
	p.want(p.call("POST", "/v1/login", credentials, append(evil, "User-Agent", "another/1.0")...), 200)
	box.leadsHome("log-in from another device", to)
	p.want(p.call("POST", "/v1/account/email/undo", m{"token": p.message(before, `/undo-email#(\S+)`)}, evil...), 200)
	box.leadsHome("taking the change back", to)
}

func TestLinksAboutSecondFactorsAndClosingComeFromTheConfigurationToo(t *testing.T) {
	t.Parallel()
	p := member(t)
	evil, box := elsewhere(), postbox{p, map[string]int{p.email: len(p.messages(p.email))}}
	begun := p.want(p.call("POST", "/v1/factors/totp", nil, evil...), 200)
	recovery := p.want(p.call("POST", "/v1/factors/totp/confirm", m{"enrolment": begun.text("enrolment"), "code": p.appCode(begun.text("secret"), 0)}, evil...), 200).body["recoveryCodes"].([]any)
	box.leadsHome("an app added", p.email)
	p.want(p.call("POST", "/v1/step-up", m{"recoveryCode": recovery[0]}, evil...), 204)
	box.leadsHome("a recovery code used", p.email)
	p.want(p.call("POST", "/v1/factors/recovery-codes", nil, evil...), 200)
	box.leadsHome("new recovery codes", p.email)
	p.want(p.call("DELETE", "/v1/factors/totp", nil, evil...), 200)
	box.leadsHome("an app removed", p.email)
	p.want(p.call("POST", "/v1/account/close", nil, evil...), 200)
	p.bearer = ""
	box.leadsHome("closing", p.email)
	back := p.want(p.call("POST", "/v1/login", m{"email": p.email, "password": goodPassword}), 403, "account_closing").text("reopen")
	p.want(p.call("POST", "/v1/account/reopen", m{"token": back}, evil...), 204)
	box.leadsHome("taking the account back", p.email)
}
