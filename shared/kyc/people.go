package kyc

import (
	"strings"

	"phonon.in/central/shared/pattern"
)

// DIN is the identification number of a director, or of a designated partner (DPIN).
type DIN struct{ s string }

// FCRN is the registration number of an office that a foreign company has in India.
type FCRN struct{ s string }

// EPIC is the number of a voter identity card. That of a person is personal data, as are the two after it.
type EPIC struct{ s string }

// Passport is the number of a passport.
type Passport struct{ s string }

// Licence is the number of a driving licence.
type Licence struct{ s string }

// Mobile is an Indian mobile number in E.164.
type Mobile struct{ s string }

// No list of the shapes of old cards and of other countries is closed: what may be a number is taken, and Doubts says what is unusual.
var (
	dinShape      = pattern.New(`^[0-9]{8}$`)
	fcrnUsual     = pattern.New(`^F[0-9]{5}$`)
	epicUsual     = pattern.New(`^[A-Z]{3}[0-9]{7}$`)
	passportUsual = pattern.New(`^[A-Z][0-9]{7}$`)
	licenceUsual  = pattern.New(`^[A-Z]{2}[0-9]{2}(19|20)[0-9]{9}$`)
	mobileShape   = pattern.New(`^(?:\+?91|0)?([6-9][0-9]{9})$`)
)

// within reports a number of so many capitals, digits and slashes, with a digit among them.
func within(s string, least, most int) bool {
	return len(s) >= least && len(s) <= most && strings.Trim(s, base36+"/") == "" && strings.ContainsAny(s, "0123456789")
}

// ParseDIN reads a DIN: din_format.
func ParseDIN(s string) (DIN, error) {
	if s = normalise(s); !dinShape.MatchString(s) {
		return DIN{}, invalid("din_format", "A DIN has eight digits, as in 00012345.")
	}
	return DIN{s}, nil
}

// ParseFCRN reads an FCRN: fcrn_format.
func ParseFCRN(s string) (FCRN, error) {
	if s = normalise(s); !within(s, 4, 12) {
		return FCRN{}, invalid("fcrn_format", "An FCRN is F with five digits, as in F01234.")
	}
	return FCRN{s}, nil
}

// ParseEPIC reads the number of a voter identity card: epic_format.
func ParseEPIC(s string) (EPIC, error) {
	if s = normalise(s); !within(s, 6, 20) {
		return EPIC{}, invalid("epic_format", "The number of a voter identity card has three letters and seven digits, as in ABC1234566.")
	}
	return EPIC{s}, nil
}

// ParsePassport reads the number of a passport of any country (ICAO 9303: at most nine characters): passport_format.
func ParsePassport(s string) (Passport, error) {
	if s = normalise(s); !within(s, 6, 9) || strings.Contains(s, "/") {
		return Passport{}, invalid("passport_format", "The number of a passport has a letter and seven digits, as in A1234567.")
	}
	return Passport{s}, nil
}

// ParseLicence reads the number of a driving licence: licence_format.
func ParseLicence(s string) (Licence, error) {
	if s = normalise(s); !within(s, 6, 20) {
		return Licence{}, invalid("licence_format", "The number of a driving licence has two letters and thirteen digits, as in MH01 20210012345.")
	}
	return Licence{s}, nil
}

// ParseMobile reads an Indian mobile number, with +91, 0 or nothing before it: mobile_format.
func ParseMobile(s string) (Mobile, error) {
	m := mobileShape.FindStringSubmatch(normalise(s))
	if m == nil {
		return Mobile{}, invalid("mobile_format", "An Indian mobile number has ten digits and begins with 6, 7, 8 or 9, as in 98765 43210.")
	}
	return Mobile{"+91" + m[1]}, nil
}

// String is the eight digits.
func (d DIN) String() string { return d.s }

// String is the number in capitals.
func (f FCRN) String() string { return f.s }

// String is the number in capitals.
func (e EPIC) String() string { return e.s }

// checks reports that the last digit is right (Luhn, over the seven digits). It is, on every card of the present form.
func (e EPIC) checks() bool {
	sum := 0
	for i := range 7 {
		d := int(e.s[len(e.s)-1-i] - '0')
		if i%2 == 1 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return sum%10 == 0
}

// String is the number in capitals.
func (p Passport) String() string { return p.s }

// String is the number in capitals, without blanks.
func (l Licence) String() string { return l.s }

// String is the number in E.164, as "+919876543210".
func (m Mobile) String() string { return m.s }
