package account

import (
	"testing"
	"time"
)

func TestARequestForAnotherAddressEndsWithItsDayItsPasswordAndItsUse(t *testing.T) {
	at := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		change func(*EmailChange)
		want   bool
	}{
		"open":                {func(*EmailChange) {}, true},
		"used":                {func(c *EmailChange) { c.UsedAt = at }, false},
		"at its end":          {func(c *EmailChange) { c.ExpiresAt = at }, false},
		"a new password":      {func(c *EmailChange) { c.CredentialVersion = 1 }, false},
		"an address in use":   {func(c *EmailChange) { c.Taken = true }, false},
		"a moment to its end": {func(c *EmailChange) { c.ExpiresAt = at.Add(1) }, true},
	} {
		asked := EmailChange{CredentialVersion: 2, ExpiresAt: at.Add(time.Hour)}
		c.change(&asked)
		if got := asked.Open(Profile{CredentialVersion: 2}, at); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
	u := EmailUndo{ExpiresAt: at.Add(EmailUndoLife)}
	if u.ChangedAt() != at || EmailChangeLife != 1440*time.Minute || EmailUndoLife != 4320*time.Minute {
		t.Errorf("changed at %s", u.ChangedAt())
	}
}

func TestASessionWaitsForTermsThatAreNewerThanTheAccountHasAccepted(t *testing.T) {
	for _, row := range [][3]string{{"2026-01-01", "2026-12-01", "2026-12-01"}, {"2026-12-01", "2026-12-01", ""}, {"2027-01-01", "2026-12-01", ""}, {"2026-01-01", "", ""}} {
		if got := (Session{TermsDue: row[1]}).WaitsFor(Profile{TermsVersion: row[0]}); got != row[2] {
			t.Errorf("accepted %q, due %q: waits for %q", row[0], row[1], got)
		}
	}
}
