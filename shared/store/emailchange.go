package store

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/message"
)

type emailChangeRow struct {
	key
	ID                string `dynamodbav:"id"`
	Email             string `dynamodbav:"email"`
	CredentialVersion int    `dynamodbav:"credentialVersion"`
	Taken             bool   `dynamodbav:"known"`
	CreatedAt         stamp  `dynamodbav:"createdAt"`
	UsedAt            stamp  `dynamodbav:"usedAt,omitempty"`
	ExpiresAt         int64  `dynamodbav:"expiresAt"`
}

type emailUndoRow struct {
	key
	ID        string `dynamodbav:"id"`
	Email     string `dynamodbav:"email"`
	UsedAt    stamp  `dynamodbav:"usedAt,omitempty"`
	ExpiresAt int64  `dynamodbav:"expiresAt"`
}

// keptRow keeps an address for the account that it belonged to.
type keptRow struct {
	key
	AccountID string `dynamodbav:"accountId"`
	ExpiresAt int64  `dynamodbav:"expiresAt"`
}

// notKept is a transaction's condition that an address is kept for nobody.
func (s *Store) notKept(e account.Email, now time.Time) types.TransactWriteItem {
	return checkIn(s.users, change{
		key: keptKey(e), when: "attribute_not_exists(pk) OR expiresAt <= :now", values: values{":now": now.Unix()},
	})
}

const noUndo = "attribute_not_exists(pk) OR expiresAt <= :now OR attribute_exists(usedAt)"

// StartEmailChange writes a request for another address and its mails. It replaces an older request. It returns account.ErrEmailRecent while
// the last change can still be taken back, and account.ErrBusy when password or state of the account changed since it was read.
func (s *Store) StartEmailChange(ctx context.Context, c account.EmailChange, mails []message.Message, seen account.Activity) error {
	actions := []types.TransactWriteItem{
		checkIn(s.tokens, change{key: emailUndoKey(c.AccountID), when: noUndo, values: values{":now": c.CreatedAt.Unix()}}),
		checkIn(s.users, change{
			key: profileKey(c.AccountID), when: "credentialVersion = :from AND #status = :active", names: statusName,
			values: values{":from": c.CredentialVersion, ":active": string(account.Active)},
		}),
		putOver(s.tokens, emailChangeRow{
			key: emailChangeKey(c.AccountID), ID: c.ID, Email: c.Email.String(), CredentialVersion: c.CredentialVersion, Taken: c.Taken,
			CreatedAt: stampOf(c.CreatedAt), ExpiresAt: c.ExpiresAt.Unix(),
		}),
		putNew(s.users, activityToRow(c.AccountID, seen)),
	}
	for _, m := range mails {
		actions = append(actions, putNew(s.tokens, pendingRow(m)))
	}
	err := s.transact(ctx, "start change of address", actions...)
	switch index, _, failed := failedAt(err); {
	case failed && index == 0:
		return account.ErrEmailRecent.Because(err)
	case failed:
		return account.ErrBusy.Because(err)
	}
	return err
}

// EmailChange reads the last request of an account for another address, whatever became of it; found is false when there is none.
func (s *Store) EmailChange(ctx context.Context, id account.ID) (c account.EmailChange, found bool, err error) {
	var row emailChangeRow
	if found, err = s.get(ctx, "read change of address", s.tokens, emailChangeKey(id), &row); err != nil || !found {
		return c, false, err
	}
	email, err := account.ParseEmail(row.Email)
	return account.EmailChange{
		ID: row.ID, AccountID: id, Email: email, CredentialVersion: row.CredentialVersion, Taken: row.Taken,
		CreatedAt: row.CreatedAt.time(), UsedAt: row.UsedAt.time(), ExpiresAt: time.Unix(row.ExpiresAt, 0).UTC(),
	}, err == nil, err
}

