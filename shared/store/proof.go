package store

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/token"
)

// proofToRow notes that a proof was seen. by is the request that does, to be known by its own retry.
func proofToRow(p oidc.Spent, by string) spentRow {
	return spentRow{key: proofKey(p), By: by, ExpiresAt: p.Until.Add(time.Minute).Unix()}
}

// SpendProofs uses up proofs that are good once. It returns oidc.ErrReplayed when one was seen before.
func (s *Store) SpendProofs(ctx context.Context, proofs ...oidc.Spent) error {
	work := make([]func() error, len(proofs))
	for i, p := range proofs {
		work[i] = func() error {
			row := proofToRow(p, token.NewID())
			err := s.put(ctx, "spend proof", s.tokens, row, "attribute_not_exists(pk)")
			found, failed := conditionFailed(err)
			if !failed {
				return err
			}
			// When the answer to a committed put is lost, the SDK's silent retry meets the item that this very call wrote.
			var there spentRow
			if err := unmarshal(found, &there); err == nil && there.By == row.By {
				return nil
			}
			return oidc.ErrReplayed
		}
	}
	return together(work...)
}

// transactProofs commits an action and uses up the proofs, or neither.
func (s *Store) transactProofs(ctx context.Context, what string, action types.TransactWriteItem, spend []oidc.Spent) error {
	actions := []types.TransactWriteItem{action}
	for _, p := range spend {
		actions = append(actions, putNew(s.tokens, proofToRow(p, "")))
	}
	err := s.transact(ctx, what, actions...)
	if index, _, failed := failedAt(err); failed && index > 0 {
		return oidc.ErrReplayed
	}
	return err
}
