package kyc

import (
	"strings"
	"testing"

	"phonon.in/central/shared/fault"
)

func TestOneFileMayServeSeveralRequirementsAsOneDocument(t *testing.T) {
	const certificate, card = "aa", "bb"
	given := func(requirement, typ, sum string, state DocState) Document {
		d := doc(requirement, typ, state)
		d.SHA256, d.FileName = sum, requirement+".pdf"
		return d
	}
	for _, c := range []struct {
		name, entityType string
		documents        []Document
		want             string
	}{
		{"different files", "partnership", []Document{
			given("entity_pan", "pan_card", card, DocClean), given("signatory_pan", "pan_card", "cc", DocClean),
		}, ""},
		{"a certificate for address and registration", "partnership", []Document{
			given("business_address", "gst_certificate", certificate, DocClean), given("gst_certificate", "gst_certificate", certificate, DocClean),
		}, ""},
		{"a certificate for activity and registration", "sole_proprietorship", []Document{
			given("activity_proof", "gst_certificate", certificate, DocClean), given("gst_certificate", "gst_certificate", certificate, DocClean),
		}, ""},
		{"the same file twice for one thing", "partnership", []Document{
			given("entity_pan", "pan_card", card, DocClean), given("entity_pan", "pan_card", card, DocClean),
		}, ""},
		{"the PAN card of the firm as that of the signatory", "partnership", []Document{
			given("entity_pan", "pan_card", card, DocClean), given("signatory_pan", "pan_card", card, DocClean),
		}, "/requirements/entity_pan document_same_as, /requirements/signatory_pan document_same_as"},
		{"the PAN card of the karta as that of the HUF", "huf", []Document{
			given("entity_pan", "epan", card, DocAccepted), given("signatory_pan", "epan", card, DocClean),
		}, "/requirements/entity_pan document_same_as, /requirements/signatory_pan document_same_as"},
		{"one file as two types for two requirements", "partnership", []Document{
			given("partnership_deed", "partnership_deed", certificate, DocClean), given("partner_list", "member_list", certificate, DocClean),
		}, "/requirements/partner_list document_same_as, /requirements/partnership_deed document_same_as"},
		{"a certificate as the declaration of having none", "partnership", []Document{
			given("business_address", "gst_certificate", certificate, DocClean), given("gst_declaration", "gst_declaration", certificate, DocClean),
		}, "/requirements/business_address document_same_as, /requirements/gst_declaration document_same_as"},
		{"one file as two types of one requirement", "sole_proprietorship", []Document{
			given("activity_proof", "iec", certificate, DocClean), given("activity_proof", "tax_returns", certificate, DocClean),
		}, "/requirements/activity_proof document_same_as, /requirements/activity_proof document_same_as"},
		{"one file for an optional requirement, too", "individual", []Document{
			given("personal_id", "passport", certificate, DocClean), given("bank_proof", "passbook", certificate, DocClean),
		}, "/requirements/bank_proof document_same_as, /requirements/personal_id document_same_as"},
		{"a refused file says nothing", "partnership", []Document{
			given("entity_pan", "pan_card", card, DocRefused), given("signatory_pan", "pan_card", card, DocClean),
		}, ""},
		{"what was removed says nothing", "partnership", []Document{
			given("entity_pan", "pan_card", card, DocSuperseded), given("signatory_pan", "pan_card", card, DocClean),
		}, ""},
		{"what a reviewer has accepted stays accepted", "partnership", []Document{
			given("entity_pan", "pan_card", card, DocAccepted), given("signatory_pan", "pan_card", card, DocAccepted),
		}, ""},
		{"an old file whose type was left open may be of the same type", "partnership", []Document{
			given("business_address", "", certificate, DocClean), given("gst_certificate", "gst_certificate", certificate, DocClean),
		}, ""},
		{"an old file whose type was left open, and which can be of none", "partnership", []Document{
			given("business_address", "", certificate, DocClean), given("partner_list", "member_list", certificate, DocClean),
		}, "/requirements/business_address document_same_as, /requirements/partner_list document_same_as"},
		{"files whose bytes are not known", "partnership", []Document{
			given("entity_pan", "pan_card", "", DocClean), given("signatory_pan", "pan_card", "", DocClean),
		}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			cs := draft(c.entityType, nil, c.documents...)
			faults := sameFiles(cs.standings(now))
			if got := pointers(fault.InvalidFields(faults)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			for _, f := range faults {
				for _, other := range faults {
					if title := standingOf(cs, strings.TrimPrefix(other.Pointer, requirements)).Title; other != f && !strings.Contains(f.Detail, title) {
						t.Errorf("%s does not name the other: %s", f.Pointer, f.Detail)
					}
				}
			}
		})
	}
}

func TestNoPaperOfTheSignatoryIsOneOfTheEntity(t *testing.T) {
	whose := map[string]Holder{}
	for _, et := range Current().EntityTypes {
		for _, r := range et.Requirements {
			whose[r.ID] = r.Whose
		}
	}
	for id, of := range whose {
		signatory := id == "officer_id" || strings.HasPrefix(id, "signatory_")
		if (of == Signatory) != signatory || of != Entity && of != Signatory {
			t.Errorf("%s is of %q", id, of)
		}
	}
}
