package e2e

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// atOnce runs n requests that start together and counts the answers by status and code.
func atOnce(n int, request func(i int) reply) map[string]int {
	var mu sync.Mutex
	var start, done sync.WaitGroup
	counts := map[string]int{}
	start.Add(1)
	for i := range n {
		done.Go(func() {
			start.Wait()
			r := request(i)
			mu.Lock()
			counts[fmt.Sprintf("%d %s", r.status, r.code())]++
			mu.Unlock()
		})
	}
	start.Done()
	done.Wait()
	return counts
}

func TestFiftySignUpsOfOneAddressMakeOneAccount(t *testing.T) {
	first := newPerson(t)
	var all []*person
	var bodies []m
	for range 50 {
		p := newPerson(t)
		p.email = first.email
		all, bodies = append(all, p), append(bodies, p.signupBody())
	}
	answers := atOnce(50, func(i int) reply { return all[i].call("POST", "/v1/signup", bodies[i]) })
	if answers["202 "] == 0 || answers["202 "]+answers["429 too_many_requests"] != 50 {
		t.Fatalf("sign-ups answered %v", answers)
	}
	var tokens []string
	eventually(t, "the mails that an address may get go out", func() bool { // one that took too long goes out with the next sweep
		tokens = nil
		for _, mail := range first.messages(first.email) {
			if _, token, ok := cut(mail.Text, "/verify#"); ok {
				tokens = append(tokens, token)
			}
		}
		return len(tokens) >= 5
	})
	if len(tokens) != 5 {
		t.Errorf("%d sign-ups were taken, %d mails went out", answers["202 "], len(tokens))
	}
	clicked := atOnce(len(tokens), func(i int) reply {
		return all[i].call("POST", "/v1/verify", m{"token": tokens[i], "password": goodPassword})
	})
	if clicked["200 "] != 1 || clicked["410 already_verified"] != len(tokens)-1 {
		t.Errorf("clicking all links answered %v", clicked)
	}
	if n := len(itemsOf(t, "users", func(i item) bool { return i["email"] == first.email })); n != 1 {
		t.Errorf("there are %d accounts", n)
	}
	first.login()
}

func TestOneVerificationLinkUsedFiftyTimesAtOnceWorksOnce(t *testing.T) {
	p := newPerson(t)
	p.signup()
	token := p.linkToken()
	got := atOnce(50, func(int) reply { return p.call("POST", "/v1/verify", m{"token": token, "password": goodPassword}) })
	if got["200 "] != 1 {
		t.Errorf("answers: %v", got)
	}
	for answer := range got {
		if answer != "200 " && answer != "410 already_verified" && answer != "429 too_many_requests" {
			t.Errorf("a loser got %s", answer)
		}
	}
	p.login()
}

func TestOfTwoHundredWrongCodesAtOnceFiveCountAndThenEvenTheRightOneIsRefused(t *testing.T) {
	p := member(t)
	number := mobile()
	id := p.want(p.call("POST", "/v1/otp", m{"phone": number, "kind": "mobile"}), 202).text("challengeId")
	right := p.code(number)
	wrong := "000000"
	if right == wrong {
		wrong = "000001"
	}
	got := atOnce(200, func(int) reply { return p.call("POST", "/v1/otp/verify", m{"challengeId": id, "code": wrong}) })
	if got["422 code_wrong"] != 5 || got["410 challenge_spent"] != 195 {
		t.Errorf("answers: %v", got)
	}
	p.want(p.call("POST", "/v1/otp/verify", m{"challengeId": id, "code": right}), 410, "challenge_spent")
	if r := p.call("GET", "/v1/account", nil); r.body["phone"] != nil {
		t.Errorf("the number was given: %s", r.raw)
	}
}

func TestFiftyRightLogInsAtOnceAllSucceed(t *testing.T) {
	p := member(t)
	got := atOnce(50, func(int) reply {
		return p.call("POST", "/v1/login", m{"email": p.email, "password": goodPassword, "transport": "bearer"})
	})
	if got["200 "] != 50 {
		t.Errorf("answers: %v", got)
	}
}

// busy keeps every core of this machine busy until the test ends.
func busy(t *testing.T) {
	var over atomic.Bool
	var all sync.WaitGroup
	for range 2 * runtime.NumCPU() {
		all.Go(func() {
			for !over.Load() {
			}
		})
	}
	t.Cleanup(func() { over.Store(true); all.Wait() })
}

func TestOnABusyMachineFiftyAtOnceFinishWithoutOneFailure(t *testing.T) {
	office := member(t)
	var newcomers []*person
	var bodies []m
	for range 25 {
		p := newPerson(t)
		newcomers, bodies = append(newcomers, p), append(bodies, p.signupBody())
	}
	busy(t)
	began := time.Now()
	got := atOnce(50, func(i int) reply {
		if i%2 == 0 {
			return newcomers[i/2].call("POST", "/v1/signup", bodies[i/2])
		}
		return office.call("POST", "/v1/login", m{"email": office.email, "password": goodPassword, "transport": "bearer"})
	})
	t.Logf("after %s: %v", time.Since(began), got)
	if got["200 "] != 25 || got["202 "] != 25 {
		t.Errorf("answers: %v", got)
	}
}

func TestOneCaptchaIsGoodForOneSignUp(t *testing.T) {
	p := newPerson(t)
	body := p.signupBody()
	got := atOnce(10, func(int) reply { return p.call("POST", "/v1/signup", body) })
	if got["202 "] != 1 || got["422 captcha_spent"] != 9 {
		t.Errorf("answers: %v", got)
	}
}

func TestACaseIsSubmittedOnceHoweverOftenItIsPressed(t *testing.T) {
	p := member(t)
	p.provePhone(mobile(), "mobile")
	p.saveDetails("individual")
	p.fillCase("individual")
	got := atOnce(10, func(int) reply { return p.call("POST", "/v1/kyc/submit", agreed()) })
	if got["202 "] != 1 || got["409 case_locked"] != 9 {
		t.Errorf("answers: %v", got)
	}
}
