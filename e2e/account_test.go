package e2e

import (
	"net/http"
	"strings"
	"testing"
)

func TestAnAnswerDoesNotTellWhetherAnAddressIsKnown(t *testing.T) {
	known, stranger := member(t), newPerson(t)
	stranger2 := newPerson(t)
	stranger2.email = known.email

	signup := func(p *person) reply { return p.want(p.call("POST", "/v1/signup", p.signupBody()), 202) }
	a, b := signup(stranger), signup(stranger2)
	same(t, "sign-up", a, b, stranger, stranger2)
	if got := known.messages(known.email)[0]; !strings.Contains(got.Subject, "already") {
		t.Errorf("the holder of a known address got %q", got.Subject)
	}
	forgot := func(p *person, to string) reply {
		return p.want(p.call("POST", "/v1/password/forgot", m{"email": to, "captcha": p.captcha()}), 202)
	}
	nobody := newPerson(t)
	same(t, "forgot", forgot(newPerson(t), known.email), forgot(nobody, nobody.email), known, nobody)
	if got := nobody.messages(nobody.email); len(got) != 0 {
		t.Errorf("a stranger got mail: %v", got)
	}
	wrong := m{"email": known.email, "password": "Wrong-Horse-9", "transport": "bearer"}
	x := newPerson(t).call("POST", "/v1/login", wrong)
	wrong["email"] = nobody.email
	y := newPerson(t).call("POST", "/v1/login", wrong)
	same(t, "log-in", x, y, known, nobody)
}

// same fails unless two answers are equal but for what names the person or the request.
func same(t *testing.T, what string, a, b reply, pa, pb *person) {
	t.Helper()
	if a.status != b.status {
		t.Errorf("%s: %d and %d", what, a.status, b.status)
	}
	names := func(h http.Header) (all string) {
		for _, name := range []string{"Content-Type", "Set-Cookie", "Retry-After", "Cache-Control"} {
			if h.Get(name) != "" {
				all += name + " "
			}
		}
		return all
	}
	if names(a.header) != names(b.header) {
		t.Errorf("%s: headers %s and %s", what, names(a.header), names(b.header))
	}
	for name := range a.body {
		if _, there := b.body[name]; !there {
			t.Errorf("%s: only one answer has %s", what, name)
		}
	}
	if len(a.raw)-len(pa.email) != len(b.raw)-len(pb.email) && len(a.raw) != len(b.raw) {
		t.Errorf("%s: the answers have different lengths:\n%s\n%s", what, a.raw, b.raw)
	}
}

// Whoever signs up for an address and then logs in with that password gets the same answer whether or not somebody has an
// account with the address. The holder of the account still logs in with theirs.
func TestSigningUpAndLoggingInDoesNotTellWhetherAnAddressIsKnown(t *testing.T) {
	holder, stranger := member(t), newPerson(t)
	const other = "River stone 77!"
	try := func(address string) reply {
		p := newPerson(t)
		p.email = address
		body := p.signupBody()
		body["password"] = other
		p.want(p.call("POST", "/v1/signup", body), 202)
		r := p.want(p.call("POST", "/v1/login", m{"email": address, "password": other}), 403, "email_not_verified")
		forget(t, "mail-gap")
		p.want(p.call("POST", "/v1/signup/resend", m{"signupId": r.text("signupId")}), 202)
		return r
	}
	same(t, "log-in after sign-up", try(holder.email), try(stranger.email), holder, stranger)
	holder.login()
}

func TestLogInBeforeVerifyingOffersTheMailAgain(t *testing.T) {
	p := newPerson(t)
	p.signup()
	p.want(p.call("POST", "/v1/login", m{"email": p.email, "password": "Wrong-Horse-9"}), 401, "credentials_wrong")
	r := p.want(p.call("POST", "/v1/login", m{"email": p.email, "password": goodPassword}), 403, "email_not_verified")
	forget(t, "mail-gap")
	p.want(p.call("POST", "/v1/signup/resend", m{"signupId": r.text("signupId")}), 202)
	again := p.want(p.call("POST", "/v1/signup/resend", m{"signupId": r.text("signupId")}), 429)
	if again.header.Get("Retry-After") == "" {
		t.Error("429 without Retry-After")
	}
	mails := p.messages(p.email)
	if len(mails) != 2 || p.linkToken() != lastToken(mails[1].Text) {
		t.Errorf("the second mail has another link: %d mails", len(mails))
	}
	p.verify()
	p.login()
}

