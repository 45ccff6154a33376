package store

import (
	"errors"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/phone"
	"phonon.in/central/shared/token"
)

// stamp is a time as the tables hold it: RFC 3339 in UTC, absent when zero.
type stamp string

func stampOf(t time.Time) stamp {
	if t.IsZero() {
		return ""
	}
	return stamp(t.UTC().Format(sortTime))
}

func (s stamp) time() time.Time {
	t, _ := time.Parse(sortTime, string(s)) // an absent stamp is the zero time
	return t
}

type profileRow struct {
	key
	Email             string `dynamodbav:"email"`
	Type              string `dynamodbav:"type,omitempty"`
	FirstName         string `dynamodbav:"firstName,omitempty"`
	LastName          string `dynamodbav:"lastName,omitempty"`
	CompanyName       string `dynamodbav:"companyName,omitempty"`
	Sector            string `dynamodbav:"sector,omitempty"`
	Phone             string `dynamodbav:"phone,omitempty"`
	PhoneKind         string `dynamodbav:"phoneKind,omitempty"`
	PhoneVerifiedAt   stamp  `dynamodbav:"phoneVerifiedAt,omitempty"`
	Locale            string `dynamodbav:"locale"`
	Status            string `dynamodbav:"status"`
	KYC               string `dynamodbav:"kyc"`
	KYCCase           int    `dynamodbav:"kycCase"`
	VerifiedCase      int    `dynamodbav:"verifiedCase,omitempty"`
	VerifiedUntil     stamp  `dynamodbav:"verifiedUntil,omitempty"`
	VerifiedEntity    string `dynamodbav:"verifiedEntity,omitempty"`
	VerifiedAt        stamp  `dynamodbav:"verifiedAt,omitempty"`
	TOTP              bool   `dynamodbav:"totp,omitempty"`
	Passkeys          int    `dynamodbav:"passkeys,omitempty"`
	TermsVersion      string `dynamodbav:"termsVersion,omitempty"`
	EraseAt           stamp  `dynamodbav:"eraseAt,omitempty"`
	CredentialVersion int    `dynamodbav:"credentialVersion"`
	Version           int    `dynamodbav:"version"`
	CreatedAt         stamp  `dynamodbav:"createdAt"`
	UpdatedAt         stamp  `dynamodbav:"updatedAt"`
}

func profileToRow(p account.Profile) profileRow {
	return profileRow{
		key: profileKey(p.ID), Email: p.Email.String(), Locale: p.Locale, Status: string(p.Status),
		Type: string(p.Details.Type), FirstName: p.Details.FirstName, LastName: p.Details.LastName,
		CompanyName: p.Details.CompanyName, Sector: p.Details.Sector,
		Phone: p.Phone.Number.E164(), PhoneKind: string(p.Phone.Number.Kind()), PhoneVerifiedAt: stampOf(p.Phone.VerifiedAt),
		KYC: p.KYC, KYCCase: p.KYCCase, VerifiedCase: p.Verified.CaseNo, VerifiedUntil: stampOf(p.Verified.Until),
		VerifiedEntity: p.Verified.EntityType, VerifiedAt: stampOf(p.Verified.ApprovedAt),
		TOTP: p.Factors.TOTP, Passkeys: p.Factors.Passkeys,
		TermsVersion: p.TermsVersion, CredentialVersion: p.CredentialVersion, Version: p.Version,
		CreatedAt: stampOf(p.CreatedAt), UpdatedAt: stampOf(p.UpdatedAt),
	}
}

func (r profileRow) profile() (account.Profile, error) {
	email, err := account.ParseEmail(r.Email)
	if err != nil {
		return account.Profile{}, errors.New("store: a profile holds an address that is none")
	}
	p := account.Profile{
		ID: account.ID(r.PK[len("account#"):]), Email: email, Locale: r.Locale, Status: account.Status(r.Status),
		Details: account.Details{
			Type: account.Type(r.Type), FirstName: r.FirstName, LastName: r.LastName, CompanyName: r.CompanyName, Sector: r.Sector,
		},
		KYC: r.KYC, KYCCase: r.KYCCase, EraseAt: r.EraseAt.time(), TermsVersion: r.TermsVersion, Factors: account.Factors{TOTP: r.TOTP, Passkeys: r.Passkeys}, CredentialVersion: r.CredentialVersion, Version: r.Version,
		Verified:  account.Verification{CaseNo: r.VerifiedCase, Until: r.VerifiedUntil.time(), EntityType: r.VerifiedEntity, ApprovedAt: r.VerifiedAt.time()},
		CreatedAt: r.CreatedAt.time(), UpdatedAt: r.UpdatedAt.time(),
	}
	if r.Phone != "" {
		p.Phone = account.Phone{Number: phone.FromStored(r.Phone, phone.Kind(r.PhoneKind)), VerifiedAt: r.PhoneVerifiedAt.time()}
	}
	return p, nil
}

