package kyc

import (
	"strings"
	"testing"

	"phonon.in/central/shared/account"
)

func TestEveryEntityTypeIsThere(t *testing.T) {
	cat := Current()
	for _, code := range []string{
		"individual", "sole_proprietorship", "partnership", "llp", "private_limited", "public_limited", "one_person_company",
		"section8_company", "psu", "trust", "society", "huf", "aop_boi", "government", "educational_body", "cooperative_society", "foreign_entity",
	} {
		et, ok := cat.EntityType(code)
		if !ok {
			t.Errorf("no %s", code)
			continue
		}
		if _, ok := et.Field("pan"); !ok {
			t.Errorf("%s does not ask for a PAN", code)
		}
	}
	if again, ok := Version(cat.Version); !ok || again != cat {
		t.Error("the current version is not found by its name")
	}
	if _, ok := Version("1999-01"); ok {
		t.Error("an unknown version was found")
	}
}

func TestWhoMayPickWhat(t *testing.T) {
	var individual []string
	for _, et := range Current().EntityTypes {
		for _, typ := range et.AccountTypes {
			if typ == account.Individual {
				individual = append(individual, et.Code)
			}
			if typ == account.Company && et.Code == "individual" {
				t.Error("a company may call itself an individual")
			}
		}
	}
	if got := strings.Join(individual, " "); got != "individual sole_proprietorship huf" {
		t.Errorf("an individual may pick %s", got)
	}
}

func TestEveryRequirementCanBeMet(t *testing.T) {
	for _, et := range Current().EntityTypes {
		for _, r := range et.Requirements {
			if r.Title == "" || r.Help == "" || r.MinOf < 1 || len(r.Options) < r.MinOf || r.MaxBytes < 1<<20 || r.MaxBytes > MaxDocumentBytes {
				t.Errorf("%s: %s cannot be met as it is: %+v", et.Code, r.ID, r)
			}
		}
		for _, f := range et.Fields {
			if f.Label == "" || f.Help == "" {
				t.Errorf("%s: %s has no text", et.Code, f.Name)
			}
		}
	}
}

// An Aadhaar is never the only way, and wherever it is one, the text asks for the masked one. Today it is none.
func TestAadhaarIsOneOptionAmongOthersAndAlwaysMasked(t *testing.T) {
	seen := 0
	for _, et := range Current().EntityTypes {
		for _, r := range et.Requirements {
			if r.HasOption("masked_aadhaar") {
				t.Errorf("%s: %s offers what is off", et.Code, r.ID)
			}
		}
	}
	cat, _ := Version(november)
	for _, et := range cat.EntityTypes {
		for _, f := range et.Fields {
			if strings.Contains(strings.ToLower(f.Name+f.Label), "aadhaar") {
				t.Errorf("%s has a field for it: %s", et.Code, f.Name)
			}
		}
		for _, r := range et.Requirements {
			for _, o := range r.Options {
				if !strings.Contains(strings.ToLower(o.ID+o.Title), "aadhaar") {
					continue
				}
				seen++
				if len(r.Options) < 3 || !strings.Contains(r.Help, "masked") || !strings.Contains(r.Help, "not needed") || !strings.Contains(o.Title, "Masked") {
					t.Errorf("%s: %s offers %q without a real choice", et.Code, r.ID, o.Title)
				}
			}
		}
	}
	if seen == 0 {
		t.Error("no requirement offers it at all")
	}
}

const small = `
version: 2030-01
checks: {dated: Dated, signed: Signed}
samples: {letter: {dated: [60, 20], signed: [0, 100]}}
off: [c]
documents: {a: A, b: {title: B, checks: [dated, signed], template: b, sample: letter}, c: C}
fields: {pan: {label: PAN, check: pan, help: Help.}, gstin: {label: GSTIN, check: gstin, help: Help.},
  kind: {label: Kind, check: choice, help: Help., choices: [{value: x, label: X}, {value: y, label: Y}]}}
fieldSets: {both: [{name: pan, level: required, holders: C}, {name: gstin, level: optional}]}
requirements: {r: {title: R, help: Help., minOf: 2, options: [a, b, c]}, s: {title: S, help: Help., options: [b]}}
entityTypes:
  - code: one
    name: One
    accountTypes: [company]
    fields: [{set: both}, {name: kind, level: optional}]
    requirements: [{id: r, level: conditional, when: {given: gstin}}, {id: s, level: conditional, when: {field: kind, is: x}}]
`

func loadYAML(text string) (*Catalogue, error) {
	data, err := fromYAML([]byte(text))
	if err != nil {
		return nil, err
	}
	return Load("2030-01", data)
}