func lastToken(text string) string {
	_, token, _ := cut(text, "/verify#")
	return token
}

func TestAnotherBrowserHasToKnowThePassword(t *testing.T) {
	victim, other := newPerson(t), newPerson(t)
	victim.signup()
	token := victim.linkToken()
	r := other.want(other.call("POST", "/v1/verify", m{"token": token}), 403, "signup_proof_required")
	if r.pointers() != "/password" {
		t.Errorf("it names %q", r.pointers())
	}
	other.want(other.call("POST", "/v1/verify", m{"token": token, "password": "Wrong-Horse-9"}), 403, "password_wrong")
	other.want(other.call("POST", "/v1/verify", m{"token": token[:len(token)-2] + "AA"}), 400, "link_invalid")
	other.want(other.call("POST", "/v1/verify", m{"token": token, "password": goodPassword}), 200)
	victim.want(victim.call("POST", "/v1/verify", m{"token": token}), 410, "already_verified")
}

func TestSessionsEndAtOnce(t *testing.T) {
	p := member(t)
	first := p.bearer
	p.login()
	p.login()
	list := p.want(p.call("GET", "/v1/sessions", nil), 200).body["sessions"].([]any)
	if len(list) != 3 {
		t.Fatalf("%d sessions", len(list))
	}
	var others []string
	for _, s := range list {
		if one := s.(map[string]any); one["current"] == false {
			others = append(others, one["id"].(string))
		}
	}
	stranger := member(t)
	stranger.want(stranger.call("DELETE", "/v1/sessions/"+others[0], nil), 404)
	p.want(p.call("DELETE", "/v1/sessions/"+others[0], nil), 204)
	p.want(p.call("DELETE", "/v1/sessions/"+others[0], nil), 404)
	p.want(p.call("DELETE", "/v1/sessions", nil), 204)
	now := p.bearer
	p.bearer = first
	p.want(p.call("GET", "/v1/account", nil), 401, "unauthenticated")
	p.bearer = now
	p.want(p.call("POST", "/v1/logout", nil), 204)
	p.want(p.call("GET", "/v1/account", nil), 401)
}

func TestABrowserSessionLivesInItsCookie(t *testing.T) {
	p := newPerson(t)
	p.signup()
	p.verify()
	r := p.want(p.call("POST", "/v1/login", m{"email": p.email, "password": goodPassword}), 200)
	if r.text("session") != "" {
		t.Error("the token of a browser's session is readable by scripts")
	}
	found := false
	for _, c := range (&http.Response{Header: r.header}).Cookies() {
		if c.Name == "__Host-session" {
			found = true
			if !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
				t.Errorf("the cookie is %+v", c)
			}
			cookie := "__Host-session=" + c.Value
			p.want(p.call("GET", "/v1/account", nil, "Cookie", cookie), 200)
			p.want(p.call("POST", "/v1/logout", nil, "Cookie", cookie, "Origin", "https://evil.example"), 403, "cross_site")
			p.want(p.call("POST", "/v1/logout", nil, "Cookie", cookie, "Sec-Fetch-Site", "cross-site"), 403, "cross_site")
			p.want(p.call("GET", "/v1/account", nil, "Cookie", cookie), 200)
			if got := p.want(p.call("POST", "/v1/logout", nil, "Cookie", cookie, "Origin", system.url, "Sec-Fetch-Site", "same-origin"), 204).header.Get("Clear-Site-Data"); got != `"storage"` {
				t.Errorf("the browser forgets %s", got)
			}
			p.want(p.call("GET", "/v1/account", nil, "Cookie", cookie), 401)
		}
	}
	if !found {
		t.Error("no session cookie")
	}
}

