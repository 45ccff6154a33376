package store

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/token"
)

type resetRow struct {
	key
	ID                string `dynamodbav:"id"`
	CredentialVersion int    `dynamodbav:"credentialVersion"`
	CreatedAt         stamp  `dynamodbav:"createdAt"`
	UsedAt            stamp  `dynamodbav:"usedAt,omitempty"`
	ExpiresAt         int64  `dynamodbav:"expiresAt"`
}

// StartReset writes a request to reset the password and its mail. It replaces an older request.
func (s *Store) StartReset(ctx context.Context, r account.Reset, m message.Message) error {
	return s.transact(ctx, "start reset", putOver(s.tokens, resetToRow(r)), putNew(s.tokens, pendingRow(m)))
}

func resetToRow(r account.Reset) resetRow {
	return resetRow{
		key: resetKey(r.AccountID), ID: r.ID, CredentialVersion: r.CredentialVersion,
		CreatedAt: stampOf(r.CreatedAt), ExpiresAt: r.ExpiresAt.Unix(),
	}
}

// Reset reads the open request of an account and the account's profile. It returns account.ErrLinkExpired when there is none.
func (s *Store) Reset(ctx context.Context, id account.ID) (account.Reset, account.Profile, error) {
	var row resetRow
	var profile profileRow
	if err := s.pair(ctx, "read reset", resetKey(id), &row, profileKey(id), &profile); err != nil {
		return account.Reset{}, account.Profile{}, err
	}
	if row.SK == "" || profile.SK == "" {
		return account.Reset{}, account.Profile{}, account.ErrLinkExpired
	}
	p, err := profile.profile()
	return account.Reset{
		ID: row.ID, AccountID: id, CredentialVersion: row.CredentialVersion,
		CreatedAt: row.CreatedAt.time(), UsedAt: row.UsedAt.time(), ExpiresAt: time.Unix(row.ExpiresAt, 0).UTC(),
	}, p, err
}

// CompleteReset uses the request up and sets the new password; all sessions are over with it. It returns
// account.ErrLinkUsed when the request was used, account.ErrDisabled when the account is disabled, and account.ErrLinkExpired when the
// request is too old, was replaced, or the password changed meanwhile.
func (s *Store) CompleteReset(ctx context.Context, r account.Reset, p account.Profile, hash token.Secret, m message.Message, seen account.Activity, now time.Time) error {
	used := updateIn(s.tokens, change{
		key: resetKey(r.AccountID), set: "SET usedAt = :used",
		when:   "id = :id AND attribute_not_exists(usedAt) AND expiresAt > :now",
		values: values{":used": stampOf(now), ":id": r.ID, ":now": now.Unix()},
	})
	told, err := s.farewell(ctx, p.ID, "", now)
	if err != nil {
		return err
	}
	actions := append([]types.TransactWriteItem{used}, s.newPassword(p, r.CredentialVersion, hash, m, seen, now)...)
	err = s.transact(ctx, "complete reset", append(actions, told...)...)
	index, found, failed := failedAt(err)
	if !failed {
		return err
	}
	var row resetRow
	switch {
	case index == 0 && found != nil && unmarshal(found, &row) == nil && row.ID == r.ID && row.UsedAt != "":
		return account.ErrLinkUsed.Because(err)
	case isDisabled(found):
		return account.ErrDisabled.Because(err)
	}
	return account.ErrLinkExpired.Because(err)
}

// ChangePassword sets a new password. The session with the digest keep goes on; all others are over, and so is an open reset.
// It returns account.ErrBusy when the password or the session changed meanwhile, and account.ErrDisabled when the account is disabled.
func (s *Store) ChangePassword(ctx context.Context, p account.Profile, keep string, hash token.Secret, m message.Message, seen account.Activity, now time.Time) error {
	actions := append(s.newPassword(p, p.CredentialVersion, hash, m, seen, now),
		updateIn(s.tokens, change{
			key: sessionKey(p.ID, keep), set: "SET credentialVersion = :next", when: "attribute_exists(pk)",
			values: values{":next": p.CredentialVersion + 1},
		}),
		deleteIn(s.tokens, resetKey(p.ID)))
	told, err := s.farewell(ctx, p.ID, keep, now)
	if err != nil {
		return err
	}
	err = s.transact(ctx, "change password", append(actions, told...)...)
	switch _, found, failed := failedAt(err); {
	case isDisabled(found):
		return account.ErrDisabled.Because(err)
	case failed:
		return account.ErrBusy.Because(err)
	}
	return err
}

// isDisabled reports that an item is the profile of a disabled account.
func isDisabled(found item) bool {
	var row profileRow
	return found != nil && unmarshal(found, &row) == nil && row.Status == string(account.Disabled)
}

func (s *Store) newPassword(p account.Profile, from int, hash token.Secret, m message.Message, seen account.Activity, now time.Time) []types.TransactWriteItem {
	return []types.TransactWriteItem{
		updateIn(s.users, change{
			key: loginKey(p.Email), set: "SET passwordHash = :hash, credentialVersion = :next", when: "credentialVersion = :from",
			values: values{":hash": hash.Reveal(), ":next": from + 1, ":from": from},
		}),
		updateIn(s.users, change{
			key:    profileKey(p.ID),
			set:    "SET credentialVersion = :next, updatedAt = :now ADD version :one",
			when:   "credentialVersion = :from AND #status <> :disabled",
			names:  statusName,
			values: values{":next": from + 1, ":from": from, ":now": stampOf(now), ":one": 1, ":disabled": string(account.Disabled)},
		}),
		putNew(s.tokens, pendingRow(m)),
		putNew(s.users, activityToRow(p.ID, seen)),
	}
}
