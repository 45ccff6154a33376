package main

import (
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"phonon.in/central/shared/account"
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
			SHA256: orNull(p.SHA256), PagesSHA256: orNull(p.PagesSHA256),
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

// view reads all that a case is shown with.
func (h *handler) view(ctx context.Context, v *visit, c kyc.Case) (caseView, error) {
	k := known{c: c, by: v.Profile.ID, now: v.Now}
	var reads errgroup.Group
	reads.Go(func() (err error) { k.holder, err = h.store.Profile(ctx, c.AccountID); return err })
	reads.Go(func() (err error) { k.rounds, err = h.store.Rounds(ctx, c.AccountID, c.No); return err })
	reads.Go(func() (err error) { k.records, err = h.store.Records(ctx, c.AccountID, c.No); return err })
	reads.Go(func() (err error) { k.shared, err = h.store.SharedWith(ctx, c); return err })
	if err := reads.Wait(); err != nil {
		return caseView{}, err
	}
	var err error
	if k.names, err = h.names(ctx, k.reviewers()); err != nil {
		return caseView{}, err
	}
	return viewOfCase(k), nil
}

const namesAtOnce = 8

// names are those of reviewers, by account. Who has none, or is gone, has no name.
func (h *handler) names(ctx context.Context, ids []account.ID) (map[account.ID]string, error) {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	found := make([]string, len(ids))
	var reads errgroup.Group
	reads.SetLimit(namesAtOnce)
	for i, id := range ids {
		reads.Go(func() error {
			p, err := h.store.Profile(ctx, id)
			if err == nil {
				found[i] = nameOf(p)
			}
			return ignoring(err, account.ErrNotFound)
		})
	}
	names := map[account.ID]string{}
	err := reads.Wait()
	for i, id := range ids {
		names[id] = found[i]
	}
	return names, err
}