// CompleteEmailChange uses the request c up and gives the account its address: both claims, profile, what takes it back, all or none. The
// address before is kept for the account as long as u can be used. The session with the digest keep goes on, all others are over, and so is
// an open reset. It returns account.ErrLinkUsed or ErrLinkExpired for the request, account.ErrEmailInUse or ErrEmailKept for the address,
// and account.ErrBusy when the account or the session changed meanwhile.
func (s *Store) CompleteEmailChange(
	ctx context.Context, c account.EmailChange, p account.Profile, l account.Login, u account.EmailUndo, keep string, m message.Message, seen account.Activity, now time.Time,
) error {
	from, next := p.CredentialVersion, p.CredentialVersion+1
	told, err := s.farewell(ctx, p.ID, keep, now)
	if err != nil {
		return err
	}
	err = s.transact(ctx, "complete change of address", append([]types.TransactWriteItem{
		updateIn(s.tokens, change{
			key: emailChangeKey(p.ID), set: "SET usedAt = :used",
			when:   "id = :id AND attribute_not_exists(usedAt) AND expiresAt > :now AND credentialVersion = :from AND known = :no",
			values: values{":used": stampOf(now), ":id": c.ID, ":now": now.Unix(), ":from": from, ":no": false},
		}),
		putNew(s.users, loginRow{key: loginKey(c.Email), AccountID: string(p.ID), PasswordHash: l.PasswordHash.Reveal(), CredentialVersion: next}),
		s.notKept(c.Email, now),
		s.leaveEmail(p),
		putOver(s.users, keptRow{keptKey(p.Email), string(p.ID), u.ExpiresAt.Unix()}),
		s.moveTo(p, c.Email, now),
		putOver(s.tokens, emailUndoRow{key: emailUndoKey(p.ID), ID: u.ID, Email: u.Email.String(), ExpiresAt: u.ExpiresAt.Unix()}),
		updateIn(s.tokens, change{
			key: sessionKey(p.ID, keep), set: "SET credentialVersion = :next", when: "attribute_exists(pk)", values: values{":next": next},
		}),
		deleteIn(s.tokens, resetKey(p.ID)),
		putNew(s.tokens, pendingRow(m)),
		putNew(s.users, activityToRow(p.ID, seen)),
	}, told...)...)
	index, found, failed := failedAt(err)
	switch {
	case !failed:
		return err
	case index == 0:
		var row emailChangeRow
		if found != nil && unmarshal(found, &row) == nil && row.ID == c.ID && row.UsedAt != "" {
			return account.ErrLinkUsed.Because(err)
		}
		return account.ErrLinkExpired.Because(err)
	case index == 1:
		return account.ErrEmailInUse.Because(err)
	case index == 2:
		return account.ErrEmailKept.Because(err)
	}
	return account.ErrBusy.Because(err)
}

// EmailUndo reads the change of an account that can be taken back, and the account's profile. It returns account.ErrLinkExpired when there
// is none.
func (s *Store) EmailUndo(ctx context.Context, id account.ID) (account.EmailUndo, account.Profile, error) {
	var row emailUndoRow
	var profile profileRow
	if err := s.pair(ctx, "read undo", emailUndoKey(id), &row, profileKey(id), &profile); err != nil {
		return account.EmailUndo{}, account.Profile{}, err
	}
	if row.SK == "" || profile.SK == "" {
		return account.EmailUndo{}, account.Profile{}, account.ErrLinkExpired
	}
	email, err := account.ParseEmail(row.Email)
	if err != nil {
		return account.EmailUndo{}, account.Profile{}, err
	}
	p, err := profile.profile()
	return account.EmailUndo{ID: row.ID, AccountID: id, Email: email, UsedAt: row.UsedAt.time(), ExpiresAt: time.Unix(row.ExpiresAt, 0).UTC()}, p, err
}

