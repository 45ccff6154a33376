package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddb "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
	"phonon.in/central/cmd/local/xray"
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

func TestAFaultStrikesAtItsRateAndOnlyThere(t *testing.T) {
	f := &faults{}
	if err := f.set([]byte(`{"service":"ses","mode":"500","rate":0.5}`)); err != nil {
		t.Fatal(err)
	}
	hits := 0
	for range 2000 {
		if mode, _ := f.hit(called{service: "ses", operation: "SendEmail"}); mode != "" {
			hits++
		}
		elsewhere, _ := f.hit(called{service: "sns", operation: "Publish"})
		if nowhere, _ := f.hit(called{service: "ses"}); elsewhere != "" || nowhere != "" {
			t.Fatal("it struck elsewhere")
		}
	}
	if hits < 800 || hits > 1200 {
		t.Errorf("%d of 2000", hits)
	}
}

func TestAFaultOfOneFunctionSparesTheOthers(t *testing.T) {
	f := &faults{}
	if err := f.set([]byte(`{"service":"sns","mode":"kill","function":"notify","count":1}`)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ function, want string }{{"otp", ""}, {"", ""}, {"notify", "kill"}, {"notify", ""}} {
		if got, _ := f.hit(called{service: "sns", operation: "Publish", function: c.function}); got != c.want {
			t.Errorf("%q got %q, want %q", c.function, got, c.want)
		}
	}
}

func TestEveryCarrierCanRefuseForTheOperatorAndForGood(t *testing.T) {
	for _, service := range []string{serviceSES, serviceSNS, serviceVoice, serviceCalls} {
		for _, mode := range []string{"held", "refused", "throttle", "500"} {
			f := &faults{}
			if err := f.set([]byte(`{"service":"` + service + `","mode":"` + mode + `"}`)); err != nil {
				t.Fatal(err)
			}
			p := &proxy{service: service, engine: http.NotFoundHandler(), requests: xray.New(), used: newPermissions(), faults: f}
			r := httptest.NewRequest("POST", "/", strings.NewReader("Action=SendEmail"))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if service == serviceVoice {
				r.Header.Set("X-Amz-Target", "PinpointSMSVoiceV2.SendVoiceMessage")
			}
			w := httptest.NewRecorder()
			p.ServeHTTP(w, r)
			want := failures[service][mode]
			if w.Code != want.status || w.Code < 400 || !strings.Contains(w.Body.String(), want.code) || !strings.Contains(w.Body.String(), want.reason) {
				t.Errorf("%s, %s: %d %s", service, mode, w.Code, w.Body)
			}
		}
	}
}

func TestAProxyWhosePortIsTakenFindsAnother(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	p := &proxy{service: serviceSES, engine: http.NotFoundHandler(), requests: xray.New(), used: newPermissions(), faults: &faults{}}
	endpoint, err := p.serve(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer p.server.Close()
	if endpoint == "http://"+l.Addr().String() {
		t.Error("it has the taken port")
	}
}
