package kyc

import (
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// aadhaarPresent is the code for text that contains an Aadhaar number. Central asks for none and keeps none.
const aadhaarPresent = "aadhaar_number_present"

// ContainsAadhaar reports that twelve digits in the text, with at most one separator between two of them, can be an Aadhaar
// number: the first is 2 to 9, the last is a Verhoeff check digit, and they read differently backwards. Digits of a longer
// number are none, and neither is a date with a time.
func ContainsAadhaar(text string) bool {
	runs := digitRuns(text)
	for i := range runs {
		number := ""
		for j := i; j < len(runs) && len(number) < 12 && (j == i || runs[j].joined); j++ {
			number += runs[j].digits
		}
		if isAadhaar(number) {
			return true
		}
	}
	return false
}

// run is digits that stand next to each other. Joined means that one separator is between it and the run before.
type run struct {
	digits string
	joined bool
}

// digitRuns finds the runs of digits in any of the scripts used in India.
func digitRuns(text string) []run {
	var runs []run
	gap := 2 // runes since the last digit; 2 is also "too many, or not a separator"
	for _, r := range norm.NFKC.String(text) {
		digit, ok := digitOf(r)
		switch {
		case ok && gap == 0:
			if last := &runs[len(runs)-1]; len(last.digits) <= 12 { // 13 are as wrong as 14
				last.digits += digit
			}
		case ok:
			runs = append(runs, run{digit, gap == 1})
		case gap == 0 && isSeparator(r):
			gap = 1
			continue
		default:
			gap = 2
			continue
		}
		gap = 0
	}
	return runs
}

func isSeparator(r rune) bool {
	return unicode.IsSpace(r) || unicode.In(r, unicode.Pd, unicode.Cf) || strings.ContainsRune("_.", r)
}

// digitOf knows ASCII and the Indian scripts, from Devanagari to Malayalam, whose blocks of 128 are laid out alike.
func digitOf(r rune) (string, bool) {
	switch {
	case '0' <= r && r <= '9':
		return string(r), true
	case '\u0966' <= r && r <= '\u0d6f' && (r-'\u0966')%0x80 < 10:
		return string('0' + (r-'\u0966')%0x80), true
	}
	return "", false
}

func isAadhaar(digits string) bool {
	return len(digits) == 12 && digits[0] >= '2' && verhoeff(digits) && !isPalindrome(digits) && !isTimestamp(digits)
}

func isPalindrome(s string) bool {
	for i := range len(s) / 2 {
		if s[i] != s[len(s)-1-i] {
			return false
		}
	}
	return true
}

// isTimestamp reports twelve digits that a scanner or a camera gave a file as its name: year, month, day, hour, minute.
func isTimestamp(digits string) bool {
	t, err := time.Parse("200601021504", digits)
	return err == nil && t.Year() >= 2000 && t.Year() < 2100
}

// The multiplication table of the dihedral group of order 10, and the permutation that is applied once more at each
// position (J. Verhoeff, Error Detecting Decimal Codes, 1969).
var (
	dihedral = [10][10]byte{
		{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 2, 3, 4, 0, 6, 7, 8, 9, 5}, {2, 3, 4, 0, 1, 7, 8, 9, 5, 6},
		{3, 4, 0, 1, 2, 8, 9, 5, 6, 7}, {4, 0, 1, 2, 3, 9, 5, 6, 7, 8}, {5, 9, 8, 7, 6, 0, 4, 3, 2, 1},
		{6, 5, 9, 8, 7, 1, 0, 4, 3, 2}, {7, 6, 5, 9, 8, 2, 1, 0, 4, 3}, {8, 7, 6, 5, 9, 3, 2, 1, 0, 4},
		{9, 8, 7, 6, 5, 4, 3, 2, 1, 0},
	}
	permutation = [10]byte{1, 5, 7, 6, 2, 8, 3, 0, 9, 4}
)

// verhoeff reports that the last of the ASCII digits is the check digit of the others.
func verhoeff(digits string) bool {
	var c byte
	for i := range len(digits) {
		d := digits[len(digits)-1-i] - '0'
		for range i % 8 {
			d = permutation[d]
		}
		c = dihedral[c][d]
	}
	return c == 0
}
