package store

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
)

// Also is what a move of a case writes besides, or the reason why it may not be made; p is the account as it is then.
type Also func(p account.Profile) ([]types.TransactWriteItem, error)

// MoveCase writes a case as it is after something happened to it, over the one that was read, with the record of that, the account's
// status, the states of documents, the counters of the lanes, and what is told to its holder and to other products: all or nothing. It
// returns account.ErrBusy when the case or the account changed since, and for a decided case that is to be looked at again after its account
// has begun the next, which alone its holder can answer in, kyc.ErrFollowed or kyc.ErrUndoOver.
func (s *Store) MoveCase(ctx context.Context, read, next kyc.Case, r kyc.Record, also ...Also) error {
	p, err := s.Profile(ctx, read.AccountID)
	if err != nil {
		return err
	}
	switch followed := p.KYCCase != next.No; {
	case followed && r.Kind == string(kyc.Reopen):
		return kyc.ErrFollowed
	case followed && r.Kind == string(kyc.Undo):
		return kyc.ErrUndoOver
	}
	next.Version = read.Version + 1
	if r.Kind != string(kyc.Undo) {
		r.Before.Verified = p.Verified
	}
	actions := []types.TransactWriteItem{s.overCase(read, next, "", values{}), putNew(s.users, recordToRow(next, r))}
	actions = append(actions, s.changedDocuments(read, next)...)
	actions = append(actions, s.counted(read.Lane, next.Lane)...)
	actions = append(actions, s.profileOf(p, next, r)...)
	actions = append(actions, s.told(p, next, r)...)
	before, err := s.before(ctx, p, next, r)
	if err != nil {
		return err
	}
	actions = append(actions, before...)
	for _, more := range also {
		written, err := more(p)
		if err != nil {
			return err
		}
		actions = append(actions, written...)
	}
	return s.moved(s.transact(ctx, "move case", actions...), r)
}

// moved explains the failure of a move: of an undo whose mail is on its way, kyc.ErrUndoOver.
func (s *Store) moved(err error, r kyc.Record) error {
	if at, _, failed := failedAt(err); failed && at > 0 && r.Kind == string(kyc.Undo) {
		return kyc.ErrUndoOver.Because(err)
	}
	return busy(err)
}

