package store

import (
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/pattern"
)

const activityPrefix = "activity#"

// activityCursor is where a page begins: time and id of the last one before it. It names no account: that is the reader's own, whatever is sent.
var activityCursor = pattern.New(`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z\.[A-Z2-7]{26}$`)

// Activity reads a page of at most most events of an account, the newest first. after is next of the page before, empty for the first; what is none
// is account.ErrCursor. next is empty where there is nothing more.
func (s *Store) Activity(ctx context.Context, id account.ID, after string, most int, now time.Time) (page []account.Activity, next string, err error) {
	before := activityPrefix + "~"
	if after != "" {
		if !activityCursor.MatchString(after) {
			return nil, "", account.ErrCursor
		}
		at, event, _ := strings.Cut(after, "Z.")
		before = activityPrefix + at + "Z#" + event
	}
	n := int32(most)
	out, err := call(ctx, "read activity", func(ctx context.Context) (*dynamodb.QueryOutput, error) {
		return s.db.Query(ctx, &dynamodb.QueryInput{
			TableName: &s.users, ConsistentRead: aws.Bool(true), ScanIndexForward: aws.Bool(false), Limit: &n,
			KeyConditionExpression:    aws.String("pk = :pk AND sk BETWEEN :first AND :before"),
			ExpressionAttributeValues: values{":pk": profileKey(id).PK, ":first": activityPrefix, ":before": before}.marshal(),
		})
	})
	if err != nil {
		return nil, "", err
	}
	for _, i := range out.Items {
		var row activityRow
		if err := unmarshal(i, &row); err != nil {
			return nil, "", err
		}
		next = strings.Replace(strings.TrimPrefix(row.SK, activityPrefix), "#", ".", 1)
		if row.SK != before && row.ExpiresAt > now.Unix() {
			page = append(page, account.Activity{Kind: row.Kind, At: row.At.time(), IP: row.IP, UserAgent: row.UserAgent})
		}
	}
	if out.LastEvaluatedKey == nil {
		next = ""
	}
	return page, next, nil
}

// NoteActivity writes an event that changes nothing of the account.
func (s *Store) NoteActivity(ctx context.Context, id account.ID, seen account.Activity) error {
	return s.put(ctx, "note activity", s.users, activityToRow(id, seen), "")
}
