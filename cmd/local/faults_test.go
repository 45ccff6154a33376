package main

import (
	"context"
	"errors"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddb "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
)

func checkFaults(t *testing.T, s *system) {
	files, db := s.clients()
	put := func(id string) error {
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		_, err := db.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String("central-local-UsersTable"), Item: map[string]ddb.AttributeValue{
			"pk": &ddb.AttributeValueMemberS{Value: id}, "sk": &ddb.AttributeValueMemberS{Value: "x"},
		}}, func(o *dynamodb.Options) { o.RetryMaxAttempts = 1 })
		return err
	}
	code := func(err error) string {
		if api, ok := errors.AsType[smithy.APIError](err); ok {
			return api.ErrorCode()
		}
		return ""
	}
	stored := func(id string) bool {
		_, text := s.call(t, "GET", "/_local/tables", "")
		return strings.Contains(text, `"`+id+`"`)
	}
	for _, c := range []struct {
		mode   string
		fits   func(error) bool
		effect bool
	}{
		{"throttle", func(err error) bool { return code(err) == "ThrottlingException" }, false},
		{"500", func(err error) bool { return code(err) == "InternalServerError" }, false},
		{"reset", func(err error) bool { return errors.Is(err, syscall.ECONNRESET) }, false},
		{"reset_after", func(err error) bool { return errors.Is(err, syscall.ECONNRESET) }, true},
		{"conflict", func(err error) bool { return code(err) == "TransactionConflictException" }, false},
		{"duplicate", func(err error) bool { return err == nil }, true},
		{"blackhole", func(err error) bool { return errors.Is(err, context.DeadlineExceeded) }, false},
	} {
		t.Run(c.mode, func(t *testing.T) {
			s.want(t, 200, "PUT", "/_local/faults", `{"service":"dynamodb","mode":"`+c.mode+`","operation":"^PutItem$","count":1}`)
			if err := put("fault-" + c.mode); !c.fits(err) {
				t.Errorf("the client saw %v", err)
			}
			if stored("fault-"+c.mode) != c.effect {
				t.Errorf("it was stored: %v", !c.effect)
			}
			if err := put("after-" + c.mode); err != nil {
				t.Errorf("the call after it: %v", err)
			}
		})
	}
	t.Run("S3 says SlowDown", func(t *testing.T) {
		s.want(t, 200, "PUT", "/_local/faults", `{"service":"s3","mode":"throttle"}`)
		_, err := files.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: aws.String(testBucket)}, func(o *s3.Options) { o.RetryMaxAttempts = 1 })
		if err == nil {
			t.Error("no error")
		}
		s.want(t, 200, "PUT", "/_local/faults", `{"service":"s3","mode":"off"}`)
		if _, err := files.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: aws.String(testBucket)}); err != nil {
			t.Errorf("after it was switched off: %v", err)
		}
	})
	t.Run("what is no fault is refused", func(t *testing.T) {
		for _, body := range []string{
			`{"service":"sqs","mode":"500"}`, `{"service":"s3","mode":"smoke"}`, `{"service":"s3","mode":"500","operation":"("}`,
			`{"service":"dynamodb","mode":"held"}`, `{"service":"s3","mode":"refused"}`, `{"service":"s3","mode":"500","rate":2}`, `{"service":"s3","mode":"500","count":-1}`, `nonsense`,
			`{"service":"s3","mode":"conflict"}`, `{"service":"ses","mode":"stale"}`, `{"service":"s3","mode":"500","table":"x"}`, `{"service":"dynamodb","mode":"500","table":"("}`,
			`{"service":"s3","mode":"delay"}`, `{"service":"s3","mode":"500","ms":5}`, `{"service":"s3","mode":"500","nth":-1}`, `{"service":"s3","mode":"500","nth":2,"count":1}`,
			`{"service":"scanner","mode":"reset"}`,
		} {
			s.want(t, 400, "PUT", "/_local/faults", body)
		}
	})
	s.want(t, 204, "DELETE", "/_local/faults", "")
	if _, text := s.call(t, "GET", "/_local/faults", ""); strings.TrimSpace(text) != "[]" {
		t.Errorf("left: %s", text)
	}
}

func (s *system) want(t *testing.T, status int, method, path, body string) {
	t.Helper()
	if resp, text := s.call(t, method, path, body); resp.StatusCode != status {
		t.Errorf("%s %s %s: %d %s", method, path, body, resp.StatusCode, text)
	}
}
