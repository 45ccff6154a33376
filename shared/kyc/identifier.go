package kyc

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/pattern"
	"phonon.in/central/shared/typed"
)

// maxIdentifier is far beyond the longest identifier (a CIN, 21) with any spaces that people put in; it bounds the work.
const maxIdentifier = 200 // code points

// normalise gives an identifier the spelling that is checked: as typed on any keyboard and in the digits of any script, copied from a
// PDF, with spaces and hyphens or without. What is not ASCII after that becomes "?", which no identifier has.
func normalise(s string) string {
	if utf8.RuneCountInString(s) <= maxIdentifier {
		s = strings.Map(func(r rune) rune {
			if r > unicode.MaxASCII {
				return '?'
			}
			return unicode.ToUpper(r)
		}, typed.Compact(norm.NFKC.String(typed.Digits(s))))
	}
	if utf8.RuneCountInString(s) > maxIdentifier {
		return ""
	}
	return s
}

func invalid(code, detail string) error { return fault.New(fault.Invalid, code, detail) }

// PAN is the permanent account number of a tax payer. ParsePAN makes it. That of a person is personal data.
type PAN struct{ s string }

// holders are the letters that say who holds a PAN.
var holders = map[byte]string{
	'P': "a person", 'C': "a company", 'F': "a firm or LLP", 'E': "an LLP", 'H': "a Hindu undivided family", 'A': "an association of persons",
	'B': "a body of individuals", 'T': "a trust", 'G': "a government office", 'L': "a local authority", 'J': "an artificial juridical person", 'K': "a trust",
}

var panShape = pattern.New(`^[A-Z]{5}[0-9]{4}[A-Z]$`)

// ParsePAN reads a PAN: pan_length, pan_format, pan_holder, pan_serial. The last letter is a check letter whose rule is not
// public, so a PAN that passes need not exist.
func ParsePAN(s string) (PAN, error) {
	s = normalise(s)
	switch {
	case len(s) != 10:
		return PAN{}, invalid("pan_length", "A PAN has 10 characters, as in AAAPL1234C.")
	case !panShape.MatchString(s):
		return PAN{}, invalid("pan_format", "A PAN has five letters, four digits and a letter, as in AAAPL1234C.")
	case holders[s[3]] == "":
		return PAN{}, invalid("pan_holder", "The fourth letter of a PAN says who holds it, and "+s[3:4]+" stands for nobody. Check that letter.")
	case s[5:9] == "0000":
		return PAN{}, invalid("pan_serial", "The four digits of a PAN are not all zero. Check them.")
	}
	return PAN{s}, nil
}

// String is the PAN itself, in capitals.
func (p PAN) String() string { return p.s }

// Holder is the letter that says who holds the PAN, as 'P' for a person.
func (p PAN) Holder() byte { return p.s[3] }

// Masked is the PAN for display: the first five letters and the last, as the tax department prints it.
func (p PAN) Masked() string { return p.s[:5] + "XXXX" + p.s[9:] }

// CIN is the corporate identity number of a company. It changes when a company is listed, moved or converted.
type CIN struct{ s string }

var (
	cinShape   = pattern.New(`^[LU][0-9]{5}[A-Z]{2}[0-9]{4}[A-Z]{3}[0-9]{6}$`)
	cinClasses = []string{"PTC", "PLC", "OPC", "NPL", "GOI", "SGC", "FTC", "FLC", "ULL", "ULT", "GAP", "GAT"}
	unlisted   = []string{"PTC", "OPC", "NPL"} // classes that no stock exchange lists
)

// ParseCIN reads a CIN: cin_length, cin_format, cin_year, cin_class, cin_listing. A CIN has no check digit.
func ParseCIN(s string, now time.Time) (CIN, error) {
	s = normalise(s)
	if len(s) != 21 {
		return CIN{}, invalid("cin_length", "A CIN has 21 characters, as in U72900KA2008PTC046374.")
	}
	if !cinShape.MatchString(s) {
		return CIN{}, invalid("cin_format", "A CIN begins with L or U, then has five digits, two letters for the state, the year, three letters and six digits.")
	}
	c := CIN{s}
	switch {
	case c.Year() < 1850 || c.Year() > now.Year():
		return CIN{}, invalid("cin_year", "The year "+s[8:12]+" in the CIN cannot be right. Check characters 9 to 12.")
	case !slices.Contains(cinClasses, c.Class()):
		return CIN{}, invalid("cin_class", "The letters "+c.Class()+" in the CIN stand for no kind of company. Check characters 13 to 15.")
	case s[0] == 'L' && slices.Contains(unlisted, c.Class()):
		return CIN{}, invalid("cin_listing", "A company of class "+c.Class()+" is never listed, so its CIN begins with U.")
	}
	return c, nil
}

// String is the CIN itself, in capitals.
func (c CIN) String() string { return c.s }

// State is the two letters of the state of the registrar.
func (c CIN) State() string { return c.s[6:8] }

// Year is the year of incorporation.
func (c CIN) Year() int { y, _ := strconv.Atoi(c.s[8:12]); return y }

// Listed reports a company whose shares a stock exchange lists.
func (c CIN) Listed() bool { return c.s[0] == 'L' }

// Class is the three letters of the kind of company, as "PTC" for a private one.
func (c CIN) Class() string { return c.s[12:15] }
