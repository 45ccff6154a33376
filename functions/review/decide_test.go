package main

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
)

var accountSeen = account.Activity{Kind: "logged_in", At: start}

func (p *person) setPassword(t *testing.T, hash string) {
	t.Helper()
	_, err := p.DB.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: &p.Users, UpdateExpression: aws.String("SET passwordHash = :hash"),
		Key:                       map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "email#" + p.Email.String()}, "sk": &types.AttributeValueMemberS{Value: "login"}},
		ExpressionAttributeValues: map[string]types.AttributeValue{":hash": &types.AttributeValueMemberS{Value: hash}},
	})
	must(t, err)
}

func TestADecisionNeedsALeaseThatStillHoldsAndTheVersionThatWasSeen(t *testing.T) {
	w := newWorld(t)
	first, second := w.reviewer(t, "Ravi", false), w.reviewer(t, "Meena", false)
	c := w.submitted(t)
	view := first.takes(t, c)
	approve := decision(view, "approve", nil)
	second.want(t, "409 case_claimed", "POST", caseAt(c)+"/claim", m{"takeOver": ""})
	w.clock = start.Add(4 * time.Minute)
	first.want(t, "200", "POST", caseAt(c)+"/heartbeat", m{"leaseId": approve["leaseId"]})
	w.clock = w.clock.Add(kyc.LeaseLife) // nobody else has it
	first.want(t, "409 lease_lost", "POST", caseAt(c)+"/decision", approve)
	first.want(t, "409 lease_lost", "POST", caseAt(c)+"/heartbeat", m{"leaseId": approve["leaseId"]})
	again := first.takes(t, c)
	stale := decision(again, "approve", nil)
	stale["version"] = view["version"]
	first.want(t, "412 version_mismatch", "POST", caseAt(c)+"/decision", stale)
	second.want(t, "200", "POST", caseAt(c)+"/claim", m{"takeOver": "Ravi went home."})
	first.want(t, "409 lease_lost", "POST", caseAt(c)+"/decision", decision(again, "approve", nil))
	missing := decision(again, "approve", nil)
	third := second.want(t, "200", "GET", caseAt(c), nil).body
	missing["leaseId"], missing["version"], missing["parts"] = at(third, "lease", "id"), third["version"], []any{}
	second.want(t, "422 fields_invalid", "POST", caseAt(c)+"/decision", missing)
	second.want(t, "200", "POST", caseAt(c)+"/release", m{"leaseId": at(third, "lease", "id")})
	if found, err := w.CaseByReference(t.Context(), c.Reference); err != nil || found.Status != kyc.UnderReview || found.Lane != kyc.LaneNew || found.Lease.ID != "" {
		t.Errorf("%+v, %v", found, err)
	}
}

func TestOfTwoDecisionsAtOnceOneCounts(t *testing.T) {
	w := newWorld(t)
	p := w.reviewer(t, "Ravi", false)
	c := w.submitted(t)
	view := p.takes(t, c)
	bodies := []m{decision(view, "approve", nil), decision(view, "needs_info", map[string]string{"entity_pan": "not_readable"})}
	says := make([]string, len(bodies))
	var at, done sync.WaitGroup
	at.Add(1)
	for i, body := range bodies {
		done.Go(func() {
			at.Wait()
			says[i] = p.call("POST", caseAt(c)+"/decision", body).says()
		})
	}
	at.Done()
	done.Wait()
	if both := strings.Join(says, ", "); both != "200, 409 case_not_waiting" && both != "409 case_not_waiting, 200" {
		t.Errorf("answered %s", both)
	}
}

func TestTheSecondReviewerIsNeverTheFirst(t *testing.T) {
	w := newWorld(t)
	first, second := w.reviewer(t, "Ravi", false), w.reviewer(t, "Meena", false)
	c := w.submitted(t)
	reject := decision(first.takes(t, c), "reject", map[string]string{"personal_id": "manipulated"})
	r := first.want(t, "200", "POST", caseAt(c)+"/decision", reject)
	if r.text("lane") != "second_look" || r.text("status") != "under_review" {
		t.Errorf("a rejection counts at once: %s", r.raw)
	}
	first.want(t, "409 same_reviewer", "POST", caseAt(c)+"/claim", m{"takeOver": ""})
	if r := first.want(t, "200", "POST", "/v1/review/next", nil); r.body["case"] != nil {
		t.Errorf("next gave the first reviewer %s", r.raw)
	}
	view := second.takes(t, c)
	if view["firstBy"] != "Ravi Rao" || at(view, "requirements", 0, "documents", 0, "verdict") != nil {
		t.Errorf("the second one is shown the verdicts of %v: %v", view["firstBy"], view["requirements"])
	}
	r = second.want(t, "200", "POST", caseAt(c)+"/decision", decision(view, "reject", map[string]string{"personal_id": "manipulated"}))
	if r.text("status") != "rejected" || r.body["lane"] != nil {
		t.Errorf("%s", r.raw)
	}
	second.want(t, "409 same_reviewer", "POST", caseAt(c)+"/reopen", m{"reason": "A mistake."})
	w.clock = w.clock.Add(kyc.UndoLife)
	second.want(t, "409 undo_over", "POST", caseAt(c)+"/undo", m{"recordId": r.text("recordId")})
	first.want(t, "422 note_required", "POST", caseAt(c)+"/reopen", m{"reason": " "})
	first.want(t, "200", "POST", caseAt(c)+"/reopen", m{"reason": "The passport is genuine."})
}

