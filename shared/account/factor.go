package account

import (
	"slices"
	"time"
)

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

// FactorSet is everything beside the password that proves the holder of an account. Its zero value is nothing.
type FactorSet struct {
	TOTP       TOTP
	Passkeys   []Passkey
	Recovery   []string  // digests of the recovery codes that are not used yet
	RecoveryAt time.Time // when they were made; zero where that was before it was noted
	ResetID    string    // of the removal of everything that an operator has begun; empty where none was
	ResetAt    time.Time
	Version    int // grows with each change; 0 where there is nothing yet
	UpdatedAt  time.Time
}

// TOTP is the secret that an app makes codes of (RFC 6238). A zero AddedAt is none.
type TOTP struct {
	Sealed  string // by token.Keyring.Seal
	AddedAt time.Time
	Step    int64 // time step of the last code that was used
}

// Passkey is one credential of WebAuthn.
type Passkey struct {
	ID             string // of the credential, base64url
	Name           string // as its holder calls it
	PublicKey      []byte // COSE
	SignCount      uint32
	BackupEligible bool
	BackedUp       bool
	AddedAt        time.Time
	UsedAt         time.Time
}

// Limits of what an account may have.
const (
	MaxPasskeys   = 10
	RecoveryCodes = 10
	// FactorResetDelay is how long the owner has to stop an operator who removes the factors.
	FactorResetDelay = 24 * time.Hour
)

// Counted is the set as the profile counts it.
func (f FactorSet) Counted() Factors {
	return Factors{TOTP: !f.TOTP.AddedAt.IsZero(), Passkeys: len(f.Passkeys)}
}

// Before is what of the set was there before a time, and whether something was added since. Without a factor there are no recovery codes.
func (f FactorSet) Before(at time.Time) (before FactorSet, added bool) {
	before = f
	before.Passkeys = slices.DeleteFunc(slices.Clone(f.Passkeys), func(p Passkey) bool { return !p.AddedAt.Before(at) })
	if !f.TOTP.AddedAt.Before(at) {
		before.TOTP = TOTP{}
	}
	if !f.RecoveryAt.Before(at) || !before.Counted().Any() {
		before.Recovery, before.RecoveryAt = nil, time.Time{}
	}
	return before, before.Counted() != f.Counted() || len(before.Recovery) != len(f.Recovery)
}

// PendingLogin is a log-in whose password was right, and whose second factor is still asked for.
type PendingLogin struct {
	Digest            string // SHA-256 of the token's secret
	AccountID         ID
	CredentialVersion int // of the password that was right
	Remember          bool
	ExpiresAt         time.Time
}

// PendingLoginLife is how long a second factor may take.
const PendingLoginLife = 10 * time.Minute

// SteppedUp reports that the session's holder has proved not long ago who they are, and by the second factor where the account has one.
func (s Session) SteppedUp(p Profile, now time.Time) bool {
	return !s.ProvenAt.IsZero() && now.Sub(s.ProvenAt) <= StepUpLife && (s.ProvenBy == ByFactor || !p.Factors.Any())
}
