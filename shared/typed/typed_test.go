package typed

import (
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/unicode/runenames"
)

// Every character of Unicode is asked: whoever adds a filler to the standard is heard of here.
func TestWhatUnicodeCallsBlankOrIgnorableIsInvisible(t *testing.T) {
	shows := map[string]bool{"BLANK SYMBOL": true, "MANICHAEAN PUNCTUATION LINE FILLER": true, "KAWI PUNCTUATION SPACE FILLER": true}
	seen := 0
	for r := range rune(unicode.MaxRune + 1) {
		name := runenames.Name(r)
		named := strings.Contains(name, "BLANK") || strings.Contains(name, "FILLER") || strings.Contains(name, "NULL NOTEHEAD") || strings.Contains(name, "INVISIBLE")
		if !named && !unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) {
			continue
		}
		seen++
		if want := !shows[name] && !strings.Contains(name, "GAP FILLER"); Invisible(r) != want {
			t.Errorf("%U %s: %v", r, name, !want)
		}
	}
	if seen < 4000 {
		t.Errorf("only %d characters were looked at", seen)
	}
}

func TestInvisible(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want bool
	}{
		"a mark of direction":               {"\u200e\u200f\u061c\u202a\u202e\u2066\u2069", true},
		"a zero-width space, joiner, BOM":   {"\u200b\u200c\u200d\u2060\ufeff", true},
		"a soft hyphen":                     {"\u00ad", true},
		"the Hangul fillers":                {"\u115f\u1160\u3164\uffa0", true},
		"the blank of Braille":              {"\u2800", true},
		"a tag":                             {"\U000e0041", true},
		"a letter":                          {"aक愛\u0d7a", false},
		"white space, which has a width":    {" \u00a0\u3000\t", false},
		"a sign before a number, in Arabic": {"\u0600\u06dd", false},
	} {
		for _, r := range c.text {
			if Invisible(r) != c.want {
				t.Errorf("%s: %U is %v", name, r, !c.want)
			}
		}
	}
}

func TestHiddenLeavesWhatIndianScriptsNeed(t *testing.T) {
	for _, r := range "\u200c\u200d\ufe0fक्षा a1'-" {
		if Hidden(r) {
			t.Errorf("%U is hidden", r)
		}
	}
	for _, r := range "\n\x00\x7f\u0085\u2028\u2029\u202e\u200b\u3164\u2800\ue000\U000e0041" {
		if !Hidden(r) {
			t.Errorf("%U is not hidden", r)
		}
	}
}

func TestShows(t *testing.T) {
	for text, want := range map[string]bool{
		"Asha": true, "24/7": true, "सु": true, "愛": true, "\u200dR": true,
		"": false, " ": false, "-": false, "\u3164": false, "\u3164\uffa0 \u115f": false, "\u2800": false, "\U00013441": false, "\u200d": false, "\U0001d159": false,
	} {
		if Shows(text) != want {
			t.Errorf("%+q: %v", text, !want)
		}
	}
}

func TestTrimTakesWhatNobodySeesOffBothEnds(t *testing.T) {
	for text, want := range map[string]string{
		"\u202a+91 98654 57662\u202c": "+91 98654 57662", "\ufeffasha@example.com\u200b\u00a0": "asha@example.com",
		"\t Asha Rao \r\n": "Asha Rao", "\u2800\u3164": "", "क्\u200dष": "क्\u200dष", "": "",
	} {
		if got := Trim(text); got != want {
			t.Errorf("%+q: %+q", text, got)
		}
	}
}

func TestCompactLeavesTheCharactersOfANumber(t *testing.T) {
	for text, want := range map[string]string{
		"\u202a+91\u00a098654\u201157662\u202c": "+919865457662", "123-456": "123456", "1\u20132\u20143\u22124": "1234", "AAA PL\u200b1234\u2009C": "AAAPL1234C",
		"1.2/3": "1.2/3", "": "",
	} {
		if got := Compact(text); got != want {
			t.Errorf("%+q: %+q", text, got)
		}
	}
}

func TestDigitsOfEveryScript(t *testing.T) {
	for name, digits := range map[string]string{
		"Devanagari": "०१२३४५६७८९", "Bengali": "০১২৩৪৫৬৭৮৯", "Gurmukhi": "੦੧੨੩੪੫੬੭੮੯", "Gujarati": "૦૧૨૩૪૫૬૭૮૯", "Odia": "୦୧୨୩୪୫୬୭୮୯",
		"Tamil": "௦௧௨௩௪௫௬௭௮௯", "Telugu": "౦౧౨౩౪౫౬౭౮౯", "Kannada": "೦೧೨೩೪೫೬೭೮೯", "Malayalam": "൦൧൨൩൪൫൬൭൮൯", "Urdu": "۰۱۲۳۴۵۶۷۸۹", "Arabic": "٠١٢٣٤٥٦٧٨٩",
		"Ol Chiki": "᱐᱑᱒᱓᱔᱕᱖᱗᱘᱙", "Meetei Mayek": "꯰꯱꯲꯳꯴꯵꯶꯷꯸꯹", "full-width": "０１２３４５６７８９", "Chakma": "𑄶𑄷𑄸𑄹𑄺𑄻𑄼𑄽𑄾𑄿", "ASCII": "0123456789",
	} {
		if got := Digits("a" + digits + "व"); got != "a0123456789व" {
			t.Errorf("%s: %q", name, got)
		}
	}
	for _, r := range "aⅷ²½१"[:len("aⅷ²½")] {
		if Digit(r) != -1 {
			t.Errorf("%q is %d", r, Digit(r))
		}
	}
}

// The value by the place in a table is what Unicode itself says, wherever a digit has a compatible form in ASCII.
func TestTheTableOfDigitsIsInSetsOfTen(t *testing.T) {
	seen := 0
	for r := range rune(unicode.MaxRune + 1) {
		if !unicode.IsDigit(r) {
			continue
		}
		seen++
		if plain := norm.NFKC.String(string(r)); len(plain) == 1 && int(plain[0]-'0') != Digit(r) {
			t.Errorf("%U is %d, not %s", r, Digit(r), plain)
		}
		if name := runenames.Name(r); strings.HasSuffix(name, " ZERO") != (Digit(r) == 0) {
			t.Errorf("%U %s is %d", r, name, Digit(r))
		}
	}
	if seen < 600 {
		t.Errorf("only %d digits were looked at", seen)
	}
}
