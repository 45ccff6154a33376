package kyc

import (
	"errors"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/fault"
)

var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// parsers give the canonical spelling.
var parsers = map[Kind]func(string) (string, error){}

func init() {
	for name, check := range kinds {
		parsers[name] = func(s string) (string, error) { return check(FieldSpec{}, s, now) }
	}
}

func code(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f.Code
	}
	return ""
}

func TestIdentifiers(t *testing.T) {
	for _, c := range []struct {
		kind           Kind
		in, want, code string
	}{
		{"pan", "AAAPL1234C", "AAAPL1234C", ""},
		{"pan", " aaapl 1234-c ", "AAAPL1234C", ""},
		{"pan", "ＡＡＡＰＬ１２３４Ｃ", "AAAPL1234C", ""},       // full width
		{"pan", "ACUPA\u200b7085R", "ACUPA7085R", ""}, // copied with a zero-width space
		{"pan", "AAAPL१२३४C", "AAAPL1234C", ""},       // Devanagari digits
		{"pan", "\u202aAAAPL\u00a01234\u2011C\u202c", "AAAPL1234C", ""},
		{"pin", "३८०\u2009०१५", "380015", ""},
		{"pan", "AZJPG7110R", "AZJPG7110R", ""},
		{"pan", "ZZZEZ9999Z", "ZZZEZ9999Z", ""},
		{"pan", "AAАPL1234C", "", "pan_format"}, // the third letter is Cyrillic
		{"pan", "AAAPL1234", "", "pan_length"},
		{"pan", "ABMPA32111", "", "pan_format"},
		{"pan", "ABMXA3211G", "", "pan_holder"},
		{"pan", "ABCDE1234F", "", "pan_holder"},
		{"pan", "AAAPL0000C", "", "pan_serial"},
		{"pan", strings.Repeat("A", 5000), "", "pan_length"},
		{"pan", "234123412346", "", "pan_length"},

		{"gstin", "27AAPFU0939F1ZV", "27AAPFU0939F1ZV", ""},
		{"gstin", "29 AAFCD5862R 1ZR", "29AAFCD5862R1ZR", ""},
		{"gstin", "24aaqca8719h1zc", "24AAQCA8719H1ZC", ""},
		{"gstin", "24ZZZCZ9999Z1ZP", "24ZZZCZ9999Z1ZP", ""},
		{"gstin", "08ZZZBZ9999Z1ZL", "08ZZZBZ9999Z1ZL", ""},
		{"gstin", "27AAPFU0939F1ZO", "", "gstin_checksum"},
		{"gstin", "27AAPFU0939F1Z", "", "gstin_length"},
		{"gstin", "369296450896540", "", "gstin_format"},
		{"gstin", "27AAPFU0000F1ZV", "", "gstin_checksum"},
		{"gstin", "29ABCDE1234F1ZW", "", "gstin_pan"},
		{"gstin", "29ABCDE1234F1Z5", "", "gstin_checksum"},
		{"gstin", "25AAPFU0939F1ZV", "", "gstin_state"},
		{"gstin", "00AAPFU0939F1ZV", "", "gstin_state"},
		{"gstin", "39AAPFU0939F1ZV", "", "gstin_state"},
		{"gstin", "3418FIN00001UNY", "", "gstin_kind"},
		{"gstin", "07CQZCD1111I4D7", "", "gstin_kind"},

		{"cin", "L22210MH1995PLC084781", "L22210MH1995PLC084781", ""},
		{"cin", "u51909ka2011ptc060489", "U51909KA2011PTC060489", ""},
		{"cin", "U18101PB2001FTC024327", "U18101PB2001FTC024327", ""},
		{"cin", "U74900TZ2014PTC012345", "U74900TZ2014PTC012345", ""},
		{"cin", "X22210MH1995PLC084781", "", "cin_format"},
		{"cin", "L22210MH1995PLC08478", "", "cin_length"},
		{"cin", "L22210MH1995ABC084781", "", "cin_class"},
		{"cin", "L22210XX1995PLC084781", "L22210XX1995PLC084781", ""},
		{"cin", "U22210MH2027PTC084781", "", "cin_year"},
		{"cin", "U22210MH1749PTC084781", "", "cin_year"},
		{"cin", "L51909KA2011PTC060489", "", "cin_listing"},

		{"llpin", "aaa-1234", "AAA-1234", ""},
		{"llpin", "ABC0001", "ABC-0001", ""},
		{"llpin", "AA-1234", "", "llpin_length"},
		{"llpin", "AAA-12345", "", "llpin_length"},
		{"llpin", "AA12345", "", "llpin_format"},

		{"tan", "MUMA12345B", "MUMA12345B", ""},
		{"tan", "DELZ 00001 A", "DELZ00001A", ""},
		{"tan", "DELA1234B", "", "tan_length"},
		{"tan", "1ELA12345B", "", "tan_format"},
		{"tan", "MUMA123456", "", "tan_format"},

		{"udyam", "UDYAM-GJ-24-0000001", "UDYAM-GJ-24-0000001", ""},
		{"udyam", "udyam mh 26 0123456", "UDYAM-MH-26-0123456", ""},
		{"udyam", "UDYAM–KR–03–0000042", "UDYAM-KR-03-0000042", ""}, // dashes of a text program
		{"udyam", "UDYAM-GJ-24-00001", "", "udyam_length"},
		{"udyam", "UDYAM-G1-24-0000001", "", "udyam_format"},
		{"udyam", "UDYOG-GJ-24-0000001", "", "udyam_format"},
		{"udyam", "UDYAM-XX-24-0000001", "UDYAM-XX-24-0000001", ""},

		{"gstin", rightGSTIN("24ZZZCZ9999Z1A"), rightGSTIN("24ZZZCZ9999Z1A"), ""}, // rare, and legal
		{"gstin", rightGSTIN("24MUMA12345B1Z"), rightGSTIN("24MUMA12345B1Z"), ""}, // of a government office
		{"gstin", rightGSTIN("24ZZZCZ9999Z1D"), "", "gstin_kind"},
		{"gstin", rightGSTIN("24ZZZCZ9999Z1C"), "", "gstin_kind"},
		{"gstin", rightGSTIN("24ZZZCZ9999Z1S"), "", "gstin_kind"},
		{"gstin", rightGSTIN("9918FIN00001OS"), "", "gstin_kind"},
		{"gstin", rightGSTIN("99ZZZCZ9999Z1Z"), "", "gstin_state"},
		{"gstin", rightGSTIN("28ZZZCZ9999Z1Z"), "", "gstin_state"},

		{"din", "0001 2345", "00012345", ""},
		{"din", "1234567", "", "din_format"},
		{"din", "A2345678", "", "din_format"},
		{"fcrn", "f01234", "F01234", ""},
		{"fcrn", "F", "", "fcrn_format"},
		{"epic", "WKH1186253", "WKH1186253", ""},
		{"epic", "mh/12/345/678", "MH/12/345/678", ""}, // before the present form
		{"epic", "आधार", "", "epic_format"},
		{"passport", "k 0000001", "K0000001", ""},
		{"passport", "A12345678901", "", "passport_format"},
		{"licence", "MH-01 20210012345", "MH0120210012345", ""},
		{"licence", "MH", "", "licence_format"},
		{"mobile", "98765 43210", "+919876543210", ""},
		{"mobile", "+91-98765-43210", "+919876543210", ""},
		{"mobile", "0९८७६५४३२१०", "+919876543210", ""},
		{"mobile", "5876543210", "", "mobile_format"},
		{"mobile", "+12015550123", "", "mobile_format"},
		{"email", " Asha@Example.COM ", "asha@example.com", ""},
		{"email", "asha", "", "email_invalid"},
		{StateKind, "gujarat", "Gujarat", ""},
		{StateKind, "Atlantis", "", "choice_unknown"},
		{Switch, "yes", "yes", ""},
		{Switch, "no", "", ""},
		{Switch, "perhaps", "", "flag_invalid"},
		{"name", "Asha 23x41 2341 2346", "", "aadhaar_number_present"},

		{"ifsc", "sbin0000300", "SBIN0000300", ""},
		{"ifsc", "SBIN1000300", "", "ifsc_format"},
		{"ifsc", "SBIN000030", "", "ifsc_length"},
		{"pin", "380 015", "380015", ""},
		{"pin", "080015", "", "pin_format"},
		{"pin", "38001", "", "pin_length"},
	} {
		t.Run(string(c.kind)+" "+c.in[:min(len(c.in), 30)], func(t *testing.T) {
			got, err := parsers[c.kind](c.in)
			if got != c.want || code(err) != c.code || (err == nil) != (c.code == "") {
				t.Errorf("%q, %v; want %q, %s", got, err, c.want, c.code)
			}
		})
	}
}

