package e2e

import (
	"strings"
	"testing"
)

func TestTheIdentityOfASubmittedCaseStandsStill(t *testing.T) {
	p := newPerson(t)
	number := mobile()
	journey(t, p, "individual", "mobile", number)
	before := p.want(p.call("GET", "/v1/account", nil), 200)
	same := m{"type": "individual", "firstName": "Asha", "lastName": "Rao", "sector": "other"}
	for what, change := range map[string]m{
		"another first name": {"firstName": "Usha"}, "another last name": {"lastName": "Iyer"}, "no last name": {"lastName": nil},
		"another type": {"type": "company", "companyName": "Rao Traders"}, "a company": {"companyName": "Rao Traders"},
	} {
		details := m{}
		for name, value := range same {
			details[name] = value
		}
		for name, value := range change {
			details[name] = value
		}
		if r := p.call("PUT", "/v1/account/details", details); r.status != 409 || r.code() != "identity_locked" || !strings.Contains(r.text("detail"), "Sector") {
			t.Errorf("%s: %d %s", what, r.status, r.raw)
		}
	}
	for _, to := range []string{mobile(), number} {
		p.want(p.call("POST", "/v1/otp", m{"phone": to, "kind": "mobile"}), 409, "identity_locked")
		if n := len(p.messages(to)); to != number && n != 0 {
			t.Errorf("%d messages to a number that cannot be used", n)
		}
	}
	after := p.want(p.call("GET", "/v1/account", nil), 200)
	if after.raw != before.raw {
		t.Errorf("the account changed:\n%s\n%s", before.raw, after.raw)
	}
	same["sector"] = "education"
	if r := p.want(p.call("PUT", "/v1/account/details", same), 200); r.text("sector") != "education" {
		t.Errorf("the sector: %s", r.raw)
	}
	p.want(p.call("PUT", "/v1/account/locale", m{"locale": "hi"}), 200)
	const next = "River stone 77!"
	p.want(p.call("PUT", "/v1/account/password", m{"currentPassword": goodPassword, "newPassword": next}), 204)
}

// The code was asked for while the number was free to change, and is entered after the case was handed in.
func TestACodeThatComesAfterTheSubmissionChangesNothing(t *testing.T) {
	p := applicant(t)
	other := mobile()
	forget(t, "code-")
	challenge := p.want(p.call("POST", "/v1/otp", m{"phone": other, "kind": "mobile"}), 202).text("challengeId")
	p.fillCase("individual")
	p.want(p.call("POST", "/v1/kyc/submit", agreed()), 202)
	p.want(p.call("POST", "/v1/otp/verify", m{"challengeId": challenge, "code": p.code(other)}), 409, "identity_locked")
	if r := p.want(p.call("GET", "/v1/account", nil), 200); strings.Contains(r.raw, other) {
		t.Errorf("the number changed: %s", r.raw)
	}
}

func TestNamesAsPeopleHaveThem(t *testing.T) {
	p := member(t)
	p.provePhone(mobile(), "mobile")
	save := func(names m) reply {
		details := m{"type": "individual", "sector": "other"}
		for name, value := range names {
			details[name] = value
		}
		return p.call("PUT", "/v1/account/details", details)
	}
	for what, names := range map[string]m{
		"one name":                 {"firstName": "Sukarno"},
		"one name, the other null": {"firstName": "Sukarno", "lastName": nil},
		"one name and blanks":      {"firstName": "\u202aSukarno\u202c", "lastName": " \u00a0"},
	} {
		r := p.want(save(names), 200)
		if r.text("firstName") != "Sukarno" || r.body["lastName"] != nil || r.text("next") != "kyc" {
			t.Errorf("%s: %s", what, r.raw)
		}
	}
	for what, row := range map[string]struct {
		names   m
		pointer string
		code    string
	}{
		"a filler for a first name":                {m{"firstName": "\u3164"}, "/firstName", "name_characters"},
		"a blank of Braille for a last name":       {m{"firstName": "Asha", "lastName": "\u2800"}, "/lastName", "name_characters"},
		"an Aadhaar number for a company":          {m{"firstName": "Asha", "companyName": "2341 2341 2346"}, "/companyName", "aadhaar_number_present"},
		"one with other signs between":             {m{"firstName": "2341/2341#2346"}, "/firstName", "aadhaar_number_present"},
		"one in Devanagari, with words":            {m{"firstName": "Asha", "lastName": "२३४१ and २३४१ and २३४६"}, "/lastName", "aadhaar_number_present"},
		"a virtual id":                             {m{"firstName": "Asha", "companyName": "9123-4567-8901-2346"}, "/companyName", "aadhaar_number_present"},
		"no first name, the last one in its place": {m{"firstName": "", "lastName": "Sukarno"}, "/firstName", "name_required"},
	} {
		r := save(row.names)
		if r.status != 422 || r.pointers() != row.pointer || !strings.Contains(r.raw, row.code) {
			t.Errorf("%s: %d %s", what, r.status, r.raw)
		}
		if strings.Contains(r.raw, "2341") {
			t.Errorf("%s: the number is repeated: %s", what, r.raw)
		}
	}
	if r := p.want(p.call("GET", "/v1/account", nil), 200); r.text("firstName") != "Sukarno" || r.body["companyName"] != nil {
		t.Errorf("a refused name was kept: %s", r.raw)
	}
}

func TestTwoSavesOfTheDetailsAtOnceBothSucceed(t *testing.T) {
	p := member(t)
	p.provePhone(mobile(), "mobile")
	names := []string{"Asha", "Usha"}
	for range 5 {
		got := atOnce(2, func(i int) reply {
			return p.call("PUT", "/v1/account/details", m{"type": "individual", "firstName": names[i], "lastName": "Rao", "sector": "other"})
		})
		if got["200 "] != 2 {
			t.Fatalf("answers: %v", got)
		}
	}
	tag := p.call("GET", "/v1/account", nil).header.Get("ETag")
	got := atOnce(8, func(i int) reply { // who wants what is there by then has got it: each wants something else
		return p.call("PUT", "/v1/account/details", m{"type": "individual", "firstName": "Asha " + string(rune('A'+i)), "lastName": "Rao", "sector": "other"}, "If-Match", tag)
	})
	if got["200 "] != 1 || got["412 version_mismatch"] != 7 {
		t.Errorf("of those who want nothing changed meanwhile: %v", got)
	}
}
