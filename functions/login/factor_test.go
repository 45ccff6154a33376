package main

import (
	"slices"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/token"
)

// guarded is a member whose password is not enough.
func (w *world) guarded() (string, account.Profile) {
	w.t.Helper()
	email := w.member()
	address, err := account.ParseEmail(email)
	must(w.t, err)
	who, _, err := w.Login(w.t.Context(), address)
	must(w.t, err)
	p, err := w.Profile(w.t.Context(), who.AccountID)
	must(w.t, err)
	s := account.Session{Digest: "own", AccountID: p.ID, CreatedAt: w.now(), LastSeenAt: w.now(), ExpiresAt: w.now().Add(time.Hour), CredentialVersion: 1}
	must(w.t, w.StartSession(w.t.Context(), s, account.Activity{Kind: "logged_in", At: w.now()}))
	set := account.FactorSet{TOTP: account.TOTP{Sealed: "sealed", AddedAt: w.now()}, Recovery: []string{"digest"}}
	must(w.t, w.ChangeFactors(w.t.Context(), p, store.FactorChange{Next: set, By: s, Seen: account.Activity{Kind: "totp_added", At: w.now()}, At: w.now()}))
	return email, p
}

func TestARightPasswordOpensNothingWhereThereIsASecondFactor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	email, p := w.guarded()
	if _, code, device := w.logIn(try{email: email, password: right, from: "203.0.113.7"}); code != "second_factor_required" || device != "" {
		t.Errorf("%s, and a device %q", code, device)
	}
	if _, code, _ := w.logIn(try{email: email, password: wrong, from: "203.0.113.7"}); code != "credentials_wrong" {
		t.Error(code)
	}
	sessions, err := w.Sessions(t.Context(), p, w.now())
	must(t, err)
	if len(sessions) != 1 {
		t.Errorf("%d sessions", len(sessions))
	}
}

func TestAResetThatNobodyStoppedTakesEffectAtTheNextLogIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	email, p := w.guarded()
	set, err := w.Factors(t.Context(), p.ID)
	must(t, err)
	m := message.Message{ID: token.NewID(), Kind: message.FactorReset, To: email, CreatedAt: w.now(), NotAfter: w.now().Add(account.FactorResetDelay)}
	must(t, w.BeginFactorReset(t.Context(), p, set, token.NewID(), w.now().Add(account.FactorResetDelay), store.Deed{Kind: "factor_reset_begun", By: "operator", Reason: "lost", At: w.now()}, m))
	w.passes(account.FactorResetDelay - time.Second)
	if _, code, _ := w.logIn(try{email: email, password: right, from: "203.0.113.7"}); code != "second_factor_required" {
		t.Errorf("a second too early: %s", code)
	}
	w.passes(time.Second)
	if status, code, _ := w.logIn(try{email: email, password: right, from: "203.0.113.7"}); status != 200 {
		t.Errorf("%d %s", status, code)
	}
	after, err := w.Profile(t.Context(), p.ID)
	must(t, err)
	if after.Factors.Any() || !slices.Contains(w.told(), message.FactorRemoved) {
		t.Errorf("%+v, told %v", after.Factors, w.told())
	}
	if status, _, _ := w.logIn(try{email: email, password: right, from: "203.0.113.7"}); status != 200 {
		t.Error("the session that was opened broke the next log-in")
	}
}
