package kyc

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"phonon.in/central/shared/account"
)

func TestAPatchSavesEachRightFieldWhateverTheOthersAre(t *testing.T) {
	type patch = map[string]*string
	was := map[string]string{"pan": "ZZZPZ9999Z", "pinCode": "380015"}
	for _, c := range []struct {
		name   string
		fields patch
		want   map[string]string // nil for what was there
		faults string
	}{
		{"nothing", nil, nil, ""},
		{"one field", patch{"ifsc": new("sbin0000300")}, map[string]string{"pan": "ZZZPZ9999Z", "pinCode": "380015", "ifsc": "SBIN0000300"}, ""},
		{"an empty text takes away", patch{"pan": new("")}, map[string]string{"pinCode": "380015"}, ""},
		{"so does what shows nothing", patch{"pan": new(" \u200b")}, map[string]string{"pinCode": "380015"}, ""},
		{"and so does null", patch{"pan": nil}, map[string]string{"pinCode": "380015"}, ""},
		{"taking away what was not there", patch{"gstin": nil}, nil, ""},
		{
			"fields that do not agree are saved, each by itself", patch{"gstin": new("27AAPFU0939F1ZV")},
			map[string]string{"pan": "ZZZPZ9999Z", "pinCode": "380015", "gstin": "27AAPFU0939F1ZV"}, "",
		},
		{"a wrong field saves nothing of the request", patch{"pan": new("x"), "ifsc": new("SBIN0000300")}, nil, "/fields/pan pan_length"},
		{"every wrong field is named", patch{"pan": new("x"), "pinCode": new("0")}, nil, "/fields/pan pan_length, /fields/pinCode pin_length"},
		{"a field of others", patch{"cin": new("x"), "a/b": nil}, nil, "/fields/a~1b field_unknown, /fields/cin field_unknown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cs := draft("sole_proprietorship", maps.Clone(was))
			got, err := cs.Patch(Patch{Fields: c.fields}, account.Individual, now)
			if p := pointers(err); p != c.faults {
				t.Fatalf("got  %s\nwant %s", p, c.faults)
			}
			if !maps.Equal(cs.Fields, was) {
				t.Error("the case before it has changed")
			}
			if c.want == nil {
				c.want = was
			}
			if err == nil && !maps.Equal(got.Fields, c.want) {
				t.Errorf("saved %v", got.Fields)
			}
		})
	}
}

func TestWhatDoesNotAgreeIsSavedAndMissing(t *testing.T) {
	c, err := draft("sole_proprietorship", map[string]string{"pan": "ZZZPZ9999Z"}).Patch(Patch{Fields: map[string]*string{"gstin": new("27AAPFU0939F1ZV")}}, account.Individual, now)
	if err != nil {
		t.Fatal(err)
	}
	if got := pointers(last(c.Submit(of(account.Individual), "", now))); !strings.Contains(got, "/fields/gstin gstin_pan_disagrees") {
		t.Errorf("missing: %s", got)
	}
	if _, err := c.Edit(Given{EntityType: "sole_proprietorship", Fields: c.Fields}, account.Individual, now); code(err) != "gstin_pan_disagrees" {
		t.Errorf("a save of all: %v", err)
	}
	other, err := c.Edit(Given{EntityType: "huf"}, account.Individual, now)
	if err != nil || other.Fields["gstin"] == "" || other.Fields["pan"] != "" {
		t.Errorf("another entity type cannot be chosen: %v, %v", other.Fields, err)
	}
}

func TestAPatchNeedsAnEntityTypeAndAnOpenCase(t *testing.T) {
	pan := Patch{Fields: map[string]*string{"pan": new("ZZZPZ9999Z")}}
	if _, err := NewCase("ACCOUNT").Patch(pan, account.Individual, now); pointers(err) != "/entityType entity_type_required" {
		t.Errorf("before the first save: %v", err)
	}
	for _, s := range []Status{Submitted, UnderReview, Approved} {
		c := draft("individual", individual)
		c.Status = s
		if _, err := c.Patch(pan, account.Individual, now); !errors.Is(err, ErrLocked) {
			t.Errorf("%s: %v", s, err)
		}
	}
	old := draft("individual", individual)
	old.Status, old.Reference, old.Documents = Rejected, "K7M2-9QXD", []Document{doc("entity_pan", "epan", DocSuperseded)}
	next, err := old.Patch(pan, account.Individual, now)
	if err != nil || next.No != 2 || next.Status != Draft || next.Fields["pan"] != "ZZZPZ9999Z" || next.Reference != "" || len(next.Unpurged()) != 1 {
		t.Errorf("after a rejection: %+v, %v", next, err)
	}
}

func TestAnAccountThatChangedItsTypeCanStillSaveFields(t *testing.T) {
	c, err := draft("individual", nil).Patch(Patch{Fields: map[string]*string{"pan": new("ZZZPZ9999Z")}}, account.Company, now)
	if err != nil || c.Fields["pan"] != "ZZZPZ9999Z" {
		t.Fatalf("%v, %v", c.Fields, err)
	}
	if got := pointers(last(c.Submit(of(account.Company), "", now))); !strings.HasPrefix(got, "/entityType entity_type_not_allowed") {
		t.Errorf("missing: %s", got)
	}
}