func TestPartsOfIdentifiers(t *testing.T) {
	p, _ := ParsePAN("AAAPL1234C")
	if p.Holder() != 'P' || p.Masked() != "AAAPLXXXXC" {
		t.Errorf("%c %s", p.Holder(), p.Masked())
	}
	g, _ := ParseGSTIN("27AAPFU0939F1ZV")
	if g.State() != "27" || g.PAN().String() != "AAPFU0939F" || g.PAN().Holder() != 'F' {
		t.Errorf("%s %s", g.State(), g.PAN())
	}
	c, _ := ParseCIN("L22210MH1995PLC084781", now)
	if c.State() != "MH" || c.Year() != 1995 || c.Class() != "PLC" {
		t.Errorf("%s %d %s", c.State(), c.Year(), c.Class())
	}
	u, _ := ParseUdyam("UDYAM-GJ-24-0000001")
	i, _ := ParseIFSC("SBIN0000300")
	if u.State() != "GJ" || i.Bank() != "SBIN" {
		t.Errorf("%s %s", u.State(), i.Bank())
	}
}

func TestKindsOfGSTIN(t *testing.T) {
	every := []GSTINKind{Regular, TDS, TCS, ISD, UIN, NonResident, OIDAR}
	for _, c := range []struct {
		in       string
		kind     GSTINKind
		pan, tan string
	}{
		{"27AAPFU0939F1ZV", Regular, "AAPFU0939F", ""},
		{rightGSTIN("24MUMA12345B1Z"), Regular, "", "MUMA12345B"},
		{rightGSTIN("24MUMA12345B1D"), TDS, "", "MUMA12345B"},
		{rightGSTIN("24ZZZCZ9999Z1D"), TDS, "ZZZCZ9999Z", ""},
		{rightGSTIN("24ZZZCZ9999Z1C"), TCS, "ZZZCZ9999Z", ""},
		{rightGSTIN("24ZZZCZ9999Z1S"), ISD, "ZZZCZ9999Z", ""},
		{"3418FIN00001UNY", UIN, "", ""},
		{rightGSTIN("9918FIN00001NR"), NonResident, "", ""},
		{rightGSTIN("9918FIN00001OS"), OIDAR, "", ""},
	} {
		g, err := ParseGSTIN(c.in, every...)
		if err != nil || g.Kind() != c.kind || g.PAN().String() != c.pan || g.TAN().String() != c.tan {
			t.Errorf("%s: %s, %s, %s, %v", c.in, g.Kind(), g.PAN(), g.TAN(), err)
		}
	}
}

