package numbering

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/phone"
)

func TestParseReadsANumberAsPeopleWriteIt(t *testing.T) {
	for name, c := range map[string]struct {
		raw  string
		kind phone.Kind
		want string
	}{
		"one that begins with six":               {"6000123456", phone.Mobile, "+916000123456"},
		"ten digits":                             {"9876543210", phone.Mobile, "+919876543210"},
		"trunk zero":                             {"09876543210", phone.Mobile, "+919876543210"},
		"country code without plus":              {"919876543210", phone.Mobile, "+919876543210"},
		"international prefix":                   {"00919876543210", phone.Mobile, "+919876543210"},
		"as long as may be typed":                {"9876543210" + strings.Repeat(" ", maxTyped-10), phone.Mobile, "+919876543210"},
		"plus, spaces":                           {"+91 98765 43210", phone.Mobile, "+919876543210"},
		"spaces around, no-break space inside":   {" 98765\u00a043210 ", phone.Mobile, "+919876543210"},
		"a telephone link":                       {"tel:+91-98765-43210", phone.Mobile, "+919876543210"},
		"a telephone link in capitals":           {"TEL:+91-98765-43210", phone.Mobile, "+919876543210"},
		"full-width digits":                      {"＋９１９８７６５４３２１０", phone.Mobile, "+919876543210"},
		"dots and a real hyphen":                 {"98765.432‐10", phone.Mobile, "+919876543210"},
		"marks of direction from a contact":      {"\u202a+91 98654 57662\u202c", phone.Mobile, "+919865457662"},
		"isolates from a chat":                   {"\u2068+91\u00a098654\u00a057662\u2069", phone.Mobile, "+919865457662"},
		"a mark inside":                          {"98765\u202e43210", phone.Mobile, "+919876543210"},
		"zero-width marks":                       {"\ufeff98765\u200b43210\u200d\u2060", phone.Mobile, "+919876543210"},
		"a no-break hyphen and thin spaces":      {"+91\u201198654\u2009576\u202f62", phone.Mobile, "+919865457662"},
		"an en dash, an em dash, a minus":        {"98654\u20135\u20147\u2212662", phone.Mobile, "+919865457662"},
		"a line break and a tab that came along": {"98765\t43210\r\n", phone.Mobile, "+919876543210"},
		"Devanagari":                             {"+९१ ९८७६५ ४३२१०", phone.Mobile, "+919876543210"},
		"Bengali":                                {"৯৮৭৬৫ ৪৩২১০", phone.Mobile, "+919876543210"},
		"Gujarati with a trunk zero":             {"૦૯૮૭૬૫૪૩૨૧૦", phone.Mobile, "+919876543210"},
		"Tamil":                                  {"௯௮௭௬௫௪௩௨௧௦", phone.Mobile, "+919876543210"},
		"Urdu":                                   {"۹۸۷۶۵۴۳۲۱۰", phone.Mobile, "+919876543210"},
		"a landline in Kannada":                  {"೦೮೦ ೪೧೨೩ ೪೫೬೭", phone.Landline, "+918041234567"},
		"many spaces":                            {"9 8 7 6 5   4 3 2 1 0" + strings.Repeat(" ", 40), phone.Mobile, "+919876543210"},
		"landline with STD code of three":        {"0265-2345678", phone.Landline, "+912652345678"},
		"landline with a slash":                  {"0265/234 5678", phone.Landline, "+912652345678"},
		"landline of Mumbai":                     {"022 2812 3456", phone.Landline, "+912228123456"},
		"landline with the zero in brackets":     {"+91(0)22-28123456", phone.Landline, "+912228123456"},
		"landline of Bengaluru begins with 8":    {"080 4123 4567", phone.Landline, "+918041234567"},
		"landline of Ahmedabad begins with 7":    {"079 2345 6789", phone.Landline, "+917923456789"},
		"landline of Patna begins with 6":        {"0612 345 6789", phone.Landline, "+916123456789"},
		"an ambiguous number called a mobile":    {"8912345678", phone.Mobile, "+918912345678"},
		"an ambiguous number called a landline":  {"8912345678", phone.Landline, "+918912345678"},
	} {
		t.Run(name, func(t *testing.T) {
			n, err := Parse(c.raw, c.kind)
			if err != nil {
				t.Fatalf("refused: %v", err)
			}
			if n.E164() != c.want || n.Kind() != c.kind {
				t.Errorf("got %s, %s; want %s, %s", n.E164(), n.Kind(), c.want, c.kind)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	type faults map[string]string // pointer to code
	invalid := faults{"/phone": "phone_invalid"}
	notAllowed := faults{"/phone": "phone_not_allowed"}
	abroad := faults{"/phone": "phone_country_not_supported"}
	mismatch := faults{"/kind": "phone_kind_mismatch"}
	for name, c := range map[string]struct {
		raw  string
		kind phone.Kind
		want faults
	}{
		"nothing":                                      {"", phone.Mobile, invalid},
		"only spaces":                                  {"   ", phone.Mobile, invalid},
		"letters":                                      {"abc", phone.Mobile, invalid},
		"letters as on a keypad":                       {"98765ABCDE", phone.Mobile, invalid},
		"a number inside a sentence":                   {"call 9876543210 now", phone.Mobile, invalid},
		"an extension":                                 {"9876543210 ext 12", phone.Mobile, invalid},
		"an extension in a telephone link":             {"tel:+919876543210;ext=12", phone.Mobile, invalid},
		"a context in a telephone link":                {"tel:98765;phone-context=+91", phone.Mobile, invalid},
		"nine digits":                                  {"987654321", phone.Mobile, invalid},
		"eleven digits":                                {"98765432101", phone.Mobile, invalid},
		"two numbers":                                  {"9876543210/9876543211", phone.Mobile, invalid},
		"no such number":                               {"5012345678", phone.Landline, invalid},
		"all the same":                                 {"5555555555", phone.Mobile, invalid},
		"an emergency number":                          {"112", phone.Mobile, invalid},
		"65 characters":                                {"9876543210" + strings.Repeat(" ", 55), phone.Mobile, invalid},
		"only marks that nobody sees":                  {"\u202a\u202c\u200b", phone.Mobile, invalid},
		"a word in another script":                     {"९८७६५ ४३२१० पर", phone.Mobile, invalid},
		"a superscript for a digit":                    {"987654321⁰", phone.Mobile, invalid},
		"a megabyte":                                   {strings.Repeat("9", 1<<20), phone.Mobile, invalid},
		"a NUL":                                        {"9876543210\x00", phone.Mobile, invalid},
		"bytes that are no text":                       {"98765\xff43210", phone.Mobile, invalid},
		"the United States":                            {"+12015550123", phone.Mobile, abroad},
		"the United Kingdom":                           {"+447400123456", phone.Mobile, abroad},
		"Nepal, without plus sign":                     {"009779841234567", phone.Mobile, abroad},
		"toll-free of ten digits":                      {"1800123456", phone.Landline, notAllowed},
		"toll-free of eleven digits":                   {"1800 123 4567", phone.Landline, notAllowed},
		"shared cost":                                  {"18601234567", phone.Landline, notAllowed},
		"a telemarketer's 140":                         {"1401234567", phone.Mobile, notAllowed},
		"a bank's 1600, that the plan calls mobile":    {"1600123456", phone.Mobile, notAllowed},
		"a bank's 1601":                                {"1601234567", phone.Landline, notAllowed},
		"a landline called a mobile":                   {"0265-2345678", phone.Mobile, mismatch},
		"a landline beginning with 8, called a mobile": {"080 4123 4567", phone.Mobile, mismatch},
		"a mobile called a landline":                   {"9876543210", phone.Landline, mismatch},
		"no kind":                                      {"9876543210", "", faults{"/kind": "kind_invalid"}},
		"another kind":                                 {"9876543210", "Mobile", faults{"/kind": "kind_invalid"}},
		"neither number nor kind, both said at once":   {"abc", "fax", faults{"/phone": "phone_invalid", "/kind": "kind_invalid"}},
	} {
		t.Run(name, func(t *testing.T) {
			n, err := Parse(c.raw, c.kind)
			var f *fault.Error
			if !errors.As(err, &f) || f.Kind != fault.Invalid || !n.IsZero() {
				t.Fatalf("got %v, %v; want a fault and no number", n, err)
			}
			got := faults{}
			for _, field := range f.Fields {
				got[field.Pointer] = field.Code
				if field.Detail == "" {
					t.Error("no sentence")
				}
			}
			if len(got) != len(c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
			for pointer, code := range c.want {
				if got[pointer] != code {
					t.Errorf("got %v, want %v", got, c.want)
				}
			}
		})
	}
}

func TestMismatchSaysWhichKindItSeemsToBe(t *testing.T) {
	for kind, c := range map[phone.Kind]struct{ raw, say string }{
		phone.Mobile:   {"0265-2345678", "seems to be a landline"},
		phone.Landline: {"9876543210", "seems to be a mobile"},
	} {
		_, err := Parse(c.raw, kind)
		fields, _ := fault.FieldsOf(err)
		if len(fields) != 1 || !strings.Contains(fields[0].Detail, c.say) {
			t.Errorf("%v does not say: %s", fields, c.say)
		}
	}
}

func TestAnExtensionIsNamedAsSuch(t *testing.T) {
	for raw, extension := range map[string]bool{"9876543210 ext 12": true, "98765": false, "9876543210 x": false, "call x12": false, "ext 12": false} {
		_, err := Parse(raw, phone.Mobile)
		fields, _ := fault.FieldsOf(err)
		if len(fields) != 1 || strings.Contains(fields[0].Detail, "extension") != extension {
			t.Errorf("%s: %v", raw, fields)
		}
	}
}

var indian = regexp.MustCompile(`^\+91[1-9][0-9]{9}$`)

func FuzzParseMakesOnlyIndianNumbersAndIsStable(f *testing.F) {
	for _, raw := range []string{
		"9876543210", "tel:+91-98765-43210", "tel:;phone-context=", "+91(0)22-28123456", "＋９１９８７６５４３２１０", "8912345678",
		"1600123456", "18001234567", "98765 ext 1", ";ext=", "+", "tel:", "00", "+91९८७६५४३२१०", "\xff", "98765‐43210",
	} {
		f.Add(raw, true)
		f.Add(raw, false)
	}
	f.Fuzz(func(t *testing.T, raw string, mobile bool) {
		kind := phone.Landline
		if mobile {
			kind = phone.Mobile
		}
		n, err := Parse(raw, kind)
		if err != nil {
			var faults *fault.Error
			if !errors.As(err, &faults) || len(faults.Fields) == 0 || !n.IsZero() {
				t.Fatalf("got %v, %v", n, err)
			}
			return
		}
		if !indian.MatchString(n.E164()) || n.Kind() != kind {
			t.Fatalf("%q gives %s, %s", raw, n.E164(), n.Kind())
		}
		if mobile && n.E164()[3] < '6' {
			t.Errorf("%s is a mobile", n.E164())
		}
		for _, spelling := range []string{n.E164(), "0" + n.E164()[3:], "+91 " + n.E164()[3:8] + " " + n.E164()[8:]} {
			if again, err := Parse(spelling, kind); err != nil || again != n {
				t.Errorf("%q, the number of %q, gives %v, %v", spelling, raw, again, err)
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		if _, err := Parse("+91 98765 43210", phone.Mobile); err != nil {
			b.Fatal(err)
		}
	}
}
