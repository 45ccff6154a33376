package store

import (
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/phone"
	"phonon.in/central/shared/token"
)

type challengeRow struct {
	key
	ID        string   `dynamodbav:"id"`
	Phone     string   `dynamodbav:"phone"`
	Kind      string   `dynamodbav:"kind"`
	Channel   string   `dynamodbav:"channel"`
	Attempts  int      `dynamodbav:"attempts"`
	Tried     []string `dynamodbav:"tried,stringset,omitempty"` // the attempts that were counted
	Outcome   string   `dynamodbav:"callOutcome,omitempty"`
	EndedAt   stamp    `dynamodbav:"callEndedAt,omitempty"`
	CreatedAt stamp    `dynamodbav:"createdAt"`
	UsedAt    stamp    `dynamodbav:"usedAt,omitempty"`
	ExpiresAt int64    `dynamodbav:"expiresAt"`
}

func (r challengeRow) challenge(id account.ID) account.Challenge {
	return account.Challenge{
		ID: r.ID, AccountID: id, Number: phone.FromStored(r.Phone, phone.Kind(r.Kind)), Channel: phone.Channel(r.Channel),
		Attempts: r.Attempts, Call: account.Call{Outcome: phone.Outcome(r.Outcome), At: r.EndedAt.time()},
		CreatedAt: r.CreatedAt.time(), UsedAt: r.UsedAt.time(), ExpiresAt: time.Unix(r.ExpiresAt, 0).UTC(),
	}
}

// StartChallenge writes a phone challenge and the message with its code. It replaces an older challenge.
func (s *Store) StartChallenge(ctx context.Context, c account.Challenge, m message.Message) error {
	row := challengeRow{
		key: challengeKey(c.AccountID), ID: c.ID, Phone: c.Number.E164(), Kind: string(c.Number.Kind()), Channel: string(c.Channel),
		CreatedAt: stampOf(c.CreatedAt), ExpiresAt: c.ExpiresAt.Unix(),
	}
	return s.transact(ctx, "start challenge", putOver(s.tokens, row), putNew(s.tokens, pendingRow(m)))
}

// CountAttempt counts one attempt on a challenge before the code is compared, and returns the challenge with the attempt
// counted. However many run at once, no more than account.ChallengeAttempts succeed. It returns account.ErrChallengeExpired,
// ErrChallengeReplaced, ErrChallengeUsed or ErrChallengeSpent.
func (s *Store) CountAttempt(ctx context.Context, id account.ID, challengeID string, now time.Time) (account.Challenge, error) {
	try := token.NewID()
	counted, err := s.update(ctx, "count attempt", s.tokens, change{
		key: challengeKey(id), set: "ADD attempts :one, tried :tried",
		when: "id = :id AND attempts < :max AND attribute_not_exists(usedAt) AND expiresAt > :now AND (attribute_not_exists(tried) OR NOT contains(tried, :try))",
		values: values{
			":one": 1, ":id": challengeID, ":max": account.ChallengeAttempts, ":now": now.Unix(),
			":try": try, ":tried": &types.AttributeValueMemberSS{Value: []string{try}},
		},
	})
	var row challengeRow
	found, failed := conditionFailed(err)
	if failed && found == nil {
		return account.Challenge{}, account.ErrChallengeExpired.Because(err)
	}
	if failed {
		if err := unmarshal(found, &row); err != nil {
			return account.Challenge{}, err
		}
		// When the answer to a committed write is lost, the SDK's silent retry meets the attempt that this very call counted.
		if slices.Contains(row.Tried, try) {
			return row.challenge(id), nil
		}
		return account.Challenge{}, row.refusal(challengeID, now)
	}
	if err != nil {
		return account.Challenge{}, err
	}
	if err := unmarshal(counted, &row); err != nil {
		return account.Challenge{}, err
	}
	return row.challenge(id), nil
}

func (r challengeRow) refusal(challengeID string, now time.Time) error {
	switch {
	case r.ID != challengeID:
		return account.ErrChallengeReplaced
	case r.UsedAt != "":
		return account.ErrChallengeUsed
	case r.ExpiresAt <= now.Unix():
		return account.ErrChallengeExpired
	}
	return account.ErrChallengeSpent
}

// Challenge reads an open challenge of the account. It returns account.ErrNotFound when there is none with this id, or it was used or has
// expired.
func (s *Store) Challenge(ctx context.Context, id account.ID, challengeID string, now time.Time) (account.Challenge, error) {
	var row challengeRow
	found, err := s.get(ctx, "read challenge", s.tokens, challengeKey(id), &row)
	if err != nil {
		return account.Challenge{}, err
	}
	if !found || row.ID != challengeID || row.UsedAt != "" || row.ExpiresAt <= now.Unix() {
		return account.Challenge{}, account.ErrNotFound
	}
	return row.challenge(id), nil
}

