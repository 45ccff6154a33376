package main

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
)

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

// nameLeases puts names in the place of those who have the leases.
func (h *handler) nameLeases(ctx context.Context, items []itemView) error {
	var ids []account.ID
	for _, i := range items {
		if i.LeasedBy != nil {
			ids = append(ids, account.ID(*i.LeasedBy))
		}
	}
	names, err := h.names(ctx, ids)
	for i, item := range items {
		if item.LeasedBy != nil {
			items[i].LeasedBy = orNull(cmp.Or(names[account.ID(*item.LeasedBy)], *item.LeasedBy))
		}
	}
	return err
}

// nameOf is how an account is called: by its holder's name, or by the address while there is none.
func nameOf(p account.Profile) string {
	return cmp.Or(strings.TrimSpace(p.Details.FirstName+" "+p.Details.LastName), p.Email.String())
}
