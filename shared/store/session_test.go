package store

import (
	"testing"
	"time"

	"phonon.in/central/shared/account"
)

func TestASessionOfAReleaseBeforeWasProvenWhenItBegan(t *testing.T) {
	began := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	before := sessionRow{key: sessionKey("a1", "d1"), CreatedAt: stampOf(began)}.session()
	if !before.ProvenAt.Equal(began) || before.ProvenBy != account.ByPassword {
		t.Errorf("without a note: %v by %q", before.ProvenAt, before.ProvenBy)
	}
	later := began.Add(time.Hour)
	noted := sessionRow{key: sessionKey("a1", "d1"), CreatedAt: stampOf(began), ProvenAt: stampOf(later), ProvenBy: string(account.ByFactor)}.session()
	if !noted.ProvenAt.Equal(later) || noted.ProvenBy != account.ByFactor {
		t.Errorf("what is noted counts: %v by %q", noted.ProvenAt, noted.ProvenBy)
	}
}