// CallEnded writes down how the call of a challenge ended, unless that is known already, and reports whether this was news. It is news,
// too, of a challenge that was replaced or is gone: then nothing is written.
func (s *Store) CallEnded(ctx context.Context, id account.ID, challengeID string, call account.Call) (news bool, err error) {
	_, err = s.update(ctx, "end call", s.tokens, change{
		key: challengeKey(id), set: "SET callOutcome = :outcome, callEndedAt = :at", when: "id = :id AND attribute_not_exists(callOutcome)",
		values: values{":outcome": string(call.Outcome), ":at": stampOf(call.At), ":id": challengeID},
	})
	found, failed := conditionFailed(err)
	if !failed {
		return err == nil, err
	}
	var row challengeRow
	if found != nil {
		if err := unmarshal(found, &row); err != nil {
			return false, err
		}
	}
	return row.ID != challengeID, nil
}

// VerifyPhone uses the challenge up and gives its number to the account: claim on the number, profile, activity, all or
// none. An older number of the account is released, and the messages that tell of it are queued. It returns account.ErrPhoneInUse when five other accounts have the number,
// account.ErrChallengeUsed or ErrChallengeReplaced when another request was faster, account.ErrIdentityLocked when the KYC case keeps the
// number as it is, and account.ErrBusy when the account's number changed meanwhile.
func (s *Store) VerifyPhone(ctx context.Context, c account.Challenge, p account.Profile, seen account.Activity, told []message.Message, now time.Time) error {
	number := c.Number.E164()
	self := &types.AttributeValueMemberSS{Value: []string{string(p.ID)}}
	profile := change{
		key: profileKey(p.ID), set: "SET phone = :phone, phoneKind = :kind, phoneVerifiedAt = :now, updatedAt = :now ADD version :one",
		when:   "attribute_exists(pk) AND attribute_not_exists(phone) AND " + identityFree,
		values: identityFreeValues(values{":phone": number, ":kind": string(c.Number.Kind()), ":now": stampOf(now), ":one": 1}),
	}
	old := p.Phone.Number.E164()
	if old != "" {
		profile.when, profile.values[":old"] = "phone = :old AND "+identityFree, old
	}
	actions := []types.TransactWriteItem{
		updateIn(s.tokens, change{
			key: challengeKey(p.ID), set: "SET usedAt = :now", when: "id = :id AND attribute_not_exists(usedAt)",
			values: values{":now": stampOf(now), ":id": c.ID},
		}),
		updateIn(s.users, change{
			key: phoneKey(number), set: "ADD accounts :self",
			when:   "attribute_not_exists(accounts) OR size(accounts) < :most OR contains(accounts, :id)",
			values: values{":self": self, ":id": string(p.ID), ":most": phoneAccounts},
		}),
		updateIn(s.users, profile),
		putNew(s.users, activityToRow(p.ID, seen)),
	}
	if old != "" && old != number {
		release, err := s.releasePhone(ctx, p.ID, p.Phone.Number)
		if err != nil {
			return err
		}
		actions = append(actions, release)
	}
	for _, m := range told {
		actions = append(actions, putNew(s.tokens, pendingRow(m)))
	}
	err := s.transact(ctx, "verify phone", actions...)
	index, found, failed := failedAt(err)
	if !failed {
		return err
	}
	switch index {
	case 0:
		var row challengeRow
		if found != nil && unmarshal(found, &row) == nil && row.ID == c.ID {
			return account.ErrChallengeUsed.Because(err)
		}
		return account.ErrChallengeReplaced.Because(err)
	case 1:
		return account.ErrPhoneInUse.Because(err)
	}
	var row profileRow
	if found != nil && unmarshal(found, &row) == nil && (account.Profile{KYC: row.KYC}).IdentityLocked() {
		return account.ErrIdentityLocked.Because(err)
	}
	return account.ErrBusy.Because(err)
}

// releasePhone takes the account off the claim on its number; with the last account the claim itself goes, which is the number.
func (s *Store) releasePhone(ctx context.Context, id account.ID, number phone.Number) (types.TransactWriteItem, error) {
	k := phoneKey(number.E164())
	var row struct {
		Accounts []string `dynamodbav:"accounts,stringset"`
	}
	if _, err := s.get(ctx, "read claim", s.users, k, &row); err != nil {
		return types.TransactWriteItem{}, err
	}
	self := &types.AttributeValueMemberSS{Value: []string{string(id)}}
	if slices.ContainsFunc(row.Accounts, func(a string) bool { return a != string(id) }) {
		return updateIn(s.users, change{key: k, set: "DELETE accounts :self", values: values{":self": self}}), nil
	}
	return types.TransactWriteItem{Delete: &types.Delete{
		TableName: &s.users, Key: marshal(k), ConditionExpression: aws.String("attribute_not_exists(accounts) OR accounts = :self"),
		ExpressionAttributeValues: values{":self": self}.marshal(),
	}}, nil
}
