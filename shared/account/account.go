// Package account holds the nouns and rules of an account: addresses, details, sessions, consent, and what comes next.
package account

import (
	"slices"
	"time"

	"phonon.in/central/shared/phone"
)

// ID names an account: 26 characters from token.NewID.
type ID string

// Type says who holds the account.
type Type string

const (
	Individual Type = "individual"
	Company    Type = "company"
)

// Status of an account.
type Status string

const (
	Active   Status = "active"
	Closing  Status = "closing" // its holder has closed it, and can take it back until EraseAt
	Disabled Status = "disabled"
)

// Profile is the account as every function sees it. It never carries a credential.
type Profile struct {
	ID                ID
	Email             Email
	Details           Details // zero until the first save
	Phone             Phone   // zero until proven
	Locale            string  // BCP 47
	Status            Status
	KYC               string // state of the newest case; "not_started" before the first
	KYCCase           int    // number of the newest case; 0 before the first
	Verified          Verification
	Factors           Factors
	TermsVersion      string    // of the terms that were accepted last; empty where an account of before has accepted none since
	TermsDue          string    // version of the terms that this session waits for; never stored
	EraseAt           time.Time // when an account that was closed is erased; zero for any other
	CredentialVersion int       // grows when the password changes: sessions of an older version are over
	Version           int       // grows with each change: the ETag
	CreatedAt         time.Time
	UpdatedAt         time.Time
}

// Phone is a number that its holder has proven.
type Phone struct {
	Number     phone.Number
	VerifiedAt time.Time
}

// Verification is the approved KYC case that is in force; the zero value is none.
type Verification struct {
	CaseNo     int
	Until      time.Time // when it has to be renewed
	EntityType string    // a code of the catalogue; "" where it was approved before that was noted
	ApprovedAt time.Time // zero where it was approved before that was noted
}

// Step is where a person goes next.
type Step string

const (
	StepDetails Step = "account-details"
	StepKYC     Step = "kyc"
	StepHome    Step = "home"
	StepLogin   Step = "login"
	StepTerms   Step = "terms-accept"
)

// Next decides what a person has to do next. The pages, the API and the command line all obey it.
func Next(p Profile) Step {
	switch {
	case p.TermsDue != "":
		return StepTerms
	case p.Details.IsZero():
		return StepDetails
	case p.Verified.CaseNo == 0 && slices.Contains([]string{"not_started", "draft", "withdrawn", "rejected", "expired"}, p.KYC), p.KYC == "needs_info":
		return StepKYC
	}
	return StepHome
}

// lockedBy are the states of a KYC case in which the identity that it is about stands still: while it is with us, and once it is approved.
var lockedBy = []string{"submitted", "under_review", "approved", "expiring", "suspended"}

// LockedBy lists the states of the newest KYC case in which the identity of an account cannot change.
func LockedBy() []string { return slices.Clone(lockedBy) }

// IdentityLocked reports that who the account belongs to stands still: type, names, company and phone. What is no part of it stays free.
func (p Profile) IdentityLocked() bool { return slices.Contains(lockedBy, p.KYC) }

// SameIdentity reports that details name the same holder.
func (d Details) SameIdentity(other Details) bool {
	d.Sector = other.Sector
	return d == other
}

// Consent is one acceptance of one document. It is written once and never changed.
type Consent struct {
	Document   string // "terms", "kyc_notice", "kyc_declaration"
	Version    string
	Hash       string // SHA-256 of the text that was shown, lower-case hex; empty where the version alone names it
	Locale     string
	AcceptedAt time.Time
	IP         string
	UserAgent  string
}

// Activity is one event that the holder of the account should be able to see.
type Activity struct {
	Kind      string // "account_created", "logged_in", "password_changed", "phone_verified", ...
	At        time.Time
	IP        string
	UserAgent string
}
