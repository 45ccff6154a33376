package account

import (
	"strings"

	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/pattern"
)

var languageTag = pattern.New(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$`)

// ParseLocale takes the language of a BCP 47 tag such as "hi-IN", here "hi". It returns locale_invalid, at /locale. A language
// that nothing is written in yet is taken: mails then come in English.
func ParseLocale(tag string) (string, error) {
	if len(tag) > 35 || !languageTag.MatchString(tag) {
		return "", fault.At("/locale", "locale_invalid", "Use a language tag such as en or hi.")
	}
	language, _, _ := strings.Cut(strings.ToLower(tag), "-")
	return language, nil
}