func TestAChangedPasswordEndsTheOtherSessionsAndTellsTheHolder(t *testing.T) {
	p := member(t)
	old := p.bearer
	p.login()
	const next = "River stone 77!"
	p.want(p.call("PUT", "/v1/account/password", m{"currentPassword": "Wrong-Horse-9", "newPassword": next}), 403, "password_wrong")
	p.want(p.call("PUT", "/v1/account/password", m{"currentPassword": goodPassword, "newPassword": "short"}), 422)
	p.want(p.call("PUT", "/v1/account/password", m{"currentPassword": goodPassword, "newPassword": next}), 204)
	p.want(p.call("GET", "/v1/account", nil), 200)
	if got := p.messages(p.email)[0].Subject; !strings.Contains(got, "password was changed") {
		t.Errorf("the newest mail is %q", got)
	}
	p.bearer = old
	p.want(p.call("GET", "/v1/account", nil), 401)
	p.bearer = ""
	p.want(p.call("POST", "/v1/login", m{"email": p.email, "password": goodPassword}), 401)
	p.want(p.call("POST", "/v1/login", m{"email": p.email, "password": next}), 200)
}

func TestAForgottenPasswordIsReplacedOnceByItsLink(t *testing.T) {
	p := member(t)
	old := p.bearer
	ask := func() string {
		p.want(p.call("POST", "/v1/password/forgot", m{"email": p.email, "captcha": p.captcha()}), 202)
		return p.message(p.email, `/reset-password#(\S+)`)
	}
	replaced, token := ask(), ask()
	const next = "River stone 77!"
	p.want(p.call("POST", "/v1/password/reset", m{"token": replaced, "password": next}), 410, "link_expired")
	p.want(p.call("POST", "/v1/password/reset", m{"token": token, "password": p.email}), 422)
	got := atOnce(10, func(int) reply { return p.call("POST", "/v1/password/reset", m{"token": token, "password": next}) })
	if got["204 "] != 1 {
		t.Errorf("answers: %v", got)
	}
	p.bearer = old
	p.want(p.call("GET", "/v1/account", nil), 401)
	p.bearer = ""
	p.want(p.call("POST", "/v1/login", m{"email": p.email, "password": next}), 200)
	p.want(p.call("POST", "/v1/password/reset", m{"token": token, "password": "Other stone 78!"}), 410)
}

func TestDetailsNeedAPhoneAndTheNewestVersion(t *testing.T) {
	p := member(t)
	details := m{"type": "individual", "firstName": "Asha", "lastName": "Rao", "sector": "other"}
	p.want(p.call("PUT", "/v1/account/details", details), 409, "phone_not_verified")
	old := p.call("GET", "/v1/account", nil).header.Get("ETag")
	p.provePhone(mobile(), "mobile")
	p.want(p.call("PUT", "/v1/account/details", details, "If-Match", old), 412, "version_mismatch")
	fresh := p.call("GET", "/v1/account", nil).header.Get("ETag")
	saved := p.want(p.call("PUT", "/v1/account/details", details, "If-Match", fresh), 200)
	if saved.header.Get("ETag") == fresh {
		t.Error("the version did not change")
	}
	details["type"] = "company"
	if r := p.want(p.call("PUT", "/v1/account/details", details), 422); r.pointers() != "/companyName" {
		t.Errorf("a company without a name: %s", r.raw)
	}
}

func TestMailsFollowTheLanguageThatWasChosenLater(t *testing.T) {
	p := member(t)
	chosen := p.want(p.call("PUT", "/v1/account/locale", m{"locale": "hi-IN"}), 200)
	if chosen.text("locale") != "hi" || p.call("GET", "/v1/account", nil).text("locale") != "hi" {
		t.Errorf("the language is %s", chosen.raw)
	}
	again := p.want(p.call("PUT", "/v1/account/locale", m{"locale": "hi"}), 200)
	if again.header.Get("ETag") != chosen.header.Get("ETag") {
		t.Error("choosing the same language again changed the account")
	}
	p.want(p.call("POST", "/v1/password/forgot", m{"email": p.email, "captcha": p.captcha()}), 202)
	if mail := p.messages(p.email)[0]; !strings.ContainsAny(mail.Text, "कपसर") {
		t.Errorf("the mail is not in Hindi:\n%s", mail.Text)
	}
}
