package store

import (
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/event"
	"phonon.in/central/shared/message"
)

// eventRow is the log of what was told: the message of the event, which may be published again from it.
type eventRow struct {
	key
	ID        string   `dynamodbav:"id"`
	Refs      []string `dynamodbav:"refs"`
	At        stamp    `dynamodbav:"at"`
	DueAt     stamp    `dynamodbav:"dueAt"`
	ExpiresAt int64    `dynamodbav:"expiresAt"`
}

// emit is what a transaction has to hold for an event: its message, which goes out at due (zero: at once), and its line in the account's log.
func (s *Store) emit(e event.Event, due time.Time) []types.TransactWriteItem {
	m := e.Message(due)
	return []types.TransactWriteItem{
		putNew(s.tokens, pendingRow(m)),
		putNew(s.users, eventRow{eventKey(e), m.ID, m.Refs, stampOf(e.Time), stampOf(m.Due), e.Time.Add(activityLife).Unix()}),
	}
}

// unemit takes an event back within a transaction, which fails once somebody has claimed its message.
func (s *Store) unemit(e event.Event) []types.TransactWriteItem {
	return []types.TransactWriteItem{s.unsend(e.Message(e.Time)), deleteIn(s.users, eventKey(e))}
}

// Told is an event in an account's log.
type Told struct {
	event.Event
	Due time.Time // it is not published before
}

// told reads a row of the log; alive is false for one whose time has passed.
func (r eventRow) told(now time.Time) (t Told, alive bool, err error) {
	e, err := event.Of(message.Message{
		ID: r.ID, Kind: message.Event, Account: strings.TrimPrefix(r.PK, profileKey("").PK), Refs: r.Refs, CreatedAt: r.At.time(),
	})
	return Told{e, r.DueAt.time()}, r.ExpiresAt > now.Unix(), err
}

func toldOf(items []item, now time.Time) ([]Told, error) {
	all := make([]Told, 0, len(items))
	for _, found := range items {
		var row eventRow
		if err := unmarshal(found, &row); err != nil {
			return nil, err
		}
		t, alive, err := row.told(now)
		if err != nil {
			return nil, err
		}
		if alive {
			all = append(all, t)
		}
	}
	return all, nil
}

// EventsOf returns what the products beside this one were told of an account, and what they are about to be told, oldest first.
func (s *Store) EventsOf(ctx context.Context, id account.ID, now time.Time) ([]Told, error) {
	items, err := s.query(ctx, "read events", s.users, profileKey(id).PK, eventPrefix)
	if err != nil {
		return nil, err
	}
	return toldOf(items, now)
}

// ScanEvents reads the whole table of accounts for events since a time, in no order. page gets those of a page, and how many items were
// read for them. It reads what may be a second old. It is the operator's: no function may do it.
func (s *Store) ScanEvents(ctx context.Context, since, now time.Time, page func(found []Told, read int)) error {
	input := &dynamodb.ScanInput{
		TableName: &s.users, FilterExpression: aws.String("sk BETWEEN :from AND :to AND begins_with(pk, :account)"),
		ExpressionAttributeValues: values{
			":from": eventPrefix + since.UTC().Format(sortTime), ":to": eventPrefix + "~", ":account": profileKey("").PK,
		}.marshal(),
	}
	for {
		out, err := s.scan(ctx, input)
		if err != nil {
			return err
		}
		found, err := toldOf(out.Items, now)
		if err != nil {
			return err
		}
		page(found, int(out.ScannedCount))
		if out.LastEvaluatedKey == nil {
			return nil
		}
		input.ExclusiveStartKey = out.LastEvaluatedKey
	}
}
