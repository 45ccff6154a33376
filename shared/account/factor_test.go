package account

import (
	"fmt"
	"testing"
	"time"
)

func TestAProofCountsForAQuarterOfAnHour(t *testing.T) {
	now := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	withCode, withPasskey := Factors{TOTP: true}, Factors{Passkeys: 1}
	for name, c := range map[string]struct {
		ago  time.Duration
		by   Proof
		has  Factors
		want bool
	}{
		"the password just now":                      {0, ByPassword, Factors{}, true},
		"the password a quarter of an hour ago":      {StepUpLife, ByPassword, Factors{}, true},
		"the password longer ago":                    {StepUpLife + time.Millisecond, ByPassword, Factors{}, false},
		"the password, where codes are asked for":    {0, ByPassword, withCode, false},
		"the password, where a passkey is asked for": {0, ByPassword, withPasskey, false},
		"the factor":             {StepUpLife, ByFactor, withCode, true},
		"the factor, longer ago": {StepUpLife + time.Millisecond, ByFactor, withPasskey, false},
		"the factor, of an account that has none any more":     {0, ByFactor, Factors{}, true},
		"a session of before there were proofs":                {1 << 62, "", Factors{}, false},
		"a session without a proof, where codes are asked for": {1 << 62, "", withCode, false},
	} {
		s := Session{ProvenAt: now.Add(-c.ago), ProvenBy: c.by}
		if c.by == "" {
			s.ProvenAt = time.Time{}
		}
		if got := s.SteppedUp(Profile{Factors: c.has}, now); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestWhatProvesTheHolder(t *testing.T) {
	for want, has := range map[string]Factors{"[password]": {}, "[code]": {TOTP: true}, "[passkey]": {Passkeys: 2}, "[code passkey]": {TOTP: true, Passkeys: 1}} {
		if got := fmt.Sprint(has.Proofs()); got != want {
			t.Errorf("%+v: %s, want %s", has, got, want)
		}
	}
}

func TestWhatOfTheFactorsWasThereBeforeATime(t *testing.T) {
	at := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	early, late := at.Add(-time.Second), at
	app := func(added time.Time) TOTP { return TOTP{Sealed: "x", AddedAt: added} }
	codes := []string{"a", "b"}
	for name, c := range map[string]struct {
		has    FactorSet
		want   Factors
		codes  int
		anyNew bool
	}{
		"nothing":                    {FactorSet{}, Factors{}, 0, false},
		"all from before":            {FactorSet{TOTP: app(early), Passkeys: []Passkey{{AddedAt: early}}, Recovery: codes, RecoveryAt: early}, Factors{TOTP: true, Passkeys: 1}, 2, false},
		"codes of nobody knows when": {FactorSet{TOTP: app(early), Recovery: codes}, Factors{TOTP: true}, 2, false},
		"an app since":               {FactorSet{TOTP: app(late), Recovery: codes, RecoveryAt: late}, Factors{}, 0, true},
		"a passkey since":            {FactorSet{TOTP: app(early), Passkeys: []Passkey{{AddedAt: early}, {AddedAt: late}}, Recovery: codes, RecoveryAt: early}, Factors{TOTP: true, Passkeys: 1}, 2, true},
		"codes since":                {FactorSet{TOTP: app(early), Recovery: codes, RecoveryAt: late}, Factors{TOTP: true}, 0, true},
		"codes of what is gone":      {FactorSet{TOTP: app(late), Recovery: codes, RecoveryAt: early}, Factors{}, 0, true},
	} {
		kept := len(c.has.Passkeys)
		got, added := c.has.Before(at)
		if got.Counted() != c.want || len(got.Recovery) != c.codes || added != c.anyNew || len(c.has.Passkeys) != kept {
			t.Errorf("%s: %+v, %t", name, got, added)
		}
	}
}
