package main

import (
	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/pattern"
)

type acceptance struct {
	Version  string `json:"version"`
	Accepted bool   `json:"accepted"`
	Locale   string `json:"locale"` // of the text that was read; empty: the account's
}

type submitRequest struct {
	Notice   acceptance `json:"notice"`
	Declared bool       `json:"declared"`
}

// version has the shape of one, or is left out.
var versionShape = pattern.New(`^[0-9a-f]{0,64}$`)

// language is that of the text that was read, the account's where nothing is said: notice_outdated for what is no version, locale_invalid.
func (a acceptance) language(of string) (string, error) {
	if !versionShape.MatchString(a.Version) {
		return "", fault.At("/notice/version", "notice_outdated", "This is no version of the KYC notice: the case says which one is due.")
	}
	if a.Locale == "" {
		return of, nil
	}
	chosen, err := account.ParseLocale(a.Locale)
	if err != nil {
		return "", fault.At("/notice/locale", "locale_invalid", "Use a language tag such as en or hi.")
	}
	return chosen, nil
}

// accepted are the consents that a submission gives: none where the notice, as it is now, was accepted for this case before. What is declared
// stands in the notice, so both have its version and hash. Faults: notice_not_accepted, notice_outdated, declaration_missing.
func (h *handler) accepted(c *httpapi.Call, found kyc.Case, in submitRequest, locale string) ([]account.Consent, error) {
	if found.Notice == h.notice.Version {
		return nil, nil
	}
	var fields []fault.Field
	note := func(pointer, code, detail string) {
		fields = append(fields, fault.Field{Pointer: pointer, Code: code, Detail: detail})
	}
	if !in.Notice.Accepted {
		note("/notice/accepted", "notice_not_accepted", "Read the KYC notice, and accept it to hand your case in.")
	}
	if in.Notice.Version != h.notice.Version {
		note("/notice/version", "notice_outdated", "The KYC notice is another one now: read and accept version "+h.notice.Version+".")
	}
	if !in.Declared {
		note("/declared", "declaration_missing", "Declare what the KYC notice asks for, to hand your case in.")
	}
	if len(fields) > 0 {
		return nil, fault.InvalidFields(fields)
	}
	shown, hash := h.notice.In(locale)
	notice := account.Consent{
		Document: "kyc_notice", Version: h.notice.Version, Hash: hash, Locale: shown, AcceptedAt: c.Now, IP: c.IP, UserAgent: c.UserAgent,
	}
	declaration := notice
	declaration.Document = "kyc_declaration"
	return []account.Consent{notice, declaration}, nil
}
