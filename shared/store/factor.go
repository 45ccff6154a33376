package store

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/message"
)

// Factors reads what proves the holder of an account beside the password. Where there is nothing it is zero.
func (s *Store) Factors(ctx context.Context, id account.ID) (account.FactorSet, error) {
	var row factorsRow
	if _, err := s.get(ctx, "read factors", s.users, factorsKey(id), &row); err != nil {
		return account.FactorSet{}, err
	}
	return row.set(), nil
}

// FactorChange is a change of what proves the holder of an account.
type FactorChange struct {
	Read, Next account.FactorSet
	Ends       bool            // all other sessions are over with it
	By         account.Session // goes on, and counts as proved by a factor
	Told       []message.Message
	Seen       account.Activity
	At         time.Time
}

// ChangeFactors writes a change of the account p, with its activity and the mail that tells its holder, all or none. It returns
// account.ErrBusy when the factors, the password or the session changed meanwhile, and account.ErrDisabled when the account is disabled.
func (s *Store) ChangeFactors(ctx context.Context, p account.Profile, c FactorChange) error {
	version := p.CredentialVersion
	if c.Ends {
		version++
	}
	actions := append(s.replaceFactors(p, c.Read, c.Next, version, c.At),
		updateIn(s.tokens, change{
			key: sessionKey(p.ID, c.By.Digest), set: "SET provenAt = :now, provenBy = :by, credentialVersion = :next", when: "attribute_exists(pk)",
			values: values{":now": stampOf(c.At), ":by": string(account.ByFactor), ":next": version},
		}),
		putNew(s.users, activityToRow(p.ID, c.Seen)))
	for _, m := range c.Told {
		actions = append(actions, putNew(s.tokens, pendingRow(m)))
	}
	if c.Ends {
		told, err := s.farewell(ctx, p.ID, c.By.Digest, c.At)
		if err != nil {
			return err
		}
		actions = append(actions, append(told, deleteIn(s.tokens, resetKey(p.ID)))...)
	}
	err := s.transact(ctx, "change factors", actions...)
	switch _, found, failed := failedAt(err); {
	case isDisabled(found):
		return account.ErrDisabled.Because(err)
	case failed:
		return account.ErrBusy.Because(err)
	}
	return err
}

// replaceFactors writes the factors and their count in the profile, and where version is another one ends the sessions by it.
func (s *Store) replaceFactors(p account.Profile, read, next account.FactorSet, version int, now time.Time) []types.TransactWriteItem {
	counted := next.Counted()
	profile := change{
		key: profileKey(p.ID), set: "SET totp = :totp, passkeys = :passkeys, credentialVersion = :next, updatedAt = :now ADD version :one",
		when: "credentialVersion = :from AND #status = :active", names: statusName,
		values: values{
			":totp": counted.TOTP, ":passkeys": counted.Passkeys, ":next": version, ":from": p.CredentialVersion, ":now": stampOf(now), ":one": 1,
			":active": string(account.Active),
		},
	}
	actions := []types.TransactWriteItem{s.putFactors(p.ID, read, next, now), updateIn(s.users, profile)}
	if version != p.CredentialVersion {
		actions = append(actions, updateIn(s.users, change{
			key: loginKey(p.Email), set: "SET credentialVersion = :next", when: "credentialVersion = :from",
			values: values{":next": version, ":from": p.CredentialVersion},
		}))
	}
	return actions
}

// putFactors writes factors in the place of those that were read.
func (s *Store) putFactors(id account.ID, read, next account.FactorSet, now time.Time) types.TransactWriteItem {
	next.Version, next.UpdatedAt = read.Version+1, now
	write := types.TransactWriteItem{Put: &types.Put{
		TableName: &s.users, Item: marshal(factorsToRow(id, next)), ConditionExpression: aws.String(asRead(read)),
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}}
	if read.Version > 0 {
		write.Put.ExpressionAttributeValues = values{":read": read.Version}.marshal()
	}
	return write
}

// sameFactors is a transaction's condition that the factors are those that were read.
func (s *Store) sameFactors(id account.ID, read account.FactorSet) types.TransactWriteItem {
	c := change{key: factorsKey(id), when: asRead(read)}
	if read.Version > 0 {
		c.values = values{":read": read.Version}
	}
	return checkIn(s.users, c)
}

func asRead(f account.FactorSet) string {
	if f.Version == 0 {
		return "attribute_not_exists(pk)"
	}
	return "version = :read"
}

// FactorUse is one use of a factor: of a code, a recovery code or a passkey.
type FactorUse struct {
	Step      int64 // of the code
	Resealed  string
	Recovery  string           // digest of the recovery code
	Passkey   *account.Passkey // as it is after the use
	Place     int              // of the passkey in its set
	Challenge string           // that the passkey answered
	Until     time.Time        // when nobody takes the challenge any more
}