// What may be right and is unusual: the values that "fail" where closed lists are believed.
func TestDoubts(t *testing.T) {
	for _, c := range []struct {
		kind        Kind
		value, want string
	}{
		{"cin", "U72900GJ2008PTC046374", ""}, {"cin", "U72900XX2008PTC046374", "cin_state"}, {"cin", "U72900GJ2008PTC000000", "cin_zero"},
		{"cin", "U72900PN2008PTC046374", ""}, {"cin", "U74900TZ2014PTC012345", ""},
		{"udyam", "UDYAM-KR-03-0000042", ""}, {"udyam", "UDYAM-XX-24-0000001", "udyam_state"}, {"udyam", "UDYAM-GJ-24-0000000", "udyam_zero"},
		{"llpin", "AAA-1234", ""}, {"llpin", "AAA-0000", "llpin_zero"}, {"tan", "MUMA12345B", ""}, {"tan", "DELZ00000A", "tan_zero"}, {"tan", "DELZ00001A", ""},
		{"pan", "AAAPL1234C", ""}, {"ifsc", "SBIN0000300", ""},
		{"din", "00012345", ""}, {"din", "00000000", "din_zero"}, {"fcrn", "F01234", ""}, {"fcrn", "F123456", "fcrn_unusual"},
		{"passport", "A1234567", ""}, {"passport", "K0000001", ""}, {"passport", "Z7654321", ""},
		{"passport", "AB123456", "passport_unusual"}, {"passport", "A123456", "passport_unusual"}, {"passport", "11234567", "passport_unusual"},
		{"epic", "WKH1186253", ""}, {"epic", "ABC1234566", ""}, {"epic", "XYZ0000018", ""}, {"epic", "ZZZ9999996", ""},
		{"epic", "WKH1186263", "epic_check"}, {"epic", "WKH118624", "epic_unusual"}, {"epic", "1231186253", "epic_unusual"}, {"epic", "ABC1234567", "epic_check"},
		{"licence", "MH0120210012345", ""}, {"licence", "KA0420231234567", ""}, {"licence", "GJ0620190000001", ""},
		{"licence", "M10120210012345", "licence_unusual"}, {"licence", "MH01210012345", "licence_unusual"}, {"licence", "XX0120210012345", "licence_state"},
	} {
		if c.kind != "cin" { // its year is judged by the clock
			if v, err := parsers[c.kind](c.value); err != nil || v != c.value {
				t.Errorf("%s %s is not even taken: %q, %v", c.kind, c.value, v, err)
			}
		}
		got := ""
		for _, d := range doubtsOf(c.kind, c.value) {
			got += d.code
		}
		if got != c.want {
			t.Errorf("%s %s: %q, want %q", c.kind, c.value, got, c.want)
		}
	}
}

