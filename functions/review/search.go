package main

import (
	"context"
	"errors"
	"strings"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/token"
	"phonon.in/central/shared/typed"
)

const maxQuery = 254 // bytes; an address is the longest thing to look for

// search finds cases by whatever was pasted: a reference, an account's id or address, a PAN, GSTIN or CIN. Of an account it finds the newest
// case; of what nobody has, nothing.
func (h *handler) search(ctx context.Context, v *visit, _ httpapi.None) (searchAnswer, error) {
	q := typed.Trim(v.Query("q"))
	if q == "" || len(q) > maxQuery {
		return searchAnswer{}, fault.At("/q", "query_invalid", "Enter a reference, an account id, an email address, a PAN, a GSTIN or a CIN.")
	}
	cases, err := h.casesOf(ctx, q)
	if err != nil {
		return searchAnswer{}, err
	}
	answer := searchAnswer{Items: []itemView{}}
	for _, c := range cases {
		if c.No > 0 && c.AccountID != v.Profile.ID {
			answer.Items = append(answer.Items, itemOfCase(c, v))
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
	var cases []kyc.Case
	for _, t := range kyc.TracesOf(q) {
		found, err := h.store.AccountsBy(ctx, t)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			c, err := h.store.CaseByReference(ctx, f.Reference)
			if err := ignoring(err, kyc.ErrCaseUnknown); err != nil {
				return nil, err
			}
			cases = append(cases, c)
		}
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

func itemOfCase(c kyc.Case, v *visit) itemView {
	return viewOfItem(store.QueuedOf(c), v.Now)
}

func ignoring(err, expected error) error {
	if errors.Is(err, expected) {
		return nil
	}
	return err
}
