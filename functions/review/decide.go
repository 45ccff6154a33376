package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/workday"
)

type partRequest struct {
	Pointer    string            `json:"pointer"`
	DocumentID *string           `json:"documentId"`
	Verdict    string            `json:"verdict"`
	Code       string            `json:"code"`
	Detail     string            `json:"detail"`
	Checklist  map[string]string `json:"checklist"`
	ValidUntil *string           `json:"validUntil"`
}

type decisionRequest struct {
	LeaseID string        `json:"leaseId"`
	Version int           `json:"version"`
	Outcome string        `json:"outcome"`
	Risk    string        `json:"risk"`
	Note    string        `json:"note"`
	Parts   []partRequest `json:"parts"`
}

type decisionAnswer struct {
	Status    kyc.Status `json:"status"`
	Lane      *kyc.Lane  `json:"lane"`
	UndoUntil time.Time  `json:"undoUntil"`
	RecordID  string     `json:"recordId"`
}

func (h *handler) decide(ctx context.Context, v *visit, in decisionRequest) (decisionAnswer, error) {
	d, err := in.decision(v.Now)
	if err != nil {
		return decisionAnswer{}, err
	}
	c, err := h.found(ctx, v)
	if err != nil {
		return decisionAnswer{}, err
	}
	holder, err := h.store.Profile(ctx, c.AccountID)
	if err != nil {
		return decisionAnswer{}, err
	}
	spell(d, holder.Locale)
	next, r, err := h.move(ctx, v, func(c kyc.Case) (kyc.Case, kyc.Record, error) { return c.Decide(d, v.Profile.ID, h.policy, v.Now) })
	if err != nil {
		return decisionAnswer{}, err
	}
	h.purge(ctx, v, next)
	return decisionAnswer{next.Status, orNull(next.Lane), r.At.Add(kyc.UndoLife), r.ID}, nil
}

// spell gives each reason without a text of its own the one of the list, in the holder's language.
func spell(d kyc.Decision, locale string) {
	for i, v := range d.Parts {
		if !v.OK && v.Reason.Detail == "" {
			d.Parts[i].Reason.Detail = kyc.ReasonText(v.Reason.Code, locale)
		}
	}
}

// decision reads a body. Whether the outcome follows from the verdicts is for the case to say.
func (in decisionRequest) decision(now time.Time) (kyc.Decision, error) {
	d := kyc.Decision{LeaseID: in.LeaseID, Version: in.Version, Outcome: kyc.Outcome(in.Outcome), Risk: kyc.Risk(in.Risk), Note: in.Note}
	_, note := textGiven("/note", in.Note, maxNote)
	errs := []error{isID("/leaseId", in.LeaseID), note}
	if !slices.Contains([]kyc.Outcome{kyc.OutcomeApprove, kyc.OutcomeQuestion, kyc.OutcomeReject, kyc.OutcomeSecondLook}, d.Outcome) {
		errs = append(errs, fault.At("/outcome", "outcome_unknown", "The outcome is approve, needs_info, reject or second_look."))
	}
	if !slices.Contains([]kyc.Risk{"", kyc.RiskLow, kyc.RiskMedium, kyc.RiskHigh}, d.Risk) {
		errs = append(errs, fault.At("/risk", "risk_unknown", "The risk is low, medium or high."))
	}
	for i, p := range in.Parts {
		v, wrong := p.verdict(fmt.Sprintf("/parts/%d", i), now)
		d.Parts, errs = append(d.Parts, v), append(errs, wrong...)
	}
	return d, all(errs...)
}

func (p partRequest) verdict(at string, now time.Time) (kyc.Verdict, []error) {
	v := kyc.Verdict{Pointer: p.Pointer, OK: p.Verdict == "yes", Checklist: p.Checklist}
	if p.DocumentID != nil {
		v.DocumentID = *p.DocumentID
	}
	detail, err := textGiven(at+"/detail", p.Detail, maxReason)
	errs := []error{err}
	if p.ValidUntil != nil {
		v.ValidUntil, err = lastDay(at+"/validUntil", *p.ValidUntil, now)
		errs = append(errs, err)
	}
	if p.Verdict != "yes" && p.Verdict != "no" {
		errs = append(errs, fault.At(at+"/verdict", "verdict_unknown", "The verdict is yes or no."))
	}
	for id, tick := range p.Checklist {
		if len(id) > maxCheckID || tick != "y" && tick != "n" && tick != "na" {
			errs = append(errs, fault.At(at+"/checklist", "check_unknown", "A check is y, n or na."))
			break
		}
	}
	if !v.OK {
		v.Reason = kyc.Reason{Code: p.Code, Detail: detail}
	}
	return v, errs
}

const maxCheckID = 64

