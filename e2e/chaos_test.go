package e2e

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// ownRun is a run without the race detector, for this test alone.
func ownRun(t *testing.T, args ...string) {
	t.Helper()
	if system.cmd == nil {
		t.Skip("the functions of the run under test are not ours to kill")
	}
	data, err := os.MkdirTemp(memory(), "central-e2e-")
	if err != nil {
		t.Fatal(err)
	}
	shared := system
	run, err := launch(data, freePort(), args...)
	if err != nil {
		t.Fatal(err)
	}
	system = run
	outages.Store(t.Name(), true)
	t.Cleanup(func() {
		system = shared
		run.stop()
		os.RemoveAll(data)
		outages.Delete(t.Name())
	})
}

// bare is a person whose answers are not held to the contract: the gateway's own are not in it.
func bare(t *testing.T) *person {
	p := newPerson(t)
	p.http.Transport = p.storage
	return p
}

// everywhere lets one call in five of each dependency go wrong, as often in one way as in another.
func everywhere(t *testing.T) {
	t.Helper()
	for service, c := range map[string]struct {
		rate  float64 // of one way: all of them together are 0.2
		modes []string
	}{
		"dynamodb":       {0.0436, []string{"500", "throttle", "reset", "reset_after", "conflict"}},
		"ses":            {0.0543, []string{"500", "throttle", "reset", "reset_after"}},
		"secretsmanager": {0.0543, []string{"500", "throttle", "reset", "reset_after"}},
	} {
		for i, mode := range c.modes {
			setFault(t, m{"service": service, "mode": mode, "rate": c.rate, "seed": i + 1})
		}
	}
}

// faultsSeen is how many calls met a fault, by service and mode.
func faultsSeen(t *testing.T) (hits map[string]int, all int) {
	t.Helper()
	var list []struct {
		Service, Mode string
		Hits          int
	}
	local(t, "/faults", &list)
	hits = map[string]int{}
	for _, f := range list {
		hits[f.Service+" "+f.Mode] += f.Hits
		all += f.Hits
	}
	return hits, all
}

func allWell(t *testing.T) {
	t.Helper()
	for _, service := range []string{"dynamodb", "ses", "secretsmanager"} {
		mend(t, m{"service": service})
	}
}

// until repeats a request that was answered 503 until it is answered otherwise.
func (p *person) until(what string, request func() reply) reply {
	p.t.Helper()
	for range 40 {
		if r := request(); r.status != 503 && r.status != 502 {
			return r
		}
	}
	p.t.Errorf("%s: %s was never answered", p.email, what)
	return reply{}
}

const (
	newcomers   = 500
	atATime     = 48
	oneIn       = 10 // of them somebody else tries to get past each check
	mailsBefore = time.Minute
)

// letTimePass ends what messages wait for, the pauses after tries that failed among it, until the test says that it is over. A message that is there
// twice is none that its own request is still sending.
func letTimePass(t *testing.T, over <-chan struct{}) {
	tick := time.NewTicker(3 * time.Second)
	defer tick.Stop()
	before := map[any]bool{}
	for {
		select {
		case <-over:
			return
		case <-tick.C:
		}
		waits := map[any]bool{}
		for _, i := range waiting(t) {
			if waits[i["sk"]] = true; before[i["sk"]] {
				_ = dueNow(t, i) // it may have gone out meanwhile, or the call met a fault
			}
		}
		before = waits
	}
}

func waiting(t *testing.T) []item {
	t.Helper()
	return itemsOf(t, "tokens", func(i item) bool { return strings.HasPrefix(fmt.Sprint(i["pk"]), "outbox#") })
}

// signsUpUnderFaults takes one person from nothing to a session, in the face of whatever fails. repeats counts what was asked more than once.
func signsUpUnderFaults(p *person, repeats *atomic.Int64) {
	if r := p.until("sign-up", func() reply { repeats.Add(1); return p.call("POST", "/v1/signup", p.signupBody()) }); r.status != 202 {
		p.t.Errorf("sign-up was answered %d %s", r.status, r.raw)
		return
	}
	var token string
	deadline := time.Now().Add(mailsBefore)
	for token == "" && time.Now().Before(deadline) {
		for _, mail := range p.messages(p.email) {
			if _, found, ok := cut(mail.Text, "/verify#"); ok {
				token = found
			}
		}
		<-time.After(100 * time.Millisecond)
	}
	r := p.until("verify", func() reply {
		repeats.Add(1)
		return p.call("POST", "/v1/verify", m{"token": token, "password": goodPassword})
	})
	if r.status != 200 && r.code() != "already_verified" { // the answer to the first try may have been lost
		p.t.Errorf("verify was answered %d %s", r.status, r.raw)
	}
	r = p.until("log-in", func() reply {
		repeats.Add(1)
		return p.call("POST", "/v1/login", m{"email": p.email, "password": goodPassword, "transport": "bearer"})
	})
	if r.status != 200 {
		p.t.Errorf("log-in was answered %d %s", r.status, r.raw)
	}
}

