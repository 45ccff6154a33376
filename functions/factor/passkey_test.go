package main

import (
	"fmt"
	"testing"
	"time"

	"phonon.in/central/shared/account"
)

func TestAPasskeyOpensTheAccountWithoutAPassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.person()
	key := p.withPasskey()
	asked := w.call("", "POST", "/v1/login/passkey/begin", nil)
	opened := p.want(w.call("", "POST", "/v1/login/passkey", m{"passkey": key.answers(asked.text("challenge")), "transport": "bearer"}), "200")
	if got := opened.body["account"].(m)["id"]; got != string(p.id) {
		t.Errorf("it opened %v", got)
	}
	p.want(p.call(opened.text("session"), "POST", "/v1/factors/recovery-codes", nil), "200")

	asked = w.call("", "POST", "/v1/login/passkey/begin", nil)
	answer := key.answers(asked.text("challenge"))
	said := atOnce(50, func(int) reply {
		return w.call("", "POST", "/v1/login/passkey", m{"passkey": answer, "transport": "bearer"})
	})
	if said["200"] != 1 {
		t.Errorf("50 uses of one challenge: %v", said)
	}
}

func TestAPasskeyIsTheSecondFactorAndTheProof(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.person()
	key := p.withPasskey()
	key.careful = false // a touch is enough after the password
	waits := p.pending()
	asked := p.want(w.call("", "POST", "/v1/login/factor/passkey", m{"pending": waits}), "200")
	if n := len(asked.body["passkeys"].([]any)); n != 1 {
		t.Errorf("%d may answer", n)
	}
	p.want(w.call("", "POST", "/v1/login/factor", m{"pending": waits, "passkey": key.answers(asked.text("challenge")), "transport": "bearer"}), "200")
	asked = p.does("POST", "/v1/step-up/passkey", nil, "200")
	answer := key.answers(asked.text("challenge"))
	p.does("POST", "/v1/step-up", m{"passkey": answer}, "204")
	p.does("POST", "/v1/step-up", m{"passkey": answer}, "403 passkey_wrong") // its counter stood still
}

func TestAnAnswerOfAPasskeyIsForOneQuestionOfOneAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p, other := w.person(), w.person()
	key, others := p.withPasskey(), other.withPasskey()
	open := func(answer m) string { return w.call("", "POST", "/v1/login/passkey", m{"passkey": answer}).says() }
	question := func() string { return w.call("", "POST", "/v1/login/passkey/begin", nil).text("challenge") }
	stepUp := func() string { return p.does("POST", "/v1/step-up/passkey", nil, "200").text("challenge") }
	for name, c := range map[string]struct {
		ask  func() string
		turn func(a *authenticator, answer m) m
		want string
	}{
		"a question to step up":    {stepUp, nil, "410 passkey_challenge_expired"},
		"a question of nobody":     {func() string { return encode("AAAA.1.-.BBBB") }, nil, "410 passkey_challenge_expired"},
		"another signature":        {question, func(_ *authenticator, a m) m { a["signature"] = others.answers(question())["signature"]; return a }, "403 passkey_wrong"},
		"another account's handle": {question, func(_ *authenticator, a m) m { a["userHandle"] = others.handle; return a }, "403 passkey_wrong"},
		"no handle":                {question, func(_ *authenticator, a m) m { a["userHandle"] = ""; return a }, "403 passkey_wrong"},
		"another passkey's id":     {question, func(_ *authenticator, a m) m { a["id"] = b64(others.id); return a }, "403 passkey_wrong"},
		"no answer":                {question, func(_ *authenticator, a m) m { a["clientData"] = ""; return a }, "403 passkey_wrong"},
	} {
		answer := key.answers(c.ask())
		if c.turn != nil {
			answer = c.turn(key, answer)
		}
		if got := open(answer); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	for name, change := range map[string]func(a *authenticator){
		"without finger, face or PIN": func(a *authenticator) { a.careful = false },
		"for another site":            func(a *authenticator) { a.origin = "https://central.example.org" },
		"for another host":            func(a *authenticator) { a.host = "example.com" },
		"a copy, by its counter":      func(a *authenticator) { a.count = 0 },
	} {
		changed := *key
		change(&changed)
		if got := open(changed.answers(question())); got != "403 passkey_wrong" {
			t.Errorf("%s: %s", name, got)
		}
	}
	late := key.answers(question())
	w.passes(questionLife)
	if got := open(late); got != "410 passkey_challenge_expired" {
		t.Errorf("too late: %s", got)
	}
	theirs := other.does("POST", "/v1/step-up/passkey", nil, "200").text("challenge")
	p.does("POST", "/v1/step-up", m{"passkey": key.answers(theirs)}, "410 passkey_challenge_expired")
}

