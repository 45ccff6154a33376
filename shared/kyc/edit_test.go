package kyc

import (
	"errors"
	"maps"
	"reflect"
	"slices"
	"testing"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
)

func TestTheFirstEditBeginsACase(t *testing.T) {
	c, err := NewCase("ACCOUNT").Edit(Given{EntityType: "individual", Fields: map[string]string{"pan": "aaapl1234c"}}, account.Individual, now)
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
		accepted, other := doc("entity_pan", "", DocAccepted), doc("personal_id", "passport", DocRejected)
		old := draft("individual", individual, accepted, other)
		old.Status, old.Version, old.Round = s, 7, 2
		c, err := old.Edit(Given{EntityType: "individual"}, account.Individual, now)
		if err != nil || c.No != 2 || c.Version != 0 || c.Round != 0 || c.Status != Draft || len(c.Documents) != 1 {
			t.Errorf("%s: %+v, %v", s, c, err)
		}
		if d := c.Documents[0]; d.ID != accepted.ID || d.State != DocClean || d.CaseNo != 2 || d.FileCase() != 1 {
			t.Errorf("%s: carried over: %+v", s, d)
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
	e, err := c.Edit(Given{EntityType: "private_limited"}, account.Company, now)
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
	if _, err := c.Edit(Given{EntityType: "individual"}, account.Company, now); code(err) != "entity_type_not_allowed" {
		t.Errorf("a company as an individual: %v", err)
	}
}

func TestAReviewerOpensOnlyWhatWasFlagged(t *testing.T) {
	rejected, accepted := doc("entity_pan", "", DocRejected), doc("personal_id", "", DocAccepted)
	c := draft("individual", individual, rejected, accepted)
	c.Status, c.Flags = NeedsInfo, map[string]Reason{"/fields/pinCode": {"address_mismatch", "Check the PIN code."}}

	if e, err := c.Edit(Given{EntityType: "individual", Fields: map[string]string{"pan": "AAAPL1234C", "pinCode": "380015"}}, account.Individual, now); err != nil || e.Status != NeedsInfo {
		t.Errorf("a flagged field: %v", err)
	}
	_, err := c.Edit(Given{EntityType: "huf", Fields: map[string]string{"pan": "ZZZHZ9999Z"}}, account.Individual, now)
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.Code != "part_locked" || len(f.Fields) != 2 {
		t.Errorf("another entity type and PAN: %+v", err)
	}
	if _, err := NewDocument(c, good("entity_pan"), "NEW", now); err != nil {
		t.Errorf("a document in place of a rejected one: %v", err)
	}
	if _, err := NewDocument(c, good("personal_id"), "NEW", now); !errors.Is(err, ErrPartLocked) {
		t.Errorf("a document next to an accepted one: %v", err)
	}
	if _, err := c.Removable(rejected.ID, now); !errors.Is(err, ErrDocumentKept) {
		t.Errorf("removing evidence: %v", err)
	}
	if _, err := c.Removable(accepted.ID, now); !errors.Is(err, ErrPartLocked) {
		t.Errorf("removing an accepted one: %v", err)
	}
}

func TestRemoving(t *testing.T) {
	clean, gone := doc("entity_pan", "", DocClean), doc("entity_pan", "", DocSuperseded)
	c := draft("individual", individual, clean, gone)
	if d, err := c.Removable(clean.ID, now); err != nil || d.ID != clean.ID {
		t.Errorf("%+v, %v", d, err)
	}
	if d, err := c.Removable(gone.ID, now); err != nil || d.State != DocSuperseded {
		t.Errorf("a second time: %+v, %v", d, err)
	}
	for _, id := range []string{"unknown", ""} {
		if _, err := c.Removable(id, now); !errors.Is(err, ErrDocumentUnknown) {
			t.Errorf("%q: %v", id, err)
		}
	}
	c.Status = UnderReview
	if _, err := c.Removable(clean.ID, now); !errors.Is(err, ErrLocked) {
		t.Errorf("during the review: %v", err)
	}
}
