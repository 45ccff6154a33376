package store

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/shared/account"
)

// The errors of AddReviewer and RemoveReviewer.
var (
	ErrReviewer   = errors.New("store: the account is a reviewer already")
	ErrNoReviewer = errors.New("store: the account is no reviewer")
)

// Reviewer is an account that may decide on KYC cases.
type Reviewer struct {
	AccountID account.ID
	Lead      bool // sees the report
	AddedAt   time.Time
	By        string // the operator, as AWS names them
	Reason    string
}

type reviewerRow struct {
	key
	AccountID string `dynamodbav:"accountId"`
	Lead      bool   `dynamodbav:"lead,omitempty"`
	AddedAt   stamp  `dynamodbav:"addedAt"`
	By        string `dynamodbav:"by"`
	Reason    string `dynamodbav:"reason"`
}

func (r reviewerRow) reviewer() Reviewer {
	return Reviewer{account.ID(r.AccountID), r.Lead, r.AddedAt.time(), r.By, r.Reason}
}

// AddReviewer lets an account decide on cases, from its next request on; a lead sees the report as well. It returns ErrReviewer when it may already, and
// account.ErrDisabled when there is no active account of this id.
func (s *Store) AddReviewer(ctx context.Context, id account.ID, lead bool, deed Deed) error {
	row := reviewerRow{key: reviewerKey(id), AccountID: string(id), Lead: lead, AddedAt: stampOf(deed.At), By: deed.By, Reason: deed.Reason}
	active := types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
		TableName: &s.users, Key: marshal(profileKey(id)), ConditionExpression: aws.String("#status = :active"),
		ExpressionAttributeNames: statusName, ExpressionAttributeValues: values{":active": string(account.Active)}.marshal(),
	}}
	err := s.transact(ctx, "add reviewer", putNew(s.users, row), active, putNew(s.users, deed.row(id)))
	switch at, _, failed := failedAt(err); {
	case failed && at == 0:
		return ErrReviewer
	case failed && at == 1:
		return account.ErrDisabled.Because(err)
	}
	return err
}

// RemoveReviewer takes that right away, with the next request. It returns ErrNoReviewer when the account has none.
func (s *Store) RemoveReviewer(ctx context.Context, id account.ID, deed Deed) error {
	remove := types.TransactWriteItem{Delete: &types.Delete{
		TableName: &s.users, Key: marshal(reviewerKey(id)), ConditionExpression: aws.String("attribute_exists(pk)"),
	}}
	err := s.transact(ctx, "remove reviewer", remove, putNew(s.users, deed.row(id)))
	if at, _, failed := failedAt(err); failed && at == 0 {
		return ErrNoReviewer
	}
	return err
}

// Reviewer reads whether an account may decide on cases.
func (s *Store) Reviewer(ctx context.Context, id account.ID) (r Reviewer, is bool, err error) {
	var row reviewerRow
	is, err = s.get(ctx, "read reviewer", s.users, reviewerKey(id), &row)
	return row.reviewer(), is, err
}

// Reviewers returns all reviewers, who was added first comes first.
func (s *Store) Reviewers(ctx context.Context) ([]Reviewer, error) {
	items, err := s.query(ctx, "list reviewers", s.users, reviewerKey("").PK, "")
	if err != nil {
		return nil, err
	}
	all := make([]Reviewer, len(items))
	for i, found := range items {
		var row reviewerRow
		if err := unmarshal(found, &row); err != nil {
			return nil, err
		}
		all[i] = row.reviewer()
	}
	slices.SortStableFunc(all, func(a, b Reviewer) int { return a.AddedAt.Compare(b.AddedAt) })
	return all, nil
}
