package kyc

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
)

// flagged is a case of a sole proprietor that was handed in an hour ago and came back with flags, as on each of these parts.
func flagged(pointers ...string) Case {
	c := draft("sole_proprietorship", map[string]string{"pan": "ZZZPZ9999Z", "gstin": "27ZZZPZ9999Z1ZS", "pinCode": "380015"},
		doc("entity_pan", "pan_card", DocAccepted), doc("personal_id", "passport", DocAccepted), doc("gst_certificate", "gst_certificate", DocAccepted),
		doc("activity_proof", "iec", DocAccepted), doc("activity_proof", "tax_returns", DocAccepted))
	for i := range c.Documents {
		c.Documents[i].CreatedAt = now.Add(-2 * time.Hour)
	}
	c.Status, c.Round, c.SubmittedAt, c.Reference = NeedsInfo, 1, now.Add(-time.Hour), "K7M2-9QXD"
	c.HandedIn = Snapshot{EntityType: c.EntityType, Fields: maps.Clone(c.Fields)}
	c.Flags = map[string]Reason{}
	for _, p := range pointers {
		c.Flags[p] = Reason{"check", "Look at this again."}
	}
	return c
}

// late is a document that came after the review.
func late(requirement, typ string, state DocState) Document {
	d := doc(requirement, typ, state)
	d.CreatedAt = now.Add(-time.Minute)
	return d
}

func TestAFlagIsAnsweredBySomethingNewOrByASentence(t *testing.T) {
	field, file, entity := "/fields/pinCode", "/requirements/personal_id", "/entityType"
	for _, c := range []struct {
		name, pointer string
		change        func(*Case)
		answered      bool
		missing       string
	}{
		{"a field as it was", field, func(*Case) {}, false, field + " flag_unanswered"},
		{"a field with another value", field, func(c *Case) { c.Fields["pinCode"] = "560001" }, true, ""},
		{"a field that was taken away", field, func(c *Case) { delete(c.Fields, "pinCode") }, true, ""},
		{"a field with a sentence", field, func(c *Case) { c.Answers = map[string]string{field: "It is right."} }, true, ""},
		{"a sentence about another part", field, func(c *Case) { c.Answers = map[string]string{file: "It is right."} }, false, field + " flag_unanswered"},
		{"a requirement as it was", file, func(*Case) {}, false, file + " flag_unanswered"},
		{"a new file", file, func(c *Case) { c.Documents = append(c.Documents, late("personal_id", "passport", DocClean)) }, true, ""},
		{
			"a new file that was refused", file, func(c *Case) { c.Documents = append(c.Documents, late("personal_id", "passport", DocRefused)) },
			false, file + " flag_unanswered",
		},
		{
			"a new file that was removed again", file, func(c *Case) { c.Documents = append(c.Documents, late("personal_id", "passport", DocSuperseded)) },
			false, file + " flag_unanswered",
		},
		{
			"a new file that never came", file, func(c *Case) { c.Documents = append(c.Documents, late("personal_id", "passport", DocRequested)) },
			false, file + " flag_unanswered",
		},
		{
			"a new file that is being checked", file, func(c *Case) { c.Documents = append(c.Documents, late("personal_id", "passport", DocUploaded)) },
			false, file + " document_checking",
		},
		{
			"a new file for another requirement", file, func(c *Case) { c.Documents = append(c.Documents, late("bank_proof", "passbook", DocClean)) },
			false, file + " flag_unanswered",
		},
		{"the entity type as it was", entity, func(*Case) {}, false, entity + " flag_unanswered"},
		{"the entity type with a sentence", entity, func(c *Case) { c.Answers = map[string]string{entity: "I own the firm alone."} }, true, ""},
		{
			"what is not asked for any more", "/requirements/gst_certificate", func(c *Case) {
				delete(c.Fields, "gstin")
				c.Documents = append(c.Documents, late("gst_declaration", "gst_declaration", DocClean))
			}, true, "",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			cs := flagged(c.pointer)
			c.change(&cs)
			if got := pointers(last(cs.Submit(of(account.Individual), "", now))); got != c.missing {
				t.Errorf("missing  %s\nwant     %s", got, c.missing)
			}
			i := slices.IndexFunc(Evaluate(cs, account.Individual, now).Parts, func(p Part) bool { return p.Pointer == c.pointer })
			if part := Evaluate(cs, account.Individual, now).Parts[i]; part.Flag.Answered != c.answered || part.Flag.Answer != cs.Answers[c.pointer] || !part.Open {
				t.Errorf("it is shown as %+v, flag %+v", part, part.Flag)
			}
		})
	}
}

