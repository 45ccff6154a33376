package account

import (
	"time"

	"phonon.in/central/shared/fault"
)

// How long the link works that confirms another address, and the one that takes a change back. The address before is kept for the account
// as long as the latter.
const (
	EmailChangeLife = 24 * time.Hour
	EmailUndoLife   = 72 * time.Hour
)

// EmailChange is the one open request of an account for another address; a newer one replaces it.
type EmailChange struct {
	ID                string // from token.NewID
	AccountID         ID
	Email             Email // the address that is asked for
	CredentialVersion int   // of the account when it asked: a new password makes the request void
	Taken             bool  // the address has an account already: the request can never be confirmed
	CreatedAt         time.Time
	ExpiresAt         time.Time
	UsedAt            time.Time
}

// Open reports that the request can still be confirmed by p.
func (c EmailChange) Open(p Profile, now time.Time) bool {
	return c.UsedAt.IsZero() && now.Before(c.ExpiresAt) && c.CredentialVersion == p.CredentialVersion && !c.Taken
}

// EmailUndo is the one change of an account's address that can still be taken back. While it can, there is no other change: so whoever
// takes an account over cannot lead the address away step by step.
type EmailUndo struct {
	ID        string // from token.NewID
	AccountID ID
	Email     Email // the address before
	ExpiresAt time.Time
	UsedAt    time.Time
}

// Open reports that the change can still be taken back.
func (u EmailUndo) Open(now time.Time) bool { return u.UsedAt.IsZero() && now.Before(u.ExpiresAt) }

// ChangedAt is when the address was changed.
func (u EmailUndo) ChangedAt() time.Time { return u.ExpiresAt.Add(-EmailUndoLife) }

// The faults of a change of address.
var (
	ErrEmailUnchanged = fault.At("/email", "email_unchanged", "This is your present address. Enter another one.")
	ErrEmailRecent    = fault.New(fault.Conflict, "email_changed_recently", "Your address was changed within the last three days. Until then the change can be taken back, and there is no other.")
	ErrEmailInUse     = fault.New(fault.Conflict, "email_in_use", "This address has got an account of its own meanwhile. Ask for another address.")
	ErrEmailKept      = fault.New(fault.Conflict, "email_kept", "This address was that of another account until a few days ago, and is kept for it for three days. Try again after that.")
	ErrLinkOther      = fault.New(fault.Forbidden, "link_of_other_account", "This link belongs to another account. Log in with the account that asked for it.")
)
