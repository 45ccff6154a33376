package e2e

import (
	"fmt"
	"slices"
	"testing"
)

// step is one request of a journey. begin makes what it needs; request is the step; stands reports whether its effect is there, and fails when a
// part of it is.
type step struct {
	function string
	begin    func()
	request  func() reply
	stands   func(t *testing.T) bool
	done     []string // what the same request is answered once its effect is there: "410 already_verified"

	sends string        // the service that carries its message
	to    func() string // whom that goes to
}

// session logs in and returns the session.
func (p *person) session(password string) string {
	p.t.Helper()
	return p.want(p.call("POST", "/v1/login", m{"email": p.email, "password": password, "transport": "bearer"}), 200).text("session")
}

// Each function is killed after each call of the database that it makes for a step, and before and after each call that sends a message. What is
// there then is the old state or the new one, and the same request, once more, ends well: nothing is blocked, and the messages go out.
func TestAFunctionThatIsKilledAfterAnyCallLeavesTheOldStateOrTheNew(t *testing.T) {
	ownRun(t)
	var p *person
	var token, number, challenge, now string
	next := 0
	logsIn := func(password string) bool {
		forget(t, "login")
		return p.call("POST", "/v1/login", m{"email": p.email, "password": password, "transport": "bearer"}).status == 200
	}
	fresh := func() string { next++; return fmt.Sprintf("River stone %d!", 1000+next) }
	// either reports whether the password is the new one. It is one of the two.
	either := func(t *testing.T, old, new string) bool {
		was, is := logsIn(old), logsIn(new)
		if was == is {
			t.Errorf("the old password opens the account: %v, the new one: %v", was, is)
		}
		return is
	}
	account := func() reply { return p.call("GET", "/v1/account", nil) }
	address, phone := func() string { return p.email }, func() string { return number }
	become := func() { p, now = bare(t), goodPassword; p.signup(); p.verify() }
	var wanted string
	steps := map[string]step{
		"sign-up": {function: "signup", begin: func() { p = bare(t) },
			request: func() reply { return p.call("POST", "/v1/signup", p.signupBody()) },
			stands: func(t *testing.T) bool {
				written := len(itemsOf(t, "tokens", func(i item) bool { return i["email"] == p.email && i["passwordHash"] != nil }))
				waiting := len(itemsOf(t, "tokens", func(i item) bool { return i["to"] == p.email }))
				if sent := len(p.messages(p.email)); written > 0 && waiting+sent == 0 || written == 0 && waiting+sent > 0 {
					t.Errorf("%d sign-ups, %d mails that wait and %d that went out", written, waiting, sent)
				}
				return written > 0
			}, sends: "ses", to: address},
		"verify": {function: "verify", begin: func() { p = bare(t); p.signup(); token = p.linkToken() },
			request: func() reply { return p.call("POST", "/v1/verify", m{"token": token, "password": goodPassword}) },
			stands: func(t *testing.T) bool {
				claims := len(itemsOf(t, "users", func(i item) bool { return i["pk"] == "email#"+p.email }))
				profiles := len(itemsOf(t, "users", func(i item) bool { return i["sk"] == "profile" && i["email"] == p.email }))
				if claims != profiles || logsIn(goodPassword) != (claims == 1) {
					t.Errorf("%d claims, %d accounts", claims, profiles)
				}
				return claims == 1
			}, done: []string{"410 already_verified"}},
		"log-in": {function: "login", begin: func() { forget(t, "login") },
			request: func() reply {
				return p.call("POST", "/v1/login", m{"email": p.email, "password": now, "transport": "bearer"})
			}},
		"forgot": {function: "login", begin: func() { forget(t, "") },
			request: func() reply {
				return p.call("POST", "/v1/password/forgot", m{"email": p.email, "captcha": p.captcha()})
			},
			stands: func(t *testing.T) bool { return false }, sends: "ses", to: address},
		"reset": {function: "login", begin: func() {
			forget(t, "")
			p.want(p.call("POST", "/v1/password/forgot", m{"email": p.email, "captcha": p.captcha()}), 202)
			token, wanted = p.message(p.email, `/reset-password#(\S+)`), fresh()
		},
			request: func() reply { return p.call("POST", "/v1/password/reset", m{"token": token, "password": wanted}) },
			stands:  func(t *testing.T) bool { return either(t, now, wanted) }, done: []string{"410 link_used"}, sends: "ses", to: address},
		"change of password": {function: "account", begin: func() { forget(t, ""); p.bearer, wanted = p.session(now), fresh() },
			request: func() reply {
				return p.call("PUT", "/v1/account/password", m{"currentPassword": now, "newPassword": wanted})
			},
			stands: func(t *testing.T) bool { return either(t, now, wanted) }, done: []string{"403 password_wrong", "401 unauthenticated"}, sends: "ses", to: address},
		"a code": {function: "otp", begin: func() { forget(t, ""); p.bearer = p.session(now); number = mobile() },
			request: func() reply {
				forget(t, "code-gap") // whether the code of the request that was killed goes out is not known yet
				return p.call("POST", "/v1/otp", m{"phone": number, "kind": "mobile"})
			}, sends: "sns", to: phone},
		"a call": {function: "otp", begin: func() { forget(t, ""); p.bearer = p.session(now); number = landline() },
			request: func() reply {
				forget(t, "code-gap")
				return p.call("POST", "/v1/otp", m{"phone": number, "kind": "landline"})
			}, sends: "voice", to: phone},
		"another address": {function: "account", begin: func() { forget(t, ""); p.bearer, number = p.session(now), newPerson(t).email },
			request: func() reply { return p.call("POST", "/v1/account/email", m{"email": number}) }, sends: "ses", to: phone},
		"a number": {function: "otp", begin: func() {
			forget(t, "")
			p.bearer, number = p.session(now), mobile()
			challenge = p.want(p.call("POST", "/v1/otp", m{"phone": number, "kind": "mobile"}), 202).text("challengeId")
			token = p.code(number)
		},
			request: func() reply { return p.call("POST", "/v1/otp/verify", m{"challengeId": challenge, "code": token}) },
			stands: func(t *testing.T) bool {
				phone, _ := account().body["phone"].(map[string]any)
				claimed := len(itemsOf(t, "users", func(i item) bool { return i["pk"] == "phone#"+number })) == 1
				if got := phone["number"] == number; got != claimed {
					t.Errorf("the account has the number: %v, the number the account: %v", got, claimed)
				}
				return claimed
			}, done: []string{"410 challenge_used"}},
	}
	waits := map[string]*person{} // who is to get a message
	for _, name := range []string{"sign-up", "verify", "log-in", "forgot", "reset", "change of password", "a code", "a call", "another address", "a number"} {
		if name == "log-in" {
			become()
		}
		s := steps[name]
		each := func(t *testing.T, rule m, least, most int) {
			killed := 0
			for n := 1; n <= most; n++ {
				s.begin()
				rule["function"], rule["nth"] = s.function, n
				setFault(t, rule)
				r := s.request()
				_, hits := faultsSeen(t)
				mend(t, rule)
				if s.to != nil {
					waits[s.to()] = p
				}
				if hits > 0 {
					killed++
					s.afterKill(t, fmt.Sprintf("%s %s %d", rule["service"], rule["mode"], n), name == "forgot")
				} else if r.status >= 300 {
					t.Errorf("without a fault it is answered %d %s", r.status, r.raw)
				}
				if name == "reset" || name == "change of password" {
					now = wanted
				}
				if hits == 0 {
					break
				}
			}
			t.Logf("killed at each of %d calls of %s", killed, rule["service"])
			if killed < least {
				t.Errorf("it was killed %d times at %s", killed, rule["service"])
			}
		}
		t.Run(name, func(t *testing.T) {
			each(t, m{"service": "dynamodb", "mode": "kill_after"}, 3, 99)
			if s.sends != "" {
				each(t, m{"service": s.sends, "mode": "kill"}, 1, 1)
				each(t, m{"service": s.sends, "mode": "kill_after"}, 1, 99)
			}
		})
	}
	allGoOut(t, waits)
	t.Run("a message that waits", func(t *testing.T) { killedWhileItSweeps(t, p) })
	t.Run("files", killedAtStorage)
}

