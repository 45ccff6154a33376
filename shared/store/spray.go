package store

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/shared/limit"
)

// triedRow is the addresses that one network failed to log in to within one window.
type triedRow struct {
	Of []string `dynamodbav:"of,stringset"`
}

// mostTried bounds a row: beyond it nothing is learnt.
const mostTried = 400

// Tried is how many different addresses a network has failed to log in to: of the present window all, of the one before the part that is
// less than a window ago.
func (s *Store) Tried(ctx context.Context, now time.Time, u limit.Use) (int, error) {
	var own, before triedRow
	err := together(
		func() error { _, err := s.get(ctx, "read "+u.Rule.Name, s.tokens, limitKey(u, now), &own); return err },
		func() error {
			_, err := s.get(ctx, "read "+u.Rule.Name, s.tokens, limitKey(u, now.Add(-u.Rule.Window)), &before)
			return err
		},
	)
	return u.Spent(len(own.Of), len(before.Of), now), err
}

// NoteTried notes that a network failed to log in to an address, by the address's digest. reached is true once in each window: for the
// address that makes it as many as the rule's maximum.
func (s *Store) NoteTried(ctx context.Context, now time.Time, u limit.Use, digest string) (reached bool, err error) {
	short := digest[:min(16, len(digest))]
	found, err := s.update(ctx, "note "+u.Rule.Name, s.tokens, change{
		key: limitKey(u, now), set: "ADD #of :one SET expiresAt = :end", when: "attribute_not_exists(#of) OR NOT contains(#of, :digest) AND size(#of) < :most",
		names: map[string]string{"#of": "of"},
		values: values{
			":one": &types.AttributeValueMemberSS{Value: []string{short}}, ":digest": short, ":most": mostTried, ":end": u.WindowEnd(now).Add(u.Rule.Window).Unix(),
		},
	})
	if _, known := conditionFailed(err); known || err != nil {
		if known {
			err = nil
		}
		return false, err
	}
	var row triedRow
	err = unmarshal(found, &row)
	return len(row.Of) == u.Rule.Max, err
}
