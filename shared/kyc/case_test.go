package kyc

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
)

// draft is a case of one entity type with these fields and documents.
func draft(entityType string, fields map[string]string, docs ...Document) Case {
	return Case{AccountID: "ACCOUNT", No: 1, Status: Draft, EntityType: entityType, Catalogue: Current().Version, Fields: fields, Documents: docs}
}

var docNo int

func doc(requirement, typ string, state DocState) Document {
	docNo++
	d := Document{ID: fmt.Sprint("doc", docNo), Requirement: requirement, Type: typ, State: state}
	if state == DocRefused || state == DocRejected {
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
	all := []Status{NotStarted, Draft, Submitted, UnderReview, Approved, NeedsInfo, Rejected, Expired}
	allowed := "not_started>draft draft>submitted submitted>under_review under_review>approved under_review>needs_info " +
		"under_review>rejected approved>expired needs_info>submitted rejected>draft expired>draft"
	var got []string
	for _, from := range all {
		for _, to := range all {
			if from.Can(to) {
				got = append(got, string(from+">"+to))
			}
		}
	}
	if strings.Join(got, " ") != allowed {
		t.Errorf("got  %s\nwant %s", strings.Join(got, " "), allowed)
	}
	for _, s := range all {
		if want := s == NotStarted || s == Draft || s == NeedsInfo; s.Editable() != want {
			t.Errorf("%s editable: %v", s, s.Editable())
		}
	}
	if DocClean.Can(DocRefused) || DocAccepted.Can(DocRejected) || DocSuperseded.Can(DocRequested) || DocRefused.Can(DocClean) {
		t.Error("a document may change after its decision")
	}
	if !DocRequested.Can(DocClean) {
		t.Error("a check may not come before the browser's word")
	}
}

func TestWhatACaseLacks(t *testing.T) {
	id, pan := doc("personal_id", "passport", DocClean), doc("entity_pan", "", DocClean)
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
			err := c.c.SubmitFault()
			if got := pointers(err); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if code := code(err); err != nil && code != "kyc_incomplete" {
				t.Errorf("code %s", code)
			}
			if e := Evaluate(c.c); e.CanSubmit != (c.want == "") {
				t.Errorf("can submit: %v", e.CanSubmit)
			}
		})
	}
}

