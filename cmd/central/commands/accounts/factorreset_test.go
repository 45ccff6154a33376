package accounts

import (
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/store/storetest"
	"phonon.in/central/shared/token"
)

func TestAResetOfFactorsWaitsADayAndTellsTheOwner(t *testing.T) {
	f := storetest.Open(t)
	now := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	id := account.ID(token.NewID())
	email, err := account.ParseEmail(strings.ToLower(string(id)) + "@example.com")
	good(t, err)
	signup := account.Signup{ID: token.NewID(), Email: email, PasswordHash: token.NewSecret("x"), Consent: account.Consent{Document: "terms", AcceptedAt: now}, CreatedAt: now, ExpiresAt: now.Add(time.Hour)}
	good(t, f.StartSignup(t.Context(), signup, message.Message{ID: token.NewID(), Kind: message.VerifyEmail, CreatedAt: now, NotAfter: now}))
	p := account.Profile{ID: id, Email: email, Status: account.Active, KYC: "not_started", Locale: "en", CredentialVersion: 1, Version: 1, CreatedAt: now, UpdatedAt: now}
	seen := account.Activity{Kind: "x", At: now}
	good(t, f.CompleteSignup(t.Context(), signup, p, seen, now))
	s := account.Session{Digest: "own", AccountID: id, CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(time.Hour), CredentialVersion: 1}
	good(t, f.StartSession(t.Context(), s, seen))
	set := account.FactorSet{TOTP: account.TOTP{Sealed: "sealed", AddedAt: now}}
	good(t, f.ChangeFactors(t.Context(), p, store.FactorChange{Next: set, By: s, Seen: seen, At: now}))

	good(t, beginReset(t.Context(), f.Store, p, store.Deed{Kind: "factor_reset_begun", By: "local run", Reason: "lost", At: now.Add(time.Second)}))
	after, err := f.Factors(t.Context(), id)
	good(t, err)
	if !after.ResetAt.Equal(now.Add(24*time.Hour+time.Second)) || !after.Counted().Any() {
		t.Errorf("%+v", after)
	}
	waiting, err := f.Waiting(t.Context())
	good(t, err)
	told := false
	for _, q := range waiting {
		told = told || q.Message.Kind == message.FactorReset && q.Message.To == email.String() && q.Message.Refs[1] == after.ResetID
	}
	if !told {
		t.Error("the owner is not told")
	}
	events, err := f.Events(t.Context(), id)
	good(t, err)
	if last := events[len(events)-1]; last.Kind != "factor_reset_begun" || last.Reason != "lost" || last.By != "local run" {
		t.Errorf("%+v", last)
	}
}

func good(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
