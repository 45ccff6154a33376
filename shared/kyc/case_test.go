package kyc

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
)

// november is the version of the catalogue in which a case is quickly complete.
const november = "2026-11"

// draft is a case of one entity type with these fields and documents.
func draft(entityType string, fields map[string]string, docs ...Document) Case {
	return Case{AccountID: "ACCOUNT", No: 1, Status: Draft, EntityType: entityType, Catalogue: november, Fields: fields, Documents: docs}
}

var docNo int

func doc(requirement, typ string, state DocState) Document {
	docNo++
	d := Document{ID: fmt.Sprint("doc", docNo), Requirement: requirement, Type: typ, State: state}
	if state == DocRefused || state == DocRejected || state == DocInfected {
		d.Reason = FileReason("file_corrupt", "")
	}
	return d
}

var individual = map[string]string{"pan": "AAAPL1234C"}

// pointers of a fault, sorted, with their codes.
func pointers(err error) string {
	fields, rest := fault.FieldsOf(err)
	if rest != nil {
		return rest.Error()
	}
	var all []string
	for _, f := range fields {
		if f.Detail == "" || !strings.HasSuffix(f.Detail, ".") {
			return fmt.Sprintf("%+v has no sentence", f)
		}
		all = append(all, f.Pointer+" "+f.Code)
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

func TestTheLifeOfACase(t *testing.T) {
	actions := []Action{
		Begin, Submit, Withdraw, Claim, Approve, Question, Reject, Undo, Reopen, Suspend, Resume, Lapse, NearEnd, End, Replace,
	}
	for status, allowed := range map[Status]string{
		NotStarted:  "begin>draft",
		Draft:       "submit>submitted",
		Withdrawn:   "submit>submitted",
		Submitted:   "withdraw>withdrawn claim>under_review",
		UnderReview: "approve>approved question>needs_info reject>rejected",
		NeedsInfo:   "submit>submitted undo>under_review lapse>draft",
		Approved:    "begin>draft undo>under_review reopen>under_review suspend>suspended near_end>expiring end>expired replace>expired",
		Expiring:    "begin>draft reopen>under_review suspend>suspended end>expired replace>expired",
		Suspended:   "resume>approved end>expired replace>expired",
		Expired:     "begin>draft",
		Rejected:    "begin>draft undo>under_review reopen>under_review",
	} {
		var got []string
		for _, a := range actions {
			if to, ok := status.After(a); ok {
				got = append(got, string(a)+">"+string(to))
			}
		}
		if strings.Join(got, " ") != allowed {
			t.Errorf("%s:\ngot  %s\nwant %s", status, strings.Join(got, " "), allowed)
		}
		if want := status == NotStarted || status == Draft || status == NeedsInfo || status == Withdrawn; status.Editable() != want {
			t.Errorf("%s editable: %v", status, status.Editable())
		}
		if want := status == Approved || status == Expiring; status.InForce() != want {
			t.Errorf("%s in force: %v", status, status.InForce())
		}
	}
	if DocClean.Can(DocRefused) || DocAccepted.Can(DocRejected) || DocSuperseded.Can(DocRequested) || DocRefused.Can(DocClean) {
		t.Error("a document may change after its decision")
	}
	if !DocRequested.Can(DocScanning) || !DocRequested.Can(DocRendering) || !DocRequested.Can(DocInfected) {
		t.Error("a check may not come before the browser's word")
	}
	if DocUploaded.Can(DocClean) || DocScanning.Can(DocClean) || DocInfected.Can(DocRendering) || DocRendering.Can(DocScanning) {
		t.Error("a document may be clean before it is rendered")
	}
}

func TestWhatACaseLacks(t *testing.T) {
	id, pan := doc("personal_id", "passport", DocClean), doc("entity_pan", "", DocClean)
	stuck := doc("entity_pan", "", DocScanning)
	stuck.UploadedAt = now.Add(-CheckLife - time.Second)
	firm := map[string]string{"pan": "AAAPL1234C"}
	registered := map[string]string{"pan": "ZZZPZ9999Z", "gstin": "27ZZZPZ9999Z1ZS"}
	for _, c := range []struct {
		name string
		c    Case
		want string
	}{
		{"nothing chosen", NewCase("ACCOUNT"), "/entityType entity_type_required"},
		{"nothing given", draft("individual", nil), "/fields/pan field_missing, /requirements/entity_pan document_missing, /requirements/personal_id document_missing"},
		{"everything given", draft("individual", individual, id, pan), ""},
		{"a document still being checked", draft("individual", individual, id, doc("entity_pan", "", DocUploaded)), "/requirements/entity_pan document_checking"},
		{"a document still being scanned", draft("individual", individual, id, doc("entity_pan", "", DocScanning)), "/requirements/entity_pan document_checking"},
		{"a document beside one that is being rendered", draft("individual", individual, id, pan, doc("entity_pan", "", DocRendering)), "/requirements/entity_pan document_checking"},
		{
			"a document that is scanned for longer than a scan takes", draft("individual", individual, id, stuck),
			"/requirements/entity_pan document_check_late",
		},
		{"a document with malware", draft("individual", individual, id, doc("entity_pan", "", DocInfected)), "/requirements/entity_pan document_refused"},
		{"a document that never arrived", draft("individual", individual, id, doc("entity_pan", "", DocRequested)), "/requirements/entity_pan document_missing"},
		{"a refused document", draft("individual", individual, id, doc("entity_pan", "", DocRefused)), "/requirements/entity_pan document_refused"},
		{"a refused document next to a good one", draft("individual", individual, id, pan, doc("entity_pan", "", DocRefused)), ""},
		{"a rejected document", draft("individual", individual, id, doc("entity_pan", "", DocRejected)), "/requirements/entity_pan document_rejected"},
		{"a superseded document", draft("individual", individual, id, doc("entity_pan", "", DocSuperseded)), "/requirements/entity_pan document_missing"},
		{"an accepted document", draft("individual", individual, id, doc("entity_pan", "", DocAccepted)), ""},
		{
			"one of two needed", draft("sole_proprietorship", firm, id, pan, doc("gst_declaration", "", DocClean), doc("activity_proof", "iec", DocClean)),
			"/requirements/activity_proof document_incomplete",
		},
		{
			"the same type twice", draft("sole_proprietorship", firm, id, pan, doc("gst_declaration", "", DocClean),
				doc("activity_proof", "iec", DocClean), doc("activity_proof", "iec", DocClean)),
			"/requirements/activity_proof document_incomplete",
		},
		{
			"two of two", draft("sole_proprietorship", firm, id, pan, doc("gst_declaration", "", DocClean),
				doc("activity_proof", "iec", DocClean), doc("activity_proof", "tax_returns", DocAccepted)), "",
		},
		{
			"one of two still being checked", draft("sole_proprietorship", firm, id, pan, doc("gst_declaration", "", DocClean),
				doc("activity_proof", "iec", DocClean), doc("activity_proof", "tax_returns", DocUploaded)),
			"/requirements/activity_proof document_checking",
		},
		{
			"with a GSTIN the certificate", draft("sole_proprietorship", registered, id, pan, doc("gst_declaration", "", DocClean),
				doc("activity_proof", "iec", DocClean), doc("activity_proof", "tax_returns", DocClean)),
			"/requirements/gst_certificate document_missing",
		},
		{
			"an office without PAN and TAN", draft("government", map[string]string{"signatoryName": "A"}, doc("office_pan", "", DocClean),
				doc("office_proof", "", DocClean), doc("office_authorisation", "", DocClean), doc("officer_id", "", DocClean)),
			"/fields/pan field_missing, /fields/tan field_missing",
		},
		{
			"an office with a TAN", draft("government", map[string]string{"signatoryName": "A", "tan": "MUMA12345B"}, doc("office_pan", "", DocClean),
				doc("office_proof", "", DocClean), doc("office_authorisation", "", DocClean), doc("officer_id", "", DocClean)), "",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := last(c.c.Submit(of(holderOf(c.c)), "K7M2-9QXD", now))
			if got := pointers(err); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if code := code(err); err != nil && code != "kyc_incomplete" {
				t.Errorf("code %s", code)
			}
			if e := Evaluate(c.c, holderOf(c.c), now); e.CanSubmit != (c.want == "") {
				t.Errorf("can submit: %v", e.CanSubmit)
			}
		})
	}
}

// holderOf is the type of an account that may have the case.
func holderOf(c Case) account.Type {
	if et := c.entityType(); et.Code != "" {
		return et.AccountTypes[0]
	}
	return account.Individual
}

func second[T any](_ T, err error) error { return err }

func last(_ Case, _ Record, err error) error { return err }

// of is an account of a type.
func of(typ account.Type) account.Profile {
	return account.Profile{Details: account.Details{Type: typ}}
}

func TestACaseKeepsItsCatalogue(t *testing.T) {
	if c := draft("individual", nil); c.catalogue().Version != c.Catalogue {
		t.Error("another catalogue than the pinned one")
	}
	if NewCase("A").catalogue() != Current() {
		t.Error("a new case has no catalogue")
	}
}
