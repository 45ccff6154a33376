package main

import (
	"context"
	"errors"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/token"
)

// attempts is how often a change is made to a case that others change at the same time.
const attempts = 4

// found reads the case that a path names. No reviewer looks into an own case from this side, nor into that of an account that has proven
// the same number: kyc.ErrOwnCase.
func (h *handler) found(ctx context.Context, v *visit) (kyc.Case, error) {
	reference, ok := kyc.ParseReference(v.Path("reference"))
	if !ok {
		return kyc.Case{}, kyc.ErrCaseUnknown
	}
	return h.caseFor(ctx, v, reference)
}

func (h *handler) caseFor(ctx context.Context, v *visit, reference string) (kyc.Case, error) {
	c, err := h.store.CaseByReference(ctx, reference)
	if err != nil {
		return kyc.Case{}, err
	}
	number := v.Profile.Phone.Number.E164()
	if c.AccountID == v.Profile.ID || number != "" && number == c.HandedIn.Holder.Phone {
		return kyc.Case{}, kyc.ErrOwnCase
	}
	return c, nil
}

// move changes the case that a path names, once more on the fresh case whenever something else was faster.
func (h *handler) move(ctx context.Context, v *visit, change func(kyc.Case) (kyc.Case, kyc.Record, error)) (kyc.Case, kyc.Record, error) {
	reference, ok := kyc.ParseReference(v.Path("reference"))
	if !ok {
		return kyc.Case{}, kyc.Record{}, kyc.ErrCaseUnknown
	}
	return h.moveCase(ctx, v, reference, change)
}

func (h *handler) moveCase(
	ctx context.Context, v *visit, reference string, change func(kyc.Case) (kyc.Case, kyc.Record, error),
) (next kyc.Case, r kyc.Record, err error) {
	for range attempts {
		read, err := h.caseFor(ctx, v, reference)
		if err != nil {
			return kyc.Case{}, kyc.Record{}, err
		}
		if next, r, err = change(read); err != nil {
			return kyc.Case{}, kyc.Record{}, err
		}
		if err = h.store.MoveCase(ctx, read, next, r); !errors.Is(err, account.ErrBusy) {
			next.Version = r.Version
			return next, r, err
		}
	}
	return kyc.Case{}, kyc.Record{}, account.ErrBusy
}

// note records something that a reviewer did with the case without changing it.
func (h *handler) note(ctx context.Context, v *visit, c kyc.Case, kind, reason string, of ...kyc.Verdict) error {
	return h.store.AddRecord(ctx, c, kyc.Record{
		ID: token.NewID(), At: v.Now, Actor: v.actor(), Kind: kind, From: c.Status, To: c.Status, Lane: c.Lane, Reason: reason, Parts: of,
		Round: c.Round, Version: c.Version, Rules: c.Catalogue,
	})
}

func (v *visit) actor() kyc.Actor { return kyc.Actor{Kind: kyc.ByReviewer, ID: string(v.Profile.ID)} }

func (h *handler) read(ctx context.Context, v *visit, _ httpapi.None) (caseView, error) {
	c, err := h.found(ctx, v)
	if err != nil {
		return caseView{}, err
	}
	if err := h.note(ctx, v, c, kyc.RecordViewed, ""); err != nil {
		return caseView{}, err
	}
	return h.view(ctx, v, c.HandedOver())
}

type claimRequest struct {
	TakeOver string `json:"takeOver"`
}

func (h *handler) claim(ctx context.Context, v *visit, in claimRequest) (caseView, error) {
	reference, ok := kyc.ParseReference(v.Path("reference"))
	if !ok {
		return caseView{}, kyc.ErrCaseUnknown
	}
	takeOver, err := textGiven("/takeOver", in.TakeOver, maxReason)
	if err != nil {
		return caseView{}, err
	}
	c, err := h.claimAs(ctx, v, reference, takeOver)
	if err != nil {
		return caseView{}, err
	}
	return h.view(ctx, v, c)
}

func (h *handler) claimAs(ctx context.Context, v *visit, reference, takeOver string) (kyc.Case, error) {
	leaseID := token.NewID()
	c, _, err := h.moveCase(ctx, v, reference, func(c kyc.Case) (kyc.Case, kyc.Record, error) {
		return c.ClaimBy(v.Profile.ID, leaseID, takeOver, v.Now)
	})
	return c, err
}

type leaseRequest struct {
	LeaseID string `json:"leaseId"`
}

type leaseAnswer struct {
	LeaseUntil *time.Time `json:"leaseUntil"` // null once it is released
}

func (h *handler) release(ctx context.Context, v *visit, in leaseRequest) (leaseAnswer, error) {
	if err := isID("/leaseId", in.LeaseID); err != nil {
		return leaseAnswer{}, err
	}
	_, _, err := h.move(ctx, v, func(c kyc.Case) (kyc.Case, kyc.Record, error) { return c.Release(in.LeaseID, v.Profile.ID, v.Now) })
	return leaseAnswer{}, err
}

// heartbeat keeps the lease of somebody who is at work. One that ran out is lost, even where nobody else has the case.
func (h *handler) heartbeat(ctx context.Context, v *visit, in leaseRequest) (leaseAnswer, error) {
	if err := isID("/leaseId", in.LeaseID); err != nil {
		return leaseAnswer{}, err
	}
	c, err := h.found(ctx, v)
	if err != nil {
		return leaseAnswer{}, err
	}
	if c.Lease.ID != in.LeaseID || c.Lease.By != v.Profile.ID || !c.Lease.Held(v.Now) {
		return leaseAnswer{}, kyc.ErrLeaseLost
	}
	until, err := h.store.ProlongLease(ctx, c, in.LeaseID, v.Now)
	return leaseAnswer{&until}, err
}
