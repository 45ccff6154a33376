package kyc

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"phonon.in/central/shared/account"
)

// honest is a case of 2026-12 that nothing is said against.
func honest(entityType string, more map[string]string, docs ...Document) Case {
	fields := map[string]string{
		"pan": "ZZZCZ9999Z", "cin": "U72900GJ2008PTC046374", "gstin": "24ZZZCZ9999Z1ZP", "legalName": "Zaveri Traders Private Limited", "addressLine1": "7 Station Road",
		"city": "Ahmedabad", "state": "Gujarat", "pinCode": "380015", "signatoryName": "Asha Rao", "signatoryDesignation": "Manager", "signatoryPan": "AAAPR1234C",
		"signatoryMobile": "+919876543210", "signatoryEmail": "asha@example.com",
	}
	maps.Copy(fields, more)
	maps.DeleteFunc(fields, func(_, value string) bool { return value == "" })
	c := draft(entityType, fields, docs...)
	c.Catalogue = "2026-12"
	return c
}

func TestFindings(t *testing.T) {
	type fields = map[string]string
	office := fields{"pan": "", "cin": "", "legalName": "Department of Posts", "signatoryPan": ""}
	public := fields{"cin": "U72900GJ2008PLC046374", "legalName": "Zaveri Traders Limited", "listing": "unlisted"}
	with := func(base fields, more fields) fields {
		all := maps.Clone(base)
		maps.Copy(all, more)
		return all
	}
	for _, c := range []struct {
		name string
		Case
		want string // severity, code and pointers
	}{
		{"nothing", honest("private_limited", nil), ""},
		{"an empty case", honest("", fields{}), ""},
		{"the GSTIN of another PAN", honest("private_limited", fields{"gstin": "24AAQCA8719H1ZC"}), "error gstin_pan_disagrees /fields/gstin"},
		{"a GSTIN of another state", honest("private_limited", fields{"state": "Kerala", "cin": "U72900KL2008PTC046374"}), "warning gstin_state_disagrees /fields/gstin /fields/state"},
		{"a CIN of another state", honest("private_limited", fields{"cin": "U72900MH2008PTC046374"}), "warning cin_state_disagrees /fields/cin /fields/state"},
		{"an old spelling of the state", honest("private_limited", fields{"state": "Odisha", "gstin": "", "cin": "U72900OR2008PTC046374"}), ""},
		{"a CIN of an office that is new", honest("private_limited", fields{"cin": "U72900XX2008PTC046374"}), "warning cin_state /fields/cin"},
		{"a CIN of zeros", honest("private_limited", fields{"cin": "U72900GJ2008PTC000000"}), "warning cin_zero /fields/cin"},
		{"a GSTIN with another 14th character", honest("private_limited", fields{"gstin": rightGSTIN("24ZZZCZ9999Z1A")}), "warning gstin_unusual /fields/gstin"},
		{"a name without its form", honest("private_limited", fields{"legalName": "Zaveri Traders"}), "warning name_form_disagrees /fields/legalName"},
		{"a name with its form in short", honest("private_limited", fields{"legalName": "M/s. Zaveri Traders (P) Ltd."}), ""},
		{"a public company with the name of a private one", honest("public_limited", with(public, fields{"legalName": "Zaveri Private Limited"})), "warning name_form_disagrees /fields/legalName"},
		{"an LLP in full", honest("llp", fields{"pan": "ZZZFZ9999Z", "gstin": "", "llpin": "AAA-1234", "legalName": "Zaveri Limited Liability Partnership"}), ""},
		{"a PAN of another name", honest("private_limited", fields{"legalName": "Mehta Traders Private Limited"}), "warning pan_name_disagrees /fields/pan /fields/legalName"},
		{"a name that is not in Latin letters", honest("private_limited", fields{"signatoryName": "आशा राव"}), ""},
		{"a signatory of another PAN", honest("private_limited", fields{"signatoryName": "Asha Mehta"}), "warning pan_name_disagrees /fields/signatoryPan /fields/signatoryName"},
		{"a single name", honest("private_limited", fields{"signatoryName": "Rajamma"}), ""},
		{"a director without a DIN", honest("private_limited", fields{"signatoryDesignation": "Managing Director"}), "warning din_missing /fields/din /fields/signatoryDesignation"},
		{"a director with one", honest("private_limited", fields{"signatoryDesignation": "Director", "din": "00012345"}), ""},
		{"a DIN of zeros", honest("private_limited", fields{"din": "00000000"}), "warning din_zero /fields/din"},
		{"a listed company that says it is not", honest("public_limited", with(public, fields{"cin": "L72900GJ2008PLC046374"})), "warning listing_disagrees /fields/listing /fields/cin"},
		{"one that is not, and says it is", honest("public_limited", with(public, fields{"listing": "listed"})), "warning listing_disagrees /fields/listing /fields/cin"},
		{"a subsidiary", honest("public_limited", with(public, fields{"listing": "subsidiary"})), ""},
		{"an office whose GSTIN is built on its TAN", honest("government", with(office, fields{"tan": "MUMA12345B", "gstin": rightGSTIN("24MUMA12345B1Z")})), ""},
		{"one that is built on another TAN", honest("government", with(office, fields{"tan": "MUMA12345B", "gstin": rightGSTIN("24DELA12345B1Z")})), "error gstin_tan_disagrees /fields/gstin"},
		{"a company with the GSTIN of an office", honest("private_limited", fields{"gstin": rightGSTIN("24MUMA12345B1Z")}), "error gstin_tan_disagrees /fields/gstin"},
		{"a family with the name of its karta", honest("huf", fields{"pan": "ZZZHR9999Z", "gstin": "", "cin": "", "legalName": "Rao Asha HUF"}), ""},
		{"a family with another name", honest("huf", fields{"pan": "ZZZHM9999Z", "gstin": "", "cin": "", "legalName": "Mehta HUF"}), "warning karta_name_disagrees /fields/signatoryName /fields/legalName"},
		{
			"a proprietor who signs as another", honest("sole_proprietorship", fields{"pan": "AAAPR1234C", "gstin": "", "cin": "", "legalName": "Asha Rao", "otherSignatory": "yes"}),
			"warning signatory_pan_same /fields/signatoryPan /fields/otherSignatory",
		},
		{
			"a GST certificate beside the declaration of having none",
			honest("private_limited", fields{"gstin": ""}, doc("business_address", "gst_certificate", DocClean), doc("gst_declaration", "gst_declaration", DocClean)),
			"warning gst_papers_disagree /requirements/gst_declaration /requirements/business_address",
		},
		{
			"one of them is refused",
			honest("private_limited", fields{"gstin": ""}, doc("business_address", "gst_certificate", DocRefused), doc("gst_declaration", "gst_declaration", DocClean)), "",
		},
		{
			"another identity document", honest("private_limited", fields{"idType": "passport", "passportNumber": "A1234567"}, doc("signatory_id", "voter_id", DocClean)),
			"warning id_type_disagrees /fields/idType /requirements/signatory_id",
		},
		{"unusual papers", honest("private_limited", fields{"idType": "voter_id", "voterIdNumber": "ABC1234567"}), "warning epic_check /fields/voterIdNumber"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, f := range Findings(c.Case, now) {
				if !strings.HasSuffix(f.Detail, ".") || len(f.Pointers) == 0 {
					t.Errorf("%+v is no sentence", f)
				}
				got = append(got, strings.Join(append([]string{string(f.Severity), f.Code}, f.Pointers...), " "))
			}
			if strings.Join(got, ", ") != c.want {
				t.Errorf("got  %s\nwant %s", strings.Join(got, ", "), c.want)
			}
		})
	}
}

