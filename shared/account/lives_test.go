package account

import (
	"testing"
	"time"
)

// TestLivesAreThoseThatAreWrittenDown: mails, pages and docs/asvs.md say them.
func TestLivesAreThoseThatAreWrittenDown(t *testing.T) {
	for what, life := range map[string][2]time.Duration{
		"a sign-up": {SignupLife, 24 * time.Hour}, "a mailed link to choose a password": {ResetLife, 30 * time.Minute}, "a code": {ChallengeLife, 10 * time.Minute},
		"a session that nobody uses": {SessionIdle, 8 * time.Hour}, "a session": {SessionLife, 24 * time.Hour}, "a remembered one": {RememberedLife, 720 * time.Hour},
		"a closed account": {ClosingLife, 168 * time.Hour}, "a removal of factors, before it takes place": {FactorResetDelay, 1440 * time.Minute}, "a log-in that waits": {PendingLoginLife, 600 * time.Second},
		"a proof": {StepUpLife, 900 * time.Second}, "what an account did": {RecordsLife, 9600 * time.Hour},
	} {
		if life[0] != life[1] {
			t.Errorf("%s lives for %s, not %s", what, life[0], life[1])
		}
	}
}

func TestTheSectorIsNoPartOfTheIdentity(t *testing.T) {
	a := Details{Type: Company, FirstName: "Asha", LastName: "Rao", CompanyName: "Rao Traders", Sector: "retail"}
	moved, renamed := a, a
	moved.Sector, renamed.CompanyName = "other", "Rao and Sons"
	if !a.SameIdentity(moved) || a.SameIdentity(renamed) {
		t.Error("another sector is another holder, or another company the same")
	}
}

func TestAViewSaysNullForWhatIsNotKnown(t *testing.T) {
	empty := ViewOf(Profile{ID: "A", KYC: "not_started"})
	if empty.Type != nil || empty.Phone != nil || empty.KYC.Verified || empty.KYC.VerifiedUntil != nil {
		t.Errorf("an empty account: %+v", empty)
	}
	until := time.Date(2028, 11, 26, 0, 0, 0, 0, time.UTC)
	v := ViewOf(Profile{ID: "A", KYC: "approved", Verified: Verification{CaseNo: 1, Until: until}, Details: Details{Type: Individual, FirstName: "Asha", Sector: "other"}})
	if v.LastName != nil || v.CompanyName != nil || *v.FirstName != "Asha" || !v.KYC.Verified || !v.KYC.VerifiedUntil.Equal(until) || !v.Locked {
		t.Errorf("an approved one: %+v", v)
	}
	named := ViewOf(Profile{Details: Details{Type: Company, FirstName: "Asha", LastName: "Rao", CompanyName: "Rao Traders"}})
	if named.LastName == nil || *named.LastName != "Rao" || *named.CompanyName != "Rao Traders" {
		t.Errorf("a company: %+v", named)
	}
}
