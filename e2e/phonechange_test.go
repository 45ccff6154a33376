package e2e

import (
	"strings"
	"testing"
)

// told are the messages of a kind that an address or a number got with a phrase in them.
func (p *person) told(to, kind, phrase string) (n int) {
	for _, got := range p.messages(to) {
		if got.Kind == kind && strings.Contains(got.Subject+got.Text, phrase) {
			n++
		}
	}
	return n
}

func TestWhoeverChangesTheNumberTheAddressAndTheOlderNumberAreTold(t *testing.T) {
	const mail, sms, call = "Your phone number was changed", "phone number of your Central account was changed", "has another one now"
	p := member(t)
	firstMobile, secondMobile, line, lastMobile := mobile(), mobile(), landline(), mobile()
	id := p.want(p.call("GET", "/v1/account", nil), 200).text("id")
	p.provePhone(firstMobile, "mobile")

	// A wrong code changes nothing, and so is told to nobody.
	sent := p.want(p.call("POST", "/v1/otp", m{"phone": secondMobile, "kind": "mobile"}), 202)
	wrong := "000000"
	if p.code(secondMobile) == wrong {
		wrong = "000001"
	}
	p.want(p.call("POST", "/v1/otp/verify", m{"challengeId": sent.text("challengeId"), "code": wrong}), 422, "code_wrong")
	p.want(p.call("POST", "/v1/otp/verify", m{"challengeId": sent.text("challengeId"), "code": p.code(secondMobile)}), 200)
	soon(t, firstMobile)
	soon(t, p.email)
	eventually(t, "the mobile before and the address are told", func() bool {
		return p.told(firstMobile, "sms", sms) > 0 && p.told(p.email, "email", mail) > 0
	})

	forget(t, secondMobile[3:])
	p.provePhone(secondMobile, "mobile") // the number that it has: nothing is changed
	p.provePhone(line, "landline")
	soon(t, secondMobile)
	soon(t, p.email)
	eventually(t, "the next mobile is told, too", func() bool { return p.told(secondMobile, "sms", sms) > 0 && p.told(p.email, "email", mail) > 1 })

	p.want(p.call("PUT", "/v1/account/locale", m{"locale": "hi"}), 200)
	p.provePhone(lastMobile, "mobile")
	soon(t, line)
	soon(t, p.email)
	eventually(t, "the landline is called", func() bool { return p.told(line, "call", call) > 0 })
	eventually(t, "the mail comes in the person's language", func() bool {
		return p.told(p.email, "email", "आपका फ़ोन नंबर बदल दिया गया") > 0
	})

	eventually(t, "nothing is left to send", func() bool {
		return len(itemsOf(t, "tokens", func(i item) bool { return i["account"] == id })) == 0
	})
	for to, want := range map[string]int{firstMobile: 1, secondMobile: 1, lastMobile: 0} {
		if n := p.told(to, "sms", sms) + p.told(to, "sms", "नंबर बदल गया"); n != want {
			t.Errorf("%s was told %d times", to, n)
		}
	}
	if n := p.told(p.email, "email", mail); n != 2 {
		t.Errorf("%d mails in English", n)
	}
	if n := p.told(line, "call", call); n != 1 {
		t.Errorf("the landline was called %d times", n)
	}
}
