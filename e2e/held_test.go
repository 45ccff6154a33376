package e2e

import (
	"fmt"
	"strings"
	"testing"
)

// queued are the messages to an address or number that still wait, or were given up.
func queued(t *testing.T, to string, dead bool) []item {
	t.Helper()
	return itemsOf(t, "tokens", func(i item) bool {
		pk := fmt.Sprint(i["pk"])
		return i["to"] == to && strings.HasPrefix(pk, "outbox#") && (pk == "outbox#dead") == dead
	})
}

// heldAndMended lets a carrier refuse for something that is the operator's, waits for the outbox to notice, and mends it.
func heldAndMended(t *testing.T, service, kind, number string) {
	p := member(t)
	fault(t, m{"service": service, "mode": "held"})
	sent := p.want(p.call("POST", "/v1/otp", m{"phone": number, "kind": kind}), 202)
	soon(t, number)
	eventually(t, "it is held", func() bool {
		waiting := queued(t, number, false)
		return len(waiting) == 1 && strings.HasPrefix(fmt.Sprint(waiting[0]["reason"]), "held: ")
	})
	if got := queued(t, number, true); len(got) != 0 || len(p.messages(number)) != 0 {
		t.Errorf("given up: %v", got)
	}
	setFault(t, m{"service": service, "mode": "off"})
	eventually(t, "the code goes out", func() bool { return len(p.messages(number)) == 1 && len(queued(t, number, false)) == 0 })
	p.want(p.call("POST", "/v1/otp/verify", m{"challengeId": sent.text("challengeId"), "code": p.code(number)}), 200)
}

func TestAMailThatTheOperatorHoldsUpGoesOutOnceItIsMended(t *testing.T) {
	p := newPerson(t)
	body := p.signupBody()
	someone := member(t)
	fault(t, m{"service": "ses", "mode": "held"})
	p.want(p.call("POST", "/v1/signup", body), 202)
	soon(t, p.email)
	eventually(t, "it is held", func() bool {
		waiting := queued(t, p.email, false)
		return len(waiting) == 1 && waiting[0]["reason"] == "held: SES says MessageRejected, not verified"
	})
	if got := queued(t, p.email, true); len(got) != 0 || len(p.messages(p.email)) != 0 {
		t.Fatalf("given up: %v", got)
	}
	someone.provePhone(mobile(), "mobile") // what is held keeps nobody else waiting
	eventually(t, "it was tried again", func() bool { return queued(t, p.email, false)[0]["attempts"].(float64) > 2 })
	setFault(t, m{"service": "ses", "mode": "off"})
	eventually(t, "the mail arrives", func() bool { return len(p.messages(p.email)) == 1 && len(queued(t, p.email, false)) == 0 })
	if text := p.messages(p.email)[0].Text; !strings.Contains(text, "24 hours") {
		t.Errorf("within a minute the mail says %s", text)
	}
	p.verify()
	p.login()
}

func TestACodeThatTheOperatorHoldsUpGoesOutOnceItIsMended(t *testing.T) {
	t.Run("SMS", func(t *testing.T) { heldAndMended(t, "sns", "mobile", mobile()) })
	t.Run("a call", func(t *testing.T) { heldAndMended(t, "voice", "landline", landline()) })
}

// refusedForGood lets a carrier refuse a number once: whoever tried again would reach it.
func refusedForGood(t *testing.T, service, kind, number string) {
	p := member(t)
	id := p.want(p.call("GET", "/v1/account", nil), 200).text("id")
	eventually(t, "the products know the account", func() bool { return len(waitingEvents(t, id)) == 0 }) // that, too, goes by SNS
	fault(t, m{"service": service, "mode": "refused", "count": 2})                                        // at once, and by the outbox
	p.want(p.call("POST", "/v1/otp", m{"phone": number, "kind": kind}), 202)
	soon(t, number)
	eventually(t, "it is given up", func() bool { return len(queued(t, number, true)) == 1 })
	if got := fmt.Sprint(queued(t, number, true)[0]["reason"]); !strings.HasPrefix(got, "refused by the carrier: ") {
		t.Errorf("the reason is %q", got)
	}
	if len(queued(t, number, false)) != 0 || len(p.messages(number)) != 0 {
		t.Error("it is tried again")
	}
}

func TestAMessageThatItsCarrierRefusesForGoodIsGivenUpAtOnce(t *testing.T) {
	t.Run("a mail", func(t *testing.T) {
		p := newPerson(t)
		body := p.signupBody()
		fault(t, m{"service": "ses", "mode": "refused", "count": 2})
		p.want(p.call("POST", "/v1/signup", body), 202)
		soon(t, p.email)
		eventually(t, "it is given up", func() bool { return len(queued(t, p.email, true)) == 1 })
		if got := queued(t, p.email, true)[0]["reason"]; got != "refused by the carrier: SES says InvalidParameterValue" || len(queued(t, p.email, false)) != 0 {
			t.Errorf("the reason is %q", got)
		}
	})
	t.Run("an SMS", func(t *testing.T) { refusedForGood(t, "sns", "mobile", mobile()) })
	t.Run("a call", func(t *testing.T) { refusedForGood(t, "voice", "landline", landline()) })
}

func TestAnSMSComesInThePersonsLanguageAndACallOfAmazonsInEnglish(t *testing.T) {
	for locale, want := range map[string]struct{ sms, id string }{
		"hi": {"आपका Central कोड है", "1007000000000000001"}, "en": {"is your code for Central", "1007000000000000000"}, "ta": {"is your code for Central", "1007000000000000000"},
	} {
		p, number := member(t), mobile()
		p.want(p.call("PUT", "/v1/account/locale", m{"locale": locale}), 200)
		p.provePhone(number, "mobile")
		if got := p.messages(number)[0]; !strings.Contains(got.Text, want.sms) || got.Attributes["AWS.MM.SMS.TemplateId"] != want.id {
			t.Errorf("%s: %+v", locale, got)
		}
		q, line := member(t), landline()
		q.want(q.call("PUT", "/v1/account/locale", m{"locale": locale}), 200)
		c := q.called(line)
		if got := q.messages(line)[0]; !strings.HasPrefix(got.Text, "Hello. This is Central.") {
			t.Errorf("%s: %+v", locale, got)
		}
		if q.outcome(c) != "" {
			t.Error("Amazon said how the call ended")
		}
	}
}
