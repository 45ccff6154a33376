// Package store keeps Central's data in two DynamoDB tables. Each exported method is one access pattern; schema.go lists the items.
//
// A method returns the faults that its comment names. Any other failure of DynamoDB, and a call that takes longer than its
// deadline, is the fault temporarily_unavailable: nothing half-done remains, and repeating the call is safe.
package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"golang.org/x/sync/errgroup"

	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/token"
)

// Store is safe for concurrent use.
type Store struct {
	db            *dynamodb.Client
	users, tokens string
	traceValue    atomic.Pointer[string] // what traceSecret has read
}

// New returns a store on the two tables of these names.
func New(db *dynamodb.Client, users, tokens string) *Store {
	return &Store{db: db, users: users, tokens: tokens}
}

type item = map[string]types.AttributeValue

// The SDK has no time-out of its own. One call ends well before the three seconds within which a client gets an answer.
const (
	callDeadline     = 2 * time.Second
	conflictAttempts = 8
	conflictPause    = 15 * time.Millisecond
)

// call runs one request under the deadline. The SDK repeats what may be repeated, but never a conflict with a running
// transaction: that is repeated here, with jitter.
func call[T any](ctx context.Context, what string, request func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, callDeadline)
	defer cancel()
	for attempt := 1; ; attempt++ {
		out, err := request(ctx)
		if err == nil || attempt == conflictAttempts || !isConflict(err) {
			return out, described(what, err)
		}
		select {
		case <-ctx.Done():
			return out, described(what, err)
		case <-time.After(time.Duration(attempt) * conflictPause * time.Duration(50+rand.IntN(100)) / 100):
		}
	}
}

func isConflict(err error) bool {
	var conflict *types.TransactionConflictException
	var canceled *types.TransactionCanceledException
	if errors.As(err, &conflict) {
		return true
	}
	if !errors.As(err, &canceled) {
		return false
	}
	found := false
	for _, r := range canceled.CancellationReasons {
		switch aws.ToString(r.Code) {
		case "TransactionConflict":
			found = true
		case "ConditionalCheckFailed":
			return false
		}
	}
	return found
}

// described keeps the two answers that callers look at, a failed condition and a cancelled transaction, and makes
// everything else "temporarily unavailable".
func described(what string, err error) error {
	if err == nil {
		return nil
	}
	err = fmt.Errorf("store: %s: %w", what, err)
	var failed *types.ConditionalCheckFailedException
	var canceled *types.TransactionCanceledException
	if errors.As(err, &failed) || errors.As(err, &canceled) && !isConflict(err) {
		return err
	}
	return fault.Down(err)
}

// conditionFailed reports a failed condition of a single write, with the item as it was found (nil when there was none).
func conditionFailed(err error) (found item, failed bool) {
	if c, ok := errors.AsType[*types.ConditionalCheckFailedException](err); ok {
		return c.Item, true
	}
	return nil, false
}

// failedAt reports which action of a cancelled transaction had a failed condition, with the item as it was found.
func failedAt(err error) (index int, found item, failed bool) {
	c, ok := errors.AsType[*types.TransactionCanceledException](err)
	if !ok {
		return 0, nil, false
	}
	for i, r := range c.CancellationReasons {
		if aws.ToString(r.Code) == "ConditionalCheckFailed" {
			return i, r.Item, true
		}
	}
	return 0, nil, false
}

func (s *Store) get(ctx context.Context, what, table string, k key, row any) (found bool, err error) {
	out, err := call(ctx, what, func(ctx context.Context) (*dynamodb.GetItemOutput, error) {
		return s.db.GetItem(ctx, &dynamodb.GetItemInput{
			TableName: &table, Key: marshal(k), ConsistentRead: aws.Bool(true),
		})
	})
	if err != nil || out.Item == nil {
		return false, err
	}
	return true, unmarshal(out.Item, row)
}

