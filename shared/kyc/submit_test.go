package kyc

import (
	"errors"
	"testing"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
)

func TestSubmittingBelievesNothingThatASaveHasChecked(t *testing.T) {
	whole := func(change func(*Case)) Case {
		c := draft("sole_proprietorship", map[string]string{"pan": "ZZZPZ9999Z", "gstin": "27ZZZPZ9999Z1ZS"},
			doc("entity_pan", "pan_card", DocClean), doc("personal_id", "passport", DocClean), doc("gst_certificate", "gst_certificate", DocClean),
			doc("activity_proof", "iec", DocClean), doc("activity_proof", "tax_returns", DocClean))
		change(&c)
		return c
	}
	for _, c := range []struct {
		name   string
		typ    account.Type
		change func(*Case)
		want   string
	}{
		{"nothing has changed", account.Individual, func(*Case) {}, ""},
		{"the account may be either", account.Company, func(*Case) {}, ""},
		{
			"the account became a company", account.Company, func(c *Case) { *c = draft("individual", individual, c.Documents[:2]...) },
			"/entityType entity_type_not_allowed",
		},
		{"an entity type that is none", account.Individual, func(c *Case) { c.EntityType = "club" }, "/entityType entity_type_unknown"},
		{"a PAN that was taken once", account.Individual, func(c *Case) { c.Fields["pan"] = "AAAPL0000C" }, "/fields/pan pan_serial"},
		{"the PAN of another kind of holder", account.Individual, func(c *Case) { c.Fields["pan"] = "ZZZCZ9999Z" }, "/fields/pan pan_holder_disagrees"},
		{"a GSTIN of another PAN", account.Individual, func(c *Case) { c.Fields["gstin"] = "27AAPFU0939F1ZV" }, "/fields/gstin gstin_pan_disagrees"},
		{"a field that is not asked", account.Individual, func(c *Case) { c.Fields["cin"] = "x" }, "/fields/cin field_unknown"},
		{"a number in a name that was asked about when it was saved", account.Individual, func(c *Case) { c.Fields["signatoryName"] = "A 2341 2341 2346" }, "/requirements/authorisation document_missing"},
		{
			"an optional file that is being checked would be lost", account.Individual,
			func(c *Case) { c.Documents = append(c.Documents, doc("bank_proof", "passbook", DocUploaded)) }, "/requirements/bank_proof document_checking",
		},
		{
			"a second file that is being checked would be lost", account.Individual,
			func(c *Case) { c.Documents = append(c.Documents, doc("entity_pan", "epan", DocUploaded)) }, "/requirements/entity_pan document_checking",
		},
		{
			"an upload that never came holds nothing up", account.Individual,
			func(c *Case) { c.Documents = append(c.Documents, doc("bank_proof", "passbook", DocRequested)) }, "",
		},
		{
			"everything wrong at once", account.Company, func(c *Case) {
				*c = draft("individual", map[string]string{"pan": "x", "iban": "y", "pinCode": "1"}, doc("entity_pan", "epan", DocRefused))
			},
			"/entityType entity_type_not_allowed, /fields/iban field_unknown, /fields/pan pan_length, /fields/pinCode pin_length, " +
				"/requirements/entity_pan document_refused, /requirements/personal_id document_missing",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			cs := whole(c.change)
			if got := pointers(last(cs.Submit(of(c.typ), "K7M2-9QXD", now))); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			e := Evaluate(cs, c.typ, now)
			if got := pointers(fault.InvalidFields(e.Missing)); got != c.want || e.CanSubmit != (c.want == "") {
				t.Errorf("it is shown as %s, can submit: %v", got, e.CanSubmit)
			}
		})
	}
}

func TestSubmitting(t *testing.T) {
	c := draft("individual", individual, doc("personal_id", "passport", DocClean), doc("entity_pan", "epan", DocClean))
	s, _, err := c.Submit(of(account.Individual), "K7M2-9QXD", now)
	if err != nil || s.Status != Submitted || !s.SubmittedAt.Equal(now) || s.Round != 1 || c.Status != Draft {
		t.Fatalf("%+v, %v", s, err)
	}
	if s.Reference != "K7M2-9QXD" || s.HandedIn.EntityType != "individual" || s.HandedIn.Fields["pan"] != individual["pan"] {
		t.Errorf("what was handed in is %s, %+v", s.Reference, s.HandedIn)
	}
	if _, _, err := s.Submit(of(account.Individual), "XXXX-XXXX", now); !errors.Is(err, ErrLocked) {
		t.Errorf("a second time: %v", err)
	}
	if e := Evaluate(s, account.Company, now); e.CanSubmit || e.Missing != nil {
		t.Errorf("after submission %+v", e)
	}
	if _, err := s.Edit(Given{EntityType: "individual", Fields: individual}, account.Individual, now); !errors.Is(err, ErrLocked) {
		t.Errorf("an edit after submission: %v", err)
	}
}
