package main

import (
	"testing"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/token"
)

func sessionOf(t *testing.T, p *holder) account.Session {
	t.Helper()
	id, digest, err := token.ParseSession(p.bearer)
	must(t, err)
	return account.Session{AccountID: account.ID(id), Digest: digest}
}

func TestWhatLeavesTheHolderNoWayBackWantsAFreshProof(t *testing.T) {
	w := newWorld(t)
	p := w.partnership(t)
	must(t, w.Prove(t.Context(), sessionOf(t, p), account.ByPassword, now.Add(-account.StepUpLife-1e9)))
	for _, path := range []string{"submit", "renew", "withdraw", "signatory-link"} {
		body := any(nil)
		if path == "submit" {
			body = m{"notice": m{"version": "x", "accepted": true}, "declared": true}
		}
		r := p.call("POST", "/v1/kyc/"+path, body)
		if r.says() != "403 step_up_required" {
			t.Errorf("%s: %s", path, r.says())
		}
	}
	if r := p.call("DELETE", "/v1/kyc/signatory-link", nil); r.says() != "403 step_up_required" {
		t.Errorf("ending the link: %s", r.says())
	}
	for _, path := range []string{"/v1/kyc", "/v1/kyc/signatory-link"} {
		if r := p.call("GET", path, nil); r.says() != "200" {
			t.Errorf("%s: %s", path, r.says())
		}
	}
	must(t, w.Prove(t.Context(), sessionOf(t, p), account.ByPassword, now))
	if r := p.call("POST", "/v1/kyc/signatory-link", nil); r.says() != "201" {
		t.Error(r.says())
	}
}
