package kyc

import (
	"slices"
	"strings"
	"time"

	"phonon.in/central/shared/fault"
)

// Severity says what a finding does.
type Severity string

const (
	Error   Severity = "error"   // it cannot be: the case cannot be handed in
	Warning Severity = "warning" // it is unusual: its holder is told, and its reviewer looks
)

// Finding is something about the case that does not fit. That nothing was found says that everything has the right form, and never that it is true.
type Finding struct {
	Severity Severity
	Code     string
	Detail   string   // for the holder and the reviewer
	Pointers []string // the parts that it is about, the one to change first
}

// Findings looks at the fields, each by itself and all against each other, at the names and at the documents. Codes with severity Error are
// gstin_pan_disagrees, gstin_tan_disagrees and document_same_as.
func Findings(c Case, now time.Time) (all []Finding) {
	for _, f := range slices.Concat(disagreements(c.Fields), sameFiles(c.standings(now))) {
		all = append(all, Finding{Error, f.Code, f.Detail, []string{f.Pointer}})
	}
	for _, spec := range c.entityType().Fields {
		if value := c.Fields[spec.Name]; value != "" {
			for _, d := range doubtsOf(spec.Kind, value) {
				all = append(all, warning(d.code, d.detail, spec.Name))
			}
		}
	}
	for _, look := range []func(Case) []Finding{places, companyFacts, holderNames, signatoryFacts, papers, signatures} {
		all = append(all, look(c)...)
	}
	return all
}

func (f Finding) warns() bool { return f.Severity == Warning }

func warning(code, detail string, fields ...string) Finding {
	f := Finding{Severity: Warning, Code: code, Detail: detail}
	for _, name := range fields {
		f.Pointers = append(f.Pointers, fieldPointer(name))
	}
	return f
}

// disagreements are what cannot be, of fields that are right each by itself.
func disagreements(fields map[string]string) (all []fault.Field) {
	gstin, err := ParseGSTIN(fields["gstin"])
	if err != nil {
		return nil
	}
	if pan := gstin.PAN().String(); pan != "" && fields["pan"] != "" && pan != fields["pan"] {
		all = append(all, fault.Field{
			Pointer: fieldPointer("gstin"), Code: "gstin_pan_disagrees", Detail: "Characters 3 to 12 of the GSTIN are another PAN than the one you gave. Check both.",
		})
	}
	if tan := gstin.TAN().String(); tan != "" && tan != fields["tan"] {
		all = append(all, fault.Field{
			Pointer: fieldPointer("gstin"), Code: "gstin_tan_disagrees", Detail: "The GSTIN is built on a TAN, " + tan + ", and that is not the TAN that you gave. Check both.",
		})
	}
	return all
}

// places compares the states that numbers name with that of the address. A business may be registered in one and work in another.
func places(c Case) (all []Finding) {
	state := c.Fields["state"]
	if state == "" {
		return nil
	}
	compare := func(name, code, what string, r region, known bool) {
		if known && r.Name != state {
			all = append(all, warning(code, what+" is of "+r.Name+", and the address is in "+state+". Check both.", name, "state"))
		}
	}
	if v := c.Fields["gstin"]; v != "" {
		r, known := regionByGST(v[:2])
		compare("gstin", "gstin_state_disagrees", "The GSTIN", r, known)
	}
	if v := c.Fields["cin"]; v != "" {
		r, known := regionByLetters(CIN{v}.State())
		compare("cin", "cin_state_disagrees", "The CIN", r, known)
	}
	if v := c.Fields["udyam"]; v != "" {
		r, known := regionByLetters(Udyam{v}.State())
		compare("udyam", "udyam_state_disagrees", "The Udyam number", r, known)
	}
	return all
}

// companyFacts compares a CIN with what is said of the listing.
func companyFacts(c Case) []Finding {
	listing, cin := c.Fields["listing"], CIN{c.Fields["cin"]}
	switch {
	case listing == "" || cin.s == "" || cin.Listed() == (listing == "listed"):
		return nil
	case cin.Listed():
		return []Finding{warning("listing_disagrees", "The CIN begins with L, as that of a listed company. Check what you chose.", "listing", "cin")}
	case listing == "listed":
		return []Finding{warning("listing_disagrees", "The CIN begins with U, as that of a company that is not listed. Check what you chose.", "listing", "cin")}
	}
	return nil
}