// getAll reads the items of these keys that are there, at most 100.
func (s *Store) getAll(ctx context.Context, what, table string, keys []key, each func(key, item) error) error {
	var wanted []item
	for _, k := range keys {
		wanted = append(wanted, marshal(k))
	}
	for attempt := 1; len(wanted) > 0; attempt++ {
		out, err := call(ctx, what, func(ctx context.Context) (*dynamodb.BatchGetItemOutput, error) {
			return s.db.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{
				RequestItems: map[string]types.KeysAndAttributes{table: {Keys: wanted, ConsistentRead: aws.Bool(true)}},
			})
		})
		if err != nil {
			return err
		}
		for _, found := range out.Responses[table] {
			var k key
			if err := unmarshal(found, &k); err != nil {
				return err
			}
			if err := each(k, found); err != nil {
				return err
			}
		}
		if wanted = out.UnprocessedKeys[table].Keys; len(wanted) > 0 && attempt == conflictAttempts {
			return fault.Down(errUnprocessed)
		}
	}
	return nil
}

// query reads all items of one partition whose sort key starts with prefix, in ascending order.
func (s *Store) query(ctx context.Context, what, table, pk, prefix string) ([]item, error) {
	var items []item
	input := &dynamodb.QueryInput{
		TableName: &table, ConsistentRead: aws.Bool(true),
		KeyConditionExpression:    aws.String("pk = :pk"),
		ExpressionAttributeValues: values{":pk": pk}.marshal(),
	}
	if prefix != "" {
		input.KeyConditionExpression = aws.String("pk = :pk AND begins_with(sk, :prefix)")
		input.ExpressionAttributeValues = values{":pk": pk, ":prefix": prefix}.marshal()
	}
	for {
		out, err := call(ctx, what, func(ctx context.Context) (*dynamodb.QueryOutput, error) { return s.db.Query(ctx, input) })
		if err != nil {
			return nil, err
		}
		items = append(items, out.Items...)
		if out.LastEvaluatedKey == nil {
			return items, nil
		}
		input.ExclusiveStartKey = out.LastEvaluatedKey
	}
}

func (s *Store) update(ctx context.Context, what, table string, u change) (item, error) {
	out, err := call(ctx, what, func(ctx context.Context) (*dynamodb.UpdateItemOutput, error) {
		return s.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName: &table, Key: marshal(u.key), UpdateExpression: &u.set, ConditionExpression: u.condition(),
			ExpressionAttributeValues: u.values.marshal(), ExpressionAttributeNames: u.names,
			ReturnValues:                        types.ReturnValueAllNew,
			ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
		})
	})
	if err != nil {
		return nil, err
	}
	return out.Attributes, nil
}

func (s *Store) put(ctx context.Context, what, table string, row any, condition string) error {
	input := &dynamodb.PutItemInput{
		TableName: &table, Item: marshal(row),
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
	if condition != "" {
		input.ConditionExpression = &condition
	}
	_, err := call(ctx, what, func(ctx context.Context) (*dynamodb.PutItemOutput, error) { return s.db.PutItem(ctx, input) })
	return err
}

func (s *Store) delete(ctx context.Context, what, table string, k key) error {
	_, err := call(ctx, what, func(ctx context.Context) (*dynamodb.DeleteItemOutput, error) {
		return s.db.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &table, Key: marshal(k)})
	})
	return err
}

// transact commits all actions or none. One token survives the SDK's silent retries and those after a conflict, so that an answer lost after
// the commit is not taken for a failure, whatever the retry meets.
func (s *Store) transact(ctx context.Context, what string, actions ...types.TransactWriteItem) error {
	once := token.NewID()
	_, err := call(ctx, what, func(ctx context.Context) (*dynamodb.TransactWriteItemsOutput, error) {
		return s.db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: actions, ClientRequestToken: &once})
	})
	return err
}

func marshal(row any) item {
	m, err := attributevalue.MarshalMap(row)
	if err != nil {
		panic("store: cannot encode a row: " + err.Error()) // rows hold only strings, numbers, lists and times
	}
	return m
}

func unmarshal(m item, row any) error {
	if err := attributevalue.UnmarshalMap(m, row); err != nil {
		return fmt.Errorf("store: an item does not fit its row: %w", err)
	}
	return nil
}

// together runs independent requests side by side and returns the first error.
func together(requests ...func() error) error {
	var all errgroup.Group
	for _, request := range requests {
		all.Go(request)
	}
	return all.Wait()
}
