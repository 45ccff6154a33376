package main

import (
	"context"
	"fmt"
	"time"

	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/kyc"
)

type partRequest struct {
	Pointer    string            `json:"pointer"`
	DocumentID *string           `json:"documentId"`
	Verdict    string            `json:"verdict"`
	Code       string            `json:"code"`
	Detail     string            `json:"detail"`
	Checklist  map[string]string `json:"checklist"`
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
	locale, err := h.localeOf(ctx, v)
	if err != nil {
		return decisionAnswer{}, err
	}
	d, err := in.decision(locale)
	if err != nil {
		return decisionAnswer{}, err
	}
	next, r, err := h.move(ctx, v, func(c kyc.Case) (kyc.Case, kyc.Record, error) { return c.Decide(d, v.Profile.ID, h.policy, v.Now) })
	if err != nil {
		return decisionAnswer{}, err
	}
	return decisionAnswer{next.Status, orNull(next.Lane), r.At.Add(kyc.UndoLife), r.ID}, nil
}

// localeOf is the language of the holder of the case that a path names.
func (h *handler) localeOf(ctx context.Context, v *visit) (string, error) {
	c, err := h.found(ctx, v)
	if err != nil {
		return "", err
	}
	p, err := h.store.Profile(ctx, c.AccountID)
	return p.Locale, err
}

// decision is what was sent, as the case decides by it: a reason without a text of its own says what the list says, in the holder's language.
func (in decisionRequest) decision(locale string) (kyc.Decision, error) {
	d := kyc.Decision{LeaseID: in.LeaseID, Version: in.Version, Outcome: kyc.Outcome(in.Outcome), Risk: kyc.Risk(in.Risk), Note: in.Note}
	var faults []fault.Field
	for i, p := range in.Parts {
		v, wrong := p.verdict(fmt.Sprintf("/parts/%d", i), locale)
		d.Parts, faults = append(d.Parts, v), append(faults, wrong...)
	}
	return d, fault.InvalidFields(faults)
}

func (p partRequest) verdict(at, locale string) (kyc.Verdict, []fault.Field) {
	v := kyc.Verdict{Pointer: p.Pointer, OK: p.Verdict == "yes", Checklist: p.Checklist}
	var faults []fault.Field
	if p.DocumentID != nil {
		v.DocumentID = *p.DocumentID
	}
	if p.Verdict != "yes" && p.Verdict != "no" {
		faults = append(faults, fault.Field{Pointer: at + "/verdict", Code: "verdict_unknown", Detail: "The verdict is yes or no."})
	}
	for id, tick := range p.Checklist {
		if tick != "y" && tick != "n" && tick != "na" || len(id) > maxCheckID {
			faults = append(faults, fault.Field{Pointer: at + "/checklist", Code: "check_unknown", Detail: "A check is y, n or na."})
			break
		}
	}
	if !v.OK {
		v.Reason = kyc.Reason{Code: p.Code, Detail: p.Detail}
		if p.Detail == "" {
			v.Reason.Detail = kyc.ReasonText(p.Code, locale)
		}
	}
	return v, faults
}

const maxCheckID = 64

type undoRequest struct {
	RecordID string `json:"recordId"`
}

type statusAnswer struct {
	Status kyc.Status `json:"status"`
}

// undo takes a decision back before anybody was told of it.
func (h *handler) undo(ctx context.Context, v *visit, in undoRequest) (statusAnswer, error) {
	c, err := h.found(ctx, v)
	if err != nil {
		return statusAnswer{}, err
	}
	all, err := h.store.Records(ctx, c.AccountID, c.No)
	if err != nil {
		return statusAnswer{}, err
	}
	for _, r := range all {
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
	until, err := time.Parse(time.RFC3339, in.Until)
	if err != nil {
		until = time.Time{} // which Hold refuses
	}
	return h.status(ctx, v, unchanged(in.Version, func(c kyc.Case) (kyc.Case, kyc.Record, error) {
		return c.Hold(in.LeaseID, v.Profile.ID, until.UTC(), in.Note, v.Now)
	}))
}

type askRequest struct {
	LeaseID  string `json:"leaseId"`
	Version  int    `json:"version"`
	Question string `json:"question"`
}

func (h *handler) ask(ctx context.Context, v *visit, in askRequest) (statusAnswer, error) {
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
	return h.status(ctx, v, func(c kyc.Case) (kyc.Case, kyc.Record, error) { return c.ReopenBy(v.actor(), in.Reason, v.Now) })
}