// rightGSTIN adds the check character.
func rightGSTIN(first14 string) string { return first14 + string(gstinCheck(first14)) }

func TestAnErrorKeepsACaseFromBeingHandedInAndAWarningDoesNot(t *testing.T) {
	c := filled(t, honest("private_limited", map[string]string{"cin": "U72900MH2008PTC046374"}), account.Company)
	e := Evaluate(c, account.Company, now)
	if !e.CanSubmit || !slices.ContainsFunc(e.Warnings, func(f Finding) bool { return f.Code == "cin_state_disagrees" }) {
		t.Errorf("%v, %+v", e.CanSubmit, e.Warnings)
	}
	c.Fields["gstin"] = "24AAQCA8719H1ZC"
	e = Evaluate(c, account.Company, now)
	if e.CanSubmit || len(e.Missing) != 1 || e.Missing[0].Code != "gstin_pan_disagrees" || slices.ContainsFunc(e.Warnings, func(f Finding) bool { return f.Severity != Warning }) {
		t.Errorf("%v, %+v, %+v", e.CanSubmit, e.Missing, e.Warnings)
	}
}

func TestSimilarNames(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"Rao Traders Private Limited", "RAO TRADERS PVT. LTD.", true},
		{"Rao Traders (P) Ltd", "Rao Traders Private Limited", true},
		{"M/s Rao & Sons", "Rao and Sons", true},
		{"The Rao Company", "Rao Co.", true},
		{"Ramesh Kumar Sharma", "SHARMA RAMESH KUMAR", true},
		{"R. K. Sharma", "Ramesh Kumar Sharma", true},
		{"A.P.J. Abdul Kalam", "Abdul Kalam A P J", true},
		{"Rajamma", "RAJAMMA", true},
		{"Smt. Asha Rao", "Asha Rao", true},
		{"Rao Traders L.L.P.", "Rao Traders limited liability partnership", true},
		{"आशा राव", "आशा राव", true},
		{"Rao Traders Private Limited", "Mehta Traders Private Limited", false},
		{"Rao Private Limited", "Mehta Private Limited", false},
		{"Private Limited", "Private Limited", false},
		{"Asha Rao", "Asha Mehta", false},
		{"Asha Rao", "आशा राव", false},
		{"R S", "Ramesh Sharma", true},
		{"", "", false},
	} {
		got, back := SimilarNames(c.a, c.b), SimilarNames(c.b, c.a)
		if (got >= SameName) != c.same || fmt.Sprintf("%.6f", got) != fmt.Sprintf("%.6f", back) || got < 0 || got > 1 {
			t.Errorf("%q and %q: %.2f, and the other way %.2f", c.a, c.b, got, back)
		}
	}
}

func TestWhatARegisterSaysIsAFinding(t *testing.T) {
	c := honest("private_limited", nil)
	for _, row := range []struct {
		entry Entry
		want  string
	}{
		{Entry{Found: true, Active: true, Name: "ZAVERI TRADERS PVT LTD"}, ""},
		{Entry{}, "register_unknown"},
		{Entry{Found: true, Name: "ZAVERI TRADERS PVT LTD"}, "register_inactive"},
		{Entry{Found: true, Active: true, Name: "MEHTA TRADERS PVT LTD"}, "register_name_disagrees"},
	} {
		got := row.entry.Findings(c, PANRegister)
		if row.want == "" && len(got) != 0 || row.want != "" && (len(got) != 1 || got[0].Code != row.want || got[0].Pointers[0] != "/fields/pan") {
			t.Errorf("%+v: %+v", row.entry, got)
		}
	}
}