func TestAnotherEntityTypeAnswersItsFlagAndOpensWhatItAsks(t *testing.T) {
	c := flagged("/entityType", "/requirements/activity_proof")
	other, err := c.Edit(Given{EntityType: "individual"}, account.Individual, now)
	if err != nil {
		t.Fatal(err)
	}
	if got := pointers(last(other.Submit(of(account.Individual), "", now))); got != "" {
		t.Errorf("missing: %s", got)
	}
	if _, err := other.Patch(Patch{Fields: map[string]*string{"pan": new("AAAPL1234C")}}, account.Individual, now); err != nil {
		t.Errorf("a field of the new entity type: %v", err)
	}
	if _, err := NewDocument(other, good("bank_proof"), "NEW", now); err != nil {
		t.Errorf("a file for the new entity type: %v", err)
	}
	back, err := other.Edit(Given{EntityType: "sole_proprietorship"}, account.Individual, now)
	if err != nil || !maps.Equal(back.Fields, c.Fields) {
		t.Fatalf("going back: %v, %v", back.Fields, err)
	}
	if _, err := NewDocument(back, good("activity_proof"), "NEW", now); err != nil {
		t.Errorf("what went with the first change cannot be given again: %v", err)
	}
	_, err = other.Edit(Given{EntityType: "sole_proprietorship", Fields: map[string]string{"pan": "AAAPL1234C"}}, account.Individual, now)
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.Code != "part_locked" || len(f.Fields) != 3 {
		t.Errorf("there and back has opened fields: %+v", err)
	}
}

// A change that the reviewer asked for may ask for other things in turn: these are open, or nobody could hand the case in again.
func TestWhatIsOpenNeverLeadsIntoADeadEnd(t *testing.T) {
	open := func(c Case) string {
		var all []string
		for _, p := range Evaluate(c, account.Individual, now).Parts {
			if p.Open {
				all = append(all, p.Pointer)
			}
		}
		return strings.Join(all, " ")
	}
	c := flagged("/fields/gstin")
	if got := open(c); got != "/fields/gstin" {
		t.Errorf("open: %s", got)
	}
	gone, err := c.Patch(Patch{Fields: map[string]*string{"gstin": nil}}, account.Individual, now)
	if err != nil {
		t.Fatal(err)
	}
	if got := open(gone); got != "/fields/gstin /requirements/gst_declaration" {
		t.Errorf("without a GSTIN open: %s", got)
	}
	gone.Documents = append(gone.Documents, late("gst_declaration", "gst_declaration", DocClean))
	if _, err := gone.Removable(gone.Documents[len(gone.Documents)-1].ID, now); err != nil {
		t.Errorf("a file of this round cannot be taken back: %v", err)
	}
	c = flagged("/fields/pan")
	other, err := c.Patch(Patch{Fields: map[string]*string{"pan": new("AAAPL1234C")}}, account.Individual, now)
	if err != nil {
		t.Fatal(err)
	}
	if got := open(other); got != "/fields/pan /fields/gstin" {
		t.Errorf("with a PAN that does not agree open: %s", got)
	}
	c = flagged("/fields/pinCode")
	if got := open(c); got != "/fields/pinCode" {
		t.Errorf("open: %s", got)
	}
	if e := Evaluate(c, account.Company, now); e.Parts[0].Open {
		t.Error("the entity type is open, and nobody asked")
	}
	c.EntityType, c.HandedIn.EntityType = "individual", "individual"
	if e := Evaluate(c, account.Company, now); !e.Parts[0].Open {
		t.Error("the account may not have its entity type, and cannot change it")
	}
}

func TestPartsAreListedInEveryState(t *testing.T) {
	for _, s := range []Status{NotStarted, Draft, Submitted, UnderReview, Approved, NeedsInfo, Rejected, Expired} {
		c := flagged("/fields/pan")
		c.Status = s
		if s == NotStarted {
			c = NewCase("ACCOUNT")
		}
		parts := Evaluate(c, account.Individual, now).Parts
		var open []string
		for _, p := range parts {
			if p.Open {
				open = append(open, p.Pointer)
			}
			if (p.Flag != nil) != ((s == NeedsInfo || s == Rejected) && p.Pointer == "/fields/pan") {
				t.Errorf("%s: %s has the flag %+v", s, p.Pointer, p.Flag)
			}
		}
		want := map[Status]int{NotStarted: 1, Draft: 12, NeedsInfo: 1, Rejected: 7, Expired: 7}[s]
		if len(open) != want || len(parts) != map[bool]int{true: 1, false: 12}[s == NotStarted] {
			t.Errorf("%s: %d parts, open %v", s, len(parts), open)
		}
	}
}

