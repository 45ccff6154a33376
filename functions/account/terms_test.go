package main

import (
	"sync"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/token"
)

const acceptPath = "/v1/terms/accept"

func (w *world) terms(p *person) (versions []string) {
	w.t.Helper()
	for _, c := range w.want("200", p.bearer, "GET", "/v1/account/consents", nil)["consents"].([]any) {
		versions = append(versions, c.(is)["version"].(string))
	}
	return versions
}

// late is somebody whose log-in stopped at newer terms.
func (w *world) late() *person {
	w.t.Helper()
	p := w.person()
	w.passes(time.Second)
	bearer, digest := token.NewSession(string(p.ID))
	s := account.Session{Digest: digest, AccountID: p.ID, CreatedAt: w.at, LastSeenAt: w.at, ExpiresAt: w.at.Add(time.Hour), CredentialVersion: 1, TermsDue: newTerms, ProvenAt: w.at, ProvenBy: account.ByPassword}
	must(w.t, w.StartSession(w.t.Context(), s, account.Activity{Kind: "logged_in", At: w.at}))
	p.bearer = bearer.Reveal()
	return p
}

func TestALogInThatStopsAtNewTermsGoesOnOnceTheyAreAccepted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.late()
	if got := w.want("200", p.bearer, "GET", "/v1/account", nil)["next"]; got != "terms-accept" {
		t.Errorf("next is %v", got)
	}
	for _, route := range []struct {
		method, path string
		body         any
	}{
		{"GET", askPath, nil}, {"POST", askPath, is{"email": "new@example.com"}},
		{"PUT", "/v1/account/details", is{"type": "individual", "firstName": "Asha", "sector": "other"}},
		{"PUT", "/v1/account/password", is{"currentPassword": "Mango tree 42", "newPassword": "River stone 77!"}},
	} {
		w.want("403 terms_acceptance_required", p.bearer, route.method, route.path, route.body)
	}
	w.want("422 terms_outdated", p.bearer, "POST", acceptPath, is{"version": "2026-11-01", "accepted": true})
	w.want("422 terms_not_accepted", p.bearer, "POST", acceptPath, is{"version": newTerms, "accepted": false})
	w.want("401 unauthenticated", "", "POST", acceptPath, is{"version": newTerms, "accepted": true})
	if got := w.terms(p); len(got) != 1 {
		t.Errorf("what was refused is in the ledger: %v", got)
	}

	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if status, got := w.call(p.bearer, "POST", acceptPath, is{"version": newTerms, "accepted": true}); status != 200 || got["next"] == "terms-accept" {
				t.Errorf("%d %v", status, got)
			}
		})
	}
	all.Wait()
	if got := w.terms(p); len(got) != 2 || got[0] != newTerms {
		t.Errorf("the ledger has %v", got)
	}
	w.want("200", p.bearer, "GET", askPath, nil)
}

func TestASessionOfBeforeGoesOnAndTheLaterOneWaitsForItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.late()
	before := p.session()
	w.want("200", before, "GET", askPath, nil)
	w.want("403 terms_acceptance_required", p.bearer, "GET", askPath, nil)
	w.want("200", p.bearer, "GET", closePath, nil) // who does not agree may leave
	w.want("200", before, "POST", acceptPath, is{"version": newTerms, "accepted": true})
	w.want("200", p.bearer, "GET", askPath, nil) // accepted in another tab
}