func TestLoadRefusesWhatWouldBreakLater(t *testing.T) {
	if _, err := loadYAML(small); err != nil {
		t.Fatalf("the sample itself: %v", err)
	}
	for _, c := range []struct{ name, from, to string }{
		{"an unknown key", "minOf: 2", "minimum: 2"},
		{"a version that is not the file name", "version: 2030-01", "version: 2030-02"},
		{"an option that is not defined", "[a, b, c]", "[a, b, d]"},
		{"an option twice", "[a, b, c]", "[a, b, a]"},
		{"more needed than there is", "minOf: 2", "minOf: 3"},
		{"a document without a title", "a: A", `a: ""`},
		{"a document that nothing uses", "c: C}", "c: C, d: D}"},
		{"a requirement without help", "title: R, help: Help.", "title: R"},
		{"a requirement that is not defined", "{id: r,", "{id: q,"},
		{"a check that does not exist", "check: gstin", "check: vat"},
		{"a holder that does not exist", "holders: C", "holders: X"},
		{"holders of something that is no PAN", "{name: gstin, level: optional}", "{name: gstin, level: optional, holders: C}"},
		{"a class that does not exist", "holders: C", "classes: [XYZ]"},
		{"a field twice", "{name: kind, level: optional}", "{name: kind, level: optional}, {set: both}"},
		{"a field that is not defined", "{name: pan, level", "{name: pen, level"},
		{"a level that does not exist", "level: optional", "level: sometimes"},
		{"a condition on an unknown field", "given: gstin", "given: cin"},
		{"a conditional without a condition", ", when: {given: gstin}", ""},
		{"a condition on something required", "conditional", "required"},
		{"two conditions", "{given: gstin}", "{given: gstin, absent: pan}"},
		{"half a condition", "{field: kind, is: x}", "{field: kind}"},
		{"a condition on a value that cannot be", "is: x", "is: z"},
		{"a choice without choices", ", choices: [{value: x, label: X}, {value: y, label: Y}]", ""},
		{"a choice twice", "{value: y, label: Y}", "{value: x, label: Y}"},
		{"a set that is not defined", "{set: both}", "{set: all}"},
		{"a check that is not defined", "checks: [dated, signed]", "checks: [dated, sealed]"},
		{"a check that nothing uses", "{dated: Dated,", "{dated: Dated, sealed: Sealed,"},
		{"an unknown key of a document", "template: b", "letter: b"},
		{"a sample that is not defined", "sample: letter", "sample: card"},
		{"a sample without a place for a check", "dated: [60, 20], ", ""},
		{"a place outside of a sample", "[60, 20]", "[60, 101]"},
		{"a place that is none", "[60, 20]", "[60]"},
		{"two checks at one place", "[60, 20]", "[0, 100]"},
		{"a place that nothing needs", "checks: [dated, signed]", "checks: [dated]"},
		{"a document that is off and nothing asks for", "off: [c]", "off: [c, d]"},
		{"a registration that does not exist", "{name: gstin, level: optional}", "{name: gstin, level: optional, registrations: [club]}"},
		{"too little left when one is off", "[a, b, c]", "[a, c]"},
		{"an account type that does not exist", "[company]", "[club]"},
		{"a file larger than any", "minOf: 2", "maxMB: 11, minOf: 2"},
		{"a second document", "    requirements: [{id", "    requirements: [{id: r, level: required}]\n---\nx: [{id"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if strings.Count(small, c.from) == 0 {
				t.Fatalf("%q is not in the sample", c.from)
			}
			if _, err := loadYAML(strings.Replace(small, c.from, c.to, 1)); err == nil {
				t.Error("it was loaded")
			}
		})
	}
}

// What Load accepts can be met: whatever the file, nobody is asked for something that cannot be given.
func FuzzLoad(f *testing.F) {
	whole, err := files.ReadFile("catalogue/2026-11.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	newest, err := files.ReadFile("catalogue/2026-12.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(newest)
	f.Add([]byte(`{"entityTypes": []}`))
	f.Add([]byte(`{"entityTypes": [{"code": "a", "name": "A", "accountTypes": ["individual"]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		cat, err := Load("fuzz", data)
		if err != nil {
			return
		}
		codes := map[string]bool{}
		for _, e := range cat.EntityTypes {
			if e.Code == "" || e.Name == "" || len(e.AccountTypes) == 0 || codes[e.Code] {
				t.Errorf("entity type %+v", e)
			}
			codes[e.Code] = true
			for _, r := range e.Requirements {
				if r.ID == "" || r.Help == "" || r.MinOf < 1 || r.MinOf > len(r.Options) || r.MaxBytes < 1 || r.MaxBytes > MaxDocumentBytes {
					t.Errorf("%s: requirement %+v", e.Code, r)
				}
				if _, known := e.Field(r.When.Field); r.When.Field != "" && !known {
					t.Errorf("%s: requirement %s depends on the unknown field %s", e.Code, r.ID, r.When.Field)
				}
			}
		}
	})
}
