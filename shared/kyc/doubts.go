package kyc

import (
	"strings"

	"phonon.in/central/shared/pattern"
)

// doubt is what is unusual about a value that may still be right.
type doubt struct{ code, detail string }

var (
	doubtfulShape = map[Kind]struct {
		usual  *pattern.Pattern
		detail string
	}{
		"fcrn":     {fcrnUsual, "Most FCRNs are F with five digits. Compare it with the certificate."},
		"epic":     {epicUsual, "Voter identity cards of today have three letters and seven digits. Compare it with your card."},
		"passport": {passportUsual, "Indian passports have a letter and seven digits. Compare it with your passport."},
		"licence":  {licenceUsual, "Most driving licences have two letters and thirteen digits, with the year after the first two. Compare it with your card."},
	}
	lastDigits = pattern.New(`[0-9]+[A-Z]?$`)
)

// doubtsOf says what is unusual about the canonical value of a field. Closed lists and undocumented rules make no errors.
func doubtsOf(kind Kind, value string) (all []doubt) {
	usual, shaped := doubtfulShape[kind]
	switch {
	case shaped && !usual.usual.MatchString(value):
		return []doubt{{string(kind) + "_unusual", usual.detail}}
	case kind == "epic" && !(EPIC{value}).checks():
		all = append(all, doubt{"epic_check", "The last digit of the number does not fit the others. Compare it with your card."})
	case kind == "cin":
		all = unknownState(kind, "CIN", CIN{value}.State())
	case kind == "udyam":
		all = unknownState(kind, "Udyam number", Udyam{value}.State())
	case kind == "licence":
		all = unknownState(kind, "driving licence", value[:2])
	case kind == "gstin":
		if g, err := ParseGSTIN(value); err == nil && value[13] != 'Z' && g.Kind() == Regular {
			all = append(all, doubt{"gstin_unusual", "The 14th character of a GSTIN is nearly always Z. Compare it with your GST certificate."})
		}
	}
	switch kind {
	case "cin", "llpin", "tan", "udyam", "din":
		if strings.Trim(lastDigits.FindString(value), "0ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
			all = append(all, doubt{string(kind) + "_zero", "The running digits are all zero. Compare the number with your paper."})
		}
	}
	return all
}

func unknownState(kind Kind, what, letters string) []doubt {
	if _, known := regionByLetters(letters); known {
		return nil
	}
	return []doubt{{string(kind) + "_state", "The letters " + letters + " in the " + what + " stand for no state that we know. Compare it with your paper."}}
}
