package oidc

import "slices"

// Scopes that a client may ask for, and what they show.
const (
	ScopeOpenID  = "openid"  // sub
	ScopeEmail   = "email"   // email, email_verified
	ScopeProfile = "profile" // name, given_name, family_name, locale, updated_at
	ScopePhone   = "phone"   // phone_number, phone_number_verified
	ScopeAccount = "account" // account_type, company
	ScopeKYC     = "kyc"     // kyc_status, kyc_verified, kyc_entity_type, kyc_approved_at
	ScopeOffline = "offline_access"
)

var scopes = []string{ScopeOpenID, ScopeEmail, ScopeProfile, ScopePhone, ScopeAccount, ScopeKYC, ScopeOffline}

// Scopes lists all scopes.
func Scopes() []string { return slices.Clone(scopes) }
