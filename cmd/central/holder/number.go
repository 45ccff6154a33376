package holder

import (
	"strings"

	"phonon.in/central/shared/typed"
)

// e164 reads a number as people write it: "+91 98765 43210", "098765-43210", "९८७६५४३२१०". Without a country it is of India.
func e164(text string) (string, bool) {
	compact := compactNumber(text)
	digits := strings.TrimPrefix(compact, "+")
	if len(digits) < 10 || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" {
		return "", false
	}
	if compact != digits && !strings.HasPrefix(digits, "91") {
		return "+" + digits, true
	}
	if national := strings.TrimLeft(digits, "0"); len(national) == 10 || len(national) == 12 && strings.HasPrefix(national, "91") {
		return "+91" + national[len(national)-10:], true
	}
	return "", false
}

var brackets = strings.NewReplacer("(", "", ")", "", ".", "")

// compactNumber leaves the digits of a number, in ASCII, and its plus.
func compactNumber(text string) string { return typed.Digits(typed.Compact(brackets.Replace(text))) }

// Prefixes are what a stored number may begin with when somebody types its beginning: "98" is +9198, and "91" is the country or the
// beginning of a number of it.
func Prefixes(text string) (all []string, ok bool) {
	compact := compactNumber(text)
	digits := strings.TrimPrefix(compact, "+")
	if strings.Trim(digits, "0123456789") != "" || digits == "" && text != "" {
		return nil, false
	}
	switch national := strings.TrimLeft(digits, "0"); {
	case text == "":
		return nil, true
	case compact != digits:
		return []string{"+" + digits}, true
	case strings.HasPrefix(national, "91") || strings.HasPrefix("91", national):
		return []string{"+" + national, "+91" + national}, true
	default:
		return []string{"+91" + national}, true
	}
}
