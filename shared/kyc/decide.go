package kyc

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
)

// Decision is what a reviewer says of a whole case. Of Parts, the evidence and the reviewer are filled in by Decide.
type Decision struct {
	LeaseID string
	Version int // of the case that was looked at
	Outcome Outcome
	Risk    Risk   // empty: as it was judged before, or else low
	Note    string // for reviewers
	Parts   []Verdict
}

// Decide is the case after a reviewer's decision, and the record of it. Verdicts of earlier rounds on what has not changed still count. Rejections,
// high risk, approvals over a warning and entity types that ask for it wait for a second person first.
//
// The fault is ErrNotWaiting, ErrLeaseLost, ErrStale, ErrSameReviewer, or one field for each of: part_unknown, document_unknown,
// verdict_reason_required, verdict_reason_unknown, verdict_missing, outcome_unknown, outcome_contradicts, risk_unknown, note_required, text_too_long.
func (c Case) Decide(d Decision, by account.ID, p Policy, now time.Time) (Case, Record, error) {
	if err := c.holds(d.LeaseID, by, now); err != nil {
		return Case{}, Record{}, err
	}
	switch {
	case d.Version != c.Version:
		return Case{}, Record{}, ErrStale
	case c.SecondLook() && by == c.FirstBy:
		return Case{}, Record{}, ErrSameReviewer
	}
	verdicts, faults := c.verdicts(d.Parts, by, now)
	note, err := optionalNote("/note", d.Note)
	if f, _ := fault.FieldsOf(err); err != nil {
		faults = append(faults, f...)
	}
	all := c.withVerdicts(verdicts)
	faults = append(faults, d.check(c, all, now)...)
	if err := fault.InvalidFields(faults); err != nil {
		return Case{}, Record{}, err
	}
	r := c.record(reviewer(by), string(d.Outcome.action()), now)
	r.Note, r.Outcome, r.Parts = note, d.Outcome, verdicts
	r.Before = Before{Lane: c.Lane, Home: c.Home, FirstBy: c.FirstBy}
	next := c
	next.Verdicts, next.Lease, next.Risk = all, Lease{}, cmp.Or(d.Risk, c.Risk, RiskLow)
	r.Risk = next.Risk
	if d.Outcome == OutcomeSecondLook || !c.SecondLook() && next.asksForTwo(d.Outcome, now) {
		next.Lane, next.Home, next.FirstBy = LaneSecondLook, "", by
		next.Verdicts = c.withVerdicts(removing(verdicts)) // who looks next finds an own verdict on what is still there
		next.Documents = next.judgedDocuments(removing(verdicts))
		r.Kind, r.Before.Documents = RecordSecondLook, c.changedStates(next)
		return next, r, nil
	}
	next = next.decided(d.Outcome, by, p, now)
	if err := fault.InvalidFields(next.unproven(d.Outcome, now)); err != nil {
		return Case{}, Record{}, err
	}
	r.To, r.Flags, r.Before.Documents = next.Status, next.Flags, c.changedStates(next)
	r.Sampled = d.Outcome == OutcomeApprove && p.samples(r.ID)
	return next, r, nil
}

func (o Outcome) action() Action {
	return map[Outcome]Action{OutcomeApprove: Approve, OutcomeQuestion: Question, OutcomeReject: Reject, OutcomeSecondLook: RecordSecondLook}[o]
}

// asksForTwo reports that a second person has to look before the decision counts.
func (c Case) asksForTwo(o Outcome, now time.Time) bool {
	switch o {
	case OutcomeReject:
		return true
	case OutcomeApprove:
		return c.Risk == RiskHigh || c.entityType().TwoReviewers || slices.ContainsFunc(Findings(c, now), Finding.warns)
	}
	return false
}

// decided is the case after a decision that counts.
func (c Case) decided(o Outcome, by account.ID, p Policy, now time.Time) Case {
	c.Status, _ = c.Status.After(o.action())
	c.Lane, c.Home, c.FirstBy, c.DecidedBy, c.DecidedAt, c.UpdatedAt = "", "", "", by, now, now
	c.Documents = c.judgedDocuments(c.Verdicts)
	c.Flags, c.Answers = c.flagged(), nil
	switch o {
	case OutcomeApprove:
		c.Flags, c.ApprovedAt, c.ValidUntil = nil, now, c.validUntil(p, now)
	case OutcomeQuestion:
		c.DueBy = now.Add(p.AnswerIn)
	case OutcomeReject:
		c.Final = slices.ContainsFunc(c.Verdicts, func(v Verdict) bool {
			reason, _ := reviewReason(v.Reason.Code)
			return !v.OK && reason.Retry == RetryNever
		})
	}
	return c
}

// judgedDocuments are the documents as verdicts leave them.
func (c Case) judgedDocuments(verdicts []Verdict) []Document {
	documents := slices.Clone(c.Documents)
	for i, d := range documents {
		for _, v := range verdicts {
			if v.DocumentID == d.ID && d.State.reviewable() {
				documents[i].State, documents[i].Reason = v.state(), v.Reason
			}
		}
	}
	return documents
}

// removing are the verdicts that remove a file at once, whoever else has to look at the case: a number that nobody may keep is not kept
// for a second pair of eyes.
func removing(verdicts []Verdict) []Verdict {
	return slices.DeleteFunc(slices.Clone(verdicts), func(v Verdict) bool {
		reason, _ := reviewReason(v.Reason.Code)
		return v.OK || !reason.Purge || v.DocumentID == ""
	})
}

