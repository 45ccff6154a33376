package store

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
)

// QueuedCase is a case in the index, as it was up to a second ago.
type QueuedCase struct {
	AccountID   account.ID
	No          int
	Reference   string
	Status      kyc.Status
	Lane        kyc.Lane
	DueAt       time.Time // of a case in a lane
	EntityType  string
	DisplayName string
	Round       int
	Risk        kyc.Risk
	SubmittedAt time.Time
	FirstBy     account.ID
	LeaseBy     account.ID
	LeaseUntil  time.Time
}

func (r caseRow) listed() QueuedCase {
	due, _, _ := strings.Cut(r.QueueKey, "#")
	id, no := placed(r.key)
	return QueuedCase{
		AccountID: id, No: no, Reference: r.Reference, Status: kyc.Status(r.Status), Lane: kyc.Lane(strings.TrimPrefix(r.Queue, laneQueue)),
		DueAt: stamp(due).time(), EntityType: r.EntityType, DisplayName: r.DisplayName, Round: r.Round, Risk: kyc.Risk(r.Risk),
		SubmittedAt: r.SubmittedAt.time(), FirstBy: account.ID(r.FirstBy), LeaseBy: account.ID(r.LeaseBy), LeaseUntil: r.LeaseUntil.time(),
	}
}

// placed takes the key of a case apart.
func placed(k key) (account.ID, int) {
	no, _ := strconv.Atoi(strings.TrimPrefix(k.SK, casePrefix)) // the key was made by caseKey
	return account.ID(strings.TrimPrefix(k.PK, "account#")), no
}

// queueAfter is where a page of the index begins: after the place of a case.
func queueAfter(partition, after string) item {
	if after == "" {
		return nil
	}
	parts := strings.Split(after, "#") // time, account, number
	if len(parts) != 3 {
		return nil
	}
	no, _ := strconv.Atoi(parts[2])
	k := marshal(caseKey(account.ID(parts[1]), no))
	for name, v := range (values{"queue": partition, "queueKey": after}).marshal() {
		k[name] = v
	}
	return k
}

// page reads up to most items of one partition of the index, in its order; until bounds their keys, unless it is empty.
func (s *Store) page(ctx context.Context, what, partition, until, after string, most int32) (*dynamodb.QueryOutput, error) {
	input := &dynamodb.QueryInput{
		TableName: &s.users, IndexName: aws.String(Queue), Limit: &most, ExclusiveStartKey: queueAfter(partition, after),
		KeyConditionExpression: aws.String("queue = :queue"), ExpressionAttributeValues: values{":queue": partition}.marshal(),
	}
	if until != "" {
		input.KeyConditionExpression = aws.String("queue = :queue AND queueKey < :until")
		input.ExpressionAttributeValues = values{":queue": partition, ":until": until}.marshal()
	}
	return call(ctx, what, func(ctx context.Context) (*dynamodb.QueryOutput, error) { return s.db.Query(ctx, input) })
}

func (s *Store) listed(ctx context.Context, what, partition, until, after string, most int) (cases []QueuedCase, next string, err error) {
	out, err := s.page(ctx, what, partition, until, after, int32(most))
	if err != nil {
		return nil, "", err
	}
	for _, i := range out.Items {
		var row caseRow
		if err := unmarshal(i, &row); err != nil {
			return nil, "", err
		}
		cases, next = append(cases, row.listed()), row.QueueKey
	}
	if out.LastEvaluatedKey == nil {
		next = ""
	}
	return cases, next, nil
}

// Lane reads a page of the cases in a lane, the most urgent first. after is next of the page before, empty for the first.
func (s *Store) Lane(ctx context.Context, lane kyc.Lane, after string, most int) (cases []QueuedCase, next string, err error) {
	return s.listed(ctx, "read lane", laneQueue+string(lane), "", after, most)
}

