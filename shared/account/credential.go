package account

import (
	"time"

	"phonon.in/central/shared/phone"
	"phonon.in/central/shared/token"
)

// SignupLife is how long a mailed verification link works.
const SignupLife = 24 * time.Hour

// Signup is a sign-up whose address is not proven yet. The account begins to exist when it is.
type Signup struct {
	ID           string // from token.NewID
	Email        Email
	PasswordHash token.Secret // PHC format
	Consent      Consent
	Member       bool // the address already had an account: this sign-up can never be verified
	CreatedAt    time.Time
	ExpiresAt    time.Time
	UsedAt       time.Time // zero while unused
}

// Open reports that the sign-up is neither used nor expired.
func (s Signup) Open(now time.Time) bool { return s.UsedAt.IsZero() && now.Before(s.ExpiresAt) }

// Usable reports that the sign-up can still be verified.
func (s Signup) Usable(now time.Time) bool { return s.Open(now) && !s.Member }

// Login is what log-in reads: the claim of one account on one address.
type Login struct {
	Email             Email
	AccountID         ID
	PasswordHash      token.Secret // PHC format
	CredentialVersion int
}

// ResetLife is how long a mailed link to reset the password works.
const ResetLife = 30 * time.Minute

// Reset is the one open request of an account to reset its password; a newer request replaces it.
type Reset struct {
	ID                string // from token.NewID
	AccountID         ID
	CredentialVersion int // of the password that it may replace
	CreatedAt         time.Time
	ExpiresAt         time.Time
	UsedAt            time.Time
}

// Limits of a one-time code: NIST SP 800-63B-4 section 3.1.3 allows ten minutes; five attempts on six digits.
const (
	ChallengeLife     = 10 * time.Minute
	ChallengeAttempts = 5
)

// Challenge is the one open proof of a phone number of an account; a newer one replaces it.
type Challenge struct {
	ID        string // from token.NewID; the code is derived from it
	AccountID ID
	Number    phone.Number
	Channel   phone.Channel
	Attempts  int
	Call      Call // zero until it is known, and where no call was made
	CreatedAt time.Time
	ExpiresAt time.Time
	UsedAt    time.Time
}

// Call is how the call with the code ended.
type Call struct {
	Outcome phone.Outcome
	At      time.Time
}

// AttemptsLeft is how many more codes may be tried.
func (c Challenge) AttemptsLeft() int { return max(0, ChallengeAttempts-c.Attempts) }