func TestTheStandingOfARequirement(t *testing.T) {
	for _, c := range []struct {
		states string
		want   State
	}{
		{"", Missing},
		{"requested", Missing},
		{"uploaded", Checking},
		{"clean", Ready},
		{"refused", Refused},
		{"accepted", AllAccepted},
		{"rejected", OneRejected},
		{"rejected clean", Ready},
		{"rejected uploaded", Checking},
		{"refused rejected", OneRejected},
		{"accepted clean", AllAccepted},
		{"superseded", Missing},
	} {
		t.Run(c.states, func(t *testing.T) {
			cs := draft("individual", individual)
			for _, s := range strings.Fields(c.states) {
				cs.Documents = append(cs.Documents, doc("entity_pan", "", DocState(s)))
			}
			i := slices.IndexFunc(Evaluate(cs).Requirements, func(s Standing) bool { return s.ID == "entity_pan" })
			if got := Evaluate(cs).Requirements[i].State; got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func TestConditionalRequirementsAreListedWhenTheyApplyOrHaveDocuments(t *testing.T) {
	listed := func(c Case) string {
		var ids []string
		for _, s := range Evaluate(c).Requirements {
			if s.Level == Conditional {
				ids = append(ids, fmt.Sprint(s.ID, " ", s.Needed))
			}
		}
		return strings.Join(ids, ", ")
	}
	if got := listed(draft("partnership", nil)); got != "gst_declaration true" {
		t.Error(got)
	}
	fields := map[string]string{"gstin": "x", "registrationNumber": "y"}
	if got := listed(draft("partnership", fields, doc("gst_declaration", "", DocClean))); got != "firm_registration true, gst_certificate true, gst_declaration false" {
		t.Error(got)
	}
}

func TestSubmitting(t *testing.T) {
	c := draft("individual", individual, doc("personal_id", "", DocClean), doc("entity_pan", "", DocClean))
	s, err := c.Submit(now)
	if err != nil || s.Status != Submitted || !s.SubmittedAt.Equal(now) || s.Round != 1 || c.Status != Draft {
		t.Fatalf("%+v, %v", s, err)
	}
	if _, err := s.Submit(now); !errors.Is(err, ErrLocked) {
		t.Errorf("a second time: %v", err)
	}
	if e := Evaluate(s); e.CanSubmit || e.Missing != nil {
		t.Errorf("after submission %+v", e)
	}
	if _, err := s.Edit("individual", account.Individual, individual, now); !errors.Is(err, ErrLocked) {
		t.Errorf("an edit after submission: %v", err)
	}
}

func TestTheFirstEditBeginsACase(t *testing.T) {
	c, err := NewCase("ACCOUNT").Edit("individual", account.Individual, map[string]string{"pan": "aaapl1234c"}, now)
	if err != nil {
		t.Fatal(err)
	}
	want := Case{
		AccountID: "ACCOUNT", No: 1, Status: Draft, EntityType: "individual", Catalogue: Current().Version, Fields: individual,
		CreatedAt: now, UpdatedAt: now,
	}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("%+v", c)
	}
}

func TestAnEditAfterADecisionBeginsTheNextCase(t *testing.T) {
	for _, s := range []Status{Rejected, Expired} {
		old := draft("individual", individual, doc("entity_pan", "", DocAccepted))
		old.Status, old.Version, old.Round = s, 7, 2
		c, err := old.Edit("individual", account.Individual, nil, now)
		if err != nil || c.No != 2 || c.Version != 0 || c.Round != 0 || c.Status != Draft || len(c.Documents) != 0 {
			t.Errorf("%s: %+v, %v", s, c, err)
		}
		if !maps.Equal(c.Fields, individual) {
			t.Errorf("%s: the fields are lost: %v", s, c.Fields)
		}
	}
}

func TestAnotherEntityTypeSupersedesWhatNoLongerFits(t *testing.T) {
	deed, id, bill := doc("partnership_deed", "", DocClean), doc("signatory_id", "passport", DocClean), doc("business_address", "utility_bill", DocClean)
	gone := doc("partner_list", "", DocSuperseded)
	fields := map[string]string{"pan": "ZZZFZ9999Z", "registrationNumber": "12/2015", "signatoryName": "Asha Rao", "pinCode": "380015"}
	c := draft("partnership", fields, deed, id, bill, gone)
	if got := c.Superseded("private_limited"); !slices.Equal(got, []string{deed.ID}) {
		t.Errorf("superseded %v", got)
	}
	e, err := c.Edit("private_limited", account.Company, nil, now)
	if err != nil {
		t.Fatal(err)
	}
	if e.Documents[0].State != DocSuperseded || e.Documents[1].State != DocClean || e.Documents[2].State != DocClean {
		t.Errorf("%+v", e.Documents)
	}
	if want := map[string]string{"signatoryName": "Asha Rao", "pinCode": "380015"}; !maps.Equal(e.Fields, want) {
		t.Errorf("fields %v", e.Fields)
	}
	if c.Documents[0].State != DocClean || len(c.Fields) != 4 {
		t.Error("the case before the edit has changed")
	}
	if _, err := c.Edit("individual", account.Company, nil, now); code(err) != "entity_type_not_allowed" {
		t.Errorf("a company as an individual: %v", err)
	}
}

func TestAReviewerOpensOnlyWhatWasFlagged(t *testing.T) {
	rejected, accepted := doc("entity_pan", "", DocRejected), doc("personal_id", "", DocAccepted)
	c := draft("individual", individual, rejected, accepted)
	c.Status, c.Flags = NeedsInfo, map[string]Reason{"/fields/pinCode": {"address_mismatch", "Check the PIN code."}}

	if e, err := c.Edit("individual", account.Individual, map[string]string{"pan": "AAAPL1234C", "pinCode": "380015"}, now); err != nil || e.Status != NeedsInfo {
		t.Errorf("a flagged field: %v", err)
	}
	_, err := c.Edit("huf", account.Individual, map[string]string{"pan": "ZZZHZ9999Z"}, now)
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.Code != "part_locked" || len(f.Fields) != 2 {
		t.Errorf("another entity type and PAN: %+v", err)
	}
	if _, err := NewDocument(c, good("entity_pan"), "NEW", now); err != nil {
		t.Errorf("a document in place of a rejected one: %v", err)
	}
	if _, err := NewDocument(c, good("personal_id"), "NEW", now); !errors.Is(err, ErrPartLocked) {
		t.Errorf("a document next to an accepted one: %v", err)
	}
	if _, err := c.Removable(rejected.ID); !errors.Is(err, ErrDocumentKept) {
		t.Errorf("removing evidence: %v", err)
	}
	if _, err := c.Removable(accepted.ID); !errors.Is(err, ErrPartLocked) {
		t.Errorf("removing an accepted one: %v", err)
	}
}

func TestRemoving(t *testing.T) {
	clean, gone := doc("entity_pan", "", DocClean), doc("entity_pan", "", DocSuperseded)
	c := draft("individual", individual, clean, gone)
	if d, err := c.Removable(clean.ID); err != nil || d.ID != clean.ID {
		t.Errorf("%+v, %v", d, err)
	}
	for _, id := range []string{gone.ID, "unknown", ""} {
		if _, err := c.Removable(id); !errors.Is(err, ErrDocumentUnknown) {
			t.Errorf("%q: %v", id, err)
		}
	}
	c.Status = UnderReview
	if _, err := c.Removable(clean.ID); !errors.Is(err, ErrLocked) {
		t.Errorf("during the review: %v", err)
	}
}

func TestACaseKeepsItsCatalogue(t *testing.T) {
	if c := draft("individual", nil); c.catalogue().Version != c.Catalogue {
		t.Error("another catalogue than the pinned one")
	}
	if NewCase("A").catalogue() != Current() {
		t.Error("a new case has no catalogue")
	}
}
