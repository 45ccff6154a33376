package e2e

import (
	"sync"
	"testing"
	"time"
)

// Six requests of different people meet the same fault side by side. Whatever it is, each is answered within three seconds: with what it asked
// for, or with 503 and when to come again, and then all is as it was.
func TestADependencyThatIsLateOrSilentIsA503WithinThreeSecondsAndLosesNothing(t *testing.T) {
	for name, rule := range map[string]m{
		"each call is 600 ms late":           {"service": "dynamodb", "mode": "delay", "ms": 600},
		"the table of accounts is silent":    {"service": "dynamodb", "mode": "blackhole", "table": "Users"},
		"the table of tokens is silent":      {"service": "dynamodb", "mode": "blackhole", "table": "Tokens"},
		"nothing answers":                    {"service": "dynamodb", "mode": "blackhole"},
		"every answer is lost after commit":  {"service": "dynamodb", "mode": "reset_after"},
		"every write conflicts with another": {"service": "dynamodb", "mode": "conflict"},
	} {
		t.Run(name, func(t *testing.T) {
			newcomer, who := newPerson(t), member(t)
			number, captchas := mobile(), []string{who.captcha(), who.captcha()}
			session := who.bearer
			bodies := []m{newcomer.signupBody(), newcomer.signupBody()}
			requests := map[string]func(try int) reply{
				"sign-up": func(try int) reply { return newcomer.call("POST", "/v1/signup", bodies[try]) },
				"log-in": func(int) reply {
					return who.call("POST", "/v1/login", m{"email": who.email, "password": goodPassword, "transport": "bearer"})
				},
				"forgot": func(try int) reply {
					return who.call("POST", "/v1/password/forgot", m{"email": who.email, "captcha": captchas[try]})
				},
				"a code":       func(int) reply { return who.call("POST", "/v1/otp", m{"phone": number, "kind": "mobile"}) },
				"the account":  func(int) reply { return who.call("GET", "/v1/account", nil) },
				"the language": func(int) reply { return who.call("PUT", "/v1/account/locale", m{"locale": "hi"}) },
			}
			fault(t, rule)
			var mu sync.Mutex
			var all sync.WaitGroup
			left := map[string]bool{}
			for what, request := range requests {
				all.Go(func() {
					began := time.Now()
					r := request(0)
					took := time.Since(began)
					if took > 3*time.Second {
						t.Errorf("%s was answered after %s", what, took)
					}
					switch {
					case r.status >= 200 && r.status < 300:
					case r.status == 503 && r.code() == "temporarily_unavailable" && r.header.Get("Retry-After") != "":
						mu.Lock()
						left[what] = true
						mu.Unlock()
					default:
						t.Errorf("%s was answered %d %s", what, r.status, r.raw)
					}
				})
			}
			all.Wait()
			mend(t, rule)
			forget(t, "") // a use whose answer was lost is counted more than once
			who.bearer = session
			for what := range left {
				if r := requests[what](1); r.status < 200 || r.status > 299 {
					t.Errorf("%s, once more: %d %s", what, r.status, r.raw)
				}
			}
			soon(t, newcomer.email)
			eventually(t, "the mail goes out", func() bool { return len(newcomer.messages(newcomer.email)) > 0 })
			newcomer.verify()
			newcomer.login()
			if rule["mode"] == "blackhole" && rule["table"] == nil && len(left) != len(requests) {
				t.Errorf("only %v met the fault", left)
			}
		})
	}
}

func TestAScanThatComesLateOrIsToldTwiceIsOneCheck(t *testing.T) {
	p := applicant(t)
	requirement, option := p.firstRequirement()
	for name, rule := range map[string]m{
		"late":  {"service": "scanner", "mode": "delay", "ms": 500, "count": 1},
		"twice": {"service": "scanner", "mode": "duplicate", "count": 1},
	} {
		fault(t, rule)
		id, status := p.upload(requirement, option, name+".pdf", "application/pdf", pdf(t))
		if status != 201 {
			t.Fatalf("storage answered %d", status)
		}
		if d := p.settled(id); d["state"] != "clean" {
			t.Errorf("%s: the document became %v: %v", name, d["state"], d["reason"])
		}
		p.want(p.call("DELETE", "/v1/kyc/documents/"+id, nil), 204)
		if seen, _ := faultsSeen(t); seen["scanner "+rule["mode"].(string)] != 1 {
			t.Errorf("%s: the fault had no effect: %v", name, seen)
		}
		mend(t, rule)
	}
}

// Nobody opens what no scanner has looked into; its holder takes it back and sends it again.
func TestAFileWhoseScanFailedIsOpenedByNobodyAndCanBeSentAgain(t *testing.T) {
	if !scanned(t) {
		t.Skip("no scanner: tools/install.sh clamav")
	}
	p := applicant(t)
	requirement, option := p.firstRequirement()
	rule := m{"service": "scanner", "mode": "500", "count": 1}
	fault(t, rule)
	id, status := p.upload(requirement, option, "a.pdf", "application/pdf", pdf(t))
	if status != 201 {
		t.Fatalf("storage answered %d", status)
	}
	eventually(t, "the scan fails", func() bool { seen, _ := faultsSeen(t); return seen["scanner 500"] == 1 })
	eventually(t, "the file waits for a scan", func() bool { return p.documents()[id]["state"] == "scanning" })
	p.want(p.call("GET", "/v1/kyc/documents/"+id+"/content", nil), 409, "document_not_ready")
	p.want(p.call("DELETE", "/v1/kyc/documents/"+id, nil), 204)
	id, status = p.upload(requirement, option, "a.pdf", "application/pdf", pdf(t))
	if d := p.settled(id); status != 201 || d["state"] != "clean" {
		t.Errorf("the file that was sent again became %v: %v", d["state"], d["reason"])
	}
}