func TestADecisionIsTakenBackWithinItsMinute(t *testing.T) {
	w := newWorld(t)
	p := w.reviewer(t, "Ravi", false)
	c := w.submitted(t)
	r := p.want(t, "200", "POST", caseAt(c)+"/decision", decision(p.takes(t, c), "needs_info", map[string]string{"entity_pan": "not_readable"}))
	if r.text("status") != "needs_info" || r.text("undoUntil") != start.Add(kyc.UndoLife).Format(time.RFC3339) {
		t.Errorf("%s", r.raw)
	}
	asked, err := w.CaseByReference(t.Context(), c.Reference)
	must(t, err)
	if flag := asked.Flags["/requirements/entity_pan"]; flag.Detail != kyc.ReasonText("not_readable", "hi") {
		t.Errorf("the holder, who reads Hindi, is told %q", flag.Detail)
	}
	p.want(t, "409 undo_over", "POST", caseAt(c)+"/undo", m{"recordId": strings.Repeat("A", 26)})
	if got := p.want(t, "200", "POST", caseAt(c)+"/undo", m{"recordId": r.text("recordId")}).text("status"); got != "under_review" {
		t.Errorf("the case is %s", got)
	}
	p.want(t, "409 undo_over", "POST", caseAt(c)+"/undo", m{"recordId": r.text("recordId")})
}

func TestACaseIsPutOffAndPutBeforeColleagues(t *testing.T) {
	w := newWorld(t)
	p, colleague := w.reviewer(t, "Ravi", false), w.reviewer(t, "Meena", false)
	asked, held := w.submitted(t), w.submitted(t)
	view := p.takes(t, asked)
	p.want(t, "200", "POST", caseAt(asked)+"/ask", m{"leaseId": at(view, "lease", "id"), "version": view["version"], "question": "Is this a passport?"})
	view = colleague.takes(t, asked)
	if view["lane"] != "colleague" || at(view, "notes", 0, "text") != "Is this a passport?" || at(view, "notes", 0, "by") != "Ravi Rao" {
		t.Errorf("lane %v, notes %v", view["lane"], view["notes"])
	}
	w.passes()
	colleague.want(t, "200", "POST", caseAt(asked)+"/answer", m{"leaseId": at(view, "lease", "id"), "version": view["version"], "text": "Yes, an old one."})
	if view = p.takes(t, asked); view["lane"] != "new" || at(view, "notes", 1, "text") != "Yes, an old one." {
		t.Errorf("lane %v, notes %v", view["lane"], view["notes"])
	}
	view = p.takes(t, held)
	hold := m{"leaseId": at(view, "lease", "id"), "version": view["version"], "until": "2027-11-25T10:00:00Z", "note": "The registry is closed."}
	p.want(t, "422 hold_until_invalid", "POST", caseAt(held)+"/hold", hold)
	hold["until"] = "2026-11-25T15:30:00+05:30"
	p.want(t, "200", "POST", caseAt(held)+"/hold", hold)
	if view = p.want(t, "200", "GET", caseAt(held), nil).body; view["lane"] != nil || view["lease"] != nil {
		t.Errorf("the held case is in %v with %v", view["lane"], view["lease"])
	}
	p.want(t, "409 case_not_waiting", "POST", caseAt(held)+"/claim", m{"takeOver": ""})
}

func TestADocumentThatEndsSoonerDecidesWhenTheCaseIsRenewed(t *testing.T) {
	w := newWorld(t)
	p, c := w.reviewer(t, "Ravi", false), w.submitted(t)
	d := decision(p.takes(t, c), "approve", nil)
	first := d["parts"].([]any)[0].(m)
	for _, wrong := range []string{"2026-11-22", "soon", "2027-02-30", ""} { // today is the 23rd
		first["validUntil"] = wrong
		p.want(t, "422 valid_until_invalid", "POST", caseAt(c)+"/decision", d)
	}
	first["validUntil"] = "2027-05-31"
	p.want(t, "200", "POST", caseAt(c)+"/decision", d)
	records := p.want(t, "200", "GET", caseAt(c)+"/history", nil).body["records"].([]any)
	decided := records[slices.IndexFunc(records, func(r any) bool { return at(r, "outcome") == "approve" })]
	if got := at(decided, "parts", 0, "validUntil"); got != "2027-05-31" {
		t.Errorf("the history says %v", got)
	}
	if got := at(p.want(t, "200", "GET", caseAt(c), nil).body, "requirements", 0, "documents", 0, "verdict", "validUntil"); got != "2027-05-31" {
		t.Errorf("the verdict says %v", got)
	}
	if got := at(decided, "parts", 1, "validUntil"); got != nil {
		t.Errorf("another part, of which no day was given: %v", got)
	}
	holder, err := w.Profile(t.Context(), c.AccountID)
	must(t, err)
	if want := time.Date(2027, 5, 31, 18, 30, 0, 0, time.UTC); !holder.Verified.Until.Equal(want) { // midnight in India
		t.Errorf("verified until %v", holder.Verified.Until)
	}
}
