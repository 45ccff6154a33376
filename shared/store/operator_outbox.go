package store

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/shared/message"
)

// The errors of RetryMessage.
var (
	ErrMessageUnknown = errors.New("store: no such message was given up")
	ErrMessageUseless = errors.New("store: the message is of no use to anybody any more")
)

const outboxDead = "outbox#dead"

// Queued is a message in the outbox.
type Queued struct {
	message.Message
	DueAt  time.Time // nobody delivers it before; zero for the dead
	Reason string    // why it was given up, or why it is held; empty while it just waits
}

// Waiting returns the messages that are not delivered yet, shard by shard, oldest first in each.
func (s *Store) Waiting(ctx context.Context) ([]Queued, error) {
	var all []Queued
	for shard := range outboxShards {
		found, err := s.queued(ctx, outboxPartition(shard))
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// Dead returns the messages that were given up within the last 30 days, oldest first.
func (s *Store) Dead(ctx context.Context) ([]Queued, error) { return s.queued(ctx, outboxDead) }

func (s *Store) queued(ctx context.Context, partition string) ([]Queued, error) {
	items, err := s.query(ctx, "list outbox", s.tokens, partition, "")
	if err != nil {
		return nil, err
	}
	all := make([]Queued, len(items))
	for i, found := range items {
		var row outboxRow
		if err := unmarshal(found, &row); err != nil {
			return nil, err
		}
		all[i] = Queued{Message: row.message(), Reason: row.Reason}
		if partition != outboxDead {
			all[i].DueAt = time.UnixMilli(row.DueAt).UTC()
		}
	}
	return all, nil
}

// RetryMessage puts a dead message back among those that wait, due at once and as if it had never been tried. It returns
// ErrMessageUseless when its time has passed, and ErrMessageUnknown when it is not among the dead: somebody else was faster.
func (s *Store) RetryMessage(ctx context.Context, q Queued, now time.Time) error {
	m := q.Message
	if !now.Before(m.NotAfter) {
		return ErrMessageUseless
	}
	m.Attempts, m.Held = 0, ""
	row := pendingRow(m)
	row.DueAt = now.UnixMilli()
	grave := types.TransactWriteItem{Delete: &types.Delete{
		TableName: &s.tokens, Key: marshal(deadKey(m)), ConditionExpression: aws.String("attribute_exists(pk)"),
	}}
	err := s.transact(ctx, "retry message", grave, putNew(s.tokens, row))
	if _, _, failed := failedAt(err); failed {
		return ErrMessageUnknown
	}
	return err
}
