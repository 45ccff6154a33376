// Package aadhaar finds Aadhaar numbers and their virtual ids (VID) in text. Central asks for none and keeps none.
package aadhaar

import (
	"slices"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"phonon.in/central/shared/typed"
)

// Present is the code of the fault for a text that contains a number.
const Present = "aadhaar_number_present"

// lengths in digits of an Aadhaar number and of a VID; both end in a Verhoeff check digit and begin with 2 to 9.
var lengths = []int{12, 16}

// In reports that the text contains a number: groups of digits that make twelve or sixteen, with anything but letters and digits
// between them. Digits of a longer number are none, and neither is a date with a time.
func In(text string) bool {
	runs := digitRuns(text)
	for i := range runs {
		number := ""
		for j := i; j < len(runs) && (j == i || runs[j].joined); j++ {
			if number += runs[j].digits; isNumber(number) && !isTimestamp(number) {
				return true
			}
			if len(number) >= slices.Max(lengths) {
				break
			}
		}
	}
	return false
}

// InName is In for names: no honest name has twelve digits, so they count whatever stands between or around them.
func InName(name string) bool {
	var digits []byte
	for _, r := range norm.NFKC.String(name) {
		if d := typed.Digit(r); d >= 0 {
			digits = append(digits, byte('0'+d))
		}
	}
	for _, length := range lengths {
		for i := 0; i+length <= len(digits); i++ {
			if isNumber(string(digits[i : i+length])) {
				return true
			}
		}
	}
	return false
}

// run is digits that stand next to each other. Joined means that no letter is between it and the run before.
type run struct {
	digits string
	joined bool
}

// digitRuns finds the runs of digits, in any script. What nobody sees does not end a run.
func digitRuns(text string) []run {
	const tooLong = 17 // 18 digits are as wrong as 17
	var runs []run
	inside, letter := false, true
	for _, r := range norm.NFKC.String(text) {
		digit := typed.Digit(r)
		switch {
		case typed.Invisible(r):
		case digit < 0:
			inside = false
			letter = letter || unicode.IsLetter(r)
		case inside:
			if last := &runs[len(runs)-1]; len(last.digits) < tooLong {
				last.digits += string(rune('0' + digit))
			}
		default:
			runs = append(runs, run{string(rune('0' + digit)), !letter})
			inside, letter = true, false
		}
	}
	return runs
}

func isNumber(digits string) bool {
	return slices.Contains(lengths, len(digits)) && digits[0] >= '2' && verhoeff(digits) && !isPalindrome(digits)
}

func isPalindrome(s string) bool {
	for i := range len(s) / 2 {
		if s[i] != s[len(s)-1-i] {
			return false
		}
	}
	return true
}

// isTimestamp reports digits that a scanner or a camera gave a file as its name: year, month, day, hour, minute, and perhaps
// seconds with hundredths.
func isTimestamp(digits string) bool {
	const minutes, seconds = "200601021504", "20060102150405"
	layout := minutes
	if len(digits) > len(seconds) {
		layout, digits = seconds, digits[:len(seconds)]
	}
	t, err := time.Parse(layout, digits)
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
