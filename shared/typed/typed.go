// Package typed reads what people type, paste and dictate. Text that comes from a chat, a contact or a PDF brings marks along that
// nobody sees, blanks of many kinds, and digits of the person's own script; a rule that looks at a value must not trip over them.
package typed

import (
	"strings"
	"unicode"
)

const nonJoiner, joiner, graphemeJoiner = '\u200c', '\u200d', '\u034f'

// ignorable is Default_Ignorable_Code_Point (Unicode Standard 5.21, DerivedCoreProperties.txt) as far as single tables of package
// unicode give it. Format characters are the rest of it; those that show (signs before numbers in Arabic and Kaithi) are left out.
var ignorable = []*unicode.RangeTable{unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector}

// blanks are the characters that a font draws as nothing and that no property of Unicode tells from others: their names alone do (BLANK,
// FILLER, NULL NOTEHEAD).
var blanks = map[rune]bool{'\u2800': true, '\U00013441': true, '\U00013442': true, '\U00016fe4': true, '\U0001d159': true}

// Invisible reports a character that shows nothing and is no white space: a mark of direction, a joiner, a filler, a blank.
func Invisible(r rune) bool {
	return blanks[r] || unicode.In(r, ignorable...) || unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r)
}

// Hidden reports what can break a line or make a name look like another one: controls, separators of lines, private characters and
// whatever is Invisible. The joiners and the selectors of a glyph are none: text in Indian scripts needs them, and normalisation.
func Hidden(r rune) bool {
	if r == nonJoiner || r == joiner || r == graphemeJoiner || unicode.Is(unicode.Variation_Selector, r) {
		return false
	}
	return Invisible(r) || unicode.In(r, unicode.Cc, unicode.Co, unicode.Zl, unicode.Zp)
}

// Shows reports that the text has a letter or a digit that can be seen.
func Shows(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return (unicode.IsLetter(r) || unicode.IsDigit(r)) && !Invisible(r) })
}

// Trim takes white space and invisible marks off both ends.
func Trim(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || Invisible(r) })
}

// Dash reports a hyphen, a dash or a minus sign of any script and width.
func Dash(r rune) bool { return unicode.Is(unicode.Pd, r) || r == '\u2212' || r == '\u2043' }

// Compact leaves out white space, dashes and invisible marks, wherever they stand: what people put into a number to read it.
func Compact(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || Dash(r) || Invisible(r) {
			return -1
		}
		return r
	}, s)
}

// Digits writes the decimal digits of every script as 0 to 9 and leaves everything else as it is.
func Digits(s string) string {
	return strings.Map(func(r rune) rune {
		if d := Digit(r); d >= 0 {
			return '0' + rune(d)
		}
		return r
	}, s)
}

// Digit is the value of a decimal digit of any script, or -1. Unicode keeps each set of ten together and in order (Unicode Standard
// 4.6), so the place within a range of the table of digits is the value.
func Digit(r rune) int {
	for _, t := range unicode.Nd.R16 {
		if rune(t.Lo) <= r && r <= rune(t.Hi) {
			return int(r-rune(t.Lo)) % 10
		}
	}
	for _, t := range unicode.Nd.R32 {
		if rune(t.Lo) <= r && r <= rune(t.Hi) {
			return int(r-rune(t.Lo)) % 10
		}
	}
	return -1
}
