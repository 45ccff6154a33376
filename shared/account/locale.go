package account

import (
	"strings"

	"phonon.in/central/shared/fault"
)

// ParseLocale takes the language of a BCP 47 tag such as "hi-IN", here "hi". It returns locale_invalid, at /locale. A language
// that nothing is written in yet is taken: mails then come in English.
func ParseLocale(tag string) (string, error) {
	language, _, _ := strings.Cut(strings.ToLower(tag), "-")
	if len(tag) > 35 || len(language) < 2 || len(language) > 3 || strings.Trim(language, "abcdefghijklmnopqrstuvwxyz") != "" {
		return "", fault.At("/locale", "locale_invalid", "Use a language tag such as en or hi.")
	}
	return language, nil
}