// formWords are what the name of a company ends with. Companies of section 8 may leave it out.
var formWords = map[string][]string{
	"private_limited": {"private", "limited"}, "public_limited": {"limited"}, "one_person_company": {"private", "limited"}, "llp": {"llp"},
}

// holderNames compares the legal name with the legal form, the PAN and, in a family, the karta.
func holderNames(c Case) (all []Finding) {
	name := c.Fields["legalName"]
	if name == "" {
		return nil
	}
	words := nameWords(name)
	for _, word := range formWords[c.EntityType] {
		if !slices.Contains(words, word) {
			all = append(all, warning("name_form_disagrees", "The legal name lacks the word that your entity type ends with, as “Private Limited” or “LLP”. Write it as on the certificate.", "legalName"))
			break
		}
	}
	if c.EntityType == "public_limited" && slices.Contains(words, "private") {
		all = append(all, warning("name_form_disagrees", "The legal name says “Private”, and your entity type is a public company. Check both.", "legalName"))
	}
	if pan := c.Fields["pan"]; pan != "" && !beginsWith(name, pan[4]) {
		all = append(all, warning("pan_name_disagrees", panLetter(pan, "legal name"), "pan", "legalName"))
	}
	if karta := c.Fields["signatoryName"]; c.EntityType == "huf" && karta != "" && SimilarNames(strings.ReplaceAll(strings.ToUpper(name), "HUF", ""), karta) < SameName {
		all = append(all, warning("karta_name_disagrees", "A family is mostly named after its karta, and this one has another name. Check both.", "signatoryName", "legalName"))
	}
	return all
}

func panLetter(pan, what string) string {
	return "The fifth letter of a PAN, here " + pan[4:5] + ", is mostly the first letter of a word of the name, and no word of the " + what + " begins with it. Check both."
}

// signatoryFacts compares what is said of the signatory.
func signatoryFacts(c Case) (all []Finding) {
	pan, name := c.Fields["signatoryPan"], c.Fields["signatoryName"]
	if pan != "" && name != "" && !beginsWith(name, pan[4]) {
		all = append(all, warning("pan_name_disagrees", panLetter(pan, "signatory's name"), "signatoryPan", "signatoryName"))
	}
	if pan != "" && pan == c.Fields["pan"] {
		all = append(all, warning("signatory_pan_same", "This is the PAN of the proprietor. If the proprietor signs, nobody else does.", "signatoryPan", "otherSignatory"))
	}
	_, asked := c.entityType().Field("din")
	if asked && c.Fields["din"] == "" && strings.Contains(strings.ToLower(c.Fields["signatoryDesignation"]), "director") {
		all = append(all, warning("din_missing", "A director has a DIN. Enter it if you know it: the check is quicker then.", "din", "signatoryDesignation"))
	}
	return all
}

// papers compares documents with each other and with the fields.
func papers(c Case) (all []Finding) {
	given := map[string]string{} // the requirement, by type of document
	for _, d := range c.Documents {
		if d.good() {
			given[d.Type] = d.Requirement
		}
	}
	if at, declared := given["gst_declaration"]; declared && given["gst_certificate"] != "" {
		all = append(all, Finding{Warning, "gst_papers_disagree", "There is a GST certificate, and a declaration of having none. Enter the GSTIN, or remove the certificate.",
			[]string{requirementPointer(at), requirementPointer(given["gst_certificate"])}})
	}
	ids := []string{"passport", "driving_licence", "voter_id"}
	if kind := c.Fields["idType"]; kind != "" && given[kind] == "" {
		for _, other := range ids {
			if at := given[other]; at != "" {
				f := warning("id_type_disagrees", "You chose one identity document, and uploaded another. Choose the one that you uploaded.", "idType")
				return append(all, Finding{f.Severity, f.Code, f.Detail, append(f.Pointers, requirementPointer(at))})
			}
		}
	}
	return all
}
