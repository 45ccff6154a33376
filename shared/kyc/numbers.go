package kyc

import (
	"strings"

	"phonon.in/central/shared/pattern"
)

// LLPIN is the identification number of a limited liability partnership.
type LLPIN struct{ s string }

// TAN is the tax deduction account number, which government offices have instead of a PAN.
type TAN struct{ s string }

// Udyam is the registration number of a small or medium enterprise.
type Udyam struct{ s string }

// IFSC is the code of a branch of a bank.
type IFSC struct{ s string }

// PIN is an Indian postal code.
type PIN struct{ s string }

var (
	llpinShape = pattern.New(`^[A-Z]{3}[0-9]{4}$`)
	tanShape   = pattern.New(`^[A-Z]{4}[0-9]{5}[A-Z]$`)
	udyamShape = pattern.New(`^UDYAM[A-Z]{2}[0-9]{9}$`)
	ifscShape  = pattern.New(`^[A-Z]{4}0[A-Z0-9]{6}$`)
	pinShape   = pattern.New(`^[1-9][0-9]{5}$`)
)

// ParseLLPIN reads an LLPIN: llpin_length, llpin_format.
func ParseLLPIN(s string) (LLPIN, error) {
	s = normalise(s)
	switch {
	case len(s) != 7:
		return LLPIN{}, invalid("llpin_length", "An LLPIN has three letters and four digits, as in AAA-1234.")
	case !llpinShape.MatchString(s):
		return LLPIN{}, invalid("llpin_format", "An LLPIN has three letters and then four digits, as in AAA-1234.")
	}
	return LLPIN{s[:3] + "-" + s[3:]}, nil
}

// ParseTAN reads a TAN: tan_length, tan_format. Its check letter follows no public rule.
func ParseTAN(s string) (TAN, error) {
	s = normalise(s)
	switch {
	case len(s) != 10:
		return TAN{}, invalid("tan_length", "A TAN has 10 characters, as in MUMA12345B.")
	case !tanShape.MatchString(s):
		return TAN{}, invalid("tan_format", "A TAN has four letters, five digits and a letter, as in MUMA12345B.")
	}
	return TAN{s}, nil
}

// ParseUdyam reads a Udyam number: udyam_length, udyam_format. The older Udyog Aadhaar numbers have lapsed.
func ParseUdyam(s string) (Udyam, error) {
	s = normalise(s)
	switch {
	case len(s) != 16:
		return Udyam{}, invalid("udyam_length", "A Udyam number looks like UDYAM-GJ-24-0000001.")
	case !udyamShape.MatchString(s):
		return Udyam{}, invalid("udyam_format", "A Udyam number begins with UDYAM, two letters for the state and two digits, as in UDYAM-GJ-24-0000001.")
	}
	return Udyam{strings.Join([]string{s[:5], s[5:7], s[7:9], s[9:]}, "-")}, nil
}

// ParseIFSC reads an IFSC: ifsc_length, ifsc_format.
func ParseIFSC(s string) (IFSC, error) {
	s = normalise(s)
	switch {
	case len(s) != 11:
		return IFSC{}, invalid("ifsc_length", "An IFSC has 11 characters, as in SBIN0000300.")
	case !ifscShape.MatchString(s):
		return IFSC{}, invalid("ifsc_format", "An IFSC has four letters for the bank, a zero, and six characters for the branch, as in SBIN0000300.")
	}
	return IFSC{s}, nil
}

// ParsePIN reads a postal code: pin_length, pin_format.
func ParsePIN(s string) (PIN, error) {
	s = normalise(s)
	switch {
	case len(s) != 6:
		return PIN{}, invalid("pin_length", "A PIN code has six digits, as in 380015.")
	case !pinShape.MatchString(s):
		return PIN{}, invalid("pin_format", "A PIN code has six digits and does not begin with zero, as in 380015.")
	}
	return PIN{s}, nil
}

// String is the number as it is printed, with its hyphen.
func (l LLPIN) String() string { return l.s }

// String is the number in capitals.
func (t TAN) String() string { return t.s }

// String is the number as it is printed, with its hyphens.
func (u Udyam) String() string { return u.s }

// State is the two letters of the state.
func (u Udyam) State() string { return u.s[6:8] }

// String is the code in capitals.
func (i IFSC) String() string { return i.s }

// Bank is the four letters of the bank.
func (i IFSC) Bank() string { return i.s[:4] }

// String is the six digits.
func (p PIN) String() string { return p.s }
