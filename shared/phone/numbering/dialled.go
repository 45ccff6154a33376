package numbering

import (
	"strings"

	"phonon.in/central/shared/typed"
)

const (
	countryCode = "91"
	trunk       = "0"
	abroad      = "00" // dialled before the code of a country

	pluses  = "+＋"
	between = "()（）./．" // what else people put around and between the digits

	longestAnywhere = 17 // libphonenumber has met longer numbers than E.164 allows
)

// foreign reports what has no place among the digits of a number.
func foreign(r rune) bool { return typed.Digit(r) < 0 && !strings.ContainsRune(pluses+between, r) }

// read takes a number apart, as libphonenumber does for somebody in India. raw is compact, with digits 0 to 9. Nothing is said yet of
// whether there is such a number.
func read(raw string) (country, national string, ok bool) {
	digits, international, ok := dialled(raw)
	if !ok {
		return "", "", false
	}
	if rest, found := strings.CutPrefix(digits, abroad); found && rest[0] != '0' {
		digits, international = rest, true
	}
	country, national = countryCode, withoutCountry(digits)
	if international {
		country, national = cutCountry(digits)
	}
	if country == "" || len(national) < 2 {
		return "", "", false
	}
	national = withoutTrunk(national)
	return country, national, len(national) <= longestAnywhere
}

// dialled is the digits, and whether a plus sign stands before them.
func dialled(raw string) (digits string, plus, ok bool) {
	raw = strings.TrimLeft(raw, between)
	rest := strings.TrimLeft(raw, pluses)
	digits = strings.Map(func(r rune) rune {
		if strings.ContainsRune(between, r) {
			return -1
		}
		return r
	}, rest)
	ok = len(digits) > 2 && !strings.ContainsFunc(digits, func(r rune) bool { return r < '0' || r > '9' })
	return digits, len(rest) < len(raw), ok
}

// cutCountry cuts the code of a country off. No code is the beginning of another.
func cutCountry(digits string) (country, national string) {
	for n := 1; n <= min(3, len(digits)); n++ {
		if strings.Contains(countryCodes, " "+digits[:n]+" ") {
			return digits[:n], digits[n:]
		}
	}
	return "", ""
}

// withoutCountry cuts 91 off a number that begins with it and is none before, but is one after it, or is too long for the plan.
func withoutCountry(digits string) string {
	rest, found := strings.CutPrefix(digits, countryCode)
	if !found {
		return digits
	}
	rest = withoutTrunk(rest)
	if len(digits) > longest || classify(digits) == none && classify(rest) != none {
		return rest
	}
	return digits
}

// withoutTrunk cuts one 0 off, unless it belongs to the number: 000 800.
func withoutTrunk(national string) string {
	rest, found := strings.CutPrefix(national, trunk)
	if !found || classify(national) != none {
		return national
	}
	return rest
}