// triesToGetPast does what no check may let through, whatever fails beside it.
func triesToGetPast(victim *person, used string) {
	p := bare(victim.t)
	body := p.signupBody()
	for what, c := range map[string]struct {
		path string
		body m
	}{
		"a captcha that nobody solved": {"/v1/signup", m{"email": p.email, "password": goodPassword, "captcha": "x", "terms": body["terms"]}},
		"a captcha that was used":      {"/v1/signup", m{"email": p.email, "password": goodPassword, "captcha": used, "terms": body["terms"]}},
		"terms that nobody accepted":   {"/v1/signup", m{"email": p.email, "password": goodPassword, "captcha": body["captcha"], "terms": m{"version": "x", "accepted": false}}},
		"a wrong password":             {"/v1/login", m{"email": victim.email, "password": goodPassword + "x", "transport": "bearer"}},
		"a link of our own making":     {"/v1/verify", m{"token": strings.Repeat("A", 80), "password": goodPassword}},
	} {
		if r := p.call("POST", c.path, c.body); r.status < 400 {
			victim.t.Errorf("%s was answered %d %s", what, r.status, r.raw)
		}
	}
}

func TestOfFiveHundredSignUpsWithOneCallInFiveFailingNoneIsLostNorDouble(t *testing.T) {
	ownRun(t)
	spent := newPerson(t)
	body := spent.signupBody()
	spent.want(spent.call("POST", "/v1/signup", body), 202)
	everywhere(t)
	var people []*person
	for range newcomers {
		people = append(people, bare(t))
	}
	began := time.Now()
	var repeats atomic.Int64
	var all sync.WaitGroup
	turns := make(chan int)
	for range atATime {
		all.Go(func() {
			for i := range turns {
				signsUpUnderFaults(people[i], &repeats)
				if i%oneIn == 0 {
					triesToGetPast(people[i], body["captcha"].(string))
				}
			}
		})
	}
	over := make(chan struct{})
	var clock sync.WaitGroup
	clock.Go(func() { letTimePass(t, over) })
	for i := range people {
		turns <- i
	}
	close(turns)
	all.Wait()
	took := time.Since(began)
	seen, struck := faultsSeen(t)
	allWell(t)
	t.Logf("%d accounts after %s: %d requests where %d would do; %d calls went wrong: %v", newcomers, took, repeats.Load(), 3*newcomers, struck, seen)
	for _, way := range []string{"dynamodb reset_after", "dynamodb conflict", "dynamodb 500", "ses reset_after", "ses throttle"} {
		if seen[way] == 0 {
			t.Errorf("no call met %s", way)
		}
	}
	eventually(t, "the outbox is empty", func() bool { return len(waiting(t)) == 0 })
	close(over)
	clock.Wait()
	ours := map[string]bool{}
	for _, p := range people {
		ours[p.email] = true
	}
	holds(t, ours)
}

// holds fails unless each address has one account that lacks nothing, and nobody else has any.
func holds(t *testing.T, addresses map[string]bool) {
	t.Helper()
	claims, profiles, consents, of := map[string]int{}, map[string]int{}, map[string]int{}, map[string]string{}
	for _, i := range itemsOf(t, "users", func(item) bool { return true }) {
		pk, sk := fmt.Sprint(i["pk"]), fmt.Sprint(i["sk"])
		switch {
		case strings.HasPrefix(pk, "email#"):
			claims[strings.TrimPrefix(pk, "email#")]++
		case sk == "profile":
			profiles[fmt.Sprint(i["email"])]++
			of[pk] = fmt.Sprint(i["email"])
		case strings.HasPrefix(sk, "consent#"):
			consents[pk]++
		}
	}
	for address := range addresses {
		if claims[address] != 1 || profiles[address] != 1 {
			t.Errorf("%s has %d accounts and %d claims", address, profiles[address], claims[address])
		}
	}
	for pk, address := range of {
		if consents[pk] != 1 {
			t.Errorf("%s has accepted the terms %d times", address, consents[pk])
		}
	}
	if len(claims) != len(addresses) || len(profiles) != len(addresses) {
		t.Errorf("there are %d claims and %d accounts of %d people", len(claims), len(profiles), len(addresses))
	}
}