// A typing mistake in one place is always found.
func TestEverySubstitutionInAGSTINIsRefused(t *testing.T) {
	for _, valid := range []string{"27AAPFU0939F1ZV", "29AAFCD5862R1ZR", "27AAFCD5862R1ZV", "24AAQCA8719H1ZC", "19ZZZLZ9999Z1ZX"} {
		if _, err := ParseGSTIN(valid); err != nil {
			t.Fatalf("%s: %v", valid, err)
		}
		for i := range valid {
			for _, c := range []byte(base36) {
				if c == valid[i] {
					continue
				}
				if _, err := ParseGSTIN(valid[:i] + string(c) + valid[i+1:]); err == nil {
					t.Errorf("%s with %c at %d passes", valid, c, i+1)
				}
			}
		}
	}
}

func FuzzIdentifiers(f *testing.F) {
	for _, s := range []string{"AAAPL1234C", "27AAPFU0939F1ZV", "L22210MH1995PLC084781", "aaa-1234", "UDYAM-GJ-24-0000001", "sbin0000300", "380 015", "ŉ\u0345\u00ad\u2212", "ﬀ", "A\u00ad\u0301", strings.Repeat("\xff", 190)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if once := normalise(s); normalise(once) != once {
			t.Errorf("normalise(%q) = %q, and again %q", s, once, normalise(once))
		}
		for kind, parse := range parsers {
			v, err := parse(s)
			if (err == nil) != (code(err) == "") {
				t.Errorf("%s of %q: %v is no fault", kind, s, err)
			}
			if again, err2 := parse(v); err == nil && (again != v || err2 != nil) {
				t.Errorf("%s of %q is %q, and again %q, %v", kind, s, v, again, err2)
			}
		}
	})
}
