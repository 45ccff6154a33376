package account

import "time"

// StepUpLife is how long a proof counts for what may do harm in other hands: who has proved the password, or the second factor where there
// is one, may do it for so long.
const StepUpLife = 15 * time.Minute

// Proof is what the holder of a session has proved.
type Proof string

const (
	ByPassword Proof = "password"
	ByFactor   Proof = "factor" // a code, a recovery code or a passkey
)

// Factors are the second factors that an account has, as its profile counts them.
type Factors struct {
	TOTP     bool // codes of an app
	Passkeys int
}

// Any reports that the password alone does not open the account.
func (f Factors) Any() bool { return f.TOTP || f.Passkeys > 0 }

// Proofs lists what proves the holder of the account: "password", or where there is a second factor "code" and "passkey", as far as it has them.
func (f Factors) Proofs() (all []string) {
	if f.TOTP {
		all = append(all, "code")
	}
	if f.Passkeys > 0 {
		all = append(all, "passkey")
	}
	if all == nil {
		all = []string{"password"}
	}
	return all
}

// SteppedUp reports that the session's holder has proved not long ago who they are, and by the second factor where the account has one.
func (s Session) SteppedUp(p Profile, now time.Time) bool {
	return !s.ProvenAt.IsZero() && now.Sub(s.ProvenAt) <= StepUpLife && (s.ProvenBy == ByFactor || !p.Factors.Any())
}
