package account

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"phonon.in/central/shared/fault"
)

func TestParseDetailsCleansWhatItAccepts(t *testing.T) {
	for name, c := range map[string]struct {
		in   [5]string
		want Details
	}{
		"an individual": {
			[5]string{"individual", "Asha", "Verma", "", "education"},
			Details{Individual, "Asha", "Verma", "", "education"}},
		"an individual may name a company": {
			[5]string{"individual", "Asha", "Verma", "Verma Tutors", "education"},
			Details{Individual, "Asha", "Verma", "Verma Tutors", "education"}},
		"a company": {
			[5]string{"company", "Asha", "Verma", "Verma & Daughters Pvt. Ltd.", "retail"},
			Details{Company, "Asha", "Verma", "Verma & Daughters Pvt. Ltd.", "retail"}},
		"spaces around a name": {
			[5]string{"company", "  Asha ", "\u00a0Verma\u00a0", "\tVerma\n", "retail"},
			Details{Company, "Asha", "Verma", "Verma", "retail"}},
		"a decomposed letter": {
			[5]string{"individual", "Rene\u0301", "D'Souza-O\u2019Brien Jr.", "", "other"},
			Details{Individual, "Ren\u00e9", "D'Souza-O\u2019Brien Jr.", "", "other"}},
		"an Indian script with a joiner": {
			[5]string{"individual", "श्रीमती", "क्\u200dषेत्र", "", "other"},
			Details{Individual, "श्रीमती", "क्\u200dषेत्र", "", "other"}},
		"one name only": {
			[5]string{"individual", "Sukarno", "", "", "other"},
			Details{Individual, "Sukarno", "", "", "other"}},
		"one name, and blanks for the other": {
			[5]string{"company", "Sukarno", " \u00a0\t", "Toko", "other"},
			Details{Company, "Sukarno", "", "Toko", "other"}},
		"marks of a chat around a name": {
			[5]string{"company", "\u202aAsha\u202c", "\ufeffVerma\u200b", "\u2068Verma\u2069 ", "other"},
			Details{Company, "Asha", "Verma", "Verma", "other"}},
		"a year in the name of a company": {
			[5]string{"company", "Asha", "Verma", "Verma 1947 and Sons 2026", "other"},
			Details{Company, "Asha", "Verma", "Verma 1947 and Sons 2026", "other"}},
		"names of one letter": {
			[5]string{"individual", "R", "K", "", "other"},
			Details{Individual, "R", "K", "", "other"}},
		"markup, which is escaped where it is shown": {
			[5]string{"company", "Asha", "Verma", "<b>Verma</b>", "other"},
			Details{Company, "Asha", "Verma", "<b>Verma</b>", "other"}},
		"a company of digits": {
			[5]string{"company", "Asha", "Verma", "24/7", "other"},
			Details{Company, "Asha", "Verma", "24/7", "other"}},
		"the longest names": {
			[5]string{"company", strings.Repeat("\u0939", 100), strings.Repeat("\U00010400", 100), strings.Repeat("e\u0301", 100), "other"},
			Details{Company, strings.Repeat("\u0939", 100), strings.Repeat("\U00010400", 100), strings.Repeat("\u00e9", 100), "other"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ParseDetails(c.in[0], c.in[1], c.in[2], c.in[3], c.in[4])
			if err != nil {
				t.Fatal(err, fieldsOf(t, err))
			}
			if got != c.want {
				t.Errorf("got %+q, want %+q", got, c.want)
			}
		})
	}
}

// fieldsOf maps pointer to code.
func fieldsOf(t testing.TB, err error) map[string]string {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Invalid {
		t.Fatalf("got %v, want an Invalid fault", err)
	}
	got := map[string]string{}
	for _, field := range f.Fields {
		if got[field.Pointer] != "" {
			t.Errorf("two faults at %s", field.Pointer)
		}
		if field.Detail == "" {
			t.Errorf("no sentence at %s", field.Pointer)
		}
		got[field.Pointer] = field.Code
	}
	return got
}

