package main

import (
	"context"
	"time"

	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/kyc"
)

type actorView struct {
	Kind kyc.ActorKind `json:"kind"`
	ID   string        `json:"id"`
	Name string        `json:"name"`
}

type recordPart struct {
	Pointer     string            `json:"pointer"`
	DocumentID  *string           `json:"documentId"`
	Verdict     *string           `json:"verdict"` // null where it was only looked at
	Code        *string           `json:"code"`
	Detail      *string           `json:"detail"`
	Checklist   map[string]string `json:"checklist"`
	ValidUntil  *string           `json:"validUntil"`
	SHA256      *string           `json:"sha256"`
	PagesSHA256 *string           `json:"pagesSha256"`
}

type recordView struct {
	ID      string                `json:"id"`
	At      time.Time             `json:"at"`
	Actor   actorView             `json:"actor"`
	Kind    string                `json:"kind"`
	From    kyc.Status            `json:"from"`
	To      kyc.Status            `json:"to"`
	Reason  *string               `json:"reason"`
	Note    *string               `json:"note"`
	Outcome *kyc.Outcome          `json:"outcome"`
	Risk    *kyc.Risk             `json:"risk"`
	Round   int                   `json:"round"`
	Rules   string                `json:"rules"`
	Parts   []recordPart          `json:"parts"`
	Flags   map[string]reasonView `json:"flags"`
}

type historyAnswer struct {
	Records []recordView `json:"records"`
}

// history is everything that happened to a case, oldest first.
func (h *handler) history(ctx context.Context, v *visit, _ httpapi.None) (historyAnswer, error) {
	c, err := h.found(ctx, v)
	if err != nil {
		return historyAnswer{}, err
	}
	k := known{c: c, by: v.Profile.ID, now: v.Now}
	if k.records, err = h.store.Records(ctx, c.AccountID, c.No); err != nil {
		return historyAnswer{}, err
	}
	if k.names, err = h.names(ctx, k.reviewers()); err != nil {
		return historyAnswer{}, err
	}
	answer := historyAnswer{Records: make([]recordView, len(k.records))}
	for i, r := range k.records {
		answer.Records[i] = k.record(r)
	}
	return answer, nil
}

func (k known) record(r kyc.Record) recordView {
	v := recordView{
		ID: r.ID, At: r.At, Actor: actorView{r.Actor.Kind, r.Actor.ID, k.actor(r.Actor)}, Kind: r.Kind, From: r.From, To: r.To, Reason: orNull(r.Reason),
		Note: orNull(r.Note), Outcome: orNull(r.Outcome), Risk: orNull(r.Risk), Round: r.Round, Rules: r.Rules, Parts: []recordPart{}, Flags: map[string]reasonView{},
	}
	for _, p := range r.Parts {
		part := recordPart{
			Pointer: p.Pointer, DocumentID: orNull(p.DocumentID), Code: orNull(p.Reason.Code), Detail: orNull(p.Reason.Detail), Checklist: map[string]string{},
			ValidUntil: dayOrNull(p.ValidUntil), SHA256: orNull(p.SHA256), PagesSHA256: orNull(p.PagesSHA256),
		}
		for id, tick := range p.Checklist {
			part.Checklist[id] = tick
		}
		if judged := r.Outcome != ""; judged {
			verdict := "no"
			if p.OK {
				verdict = "yes"
			}
			part.Verdict = &verdict
		}
		v.Parts = append(v.Parts, part)
	}
	for pointer, flag := range r.Flags {
		v.Flags[pointer] = reasonView(flag)
	}
	return v
}