// UndoEmailChange gives the account p the address of u back: both claims, profile and the reset r, all or none. The password is nobody's
// from then on, all sessions are over, what was added to the factors since the change is gone, and whatever else was open is void. It returns
// account.ErrLinkUsed or ErrLinkExpired for u, and account.ErrBusy when the account, or its factors, changed since they were read.
func (s *Store) UndoEmailChange(
	ctx context.Context, u account.EmailUndo, p account.Profile, read account.FactorSet, r account.Reset, m message.Message, seen account.Activity, now time.Time,
) error {
	told, err := s.farewell(ctx, p.ID, "", now)
	if err != nil {
		return err
	}
	kept, added := read.Before(u.ChangedAt())
	actions := []types.TransactWriteItem{
		updateIn(s.tokens, change{
			key: emailUndoKey(p.ID), set: "SET usedAt = :used", when: "id = :id AND attribute_not_exists(usedAt) AND expiresAt > :now",
			values: values{":used": stampOf(now), ":id": u.ID, ":now": now.Unix()},
		}),
		putNew(s.users, loginRow{key: loginKey(u.Email), AccountID: string(p.ID), CredentialVersion: r.CredentialVersion}),
		deleteIn(s.users, keptKey(u.Email)),
		s.leaveEmail(p),
		putOver(s.tokens, resetToRow(r)),
		deleteIn(s.tokens, emailChangeKey(p.ID)),
		putNew(s.tokens, pendingRow(m)),
		putNew(s.users, activityToRow(p.ID, seen)),
	}
	if added {
		gone := seen
		gone.Kind = "factors_removed"
		actions = append(actions, s.moveBack(p, u.Email, kept.Counted(), now), s.putFactors(p.ID, read, kept, now), putNew(s.users, activityToRow(p.ID, gone)))
	} else {
		actions = append(actions, s.moveTo(p, u.Email, now), s.sameFactors(p.ID, read))
	}
	err = s.transact(ctx, "undo change of address", append(actions, told...)...)
	index, found, failed := failedAt(err)
	switch {
	case !failed:
		return err
	case index == 0:
		var row emailUndoRow
		if found != nil && unmarshal(found, &row) == nil && row.ID == u.ID && row.UsedAt != "" {
			return account.ErrLinkUsed.Because(err)
		}
		return account.ErrLinkExpired.Because(err)
	}
	return account.ErrBusy.Because(err)
}

// leaveEmail lets go of the address of p.
func (s *Store) leaveEmail(p account.Profile) types.TransactWriteItem {
	a := deleteIn(s.users, loginKey(p.Email))
	when := "accountId = :id AND credentialVersion = :from"
	a.Delete.ConditionExpression, a.Delete.ExpressionAttributeValues = &when, values{":id": string(p.ID), ":from": p.CredentialVersion}.marshal()
	return a
}

// moveTo makes an address that of p, as it was read, and ends its sessions.
func (s *Store) moveTo(p account.Profile, e account.Email, now time.Time) types.TransactWriteItem {
	return updateIn(s.users, moving(p, e, now))
}

// moveBack is moveTo for an account that has these factors with it.
func (s *Store) moveBack(p account.Profile, e account.Email, has account.Factors, now time.Time) types.TransactWriteItem {
	c := moving(p, e, now)
	c.set = "SET email = :email, credentialVersion = :next, updatedAt = :now, totp = :totp, passkeys = :passkeys ADD version :one"
	c.values[":totp"], c.values[":passkeys"] = has.TOTP, has.Passkeys
	return updateIn(s.users, c)
}

func moving(p account.Profile, e account.Email, now time.Time) change {
	return change{
		key: profileKey(p.ID), set: "SET email = :email, credentialVersion = :next, updatedAt = :now ADD version :one",
		when: "credentialVersion = :from AND email = :before AND #status = :status", names: statusName,
		values: values{
			":email": e.String(), ":before": p.Email.String(), ":from": p.CredentialVersion, ":next": p.CredentialVersion + 1,
			":now": stampOf(now), ":one": 1, ":status": string(p.Status),
		},
	}
}
