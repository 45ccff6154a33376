package password

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
)

// MinLength of a new password, in code points.
const MinLength = 8

// New reads a new password for the account of email and reports every rule it breaks, all at pointer: password_too_short,
// password_needs_upper, password_needs_lower, password_needs_digit, password_needs_special, password_is_email,
// password_common; or as Read: password_too_long, password_not_text.
func New(pointer, s string, email account.Email) (Password, error) {
	p, err := read(pointer, s)
	if err != nil {
		return Password{}, err
	}
	var fields []fault.Field
	for _, r := range broken(s, p.normal.Reveal(), email) {
		fields = append(fields, fault.Field{Pointer: pointer, Code: r.code, Detail: r.detail})
	}
	if len(fields) > 0 {
		return Password{}, fault.InvalidFields(fields)
	}
	return p, nil
}

type rule struct{ code, detail string }

// broken judges a password as it is kept; its length, as it was typed as well, which is what the contract counts.
func broken(typed, s string, email account.Email) (rules []rule) {
	need := func(ok bool, code, detail string) {
		if !ok {
			rules = append(rules, rule{code, detail})
		}
	}
	lowered := strings.ToLower(s)
	need(min(utf8.RuneCountInString(typed), utf8.RuneCountInString(s)) >= MinLength, "password_too_short", fmt.Sprintf("Use at least %d characters.", MinLength))
	need(strings.ContainsFunc(s, unicode.IsUpper), "password_needs_upper", "Use at least one upper-case letter.")
	need(strings.ContainsFunc(s, unicode.IsLower), "password_needs_lower", "Use at least one lower-case letter.")
	need(strings.ContainsFunc(s, unicode.IsDigit), "password_needs_digit", "Use at least one digit.")
	need(strings.ContainsFunc(s, isSpecial), "password_needs_special", "Use at least one special character, for example a space, - or !.")
	need(s == "" || lowered != email.String() && lowered != email.Local(), "password_is_email", "Do not use your email address.")
	need(!isCommon(lowered), "password_common", "This is one of the passwords that are guessed first, or one with a few signs added. Choose another.")
	return rules
}

func isSpecial(r rune) bool { return !unicode.IsUpper(r) && !unicode.IsLower(r) && !unicode.IsDigit(r) }