// overCase puts a case over the one that was read; and is a further condition, with its values.
func (s *Store) overCase(read, next kyc.Case, and string, v values) types.TransactWriteItem {
	v[":version"] = read.Version
	put := &types.Put{
		TableName: &s.users, Item: marshal(caseToRow(next)), ConditionExpression: aws.String("version = :version" + and),
		ExpressionAttributeValues: v.marshal(), ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
	if and != "" {
		put.ExpressionAttributeNames = statusName
	}
	return types.TransactWriteItem{Put: put}
}

// changedDocuments are the updates of documents whose state is another than it was.
func (s *Store) changedDocuments(read, next kyc.Case) (actions []types.TransactWriteItem) {
	for i, d := range next.Documents {
		if d.State == read.Documents[i].State || len(actions) >= mostSuperseded {
			continue
		}
		actions = append(actions, updateIn(s.users, change{
			key: documentKey(next.AccountID, next.No, d.ID), set: "SET #state = :to, reasonCode = :code, reasonDetail = :detail", when: "attribute_exists(pk)",
			names: map[string]string{"#state": "state"}, values: values{":to": string(d.State), ":code": d.Reason.Code, ":detail": d.Reason.Detail},
		}))
	}
	return actions
}

// profileOf is what a move changes in the account: the status of its newest case, and whether it is verified.
func (s *Store) profileOf(p account.Profile, next kyc.Case, r kyc.Record) []types.TransactWriteItem {
	was := p
	if p.KYCCase == next.No {
		p.KYC = string(next.Status)
	}
	switch {
	case r.Kind == string(kyc.Undo):
		if r.Undoes.Kind == string(kyc.Approve) || r.Before.Verified.CaseNo == next.No {
			p.Verified = r.Before.Verified
		}
	case next.Status.InForce() && r.From != next.Status && r.Kind != string(kyc.NearEnd):
		p.Verified = account.Verification{CaseNo: next.No, Until: next.ValidUntil, EntityType: next.EntityType, ApprovedAt: next.ApprovedAt}
	case p.Verified.CaseNo == next.No && !next.Status.InForce() && next.Status != kyc.UnderReview:
		p.Verified = account.Verification{}
	}
	if p == was {
		return nil
	}
	return []types.TransactWriteItem{updateIn(s.users, change{
		key: profileKey(p.ID), when: "version = :version",
		set: "SET kyc = :kyc, verifiedCase = :case, verifiedUntil = :until, verifiedEntity = :entity, verifiedAt = :at, updatedAt = :now ADD version :one",
		values: values{
			":entity": p.Verified.EntityType, ":at": stampOf(p.Verified.ApprovedAt),
			":kyc": p.KYC, ":case": p.Verified.CaseNo, ":until": stampOf(p.Verified.Until), ":now": stampOf(r.At), ":one": 1, ":version": p.Version,
		},
	})}
}

// before is what a move does to the case that the account was verified by until then: an approval replaces it, and an undo of that restores it.
func (s *Store) before(ctx context.Context, p account.Profile, next kyc.Case, r kyc.Record) ([]types.TransactWriteItem, error) {
	no, change := 0, kyc.Case.Replaced
	switch {
	case r.Kind == string(kyc.Approve):
		no = p.Verified.CaseNo
	case r.Undoes.Kind == string(kyc.Approve):
		no, change = r.Before.Verified.CaseNo, kyc.Case.Restored
	}
	if no == 0 || no == next.No {
		return nil, nil
	}
	old, err := s.OneCase(ctx, p.ID, no)
	if err != nil {
		return nil, err
	}
	changed, record := change(old, r.At)
	changed.Version = old.Version + 1
	return []types.TransactWriteItem{s.overCase(old, changed, "", values{}), putNew(s.users, recordToRow(changed, record))}, nil
}

const laneShards = 8

// counted keeps how many cases are in each lane, spread over shards so that moves at once are not in each other's way.
func (s *Store) counted(from, to kyc.Lane) (actions []types.TransactWriteItem) {
	if from == to {
		return nil
	}
	set, names, v := "", map[string]string{}, values{}
	if from != "" {
		set, names["#from"], v[":less"] = "#from :less", string(from), -1
	}
	if to != "" {
		if set != "" {
			set += ", "
		}
		set, names["#to"], v[":more"] = set+"#to :more", string(to), 1
	}
	return []types.TransactWriteItem{updateIn(s.users, change{key: lanesKey(rand.IntN(laneShards)), set: "ADD " + set, names: names, values: v})}
}

// LaneCounts is about how many cases wait in each lane.
func (s *Store) LaneCounts(ctx context.Context) (map[kyc.Lane]int, error) {
	items, err := s.query(ctx, "count lanes", s.users, lanesKey(0).PK, "lanes#")
	if err != nil {
		return nil, err
	}
	counts := map[kyc.Lane]int{}
	for _, i := range items {
		var row map[string]any
		if err := unmarshal(i, &row); err != nil {
			return nil, err
		}
		for _, lane := range kyc.Lanes() {
			if n, ok := row[string(lane)].(float64); ok {
				counts[lane] += int(n)
			}
		}
	}
	return counts, nil
}

// ProlongLease lets a reviewer keep the lease of a case longer: kyc.ErrLeaseLost when it is not theirs any more.
func (s *Store) ProlongLease(ctx context.Context, c kyc.Case, leaseID string, now time.Time) (until time.Time, err error) {
	until = now.Add(kyc.LeaseLife)
	_, err = s.update(ctx, "prolong lease", s.users, change{
		key: caseKey(c.AccountID, c.No), set: "SET leaseUntil = :until", when: "leaseId = :lease AND leaseUntil > :now",
		values: values{":until": stampOf(until), ":lease": leaseID, ":now": stampOf(now)},
	})
	if _, failed := conditionFailed(err); failed {
		return time.Time{}, kyc.ErrLeaseLost.Because(err)
	}
	return until, err
}