// afterKill asks again after a kill, which ends well.
func (s step) afterKill(t *testing.T, at string, showsNothing bool) {
	t.Helper()
	new := s.stands != nil && s.stands(t)
	again := s.request()
	if got := fmt.Sprintf("%d %s", again.status, again.code()); again.status >= 300 && !(new && slices.Contains(s.done, got)) {
		t.Errorf("after %s the same request is answered %s: %s", at, got, again.raw)
	}
	if s.stands != nil && !showsNothing && !s.stands(t) {
		t.Errorf("after %s its effect never came", at)
	}
}

// allGoOut waits until nothing is left for these addresses and numbers, whose messages somebody dead may have claimed.
func allGoOut(t *testing.T, to map[string]*person) {
	t.Helper()
	eventually(t, "the outbox is empty", func() bool {
		left := 0
		for _, i := range waiting(t) {
			if who, _ := i["to"].(string); to[who] != nil && i["pk"] != "outbox#dead" {
				_ = dueNow(t, i) // it may have gone out meanwhile
				left++
			}
		}
		return left == 0
	})
	for who, p := range to {
		if len(p.messages(who)) == 0 {
			t.Errorf("nothing went out to %s", who)
		}
	}
}

// killedWhileItSweeps kills the sweep before and after it sends what the request of a person has left.
func killedWhileItSweeps(t *testing.T, p *person) {
	for _, mode := range []string{"kill", "kill_after"} {
		forget(t, "")
		before := len(p.messages(p.email))
		setFault(t, m{"service": "ses", "mode": "kill", "function": "login", "nth": 1})
		p.call("POST", "/v1/password/forgot", m{"email": p.email, "captcha": p.captcha()})
		setFault(t, m{"service": "ses", "mode": mode, "function": "notify", "nth": 1})
		eventually(t, "notify is killed", func() bool {
			for _, i := range waiting(t) {
				if i["to"] == p.email {
					_ = dueNow(t, i)
				}
			}
			seen, _ := faultsSeen(t)
			return seen["ses "+mode] > 0 && (mode != "kill" || seen["ses kill"] == 2)
		})
		mend(t, m{"service": "ses"})
		allGoOut(t, map[string]*person{p.email: p})
		if got := len(p.messages(p.email)) - before; got == 0 || mode == "kill" && got > 1 {
			t.Errorf("%s: %d mails went out", mode, got)
		}
	}
}
