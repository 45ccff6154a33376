package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/shared/kyc"
)

// What a reviewer may do in each status. Without a lease nothing is done with a case that waits; what is refused changes nothing.
func TestWhatAReviewerMayDoInEachStatus(t *testing.T) {
	const not, lost, over = "409 case_not_waiting", "409 lease_lost", "409 undo_over"
	leased := []string{"release", "decision", "hold", "ask", "answer"}
	for _, row := range []struct {
		status                 kyc.Status
		claim, leased, reopens string
	}{
		{kyc.Draft, not, not, not}, {kyc.Withdrawn, not, not, not}, {kyc.NeedsInfo, not, not, not}, {kyc.Expired, not, not, not}, {kyc.Suspended, not, not, not},
		{kyc.Submitted, "200", lost, not}, {kyc.UnderReview, "200", lost, not},
		{kyc.Approved, not, not, "200"}, {kyc.Expiring, not, not, "200"}, {kyc.Rejected, not, not, "200"},
	} {
		t.Run(string(row.status), func(t *testing.T) {
			w := newWorld(t)
			p := w.reviewer(t, "Ravi", false)
			c := w.submitted(t)
			w.becomes(t, c, row.status)
			bodies := routes(c.Reference)
			try := func(action, want string) {
				t.Helper()
				before := w.rowsOf(t, c)
				r := p.want(t, want, "POST", caseAt(c)+"/"+action, bodies["POST "+caseAt(c)+"/"+action])
				if changed := w.rowsOf(t, c) != before; changed != (r.status == 200) {
					t.Errorf("%s answered %s, something changed: %v", action, r.says(), changed)
				}
			}
			for _, action := range leased {
				try(action, row.leased)
			}
			try("heartbeat", lost)
			try("undo", over)
			if try("reopen", row.reopens); row.reopens == "200" {
				return // it waits now
			}
			if next := at2(p.want(t, "200", "POST", "/v1/review/next", nil), "reference"); (next != nil) != (row.claim == "200") {
				t.Errorf("next gave %v", next)
			}
			try("claim", row.claim)
		})
	}
}

// becomes changes the status of a case that was handed in.
func (w *world) becomes(t *testing.T, c kyc.Case, to kyc.Status) {
	t.Helper()
	set, gone := map[string]any{"status": string(to)}, ""
	if to != kyc.Submitted && to != kyc.UnderReview {
		gone = " REMOVE lane, queue, queueKey"
	}
	key, err := attributevalue.MarshalMap(map[string]string{"pk": "account#" + string(c.AccountID), "sk": "kyc#0001"})
	must(t, err)
	v, err := attributevalue.Marshal(set["status"])
	must(t, err)
	_, err = w.DB.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: &w.Users, Key: key, UpdateExpression: new("SET #s = :s" + gone), ExpressionAttributeNames: map[string]string{"#s": "status"},
		ExpressionAttributeValues: map[string]types.AttributeValue{":s": v},
	})
	must(t, err)
}

// rowsOf is what the table holds of the case's account, as text.
func (w *world) rowsOf(t *testing.T, c kyc.Case) string {
	t.Helper()
	var all []string
	for _, i := range w.Items(t) {
		var row map[string]any
		must(t, attributevalue.UnmarshalMap(i, &row))
		if row["pk"] == "account#"+string(c.AccountID) {
			all = append(all, fmt.Sprint(row))
		}
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}