func TestAnswers(t *testing.T) {
	flag, other := "/fields/pinCode", "/fields/pan"
	for _, c := range []struct{ name, pointer, text, want, faults string }{
		{"a sentence", flag, "It is right.", "It is right.", ""},
		{"in any script", flag, "यह सही है।", "यह सही है।", ""},
		{"on several lines", flag, " It is\n\n right.\t\u2028", "It is right.", ""},
		{"with marks that nobody sees", flag, "\u200eIt\u200b is right.\u202c\u0007", "It is right.", ""},
		{"empty", flag, "", "", ""},
		{"nothing that shows", flag, " \u200b\u2800\n", "", ""},
		{"500 characters", flag, strings.Repeat("न", 500), strings.Repeat("न", 500), ""},
		{"501 characters", flag, strings.Repeat("न", 501), "", "/answers/~1fields~1pinCode text_too_long"},
		{"a novel", flag, strings.Repeat(" ", 60_000), "", "/answers/~1fields~1pinCode text_too_long"},
		{"an Aadhaar number", flag, "See 2341-2341-2346.", "", "/answers/~1fields~1pinCode aadhaar_number_suspected"},
		{"where nothing was asked", other, "Look here, too.", "", "/answers/~1fields~1pan answer_unexpected"},
		{"nothing where nothing was asked", other, " ", "", ""},
		{"where there is nothing", "x", "Hello.", "", "/answers/x answer_unexpected"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for how, save := range map[string]func(Case) (Case, error){
				"PATCH": func(cs Case) (Case, error) {
					return cs.Patch(Patch{Answers: map[string]*string{c.pointer: &c.text}}, account.Individual, now)
				},
				"PUT": func(cs Case) (Case, error) {
					return cs.Edit(Given{EntityType: cs.EntityType, Answers: map[string]string{c.pointer: c.text}}, account.Individual, now)
				},
			} {
				saved, err := save(flagged(flag))
				if got := pointers(err); got != c.faults || saved.Answers[c.pointer] != c.want {
					t.Errorf("%s: %q, %s", how, saved.Answers[c.pointer], got)
				}
				if err != nil && strings.Contains(err.Error(), "2341") {
					t.Errorf("%s: the number is in the log", how)
				}
			}
		})
	}
	c := flagged(flag, other)
	c.Answers = map[string]string{flag: "It is right.", other: "So is this."}
	one, err := c.Patch(Patch{Answers: map[string]*string{flag: nil}}, account.Individual, now)
	if err != nil || fmt.Sprint(one.Answers) != "map[/fields/pan:So is this.]" {
		t.Errorf("one taken back: %v, %v", one.Answers, err)
	}
	kept, err := c.Edit(Given{EntityType: c.EntityType, Fields: c.Fields}, account.Individual, now)
	if err != nil || len(kept.Answers) != 2 {
		t.Errorf("a save of the fields: %v, %v", kept.Answers, err)
	}
	d := draft("individual", nil)
	if _, err := d.Patch(Patch{Answers: map[string]*string{flag: new("x")}}, account.Individual, now); code(err) != "answer_unexpected" {
		t.Errorf("in a draft: %v", err)
	}
}

func TestARoundThatIsOverIsKeptAndTheNextBeginsWithoutFlags(t *testing.T) {
	c := flagged("/fields/pinCode", "/fields/pan")
	c, err := c.Patch(Patch{
		Fields: map[string]*string{"pinCode": new("560001")}, Answers: map[string]*string{"/fields/pan": new("It is right.")},
	}, account.Individual, now)
	if err != nil {
		t.Fatal(err)
	}
	round, ok := c.Reviewed(now)
	if !ok || round.No != 1 || len(round.Flags) != 2 || round.Answers["/fields/pan"] != "It is right." || round.HandedIn.Fields["pinCode"] != "380015" {
		t.Errorf("%+v", round)
	}
	s, _, err := c.Submit(of(account.Individual), "OTHER", now)
	if err != nil || s.Round != 2 || s.Flags != nil || s.Answers != nil || s.Reference != "K7M2-9QXD" || s.HandedIn.Fields["pinCode"] != "560001" {
		t.Errorf("%+v, %v", s, err)
	}
	if _, ok := draft("individual", nil).Reviewed(now); ok {
		t.Error("a draft was reviewed")
	}
}

// Cases that were handed in before snapshots were kept say what was handed in until their first edit.
func TestACaseOfBeforeSnapshotsKnowsWhatIsNew(t *testing.T) {
	c := flagged("/fields/pinCode", "/entityType")
	c.HandedIn = Snapshot{}
	if got := pointers(last(c.Submit(of(account.Individual), "", now))); got != "/entityType flag_unanswered, /fields/pinCode flag_unanswered" {
		t.Errorf("before the first edit: %s", got)
	}
	c, err := c.Patch(Patch{Fields: map[string]*string{"pinCode": new("560001")}}, account.Individual, now)
	if err != nil || c.HandedIn.Fields["pinCode"] != "380015" {
		t.Fatalf("%+v, %v", c.HandedIn, err)
	}
	c, err = c.Edit(Given{EntityType: "individual"}, account.Individual, now)
	if err != nil || c.HandedIn.EntityType != "sole_proprietorship" || c.HandedIn.Fields["pinCode"] != "380015" {
		t.Fatalf("%+v, %v", c.HandedIn, err)
	}
	if got := pointers(last(c.Submit(of(account.Individual), "", now))); got != "" {
		t.Errorf("after it: %s", got)
	}
}

func TestAReviewersWordsAreToldFromWhatTheCodeSays(t *testing.T) {
	for _, c := range []struct {
		r    Reason
		want string
	}{
		{Reason{"not_signed", "The signature is missing."}, ""},
		{Reason{"not_signed", "Page 3 is not signed."}, "Page 3 is not signed."},
		{Reason{"other", "Call us."}, "Call us."},
		{Reason{"of_another_time", "Look at this again."}, "Look at this again."},
	} {
		if got := c.r.Words(); got != c.want {
			t.Errorf("%+v: %q", c.r, got)
		}
	}
}
