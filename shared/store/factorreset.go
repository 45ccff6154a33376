package store

import (
	"context"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/message"
)

// BeginFactorReset notes that an operator removes the factors of an account at a time, with the mail by which its owner may stop it. A reset
// that was begun before is replaced. It is for the operator's command line alone. It returns account.ErrBusy when the factors changed meanwhile.
func (s *Store) BeginFactorReset(ctx context.Context, p account.Profile, read account.FactorSet, resetID string, at time.Time, deed Deed, m message.Message) error {
	next := read
	next.ResetID, next.ResetAt = resetID, at
	actions := append(s.replaceFactors(p, read, next, p.CredentialVersion, deed.At), putNew(s.users, deed.row(p.ID)), putNew(s.tokens, pendingRow(m)))
	err := s.transact(ctx, "begin factor reset", actions...)
	switch _, found, failed := failedAt(err); {
	case isDisabled(found):
		return account.ErrDisabled.Because(err)
	case failed:
		return account.ErrBusy.Because(err)
	}
	return err
}

// StopFactorReset is the owner's no to a reset. It returns account.ErrLinkUsed when it was stopped already, and account.ErrLinkExpired when it
// has taken effect, or was replaced.
func (s *Store) StopFactorReset(ctx context.Context, id account.ID, resetID string, seen account.Activity, now time.Time) error {
	err := s.transact(ctx, "stop factor reset", updateIn(s.users, change{
		key: factorsKey(id), set: "REMOVE resetId, resetAt ADD version :one", when: "resetId = :id AND resetAt > :now",
		values: values{":one": 1, ":id": resetID, ":now": stampOf(now)},
	}), putNew(s.users, activityToRow(id, seen)))
	_, found, failed := failedAt(err)
	if !failed {
		return err
	}
	var row factorsRow
	if found != nil && unmarshal(found, &row) == nil && row.ResetID == "" && (row.TOTP != "" || len(row.Passkeys) > 0) {
		return account.ErrLinkUsed.Because(err)
	}
	return account.ErrLinkExpired.Because(err)
}

// EndFactors removes everything beside the password, because the time of a reset has come: all sessions are over with it. It returns the account
// as it is now, and account.ErrBusy when something else changed it meanwhile.
func (s *Store) EndFactors(ctx context.Context, p account.Profile, read account.FactorSet, seen account.Activity, m message.Message, now time.Time) (account.Profile, error) {
	actions := append(s.replaceFactors(p, read, account.FactorSet{}, p.CredentialVersion+1, now), putNew(s.users, activityToRow(p.ID, seen)), putNew(s.tokens, pendingRow(m)))
	told, err := s.farewell(ctx, p.ID, "", now)
	if err != nil {
		return p, err
	}
	err = s.transact(ctx, "end factors", append(actions, told...)...)
	if _, _, failed := failedAt(err); failed {
		return p, account.ErrBusy.Because(err)
	}
	p.Factors, p.CredentialVersion, p.Version = account.Factors{}, p.CredentialVersion+1, p.Version+1
	return p, err
}
