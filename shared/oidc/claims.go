package oidc

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"phonon.in/central/shared/account"
)

// Authentication contexts: what a log-in was proven by.
const (
	ACRPassword = "urn:central:pwd"
	ACRFactor   = "urn:central:mfa" // a passkey, or a second factor beside the password
)

// Claims by scope. A claim whose value is not known is left out (OpenID Connect Core 1.0, section 5.3.2).
var claimsOf = map[string][]string{
	ScopeEmail:   {"email", "email_verified"},
	ScopeProfile: {"name", "given_name", "family_name", "locale", "updated_at"},
	ScopePhone:   {"phone_number", "phone_number_verified"},
	ScopeAccount: {"account_type", "company"},
	ScopeKYC:     {"kyc_status", "kyc_verified", "kyc_entity_type", "kyc_approved_at"},
}

// ClaimNames lists what a client may learn, the claims of every ID token first.
func ClaimNames() []string {
	names := []string{"sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "at_hash"}
	for _, scope := range scopes {
		names = append(names, claimsOf[scope]...)
	}
	return names
}

// Subject is what a client knows an account by. To a pairwise client it is another than to every other client, and does not lead back to the
// account: it is keyed by the account's id, which has 130 random bits and which such a client never gets to see.
func Subject(c Client, id account.ID) string {
	if !c.Pairwise {
		return string(id)
	}
	mac := hmac.New(sha256.New, []byte(id))
	mac.Write([]byte("central pairwise " + string(c.ID)))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// Claims of an account by scopes, without sub.
func Claims(p account.Profile, granted []string) map[string]any {
	claims := map[string]any{}
	for _, scope := range granted {
		for _, name := range claimsOf[scope] {
			if value := claim(p, name); value != nil {
				claims[name] = value
			}
		}
	}
	return claims
}

func claim(p account.Profile, name string) any {
	d := p.Details
	switch name {
	case "email":
		return p.Email.String()
	case "email_verified": // an account begins with the proof
		return true
	case "name":
		return text(strings.TrimSpace(d.FirstName + " " + d.LastName))
	case "given_name":
		return text(d.FirstName)
	case "family_name":
		return text(d.LastName)
	case "locale":
		return text(p.Locale)
	case "updated_at":
		return p.UpdatedAt.Unix()
	case "phone_number":
		return text(p.Phone.Number.E164())
	case "phone_number_verified":
		if p.Phone.Number.IsZero() {
			return nil
		}
		return true
	case "account_type":
		return text(string(d.Type))
	case "company":
		return text(d.CompanyName)
	case "kyc_status":
		return text(p.KYC)
	case "kyc_verified":
		return p.Verified.CaseNo > 0
	case "kyc_entity_type":
		return text(p.Verified.EntityType)
	case "kyc_approved_at":
		if p.Verified.ApprovedAt.IsZero() {
			return nil
		}
		return p.Verified.ApprovedAt.Unix()
	}
	return nil
}

func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// Narrow returns those of the granted scopes that the client may have now.
func Narrow(granted []string, c Client) []string {
	return slices.DeleteFunc(slices.Clone(granted), func(scope string) bool {
		return !slices.Contains(c.Scopes, scope) || scope == ScopeOffline && !c.Offline
	})
}

// LifeOf is how long an access token of the client opens something.
func LifeOf(c Client) time.Duration {
	if c.AccessToken == JWT {
		return JWTAccessLife
	}
	return AccessLife
}