func TestParseDetailsNamesEveryFaultAtOnce(t *testing.T) {
	for name, c := range map[string]struct {
		in   [5]string
		want map[string]string
	}{
		"nothing at all": {[5]string{}, map[string]string{
			"/type": "type_invalid", "/firstName": "name_required", "/sector": "sector_invalid"}},
		"letters that show nothing": {[5]string{"company", "\u3164", "\uffa0\u115f", "\u2800 \U00013441", "retail"}, map[string]string{
			"/firstName": "name_characters", "/lastName": "name_characters", "/companyName": "name_characters"}},
		"a letter that shows nothing inside": {[5]string{"company", "As\u3164ha", "V\u00adm", "V\u2800 Ltd", "retail"}, map[string]string{
			"/firstName": "name_characters", "/lastName": "name_characters", "/companyName": "name_characters"}},
		"an Aadhaar number for a name": {[5]string{"company", "2341 2341 2346", "234123412346", "2341 2341 2346", "retail"}, map[string]string{
			"/firstName": "aadhaar_number_present", "/lastName": "aadhaar_number_present", "/companyName": "aadhaar_number_present"}},
		"an Aadhaar number with anything between its groups": {
			[5]string{"individual", "२३४१ / २३४१ / २३४६", "Rao (2341) 2341 and 2346", "Shop 9123 4567 8901 2346", "retail"},
			map[string]string{
				"/firstName": "aadhaar_number_present", "/lastName": "aadhaar_number_present", "/companyName": "aadhaar_number_present"}},
		"a company without a name": {[5]string{"company", "Asha", "Verma", " ", "retail"}, map[string]string{
			"/companyName": "name_required"}},
		"the name of a sector in place of its code": {[5]string{"individual", "Asha", "Verma", "", "Education"}, map[string]string{
			"/sector": "sector_invalid"}},
		"a type in capitals": {[5]string{"Company", "Asha", "Verma", "", "retail"}, map[string]string{"/type": "type_invalid"}},
		"names too long": {
			[5]string{"company", strings.Repeat("a", 101), strings.Repeat("\u0939", 101), strings.Repeat("a", 201), "retail"},
			map[string]string{"/firstName": "name_too_long", "/lastName": "name_too_long", "/companyName": "name_too_long"}},
		"a megabyte": {[5]string{"individual", strings.Repeat("\xff", 1<<20), "Verma", "", "retail"}, map[string]string{
			"/firstName": "name_too_long"}},
		"characters nobody sees": {[5]string{"company", "As\nha", "Ver\u202ema", "A\u2028B", "retail"}, map[string]string{
			"/firstName": "name_characters", "/lastName": "name_characters", "/companyName": "name_characters"}},
		"more characters nobody sees": {[5]string{"company", "As\x00ha", "Ver\u200bma", "A\U000e0041B", "retail"}, map[string]string{
			"/firstName": "name_characters", "/lastName": "name_characters", "/companyName": "name_characters"}},
		"bytes that are no text": {[5]string{"individual", "As\xffha", "Verma", "", "retail"}, map[string]string{"/firstName": "name_characters"}},
		"no letter": {[5]string{"individual", "-", "\u200d", "...", "retail"}, map[string]string{
			"/firstName": "name_characters", "/lastName": "name_characters", "/companyName": "name_characters"}},
		"an individual's company name is checked too": {[5]string{"individual", "Asha", "Verma", "A\nB", "retail"}, map[string]string{
			"/companyName": "name_characters"}},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := ParseDetails(c.in[0], c.in[1], c.in[2], c.in[3], c.in[4])
			if !d.IsZero() {
				t.Errorf("details %+v beside an error", d)
			}
			if got := fieldsOf(t, err); !maps.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func FuzzDetailsHoldOnlyVisibleNormalNames(f *testing.F) {
	for _, s := range []string{"Asha", " e\u0301 ", "\u202e", "\xff", "क्\u200dष", strings.Repeat("\u0301", 40) + "a", "\u0958"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, first, company string) {
		d, err := ParseDetails("company", first, "Verma", company, "other")
		if err != nil {
			fieldsOf(t, err)
			return
		}
		for _, s := range []string{d.FirstName, d.CompanyName} {
			if !utf8.ValidString(s) || !norm.NFC.IsNormalString(s) || strings.TrimSpace(s) != s || s == "" || strings.ContainsFunc(s, unicode.IsControl) {
				t.Errorf("name %+q", s)
			}
		}
		again, err := ParseDetails("company", d.FirstName, d.LastName, d.CompanyName, d.Sector)
		if err != nil || again != d {
			t.Errorf("%+q gives %+q, %v", d, again, err)
		}
	})
}

func TestSectorsAreAListThatNobodyCanChange(t *testing.T) {
	list := Sectors()
	seen := map[string]bool{}
	for _, s := range list {
		if seen[s.Code] || s.Name == "" || s.Code != strings.ToLower(s.Code) || strings.Trim(s.Code, "abcdefghijklmnopqrstuvwxyz-") != "" {
			t.Errorf("sector %+v", s)
		}
		seen[s.Code] = true
	}
	for _, code := range []string{"banking-finance", "government", "ngo", "logistics", "retail", "other"} {
		if !seen[code] {
			t.Errorf("no sector %s", code)
		}
	}
	list[0].Code = "changed"
	if Sectors()[0].Code == "changed" {
		t.Error("a caller changed the list")
	}
}
