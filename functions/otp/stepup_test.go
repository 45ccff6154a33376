package main

import (
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/phone"
)

func TestAnotherNumberInPlaceOfAProvenOneWantsAFreshProof(t *testing.T) {
	now := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	proven := account.Phone{Number: phone.FromStored("+919812345678", phone.Mobile), VerifiedAt: now}
	for name, c := range map[string]struct {
		phone account.Phone
		ago   time.Duration
		want  bool
	}{
		"the first number, long after the log-in": {account.Phone{}, time.Hour, true},
		"another number, just logged in":          {proven, 0, true},
		"another number, long after the log-in":   {proven, time.Hour, false},
	} {
		err := mayReplace(&httpapi.Call{
			Now: now, Profile: account.Profile{Phone: c.phone}, Session: account.Session{ProvenAt: now.Add(-c.ago), ProvenBy: account.ByPassword},
		})
		if (err == nil) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}