// lastDay is the end of the last day in India on which a document is valid: valid_until_invalid.
func lastDay(pointer, date string, now time.Time) (time.Time, error) {
	day, err := time.ParseInLocation(time.DateOnly, date, workday.India)
	end := day.AddDate(0, 0, 1)
	if err != nil || !end.After(now) {
		return time.Time{}, fault.At(pointer, "valid_until_invalid", "Give the last day on which the document is valid, as 2031-12-31. What is not valid any more is not accepted.")
	}
	return end.UTC(), nil
}

// dayOrNull is the day that lastDay made an end of.
func dayOrNull(end time.Time) *string {
	if end.IsZero() {
		return nil
	}
	return new(end.In(workday.India).AddDate(0, 0, -1).Format(time.DateOnly))
}

type undoRequest struct {
	RecordID string `json:"recordId"`
}

type statusAnswer struct {
	Status kyc.Status `json:"status"`
}

// undo takes a decision back before anybody was told of it.
func (h *handler) undo(ctx context.Context, v *visit, in undoRequest) (statusAnswer, error) {
	if err := isID("/recordId", in.RecordID); err != nil {
		return statusAnswer{}, err
	}
	c, err := h.found(ctx, v)
	if err != nil {
		return statusAnswer{}, err
	}
	records, err := h.store.Records(ctx, c.AccountID, c.No)
	if err != nil {
		return statusAnswer{}, err
	}
	for _, r := range records {
		if r.ID == in.RecordID {
			return h.status(ctx, v, func(c kyc.Case) (kyc.Case, kyc.Record, error) { return c.UndoDecision(r, v.Profile.ID, v.Now) })
		}
	}
	return statusAnswer{}, kyc.ErrUndoOver
}

func (h *handler) status(ctx context.Context, v *visit, change func(kyc.Case) (kyc.Case, kyc.Record, error)) (statusAnswer, error) {
	next, _, err := h.move(ctx, v, change)
	return statusAnswer{next.Status}, err
}

type holdRequest struct {
	LeaseID string `json:"leaseId"`
	Version int    `json:"version"`
	Until   string `json:"until"`
	Note    string `json:"note"`
}

func (h *handler) hold(ctx context.Context, v *visit, in holdRequest) (statusAnswer, error) {
	until, err := timeGiven("/until", in.Until)
	if err := all(isID("/leaseId", in.LeaseID), err, noteGiven("/note", in.Note)); err != nil {
		return statusAnswer{}, err
	}
	return h.status(ctx, v, unchanged(in.Version, func(c kyc.Case) (kyc.Case, kyc.Record, error) {
		return c.Hold(in.LeaseID, v.Profile.ID, until, in.Note, v.Now)
	}))
}

type askRequest struct {
	LeaseID  string `json:"leaseId"`
	Version  int    `json:"version"`
	Question string `json:"question"`
}

func (h *handler) ask(ctx context.Context, v *visit, in askRequest) (statusAnswer, error) {
	if err := all(isID("/leaseId", in.LeaseID), noteGiven("/question", in.Question)); err != nil {
		return statusAnswer{}, err
	}
	return h.status(ctx, v, unchanged(in.Version, func(c kyc.Case) (kyc.Case, kyc.Record, error) {
		return c.Ask(in.LeaseID, v.Profile.ID, in.Question, v.Now)
	}))
}

type replyRequest struct {
	LeaseID string `json:"leaseId"`
	Version int    `json:"version"`
	Text    string `json:"text"`
}

func (h *handler) answer(ctx context.Context, v *visit, in replyRequest) (statusAnswer, error) {
	if err := all(isID("/leaseId", in.LeaseID), noteGiven("/text", in.Text)); err != nil {
		return statusAnswer{}, err
	}
	return h.status(ctx, v, unchanged(in.Version, func(c kyc.Case) (kyc.Case, kyc.Record, error) {
		return c.Reply(in.LeaseID, v.Profile.ID, in.Text, v.Now)
	}))
}

// unchanged makes a change only to the version that the reviewer saw: kyc.ErrStale. A lease that is lost is said first.
func unchanged(version int, change func(kyc.Case) (kyc.Case, kyc.Record, error)) func(kyc.Case) (kyc.Case, kyc.Record, error) {
	return func(c kyc.Case) (kyc.Case, kyc.Record, error) {
		next, r, err := change(c)
		if err == nil && c.Version != version {
			err = kyc.ErrStale
		}
		return next, r, err
	}
}

type reopenRequest struct {
	Reason string `json:"reason"`
}

func (h *handler) reopen(ctx context.Context, v *visit, in reopenRequest) (statusAnswer, error) {
	if err := noteGiven("/reason", in.Reason); err != nil {
		return statusAnswer{}, err
	}
	return h.status(ctx, v, func(c kyc.Case) (kyc.Case, kyc.Record, error) { return c.ReopenBy(v.actor(), in.Reason, v.Now) })
}