// Overdue reads up to most cases of a lane that should have been decided by now.
func (s *Store) Overdue(ctx context.Context, lane kyc.Lane, now time.Time, most int) ([]QueuedCase, error) {
	cases, _, err := s.listed(ctx, "read overdue cases", laneQueue+string(lane), string(stampOf(now)), "", most)
	return cases, err
}

// Ticking reads a page of the cases that the clock has something to do with, the longest due first. after is next of the page before, empty
// for the first.
func (s *Store) Ticking(ctx context.Context, now time.Time, after string, most int) (cases []QueuedCase, next string, err error) {
	return s.listed(ctx, "read due cases", clockQueue, string(stampOf(now.Add(time.Microsecond))), after, most)
}

// OneCase reads a case of an account with its documents: kyc.ErrCaseUnknown.
func (s *Store) OneCase(ctx context.Context, id account.ID, no int) (kyc.Case, error) {
	items, err := s.query(ctx, "read case", s.users, profileKey(id).PK, caseKey(id, no).SK)
	if err != nil {
		return kyc.Case{}, err
	}
	cases, err := casesOf(id, items)
	if err == nil && len(cases) == 0 {
		err = kyc.ErrCaseUnknown
	}
	if err != nil {
		return kyc.Case{}, err
	}
	return cases[0], nil
}

// CaseByReference finds a case by its reference, with its documents: kyc.ErrCaseUnknown.
func (s *Store) CaseByReference(ctx context.Context, reference string) (kyc.Case, error) {
	id, no, found, err := s.CaseOf(ctx, reference)
	if err == nil && !found {
		err = kyc.ErrCaseUnknown
	}
	if err != nil {
		return kyc.Case{}, err
	}
	return s.OneCase(ctx, id, no)
}

// Records returns what happened to a case, oldest first.
func (s *Store) Records(ctx context.Context, id account.ID, caseNo int) ([]kyc.Record, error) {
	items, err := s.query(ctx, "read records", s.users, profileKey(id).PK, recordsOf(caseNo))
	if err != nil {
		return nil, err
	}
	records := make([]kyc.Record, len(items))
	for i, found := range items {
		var row recordRow
		if err := unmarshal(found, &row); err != nil {
			return nil, err
		}
		records[i] = row.record()
	}
	return records, nil
}

// AddRecord notes something that changed nothing in the case: that it was looked at.
func (s *Store) AddRecord(ctx context.Context, c kyc.Case, r kyc.Record) error {
	return s.put(ctx, "write record", s.users, recordToRow(c, r), "")
}

// DecidedCase is one decision, as the index has it.
type DecidedCase struct {
	Reference  string
	EntityType string
	At         time.Time
	Kind       string // of kyc.Record
	Outcome    kyc.Outcome
	By         string
	Round      int
	Codes      []string // of what was not accepted
	Sampled    bool     // a lead looks at it again
}

// DecidedIn reads the decisions of one month (UTC), with undos and reopenings, in no order.
func (s *Store) DecidedIn(ctx context.Context, month time.Time) (all []DecidedCase, err error) {
	for shard := range decidedShards {
		input := &dynamodb.QueryInput{
			TableName: &s.users, IndexName: aws.String(Queue), KeyConditionExpression: aws.String("queue = :queue"),
			ExpressionAttributeValues: values{":queue": decidedPartition(month, shard)}.marshal(),
		}
		for {
			out, err := call(ctx, "read decisions", func(ctx context.Context) (*dynamodb.QueryOutput, error) { return s.db.Query(ctx, input) })
			if err != nil {
				return nil, err
			}
			for _, i := range out.Items {
				var row recordRow
				if err := unmarshal(i, &row); err != nil {
					return nil, err
				}
				all = append(all, DecidedCase{row.Reference, row.EntityType, row.At.time(), row.Kind, kyc.Outcome(row.Outcome), row.Actor, row.Round, row.Codes, row.Sampled})
			}
			if out.LastEvaluatedKey == nil {
				break
			}
			input.ExclusiveStartKey = out.LastEvaluatedKey
		}
	}
	return all, nil
}
