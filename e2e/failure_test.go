package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// fault lets calls of a service go wrong until the test ends, or mend is called.
func fault(t *testing.T, rule m) {
	t.Helper()
	outages.Store(t.Name(), true)
	setFault(t, rule)
	t.Cleanup(func() {
		mend(t, rule)
		outages.Delete(t.Name())
	})
}

// mend ends the faults of the rule's service.
func mend(t *testing.T, rule m) {
	t.Helper()
	setFault(t, m{"service": rule["service"], "mode": "off"})
}

func setFault(t *testing.T, rule m) {
	t.Helper()
	text, _ := json.Marshal(rule)
	r, err := http.NewRequest("PUT", system.url+"/_local/faults", bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != 200 {
		t.Fatalf("the fault was answered %d", answer.StatusCode)
	}
}

func TestAMailThatCannotGoOutNowGoesOutLater(t *testing.T) {
	for _, mode := range []string{"throttle", "500", "reset", "blackhole"} {
		t.Run(mode, func(t *testing.T) {
			p := newPerson(t)
			body := p.signupBody()
			fault(t, m{"service": "ses", "mode": mode, "count": 1})
			began := time.Now()
			p.want(p.call("POST", "/v1/signup", body), 202)
			if took := time.Since(began); took > 3*time.Second {
				t.Errorf("the answer took %s", took)
			}
			if len(p.messages(p.email)) != 0 {
				t.Fatal("the fault had no effect")
			}
			soon(t, p.email)
			eventually(t, "the mail goes out", func() bool { return len(p.messages(p.email)) == 1 })
			p.verify()
		})
	}
}

// SES' simulator answers these addresses as a mailbox that is not there, and as somebody who calls the mail spam.
func TestAMailThatComesBackIsAmongThoseThatWereGivenUp(t *testing.T) {
	for address, reason := range map[string]string{"bounce": "bounced: Permanent, General", "complaint": "complaint: abuse"} {
		t.Run(address, func(t *testing.T) {
			p := newPerson(t)
			local, _, _ := strings.Cut(p.email, "@")
			p.email = address + "+" + local + "@simulator.amazonses.com"
			dead := func(i item) bool { return i["pk"] == "outbox#dead" && i["to"] == p.email }
			p.want(p.call("POST", "/v1/signup", p.signupBody()), 202)
			eventually(t, "the notice is written down", func() bool { return len(itemsOf(t, "tokens", dead)) == 1 })
			i := itemsOf(t, "tokens", dead)[0]
			if i["reason"] != reason || i["kind"] != "verify_email" || i["refs"] != nil {
				t.Errorf("%v", i)
			}
		})
	}
}

func TestACodeThatCannotGoOutNowGoesOutLater(t *testing.T) {
	for kind, c := range map[string]struct{ service, number string }{
		"mobile": {"sns", mobile()}, "landline": {"voice", landline()},
	} {
		t.Run(kind, func(t *testing.T) {
			p := member(t)
			id := p.want(p.call("GET", "/v1/account", nil), 200).text("id")
			eventually(t, "the products know the account", func() bool { return len(waitingEvents(t, id)) == 0 }) // that, too, goes by SNS
			fault(t, m{"service": c.service, "mode": "500", "count": 1})
			challenge := p.want(p.call("POST", "/v1/otp", m{"phone": c.number, "kind": kind}), 202).text("challengeId")
			if len(p.messages(c.number)) != 0 {
				t.Fatal("the fault had no effect")
			}
			soon(t, c.number)
			eventually(t, "the code goes out", func() bool { return len(p.messages(c.number)) == 1 })
			p.want(p.call("POST", "/v1/otp/verify", m{"challengeId": challenge, "code": p.code(c.number)}), 200)
		})
	}
}

func TestAMailWhoseAnswerWasLostIsSentAgainWithTheSameLink(t *testing.T) {
	p := newPerson(t)
	body := p.signupBody()
	fault(t, m{"service": "ses", "mode": "reset_after", "count": 1})
	p.want(p.call("POST", "/v1/signup", body), 202)
	soon(t, p.email)
	eventually(t, "the second copy", func() bool { return len(p.messages(p.email)) == 2 })
	list := p.messages(p.email)
	if lastToken(list[0].Text) != lastToken(list[1].Text) {
		t.Error("the copies have different links")
	}
	p.verify()
}

func TestADatabaseThatHangsOrFailsIsA503AndLosesNothing(t *testing.T) {
	for _, mode := range []string{"blackhole", "500", "throttle", "reset"} {
		t.Run(mode, func(t *testing.T) {
			p := newPerson(t)
			body := p.signupBody()
			fault(t, m{"service": "dynamodb", "mode": mode, "operation": "TransactWriteItems"})
			began := time.Now()
			r := p.want(p.call("POST", "/v1/signup", body), 503, "temporarily_unavailable")
			if took := time.Since(began); took > 3*time.Second {
				t.Errorf("the answer took %s", took)
			}
			if r.header.Get("Retry-After") == "" {
				t.Error("503 without Retry-After")
			}
			if len(p.messages(p.email)) != 0 {
				t.Error("a mail went out for a sign-up that was not written")
			}
		})
	}
}

func TestASignUpWhoseCommitWasNotAnsweredIsNoFailure(t *testing.T) {
	p := newPerson(t)
	body := p.signupBody()
	fault(t, m{"service": "dynamodb", "mode": "reset_after", "operation": "TransactWriteItems", "count": 1})
	p.want(p.call("POST", "/v1/signup", body), 202)
	p.verify()
	p.login()
}

// TestNothingIsLostWhenTheRunIsKilled runs a system of its own, kills it in the middle and starts it again on the same data.
func TestNothingIsLostWhenTheRunIsKilled(t *testing.T) {
	if system.cmd == nil {
		t.Skip("the run under test is not ours to kill")
	}
	shared := system
	defer func() { system = shared }()
	data, port := t.TempDir(), freePort()
	first, err := start(data, port)
	if err != nil {
		t.Fatal(err)
	}
	system = first
	p := applicant(t)
	requirement, option := p.firstRequirement()
	id, status := p.upload(requirement, option, "a.pdf", "application/pdf", pdf(t))
	if status != 201 {
		t.Fatalf("storage answered %d", status)
	}
	late := newPerson(t)
	body := late.signupBody()
	fault(t, m{"service": "ses", "mode": "500"})
	late.want(late.call("POST", "/v1/signup", body), 202)

	first.cmd.Process.Signal(syscall.SIGKILL)
	<-first.exited
	eventually(t, "the children are gone", func() bool {
		out, _ := exec.Command("pgrep", "-f", data).Output()
		return len(bytes.TrimSpace(out)) == 0
	})
	second, err := start(data, port)
	if err != nil {
		t.Fatal(err)
	}
	defer second.stop()
	system = second
	if got := p.want(p.call("GET", "/v1/account", nil), 200); got.text("email") != p.email {
		t.Errorf("the session leads to %s", got.raw)
	}
	if d := p.settled(id); d["state"] != "clean" {
		t.Errorf("the upload became %v", d)
	}
	soon(t, late.email)
	eventually(t, "the unsent mail goes out", func() bool { return len(late.messages(late.email)) > 0 })
	late.verify()
	late.login()
}

func TestTheRunStopsCleanly(t *testing.T) {
	if system.cmd == nil {
		t.Skip("the run under test is not ours to stop")
	}
	data := t.TempDir()
	r, err := start(data, freePort())
	if err != nil {
		t.Fatal(err)
	}
	r.cmd.Process.Signal(os.Interrupt)
	select {
	case <-r.exited:
	case <-time.After(15 * time.Second):
		t.Fatal("it does not stop")
	}
	if !r.cmd.ProcessState.Success() {
		t.Errorf("it ended with %s: %s", r.cmd.ProcessState, r.log)
	}
	if out, _ := exec.Command("pgrep", "-f", data).Output(); strings.TrimSpace(string(out)) != "" {
		t.Errorf("children are left: %s", out)
	}
}