func TestPasskeysAreNamedCountedAndRemoved(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.person()
	first := p.withPasskey()
	path := "/v1/factors/passkeys/" + b64(first.id)
	renamed := p.does("PUT", path, m{"name": "  Work laptop "}, "200")
	if got := renamed.body["passkeys"].([]any)[0].(m)["name"]; got != "Work laptop" {
		t.Errorf("it is called %v", got)
	}
	p.does("PUT", path, m{"name": "\u200b"}, "422 passkey_name_invalid")
	p.does("PUT", "/v1/factors/passkeys/"+b64([]byte("another")), m{"name": "x"}, "404 not_found")
	asked := p.does("POST", "/v1/factors/passkeys/begin", nil, "200")
	handle := asked.body["user"].(m)["id"].(string)
	p.does("POST", "/v1/factors/passkeys", m{"name": "again", "passkey": first.makes(asked.text("challenge"), handle)}, "409 passkey_present")
	careless := newAuthenticator(t)
	careless.careful = false
	p.does("POST", "/v1/factors/passkeys", m{"name": "x", "passkey": careless.makes(asked.text("challenge"), handle)}, "422 passkey_invalid")
	foreign := newAuthenticator(t)
	foreign.origin = "https://evil.example"
	p.does("POST", "/v1/factors/passkeys", m{"name": "x", "passkey": foreign.makes(asked.text("challenge"), handle)}, "422 passkey_invalid")
	theirs := w.person().does("POST", "/v1/factors/passkeys/begin", nil, "200")
	p.does("POST", "/v1/factors/passkeys", m{"name": "x", "passkey": newAuthenticator(t).makes(theirs.text("challenge"), handle)}, "410 passkey_challenge_expired")
	for range account.MaxPasskeys - 1 {
		p.withPasskey()
	}
	p.does("POST", "/v1/factors/passkeys/begin", nil, "409 too_many_passkeys")
	other := p.another()
	p.does("DELETE", path, nil, "200")
	p.want(p.call(other, "GET", "/v1/factors", nil), "401 unauthenticated")
	answer := first.answers(w.call("", "POST", "/v1/login/passkey/begin", nil).text("challenge"))
	p.want(w.call("", "POST", "/v1/login/passkey", m{"passkey": answer}), "403 passkey_wrong")
}

func TestTwoTabsThatChangeTheFactorsLoseNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.person()
	said := atOnce(5, func(i int) reply {
		a := newAuthenticator(t)
		asked := w.call(p.session, "POST", "/v1/factors/passkeys/begin", nil)
		return w.call(p.session, "POST", "/v1/factors/passkeys", m{"name": fmt.Sprint(i), "passkey": a.makes(asked.text("challenge"), asked.body["user"].(m)["id"].(string))})
	})
	set, err := p.Factors(t.Context(), p.id)
	must(t, err)
	profile, err := p.Profile(t.Context(), p.id)
	must(t, err)
	if said["200"] != len(set.Passkeys) || profile.Factors.Passkeys != len(set.Passkeys) || said["200"] < 1 {
		t.Errorf("%v, of which %d are there and %d counted", said, len(set.Passkeys), profile.Factors.Passkeys)
	}
	w.passes(time.Minute)
}

func TestTheHostOfPasskeysIsThatOfThePages(t *testing.T) {
	for origin, want := range map[string]string{
		"https://central.example.com": "central.example.com", "http://localhost:3000": "localhost", "http://127.0.0.1:3000": "localhost", "http://[::1]:3000": "localhost",
	} {
		if got, err := newParty(origin); err != nil || got.id != want {
			t.Errorf("%s: %s, %v", origin, got.id, err)
		}
	}
}
