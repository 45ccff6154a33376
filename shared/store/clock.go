package store

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"phonon.in/central/shared/kyc"
)

// PlaceCase corrects the place of a case in the index, where a change of one of its documents has moved its time. A case that changed since it
// was read stays as it is: whatever changed it has placed it, or the clock finds it again.
func (s *Store) PlaceCase(ctx context.Context, c kyc.Case, now time.Time) error {
	at := change{key: caseKey(c.AccountID, c.No), set: "REMOVE queue, queueKey", when: "version = :version", values: values{":version": c.Version}}
	if q := queueOf(c, now); q.Queue != "" {
		at.set, at.values[":queue"], at.values[":place"] = "SET queue = :queue, queueKey = :place", q.Queue, q.QueueKey
	}
	_, err := s.update(ctx, "place case", s.users, at)
	if _, changed := conditionFailed(err); changed {
		return nil
	}
	return err
}

const reviewQueue = "review-queue" // of the release before

// Unplaced lists up to most cases that the release before lanes has written: they were handed in, and are in no lane.
func (s *Store) Unplaced(ctx context.Context, most int) (cases []QueuedCase, err error) {
	n := int32(most)
	out, err := call(ctx, "read cases without a lane", func(ctx context.Context) (*dynamodb.QueryOutput, error) {
		return s.db.Query(ctx, &dynamodb.QueryInput{
			TableName: &s.users, IndexName: aws.String(reviewQueue), Limit: &n,
			KeyConditionExpression: aws.String("reviewStatus = :submitted"), ExpressionAttributeValues: values{":submitted": string(kyc.Submitted)}.marshal(),
		})
	})
	if err != nil {
		return nil, err
	}
	for _, i := range out.Items {
		var k key
		if err := unmarshal(i, &k); err != nil {
			return nil, err
		}
		id, no := placed(k)
		cases = append(cases, QueuedCase{AccountID: id, No: no})
	}
	return cases, nil
}

// leaveLane takes a case out of its lane, and of the lane's count, before it is erased.
func (s *Store) leaveLane(ctx context.Context, c kyc.Case) error {
	if !c.Waits() {
		return nil
	}
	actions := append(s.counted(c.Lane, ""), updateIn(s.users, change{
		key: caseKey(c.AccountID, c.No), set: "SET version = :next REMOVE lane, queue, queueKey", when: "version = :version",
		values: values{":version": c.Version, ":next": c.Version + 1},
	}))
	return busy(s.transact(ctx, "leave lane", actions...))
}
