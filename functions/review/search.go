package main

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/token"
	"phonon.in/central/shared/typed"
)

const maxQuery = 254 // characters; an address is the longest thing to look for

// searchRequest is a body, as what is looked for is somebody's: it belongs in no address that a browser or a proxy keeps.
type searchRequest struct {
	Q string `json:"q"`
}

// search finds cases by whatever was pasted: a reference, an account's id or address, a PAN, GSTIN or CIN. Of an account it finds the newest
// case; of what nobody has, nothing.
func (h *handler) search(ctx context.Context, v *visit, in searchRequest) (searchAnswer, error) {
	q := typed.Trim(in.Q)
	if q == "" || utf8.RuneCountInString(q) > maxQuery {
		return searchAnswer{}, fault.At("/q", "query_invalid", "Enter a reference, an account id, an email address, a PAN, a GSTIN or a CIN.")
	}
	cases, err := h.casesOf(ctx, q)
	if err != nil {
		return searchAnswer{}, err
	}
	answer := searchAnswer{Items: []itemView{}}
	for _, c := range cases {
		if c.No > 0 && c.AccountID != v.Profile.ID {
			answer.Items = append(answer.Items, itemOfCase(c, v.Now))
		}
	}
	return answer, h.nameLeases(ctx, answer.Items)
}

type searchAnswer struct {
	Items []itemView `json:"items"`
}

func (h *handler) casesOf(ctx context.Context, q string) ([]kyc.Case, error) {
	if reference, is := kyc.ParseReference(q); is {
		if c, err := h.store.CaseByReference(ctx, reference); !errors.Is(err, kyc.ErrCaseUnknown) {
			return []kyc.Case{c}, err
		}
	}
	if id := strings.ToUpper(q); token.IsID(id) {
		c, err := h.store.Case(ctx, account.ID(id))
		return []kyc.Case{c}, err
	}
	if strings.Contains(q, "@") {
		return h.caseByEmail(ctx, q)
	}
	t, is := kyc.TraceOf(q)
	if !is {
		return nil, nil
	}
	found, err := h.store.HandedInBy(ctx, t)
	if err != nil {
		return nil, err
	}
	var cases []kyc.Case
	for _, f := range found {
		c, err := h.store.CaseByReference(ctx, f.Reference)
		if err := ignoring(err, kyc.ErrCaseUnknown); err != nil {
			return nil, err
		}
		cases = append(cases, c)
	}
	return cases, nil
}

func (h *handler) caseByEmail(ctx context.Context, q string) ([]kyc.Case, error) {
	email, err := account.ParseEmail(q)
	if err != nil {
		return nil, nil
	}
	login, member, err := h.store.Login(ctx, email)
	if err != nil || !member {
		return nil, err
	}
	c, err := h.store.Case(ctx, login.AccountID)
	return []kyc.Case{c}, err
}

func itemOfCase(c kyc.Case, now time.Time) itemView {
	v := itemView{
		Reference: c.Reference, Lane: orNull(c.Lane), DueAt: timeOrNull(c.DueAt), Overdue: c.Waits() && now.After(c.DueAt), EntityType: c.EntityType,
		DisplayName: c.DisplayName(), Round: c.Round, Risk: orNull(c.Risk), SubmittedAt: timeOrNull(c.SubmittedAt), Status: c.Status,
	}
	if c.Lease.Held(now) {
		v.LeasedBy, v.LeaseUntil = orNull(string(c.Lease.By)), &c.Lease.Until
	}
	return v
}

func ignoring(err, expected error) error {
	if errors.Is(err, expected) {
		return nil
	}
	return err
}
