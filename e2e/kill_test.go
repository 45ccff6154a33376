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
}

// session logs in and returns the session.
func (p *person) session(password string) string {
	p.t.Helper()
	return p.want(p.call("POST", "/v1/login", m{"email": p.email, "password": password, "transport": "bearer"}), 200).text("session")
}

// Each function is killed after each call of the database that it makes for a step. What is there then is the old state or the new one, and the
// same request, once more, ends well: nothing is blocked.
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
			}},
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
			stands: func(t *testing.T) bool { return false }},
		"reset": {function: "login", begin: func() {
			forget(t, "")
			p.want(p.call("POST", "/v1/password/forgot", m{"email": p.email, "captcha": p.captcha()}), 202)
			token, wanted = p.message(p.email, `/reset-password#(\S+)`), fresh()
		},
			request: func() reply { return p.call("POST", "/v1/password/reset", m{"token": token, "password": wanted}) },
			stands:  func(t *testing.T) bool { return either(t, now, wanted) }, done: []string{"410 link_used"}},
		"change of password": {function: "account", begin: func() { forget(t, ""); p.bearer, wanted = p.session(now), fresh() },
			request: func() reply {
				return p.call("PUT", "/v1/account/password", m{"currentPassword": now, "newPassword": wanted})
			},
			stands: func(t *testing.T) bool { return either(t, now, wanted) }, done: []string{"403 password_wrong", "401 unauthenticated"}},
		"a code": {function: "otp", begin: func() { forget(t, ""); p.bearer = p.session(now); number = mobile() },
			request: func() reply {
				forget(t, "code-gap") // whether the code of the request that was killed goes out is not known yet
				return p.call("POST", "/v1/otp", m{"phone": number, "kind": "mobile"})
			}},
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
	for _, name := range []string{"sign-up", "verify", "log-in", "forgot", "reset", "change of password", "a code", "a number"} {
		t.Run(name, func(t *testing.T) {
			if name == "log-in" {
				become()
			}
			killed := 0
			for n := 1; ; n++ {
				s := steps[name]
				s.begin()
				setFault(t, m{"service": "dynamodb", "mode": "kill_after", "function": s.function, "nth": n})
				r := s.request()
				_, hits := faultsSeen(t)
				mend(t, m{"service": "dynamodb"})
				if hits == 0 {
					if r.status >= 300 {
						t.Errorf("without a fault it is answered %d %s", r.status, r.raw)
					}
					break
				}
				killed++
				new := s.stands != nil && s.stands(t)
				again := s.request()
				if got := fmt.Sprintf("%d %s", again.status, again.code()); again.status >= 300 && !(new && slices.Contains(s.done, got)) {
					t.Errorf("killed after call %d, the same request is answered %s: %s", n, got, again.raw)
				}
				if s.stands != nil && name != "forgot" && !s.stands(t) {
					t.Errorf("killed after call %d, its effect never came", n)
				}
				if name == "reset" || name == "change of password" {
					now = wanted
				}
			}
			t.Logf("killed after each of %d calls", killed)
			if killed < 3 {
				t.Errorf("it was killed %d times", killed)
			}
			if name == "reset" || name == "change of password" {
				now = wanted
			}
		})
	}
}
