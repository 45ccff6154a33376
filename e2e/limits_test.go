package e2e

import (
	"strings"
	"testing"
)

// Each request is refused by a database that takes no transaction. What it had counted must be given back: afterwards there is as much
// room as before.
func TestARequestThatFailedGivesBackWhatItTook(t *testing.T) {
	t.Run("codes", func(t *testing.T) {
		p, number := member(t), mobile()
		fault(t, m{"service": "dynamodb", "mode": "500", "operation": "TransactWriteItems"})
		for range 6 { // more than a number gets in a day
			p.want(p.call("POST", "/v1/otp", m{"phone": number, "kind": "mobile"}), 503, "temporarily_unavailable")
		}
		counted(t, number, 0)
		counted(t, number[:len(number)-4], 0)
		mend(t, m{"service": "dynamodb"})
		p.want(p.call("POST", "/v1/otp", m{"phone": number, "kind": "mobile"}), 202)
		counted(t, "code-phone#"+number, 1)
	})
	t.Run("calls", func(t *testing.T) {
		p, number := member(t), landline()
		fault(t, m{"service": "dynamodb", "mode": "500", "operation": "TransactWriteItems"})
		for range 4 {
			p.want(p.call("POST", "/v1/otp", m{"phone": number, "kind": "landline"}), 503)
		}
		counted(t, number, 0)
		mend(t, m{"service": "dynamodb"})
		p.want(p.call("POST", "/v1/otp", m{"phone": number, "kind": "landline"}), 202)
	})
	t.Run("mails to choose a new password", func(t *testing.T) {
		p := member(t)
		forget(t, "mail-")
		var captchas []string
		for range 7 {
			captchas = append(captchas, p.captcha())
		}
		before := len(p.messages(p.email))
		fault(t, m{"service": "dynamodb", "mode": "500", "operation": "TransactWriteItems"})
		for i := range 6 {
			p.want(p.call("POST", "/v1/password/forgot", m{"email": p.email, "captcha": captchas[i]}), 503)
		}
		mend(t, m{"service": "dynamodb"})
		p.want(p.call("POST", "/v1/password/forgot", m{"email": p.email, "captcha": captchas[6]}), 202)
		if n := len(p.messages(p.email)) - before; n != 1 {
			t.Errorf("%d mails", n)
		}
	})
	t.Run("sign-ups", func(t *testing.T) {
		p := newPerson(t)
		var bodies []m
		for range 7 {
			bodies = append(bodies, p.signupBody())
		}
		fault(t, m{"service": "dynamodb", "mode": "500", "operation": "TransactWriteItems"})
		for i := range 6 { // more mails than an address gets in an hour
			p.want(p.call("POST", "/v1/signup", bodies[i]), 503)
		}
		mend(t, m{"service": "dynamodb"})
		p.want(p.call("POST", "/v1/signup", bodies[6]), 202)
		if n := len(p.messages(p.email)); n != 1 {
			t.Errorf("%d mails", n)
		}
	})
}

// counted fails unless the counters whose key has the part have counted that much in all.
func counted(t *testing.T, part string, want int) {
	t.Helper()
	got := 0
	for _, i := range itemsOf(t, "tokens", func(i item) bool {
		pk, _ := i["pk"].(string)
		return strings.HasPrefix(pk, "limit#") && strings.Contains(pk, part)
	}) {
		n, _ := i["uses"].(float64)
		got += int(n)
	}
	if got != want {
		t.Errorf("%s: %d uses are counted, want %d", part, got, want)
	}
}

func TestACorrectedNumberGetsItsCodeAtOnce(t *testing.T) {
	p := member(t)
	wrong, right := mobile(), mobile()
	p.want(p.call("POST", "/v1/otp", m{"phone": wrong, "kind": "mobile"}), 202)
	again := p.want(p.call("POST", "/v1/otp", m{"phone": wrong, "kind": "mobile"}), 429)
	if again.text("limit") != "code-gap" || again.header.Get("Retry-After") == "" {
		t.Errorf("%s", again.raw)
	}
	p.provePhone(right, "mobile")
	// The budget is the account's, whatever the numbers.
	var last reply
	for range 12 {
		if last = p.call("POST", "/v1/otp", m{"phone": mobile(), "kind": "mobile"}); last.status != 202 {
			break
		}
	}
	if last.status != 429 || last.text("limit") != "code-account" {
		t.Errorf("one account was sent codes to a dozen numbers: %d %s", last.status, last.raw)
	}
}

func TestNumbersAndCodesAsPeoplePasteThem(t *testing.T) {
	p := member(t)
	e164 := mobile()
	nsn := e164[3:]
	pasted := "\u202a+91\u00a0" + nsn[:5] + "\u2011" + nsn[5:] + "\u202c"
	sent := p.want(p.call("POST", "/v1/otp", m{"phone": pasted, "kind": "mobile"}), 202)
	if sent.text("phone") != e164 {
		t.Errorf("it was understood as %s, not as %s", sent.text("phone"), e164)
	}
	code := p.code(e164)
	devanagari := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return '०' + r - '0'
			}
			return r
		}, s)
	}
	p.want(p.call("POST", "/v1/otp/verify", m{"challengeId": sent.text("challengeId"), "code": "\ufeff" + devanagari(code[:3]) + "\u2009\u2013 " + code[3:] + "\n"}), 200)
	if r := p.want(p.call("GET", "/v1/account", nil), 200); !strings.Contains(r.raw, e164) {
		t.Errorf("the number is %s", r.raw)
	}
	next := mobile()
	if r := p.want(p.call("POST", "/v1/otp", m{"phone": devanagari("0" + next[3:]), "kind": "mobile"}), 202); r.text("phone") != next {
		t.Errorf("Devanagari was understood as %s", r.text("phone"))
	}
	for _, wrong := range []string{"12345", "1234567", "12345a", "", "１２３４５⁶"} {
		p.want(p.call("POST", "/v1/otp/verify", m{"challengeId": sent.text("challengeId"), "code": wrong}), 422)
	}
}

func TestAnAddressWithWhatCameAlongAtItsEnds(t *testing.T) {
	p := newPerson(t)
	body := p.signupBody()
	body["email"] = "\ufeff\t" + strings.ToUpper(p.email) + "\u200b\u00a0\r\n"
	if r := p.want(p.call("POST", "/v1/signup", body), 202); r.text("email") != p.email {
		t.Errorf("it was understood as %q", r.text("email"))
	}
	p.verify()
	p.want(p.call("POST", "/v1/login", m{"email": "\u202a" + p.email + "\u202c ", "password": goodPassword, "transport": "bearer"}), 200)
	r := newPerson(t).call("POST", "/v1/login", m{"email": "asha@exam\u200bple.com", "password": goodPassword})
	if r.status != 422 || !strings.Contains(r.raw, "invisible") {
		t.Errorf("a mark inside: %d %s", r.status, r.raw)
	}
}
