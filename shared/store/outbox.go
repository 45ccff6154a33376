package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/shared/message"
)

// OutboxShards is how many partitions undelivered messages are spread over.
const OutboxShards = outboxShards

// inlineLease is how long the function that wrote a message has it to itself, to deliver it at once.
const inlineLease = 10 * time.Second

type outboxRow struct {
	key
	ID        string   `dynamodbav:"id"`
	Kind      string   `dynamodbav:"kind"`
	To        string   `dynamodbav:"to"`
	Locale    string   `dynamodbav:"locale"`
	Refs      []string `dynamodbav:"refs"`
	Account   string   `dynamodbav:"account,omitempty"`
	CreatedAt stamp    `dynamodbav:"createdAt"`
	NotAfter  int64    `dynamodbav:"notAfter"`
	Attempts  int      `dynamodbav:"attempts"`
	DueAt     int64    `dynamodbav:"dueAt"`            // milliseconds; nobody else may deliver before
	Reason    string   `dynamodbav:"reason,omitempty"` // why it is held, or why it was given up
	ExpiresAt int64    `dynamodbav:"expiresAt"`
}

func pendingRow(m message.Message) outboxRow {
	return outboxRow{
		key: outboxKey(m), ID: m.ID, Kind: string(m.Kind), To: m.To, Locale: m.Locale, Refs: m.Refs, Account: m.Account, Attempts: m.Attempts,
		Reason: m.Held, CreatedAt: stampOf(m.CreatedAt), NotAfter: m.NotAfter.Unix(), DueAt: dueAt(m).UnixMilli(),
		ExpiresAt: m.NotAfter.Add(deadLife).Unix(),
	}
}

func dueAt(m message.Message) time.Time {
	if m.Due.IsZero() {
		return m.CreatedAt.Add(inlineLease)
	}
	return m.Due
}

func (r outboxRow) message() message.Message {
	return message.Message{
		ID: r.ID, Kind: message.Kind(r.Kind), To: r.To, Locale: r.Locale, Refs: r.Refs, Account: r.Account, Attempts: r.Attempts,
		Held: r.Reason, CreatedAt: r.CreatedAt.time(), NotAfter: time.Unix(r.NotAfter, 0).UTC(),
	}
}

// QueueMessage writes a message that belongs to no other change. Writing the same message again does nothing new.
func (s *Store) QueueMessage(ctx context.Context, m message.Message) error {
	return s.put(ctx, "queue message", s.tokens, pendingRow(m), "")
}

// unsend removes, within a transaction, a message that was written with a time at which it is due. It fails the transaction once somebody
// has claimed the message: it may be on its way then.
func (s *Store) unsend(m message.Message) types.TransactWriteItem {
	return types.TransactWriteItem{Delete: &types.Delete{
		TableName: &s.tokens, Key: marshal(outboxKey(m)), ConditionExpression: aws.String("attempts = :none"),
		ExpressionAttributeValues:           values{":none": 0}.marshal(),
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}}
}

// ClaimMessages takes up to most messages of one shard that are due, for the time of lease: oldest first, and those that are held last,
// the one that was tried longest ago first, so that they neither keep others waiting nor each other. A message is taken by one caller at
// a time; the claim counts as an attempt.
func (s *Store) ClaimMessages(ctx context.Context, now time.Time, shard int, lease time.Duration, most int) ([]message.Message, error) {
	due, err := s.due(ctx, now, shard, most)
	if err != nil {
		return nil, err
	}
	var claimed []message.Message
	for _, row := range due {
		m, ok, err := s.claim(ctx, row, now.Add(lease))
		if err != nil {
			return claimed, err
		}
		if ok {
			claimed = append(claimed, m)
		}
		if len(claimed) == most {
			break
		}
	}
	return claimed, nil
}

// due reads what is due in the order in which it is to be claimed. It reads on until it has enough that is not held.
func (s *Store) due(ctx context.Context, now time.Time, shard, enough int) ([]outboxRow, error) {
	var fresh, held []outboxRow
	input := &dynamodb.QueryInput{
		TableName: &s.tokens, ConsistentRead: aws.Bool(true),
		KeyConditionExpression: aws.String("pk = :pk"), FilterExpression: aws.String("dueAt <= :now"),
		ExpressionAttributeValues: values{":pk": outboxPartition(shard), ":now": now.UnixMilli()}.marshal(),
	}
	for {
		page, err := call(ctx, "read outbox", func(ctx context.Context) (*dynamodb.QueryOutput, error) { return s.db.Query(ctx, input) })
		if err != nil {
			return nil, err
		}
		for _, i := range page.Items {
			var row outboxRow
			if err := unmarshal(i, &row); err != nil {
				return nil, err
			}
			if row.Reason == "" {
				fresh = append(fresh, row)
			} else {
				held = append(held, row)
			}
		}
		if page.LastEvaluatedKey == nil || len(fresh) >= enough {
			slices.SortStableFunc(held, func(a, b outboxRow) int { return cmp.Compare(a.DueAt, b.DueAt) })
			return append(fresh, held...), nil
		}
		input.ExclusiveStartKey = page.LastEvaluatedKey
	}
}

func (s *Store) claim(ctx context.Context, row outboxRow, until time.Time) (message.Message, bool, error) {
	claimed, err := s.update(ctx, "claim message", s.tokens, change{
		key: row.key, set: "SET dueAt = :until ADD attempts :one", when: "dueAt = :seen",
		values: values{":until": until.UnixMilli(), ":seen": row.DueAt, ":one": 1},
	})
	if _, taken := conditionFailed(err); taken {
		return message.Message{}, false, nil
	}
	if err != nil {
		return message.Message{}, false, err
	}
	err = unmarshal(claimed, &row)
	return row.message(), err == nil, err
}

// MessageDelivered removes a message that was sent.
func (s *Store) MessageDelivered(ctx context.Context, m message.Message) error {
	return s.delete(ctx, "remove message", s.tokens, outboxKey(m))
}

// MessageFailed makes a message due again at next, with its attempts and with what holds it.
func (s *Store) MessageFailed(ctx context.Context, m message.Message, next time.Time) error {
	_, err := s.update(ctx, "put message back", s.tokens, change{
		key: outboxKey(m), set: "SET dueAt = :next, attempts = :attempts, reason = :held", when: "attribute_exists(pk)",
		values: values{":next": next.UnixMilli(), ":attempts": m.Attempts, ":held": m.Held},
	})
	if _, gone := conditionFailed(err); gone {
		return nil
	}
	return err
}

// MessageDead moves a message that cannot be delivered to where an operator finds it.
func (s *Store) MessageDead(ctx context.Context, m message.Message, reason string, now time.Time) error {
	row := pendingRow(m)
	row.key, row.Reason, row.ExpiresAt = deadKey(m), reason, now.Add(deadLife).Unix()
	return s.transact(ctx, "bury message", putOver(s.tokens, row), deleteIn(s.tokens, outboxKey(m)))
}

// MessageReturned writes a message that was sent and came back to where an operator finds those that were given up. Refs are not known
// any more, so it cannot be sent again. Writing it twice is writing it once.
func (s *Store) MessageReturned(ctx context.Context, m message.Message, reason string, now time.Time) error {
	row := pendingRow(m)
	row.key, row.Reason, row.ExpiresAt = deadKey(m), reason, now.Add(deadLife).Unix()
	return s.put(ctx, "write returned message", s.tokens, row, "")
}
