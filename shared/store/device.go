package store

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/message"
)

type noticeRow struct {
	key
	CredentialVersion int   `dynamodbav:"credentialVersion"`
	UsedAt            stamp `dynamodbav:"usedAt,omitempty"`
	ExpiresAt         int64 `dynamodbav:"expiresAt"`
}

// StartedSessions returns the sessions of an account that are written down, also those that are over by now.
func (s *Store) StartedSessions(ctx context.Context, id account.ID) ([]account.Session, error) {
	items, err := s.query(ctx, "list sessions", s.tokens, profileKey(id).PK, sessionPrefix)
	if err != nil {
		return nil, err
	}
	all := make([]account.Session, len(items))
	for i, found := range items {
		var row sessionRow
		if err := unmarshal(found, &row); err != nil {
			return nil, err
		}
		all[i] = row.session()
	}
	return all, nil
}

// StartStrangeSession writes a session from a device that was not known, the mail that tells its holder, and what disowns it, all or none.
func (s *Store) StartStrangeSession(ctx context.Context, session account.Session, n account.Notice, m message.Message, seen account.Activity) error {
	return s.transact(ctx, "start session",
		putNew(s.tokens, sessionToRow(session)),
		s.putNotice(n),
		putNew(s.tokens, pendingRow(m)),
		putNew(s.users, activityToRow(session.AccountID, seen)))
}

func (s *Store) putNotice(n account.Notice) types.TransactWriteItem {
	return putNew(s.tokens, noticeRow{key: noticeKey(n.AccountID, n.Digest), CredentialVersion: n.CredentialVersion, ExpiresAt: n.ExpiresAt.Unix()})
}

// Notice reads what disowns a session, and the account's profile. It returns account.ErrLinkExpired when there is none.
func (s *Store) Notice(ctx context.Context, id account.ID, digest string) (account.Notice, account.Profile, error) {
	var row noticeRow
	var profile profileRow
	if err := s.pair(ctx, "read notice", noticeKey(id, digest), &row, profileKey(id), &profile); err != nil {
		return account.Notice{}, account.Profile{}, err
	}
	if row.SK == "" || profile.SK == "" {
		return account.Notice{}, account.Profile{}, account.ErrLinkExpired
	}
	p, err := profile.profile()
	return account.Notice{
		AccountID: id, Digest: digest, CredentialVersion: row.CredentialVersion, UsedAt: row.UsedAt.time(), ExpiresAt: time.Unix(row.ExpiresAt, 0).UTC(),
	}, p, err
}

// Disown uses a notice up and begins the reset r: whoever logged in knows the password, so it is nobody's from then on, and every session is
// over. It returns account.ErrLinkUsed or ErrLinkExpired for the notice, the latter also when the password changed meanwhile, and
// account.ErrDisabled.
func (s *Store) Disown(ctx context.Context, n account.Notice, p account.Profile, r account.Reset, seen account.Activity, now time.Time) error {
	told, err := s.farewell(ctx, p.ID, "", now)
	if err != nil {
		return err
	}
	err = s.transact(ctx, "disown session", append([]types.TransactWriteItem{
		updateIn(s.tokens, change{
			key: noticeKey(n.AccountID, n.Digest), set: "SET usedAt = :used", when: "attribute_not_exists(usedAt) AND expiresAt > :now",
			values: values{":used": stampOf(now), ":now": now.Unix()},
		}),
		updateIn(s.users, change{
			key: loginKey(p.Email), set: "SET passwordHash = :none, credentialVersion = :next", when: "credentialVersion = :from",
			values: values{":none": "", ":next": n.CredentialVersion + 1, ":from": n.CredentialVersion},
		}),
		updateIn(s.users, change{
			key: profileKey(p.ID), set: "SET credentialVersion = :next, updatedAt = :now ADD version :one",
			when: "credentialVersion = :from AND #status <> :disabled", names: statusName,
			values: values{":next": n.CredentialVersion + 1, ":from": n.CredentialVersion, ":now": stampOf(now), ":one": 1, ":disabled": string(account.Disabled)},
		}),
		putOver(s.tokens, resetToRow(r)),
		putNew(s.users, activityToRow(p.ID, seen)),
	}, told...)...)
	index, found, failed := failedAt(err)
	var row noticeRow
	switch {
	case !failed:
		return err
	case index == 0 && found != nil && unmarshal(found, &row) == nil && row.UsedAt != "":
		return account.ErrLinkUsed.Because(err)
	case isDisabled(found):
		return account.ErrDisabled.Because(err)
	}
	return account.ErrLinkExpired.Because(err)
}
