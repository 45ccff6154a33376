package main

import (
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/token"
)

func TestALogInIsFinishedOnceByTheSecondFactor(t *testing.T) {
	t.Parallel()
	p := newWorld(t).withApp()
	finish := func(waits string, body m, says string) reply {
		t.Helper()
		body["pending"], body["transport"] = waits, "bearer"
		return p.want(p.call("", "POST", "/v1/login/factor", body), says)
	}
	waits := p.pending()
	finish("", m{"code": p.shows(0)}, "401 login_expired")
	finish(waits+"A", m{"code": p.shows(0)}, "401 login_expired")
	finish(waits, m{}, "422 proof_required")
	finish(waits, m{"code": p.shows(0), "recoveryCode": p.codes[0]}, "422 proof_required")
	finish(waits, m{"code": "000000"}, "422 code_wrong")
	opened := finish(waits, m{"code": p.shows(0)}, "200")
	finish(waits, m{"recoveryCode": p.codes[0]}, "401 login_expired")
	p.want(p.call(opened.text("session"), "DELETE", "/v1/factors/totp", nil), "200") // it was proved by the factor

	again := newWorld(t).withApp()
	late := again.pending()
	again.passes(account.PendingLoginLife)
	again.want(again.call("", "POST", "/v1/login/factor", m{"pending": late, "code": again.shows(0)}), "401 login_expired")
	twice := again.pending()
	said := atOnce(50, func(i int) reply {
		return again.call("", "POST", "/v1/login/factor", m{"pending": twice, "recoveryCode": again.codes[i%10], "transport": "bearer"})
	})
	if said["200"] != 1 {
		t.Errorf("of 50 at once: %v", said)
	}
}

func TestALogInByFactorFromAnUnknownDeviceIsToldOnce(t *testing.T) {
	t.Parallel()
	p := newWorld(t).withApp()
	finish := func() {
		t.Helper()
		p.passes(time.Minute) // a code works once
		p.want(p.call("", "POST", "/v1/login/factor", m{"pending": p.pending(), "code": p.shows(0), "transport": "bearer"}), "200")
	}
	told := func() (n int) {
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, kind := range p.told {
			if kind == message.NewDevice {
				n++
			}
		}
		return n
	}
	finish()
	if told() != 1 {
		t.Errorf("the first log-in from there was told %d times", told())
	}
	finish()
	if told() != 1 {
		t.Errorf("who logs in again from there is told: %d", told())
	}
	opened, err := p.StartedSessions(t.Context(), p.id)
	must(t, err)
	notices := 0
	for _, s := range opened {
		if n, _, err := p.Notice(t.Context(), p.id, s.Digest); err == nil && n.CredentialVersion == s.CredentialVersion {
			notices++
		}
	}
	if notices != 1 {
		t.Errorf("%d of %d sessions can be disowned by a mailed link, want that of the mail", notices, len(opened))
	}
}

func TestADisabledAccountFinishesNoLogIn(t *testing.T) {
	t.Parallel()
	p := newWorld(t).withApp()
	passkey, waits := p.withPasskey(), p.pending()
	profile, err := p.Profile(t.Context(), p.id)
	must(t, err)
	_, err = p.SetStatus(t.Context(), profile, account.Disabled, store.Deed{Kind: "account_disabled", At: p.now()})
	must(t, err)
	p.want(p.call("", "POST", "/v1/login/factor", m{"pending": waits, "code": p.shows(0)}), "403 account_disabled")
	p.want(p.call("", "POST", "/v1/login/factor/passkey", m{"pending": waits}), "403 account_disabled")
	asked := p.want(p.call("", "POST", "/v1/login/passkey/begin", nil), "200")
	p.want(p.call("", "POST", "/v1/login/passkey", m{"passkey": passkey.answers(asked.text("challenge"))}), "403 account_disabled")
}

func TestWhoKnowsThePasswordKeepsNobodyOutOfAKnownDevice(t *testing.T) {
	t.Parallel()
	p := newWorld(t).withApp()
	stranger := p.pending()
	for range 20 {
		p.call("", "POST", "/v1/login/factor", m{"pending": stranger, "code": "000000"})
	}
	own := m{"pending": p.pending(), "code": p.shows(0), "transport": "bearer"}
	p.want(p.call("", "POST", "/v1/login/factor", own), "429 too_many_requests")
	device := p.keys.Issue(token.KnownDevice, p.email.Digest(), token.NewID()).Reveal()
	p.want(p.call("", "POST", "/v1/login/factor", own, "__Host-device="+device), "200")
	for range 6 {
		p.call("", "POST", "/v1/login/factor", m{"pending": stranger, "code": "000000"}, "__Host-device="+device)
	}
	p.passes(stepLength * time.Second)
	own = m{"pending": p.pending(), "code": p.shows(0), "transport": "bearer"}
	p.want(p.call("", "POST", "/v1/login/factor", own, "__Host-device="+device), "429 too_many_requests")
}
