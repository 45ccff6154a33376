package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
)

// told lists what leaves for an account and about it by then: kinds of mails, and types of events.
func (w *world) told(t *testing.T, id account.ID, by time.Time) string {
	t.Helper()
	var all []string
	waiting, err := w.Waiting(t.Context())
	must(t, err)
	for _, q := range waiting {
		if q.Account == string(id) && !q.DueAt.After(by) && q.Kind != "event" {
			all = append(all, string(q.Kind))
		}
	}
	events, err := w.EventsOf(t.Context(), id, by)
	must(t, err)
	for _, e := range events {
		if !e.Due.After(by) {
			all = append(all, string(e.Type))
		}
	}
	slices.Sort(all)
	return strings.Join(slices.DeleteFunc(all, func(s string) bool { return strings.HasSuffix(s, "submitted") || s == "account.verified" }), ", ")
}

func (w *world) verified(t *testing.T, c kyc.Case) int {
	t.Helper()
	p, err := w.Profile(t.Context(), c.AccountID)
	must(t, err)
	return p.Verified.CaseNo
}

func TestNobodyHearsOfADecisionBeforeItStands(t *testing.T) {
	for _, row := range []struct{ outcome, refused, told string }{
		{"approve", "", "kyc.approved, kyc_approved"}, {"needs_info", "not_readable", "kyc_question"},
	} {
		w := newWorld(t)
		p := w.reviewer(t, "Ravi", false)
		c := w.submitted(t)
		decide := func() string {
			return p.want(t, "200", "POST", caseAt(c)+"/decision", decision(p.takes(t, c), row.outcome, map[string]string{"entity_pan": row.refused})).text("recordId")
		}
		taken := decide()
		if got := w.told(t, c.AccountID, w.clock.Add(kyc.UndoLife-time.Second)); got != "" {
			t.Errorf("%s: told within the minute: %s", row.outcome, got)
		}
		w.clock = w.clock.Add(kyc.UndoLife - time.Second)
		p.want(t, "200", "POST", caseAt(c)+"/undo", m{"recordId": taken})
		if got := w.told(t, c.AccountID, w.clock.Add(time.Hour)); got != "" || w.verified(t, c) != 0 {
			t.Errorf("%s: told of what was taken back: %s", row.outcome, got)
		}
		stands := decide()
		w.clock = w.clock.Add(kyc.UndoLife)
		if got := w.told(t, c.AccountID, w.clock); got != row.told {
			t.Errorf("%s: told %q, want %q", row.outcome, got, row.told)
		}
		p.want(t, "409 undo_over", "POST", caseAt(c)+"/undo", m{"recordId": stands})
	}
}

// What products were told of an approval they hear again when it does not hold any more.
func TestAnApprovalThatIsReopenedAndNotRepeatedEndsForEverybody(t *testing.T) {
	for _, row := range []struct{ outcome, code, status, event string }{
		{"reject", "manipulated", "rejected", "kyc.rejected"}, {"needs_info", "not_readable", "needs_info", "kyc.expired"},
	} {
		w := newWorld(t)
		first, second := w.reviewer(t, "Ravi", false), w.reviewer(t, "Meena", false)
		c := w.submitted(t)
		first.want(t, "200", "POST", caseAt(c)+"/decision", decision(first.takes(t, c), "approve", nil))
		w.clock = w.clock.Add(kyc.UndoLife)
		first.want(t, "409 same_reviewer", "POST", caseAt(c)+"/reopen", m{"reason": "A mistake."})
		second.want(t, "200", "POST", caseAt(c)+"/reopen", m{"reason": "The photo is of somebody else."})
		first.want(t, "409 same_reviewer", "POST", caseAt(c)+"/claim", m{"takeOver": ""})
		if w.verified(t, c) != 1 {
			t.Error("reopened, and not verified before it is decided")
		}
		again := func() string {
			r := second.want(t, "200", "POST", caseAt(c)+"/decision", decision(second.takes(t, c), row.outcome, map[string]string{"personal_id": row.code}))
			if r.text("status") != row.status || w.verified(t, c) != 0 {
				t.Errorf("%s: %s, verified by case %d", row.outcome, r.raw, w.verified(t, c))
			}
			return r.text("recordId")
		}
		second.want(t, "200", "POST", caseAt(c)+"/undo", m{"recordId": again()})
		if got := w.told(t, c.AccountID, w.clock.Add(time.Hour)); w.verified(t, c) != 1 || strings.Contains(got, row.event) {
			t.Errorf("%s: taken back, verified by case %d, told %s", row.outcome, w.verified(t, c), got)
		}
		again()
		w.clock = w.clock.Add(kyc.UndoLife)
		if got := w.told(t, c.AccountID, w.clock); !strings.Contains(got, row.event) {
			t.Errorf("%s: told %s", row.outcome, got)
		}
	}
}