// uses makes the writes that use a factor up; whichever of them fails, it was used already, or is there no more.
func (s *Store) uses(id account.ID, u FactorUse, now time.Time) []types.TransactWriteItem {
	c := change{key: factorsKey(id), values: values{":one": 1}}
	switch {
	case u.Passkey != nil:
		at := passkeyPath(u.Place)
		c.set = "SET " + at + ".signCount = :count, " + at + ".backedUp = :backed, " + at + ".usedAt = :now ADD version :one"
		c.when = at + ".id = :id"
		c.values[":count"], c.values[":backed"], c.values[":now"], c.values[":id"] = u.Passkey.SignCount, u.Passkey.BackedUp, stampOf(now), u.Passkey.ID
		spent := answeredRow{key: passkeyChallengeKey(u.Challenge), ExpiresAt: u.Until.Unix()}
		return []types.TransactWriteItem{putNew(s.tokens, spent), updateIn(s.users, c)}
	case u.Recovery != "":
		c.set, c.when = "DELETE recovery :these ADD version :one", "contains(recovery, :digest)"
		c.values[":these"], c.values[":digest"] = &types.AttributeValueMemberSS{Value: []string{u.Recovery}}, u.Recovery
	default:
		c.set, c.when = "SET totpStep = :step ADD version :one", "attribute_exists(totp) AND totpStep < :step"
		c.values[":step"] = u.Step
		if u.Resealed != "" {
			c.set = "SET totpStep = :step, totp = :sealed ADD version :one"
			c.values[":sealed"] = u.Resealed
		}
	}
	return []types.TransactWriteItem{updateIn(s.users, c)}
}

func (u FactorUse) refusal() error {
	switch {
	case u.Passkey != nil:
		return account.ErrPasskeyUsed
	case u.Recovery != "":
		return account.ErrRecoveryUsed
	}
	return account.ErrCodeUsed
}

// OpenByFactor uses a factor up and starts a session by it, or goes on with one that began before it was proven; pending is the log-in by password that it completes, or nil for a log-in by
// passkey alone. n is the notice of a device that was not known, or nil; told are mails about it. It returns account.ErrCodeUsed, ErrRecoveryUsed or ErrPasskeyUsed when the factor was used already, and
// account.ErrLoginExpired when the pending log-in, or the session, is over.
func (s *Store) OpenByFactor(ctx context.Context, u FactorUse, pending *account.PendingLogin, session account.Session, n *account.Notice, seen account.Activity, told []message.Message) error {
	actions := s.uses(session.AccountID, u, session.ProvenAt)
	own := len(actions)
	if pending != nil {
		actions = append(actions, types.TransactWriteItem{Delete: &types.Delete{
			TableName: &s.tokens, Key: marshal(pendingLoginKey(pending.AccountID, pending.Digest)), ConditionExpression: aws.String("expiresAt > :now"),
			ExpressionAttributeValues: values{":now": session.ProvenAt.Unix()}.marshal(),
		}})
	}
	opening := putNew(s.tokens, sessionToRow(session))
	if session.ProvenAt.After(session.CreatedAt) {
		opening = s.proven(session)
	}
	actions = append(actions, opening, putNew(s.users, activityToRow(session.AccountID, seen)))
	if n != nil {
		actions = append(actions, s.putNotice(*n))
	}
	for _, m := range told {
		actions = append(actions, putNew(s.tokens, pendingRow(m)))
	}
	err := s.transact(ctx, "open by factor", actions...)
	switch at, _, failed := failedAt(err); {
	case failed && at < own:
		return u.refusal()
	case failed:
		return account.ErrLoginExpired.Because(err)
	}
	return err
}

// proven notes in a session that its holder has proved again who they are.
func (s *Store) proven(session account.Session) types.TransactWriteItem {
	return updateIn(s.tokens, change{
		key: sessionKey(session.AccountID, session.Digest), set: "SET provenAt = :now, provenBy = :by", when: "attribute_exists(pk)",
		values: values{":now": stampOf(session.ProvenAt), ":by": string(session.ProvenBy)},
	})
}

// ProveByFactor uses a factor up and notes it in the session. Its errors are those of OpenByFactor, and account.ErrSessionUnknown when the
// session was ended meanwhile.
func (s *Store) ProveByFactor(ctx context.Context, u FactorUse, session account.Session, told []message.Message, now time.Time) error {
	actions := s.uses(session.AccountID, u, now)
	own := len(actions)
	actions = append(actions, updateIn(s.tokens, change{
		key: sessionKey(session.AccountID, session.Digest), set: "SET provenAt = :now, provenBy = :by", when: "attribute_exists(pk)",
		values: values{":now": stampOf(now), ":by": string(account.ByFactor)},
	}))
	for _, m := range told {
		actions = append(actions, putNew(s.tokens, pendingRow(m)))
	}
	err := s.transact(ctx, "prove by factor", actions...)
	switch at, _, failed := failedAt(err); {
	case failed && at < own:
		return u.refusal()
	case failed:
		return account.ErrSessionUnknown.Because(err)
	}
	return err
}