// state is what becomes of the document that a verdict is on: one whose file is removed at once counts no more.
func (v Verdict) state() DocState {
	reason, _ := reviewReason(v.Reason.Code)
	switch {
	case v.OK:
		return DocAccepted
	case reason.Purge:
		return DocSuperseded
	}
	return DocRejected
}

// unproven is one fault for each requirement that an approval leaves without the papers that it needs: files may have been removed since
// the case was handed in.
func (c Case) unproven(o Outcome, now time.Time) (faults []fault.Field) {
	for _, s := range c.standings(now) {
		if o == OutcomeApprove && s.Needed && s.State != AllAccepted {
			faults = append(faults, fault.Field{
				Pointer: requirementPointer(s.ID), Code: "document_missing", Detail: fmt.Sprintf("There is no paper for “%s” any more. Ask the holder for one.", s.Title),
			})
		}
	}
	return faults
}

// validUntil is when the case has to be renewed: by its risk, or when the first document runs out.
func (c Case) validUntil(p Policy, now time.Time) time.Time {
	until := now.AddDate(p.Years[c.Risk], 0, 0)
	for _, v := range c.Verdicts {
		if !v.ValidUntil.IsZero() && v.ValidUntil.Before(until) {
			until = v.ValidUntil
		}
	}
	return until
}

// flagged is what the holder is asked for, by pointer. Two documents of one requirement make one sentence after the other.
func (c Case) flagged() map[string]Reason {
	flags := map[string]Reason{}
	for _, v := range c.Verdicts {
		if v.OK {
			continue
		}
		flag, again := flags[v.Pointer]
		switch {
		case !again:
			flag = v.Reason
		case flag.Detail != v.Reason.Detail:
			flag.Detail += " " + v.Reason.Detail
		}
		flags[v.Pointer] = flag
	}
	return flags
}

func (c Case) changedStates(next Case) map[string]DocState {
	was := map[string]DocState{}
	for i, d := range c.Documents {
		if d.State != next.Documents[i].State {
			was[d.ID] = d.State
		}
	}
	return was
}

// withVerdicts is the newest verdict on each part: these, and the earlier ones on what they leave out.
func (c Case) withVerdicts(verdicts []Verdict) []Verdict {
	all := slices.Clone(verdicts)
	for _, v := range c.Verdicts {
		if !slices.ContainsFunc(verdicts, v.samePart) {
			all = append(all, v)
		}
	}
	return all
}

func (v Verdict) samePart(w Verdict) bool {
	return v.Pointer == w.Pointer && v.DocumentID == w.DocumentID
}

// standingVerdicts are those of earlier rounds that still hold after the holder changed the case: good ones, on what is as it was.
func (c Case) standingVerdicts() []Verdict {
	return slices.DeleteFunc(slices.Clone(c.Verdicts), func(v Verdict) bool {
		if v.DocumentID != "" {
			d, err := c.Document(v.DocumentID)
			return !v.OK || err != nil || d.State != DocAccepted
		}
		return !v.OK || c.renewed(v.Pointer)
	})
}

// Purges lists the documents whose files a decision removes at once.
func (r Record) Purges() (ids []string) {
	for _, v := range removing(r.Parts) {
		ids = append(ids, v.DocumentID)
	}
	return ids
}

// UndoDecision takes a decision back before anybody heard of it: ErrUndoOver after a minute, when something has happened since, to a
// decision of somebody else, and when it removed a file.
func (c Case) UndoDecision(r Record, by account.ID, now time.Time) (Case, Record, error) {
	decision := slices.Contains([]string{string(Approve), string(Question), string(Reject), RecordSecondLook}, r.Kind)
	if !decision || r.Version != c.Version || r.Actor != reviewer(by) || !now.Before(r.At.Add(UndoLife)) || len(r.Purges()) > 0 {
		return Case{}, Record{}, ErrUndoOver
	}
	undo := c.record(reviewer(by), string(Undo), now)
	undo.Undoes, undo.Before.Verified = Undone{r.ID, r.Kind, r.At}, r.Before.Verified
	c.Documents = slices.Clone(c.Documents)
	for i, d := range c.Documents {
		if was, changed := r.Before.Documents[d.ID]; changed {
			c.Documents[i].State, c.Documents[i].Reason = was, Reason{}
		}
	}
	c.Status, c.Lane, c.Home, c.FirstBy, c.Flags, c.Final = UnderReview, r.Before.Lane, r.Before.Home, r.Before.FirstBy, nil, false
	c.DecidedBy, c.DecidedAt, c.ApprovedAt, c.ValidUntil, c.DueBy = "", time.Time{}, time.Time{}, time.Time{}, time.Time{}
	undo.To = c.Status
	return c, undo, nil
}

// ReopenBy brings a decided case before a person who has not decided on it. The fault is ErrNotWaiting, ErrSameReviewer, ErrOwnCase or note_required.
func (c Case) ReopenBy(actor Actor, reason string, now time.Time) (Case, Record, error) {
	to, may := c.Status.After(Reopen)
	reason, err := noteOf("/reason", reason)
	switch {
	case !may:
		return Case{}, Record{}, ErrNotWaiting
	case actor.ID == string(c.AccountID):
		return Case{}, Record{}, ErrOwnCase
	case actor == reviewer(c.DecidedBy):
		return Case{}, Record{}, ErrSameReviewer
	case err != nil:
		return Case{}, Record{}, err
	}
	r := c.record(actor, string(Reopen), now)
	r.Reason, r.To = reason, to
	c.Status, c.Lane, c.FirstBy, c.DueAt, c.Lease, c.Final = to, LaneSecondLook, c.DecidedBy, dueAt(now), Lease{}, false
	return c, r, nil
}
