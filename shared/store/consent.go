package store

import (
	"context"
	"time"

	"phonon.in/central/shared/account"
)

// AcceptTerms writes down that the holder of an account has accepted a version of the terms, once: of many at once one writes it, and for the
// others it is done. It returns the account as it is then, and account.ErrNotFound when there is none.
func (s *Store) AcceptTerms(ctx context.Context, p account.Profile, c account.Consent, seen account.Activity, at time.Time) (account.Profile, error) {
	err := s.transact(ctx, "accept terms",
		updateIn(s.users, change{
			key: profileKey(p.ID), set: "SET termsVersion = :version, updatedAt = :now ADD version :one",
			when:   "attribute_exists(pk) AND (attribute_not_exists(termsVersion) OR termsVersion < :version)",
			values: values{":version": c.Version, ":now": stampOf(at), ":one": 1},
		}),
		putNew(s.users, consentToRow(p.ID, c)),
		putNew(s.users, activityToRow(p.ID, seen)))
	if _, _, failed := failedAt(err); err != nil && !failed {
		return account.Profile{}, err
	}
	now, cause := s.Profile(ctx, p.ID)
	if cause == nil && now.TermsVersion < c.Version {
		cause = account.ErrBusy.Because(err)
	}
	return now, cause
}