type signupRow struct {
	key
	Email        string `dynamodbav:"email"`
	PasswordHash string `dynamodbav:"passwordHash"`
	TermsVersion string `dynamodbav:"termsVersion"`
	Locale       string `dynamodbav:"locale"`
	IP           string `dynamodbav:"ip"`
	UserAgent    string `dynamodbav:"userAgent"`
	Member       bool   `dynamodbav:"known"`
	CreatedAt    stamp  `dynamodbav:"createdAt"`
	UsedAt       stamp  `dynamodbav:"usedAt,omitempty"`
	ExpiresAt    int64  `dynamodbav:"expiresAt"`
}

func signupToRow(p account.Signup) signupRow {
	return signupRow{
		key: signupKey(p.Email.Digest(), p.ID), Email: p.Email.String(), PasswordHash: p.PasswordHash.Reveal(), Member: p.Member,
		TermsVersion: p.Consent.Version, Locale: p.Consent.Locale, IP: p.Consent.IP, UserAgent: p.Consent.UserAgent,
		CreatedAt: stampOf(p.CreatedAt), UsedAt: stampOf(p.UsedAt), ExpiresAt: p.ExpiresAt.Unix(),
	}
}

func (r signupRow) signup() (account.Signup, error) {
	email, err := account.ParseEmail(r.Email)
	if err != nil {
		return account.Signup{}, errors.New("store: a sign-up holds an address that is none")
	}
	created := r.CreatedAt.time()
	return account.Signup{
		ID: r.SK, Email: email, PasswordHash: token.NewSecret(r.PasswordHash), Member: r.Member,
		Consent: account.Consent{
			Document: "terms", Version: r.TermsVersion, Locale: r.Locale, AcceptedAt: created, IP: r.IP, UserAgent: r.UserAgent,
		},
		CreatedAt: created, UsedAt: r.UsedAt.time(), ExpiresAt: time.Unix(r.ExpiresAt, 0).UTC(),
	}, nil
}

type loginRow struct {
	key
	AccountID         string `dynamodbav:"accountId"`
	PasswordHash      string `dynamodbav:"passwordHash"`
	CredentialVersion int    `dynamodbav:"credentialVersion"`
}

type consentRow struct {
	key
	Document   string `dynamodbav:"document"`
	Version    string `dynamodbav:"version"`
	Hash       string `dynamodbav:"hash,omitempty"`
	Locale     string `dynamodbav:"locale"`
	AcceptedAt stamp  `dynamodbav:"acceptedAt"`
	IP         string `dynamodbav:"ip"`
	UserAgent  string `dynamodbav:"userAgent"`
}

func consentToRow(id account.ID, c account.Consent) consentRow {
	return consentRow{
		key: consentKey(id, c), Document: c.Document, Version: c.Version, Hash: c.Hash, Locale: c.Locale,
		AcceptedAt: stampOf(c.AcceptedAt), IP: c.IP, UserAgent: c.UserAgent,
	}
}

type activityRow struct {
	key
	Kind      string `dynamodbav:"kind"`
	At        stamp  `dynamodbav:"at"`
	IP        string `dynamodbav:"ip"`
	UserAgent string `dynamodbav:"userAgent"`
	ExpiresAt int64  `dynamodbav:"expiresAt"`
}

func activityToRow(id account.ID, a account.Activity) activityRow {
	return activityRow{
		key: activityKey(id, a.At, token.NewID()), Kind: a.Kind, At: stampOf(a.At), IP: a.IP, UserAgent: a.UserAgent,
		ExpiresAt: a.At.Add(activityLife).Unix(),
	}
}
