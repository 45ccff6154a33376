package kyc

import (
	"maps"
	"strings"
	"testing"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
)

func TestParseFields(t *testing.T) {
	type fields = map[string]string
	for _, c := range []struct {
		name, entityType string
		typ              account.Type
		in, want         fields
		faults           string
	}{
		{"nothing yet", "individual", account.Individual, nil, fields{}, ""},
		{"as typed", "individual", account.Individual, fields{"pan": " aaapl1234c ", "pinCode": "380 015"}, fields{"pan": "AAAPL1234C", "pinCode": "380015"}, ""},
		{"empty is not given", "individual", account.Individual, fields{"pan": "  "}, fields{}, ""},
		{
			"a company", "private_limited", account.Company,
			fields{"pan": "ZZZCZ9999Z", "gstin": "24zzzcz9999z1zp", "cin": "U51909KA2011PTC060489", "signatoryName": " Asha  Rao "},
			fields{"pan": "ZZZCZ9999Z", "gstin": "24ZZZCZ9999Z1ZP", "cin": "U51909KA2011PTC060489", "signatoryName": "Asha  Rao"}, "",
		},
		{"an LLP with an F", "llp", account.Company, fields{"pan": "ZZZFZ9999Z", "llpin": "aaa1234"}, fields{"pan": "ZZZFZ9999Z", "llpin": "AAA-1234"}, ""},
		{"an LLP with an E", "llp", account.Company, fields{"pan": "ZZZEZ9999Z"}, fields{"pan": "ZZZEZ9999Z"}, ""},
		{"a name in Hindi", "huf", account.Individual, fields{"signatoryName": "आशा राव"}, fields{"signatoryName": "आशा राव"}, ""},

		{"no such entity type", "club", account.Company, nil, nil, "/entityType entity_type_unknown"},
		{"not for this account", "llp", account.Individual, nil, nil, "/entityType entity_type_not_allowed"},
		{"no account type yet", "llp", "", nil, nil, "/entityType entity_type_not_allowed"},
		{"the PAN of a person", "private_limited", account.Company, fields{"pan": "AAAPL1234C"}, nil, "/fields/pan pan_holder_disagrees"},
		{"the CIN of a public company", "private_limited", account.Company, fields{"cin": "L22210MH1995PLC084781"}, nil, "/fields/cin cin_class_disagrees"},
		{"a GSTIN with another PAN", "private_limited", account.Company, fields{"pan": "AAFCD5862R", "gstin": "24ZZZCZ9999Z1ZP"}, nil, "/fields/gstin gstin_pan_disagrees"},
		{"a field of others", "individual", account.Individual, fields{"cin": "", "a/b~c": "x"}, nil, "/fields/a~1b~0c field_unknown, /fields/cin field_unknown"},
		{"an Aadhaar number for a name", "huf", account.Individual, fields{"signatoryName": "Asha 2341 2341 2346"}, nil, "/fields/signatoryName aadhaar_number_suspected"},
		{"an Aadhaar number for a PAN", "individual", account.Individual, fields{"pan": "2341 2341 2346"}, nil, "/fields/pan pan_length"},
		{"a line break", "huf", account.Individual, fields{"signatoryName": "Asha\nRao"}, nil, "/fields/signatoryName text_characters"},
		{"broken UTF-8", "huf", account.Individual, fields{"signatoryName": "Asha\xff"}, nil, "/fields/signatoryName text_characters"},
		{"a novel", "huf", account.Individual, fields{"signatoryName": strings.Repeat("न", 201)}, nil, "/fields/signatoryName text_too_long"},
		{"a PAN with as many blanks as there is room for", "huf", account.Individual, fields{"pan": "AAAHL1234C" + strings.Repeat("\u00a0", 190)}, fields{"pan": "AAAHL1234C"}, ""},
		{"a PAN with a blank more", "huf", account.Individual, fields{"pan": "AAAHL1234C" + strings.Repeat("\u00a0", 191)}, nil, "/fields/pan text_too_long"},
		{"a library", "huf", account.Individual, fields{"signatoryName": strings.Repeat("न", 50000)}, nil, "/fields/signatoryName text_too_long"},
		{
			"everything wrong at once", "private_limited", account.Company,
			fields{"pan": "x", "gstin": "27AAPFU0939F1ZO", "cin": "X", "signatoryName": "\x00", "pinCode": "0", "iban": "x"}, nil,
			"/fields/cin cin_length, /fields/gstin gstin_checksum, /fields/iban field_unknown, /fields/pan pan_length, /fields/pinCode pin_length, " +
				"/fields/signatoryName text_characters",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := parseFields(c.entityType, c.typ, c.in)
			if p := pointers(err); p != c.faults {
				t.Errorf("got  %s\nwant %s", p, c.faults)
			}
			if err == nil && !maps.Equal(got, c.want) || err != nil && got != nil {
				t.Errorf("%v, want %v", got, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "2341") {
				t.Error("the number is in the log")
			}
		})
	}
}

// parseFields is what a save of the whole case does with its fields.
func parseFields(entityType string, typ account.Type, raw map[string]string) (map[string]string, error) {
	cat, _ := Version(november)
	et, err := cat.pick(entityType, typ)
	if err != nil {
		return nil, err
	}
	clean, faults := et.parse(raw, func(string, string) bool { return false }, now)
	if len(faults) > 0 {
		return nil, fault.InvalidFields(faults)
	}
	return clean, nil
}
