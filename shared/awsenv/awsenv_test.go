package awsenv_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"phonon.in/central/shared/awsenv"
	awsdynamodb "phonon.in/central/shared/awsenv/dynamodb"
	awss3 "phonon.in/central/shared/awsenv/s3"
	"phonon.in/central/shared/awsenv/secret"
	awsses "phonon.in/central/shared/awsenv/ses"
	awssns "phonon.in/central/shared/awsenv/sns"
	"phonon.in/central/shared/awsenv/voice"
)

// maxAttempts of reading and of the store's writes.
const maxAttempts = 6

// lambda is the environment that Lambda gives a function.
func lambda(t *testing.T, more ...string) {
	for _, name := range []string{"DYNAMODB", "S3", "SES", "SNS", "PINPOINT_SMS_VOICE_V2", "SECRETS_MANAGER"} {
		t.Setenv("AWS_ENDPOINT_URL_"+name, "")
	}
	all := append([]string{
		"AWS_ENDPOINT_URL", "", "AWS_REGION", "ap-south-1", "AWS_ACCESS_KEY_ID", "AKIDTEST", "AWS_SECRET_ACCESS_KEY", "secret", "AWS_SESSION_TOKEN", "session-1",
		"AWS_LAMBDA_FUNCTION_NAME", "login", "_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
	}, more...)
	for i := 0; i < len(all); i += 2 {
		t.Setenv(all[i], all[i+1])
	}
}

// fake answers every call with do. It does not count the opening of a connection.
func fake(t *testing.T, do http.HandlerFunc) (address string, calls *atomic.Int32) {
	calls = new(atomic.Int32)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodHead {
			calls.Add(1)
			do(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL, calls
}

func calling(ctx context.Context) map[string]func() error {
	return map[string]func() error{
		"DYNAMODB": func() error {
			_, err := awsdynamodb.Client().ListTables(ctx, &dynamodb.ListTablesInput{})
			return err
		},
		"S3": func() error {
			_, err := awss3.Client().ListBuckets(ctx, &s3.ListBucketsInput{})
			return err
		},
		"SES": func() error {
			return awsses.Client().Do(ctx, "SendEmail", url.Values{"Source": {"a@b.example"}})
		},
		"SNS": func() error {
			_, err := awssns.Client().Publish(ctx, &sns.PublishInput{Message: aws.String("x"), PhoneNumber: aws.String("+911234567890")})
			return err
		},
		"PINPOINT_SMS_VOICE_V2": func() error {
			_, err := voice.Client().SendVoiceMessage(ctx, &pinpointsmsvoicev2.SendVoiceMessageInput{DestinationPhoneNumber: aws.String("+911234567890"), OriginationIdentity: aws.String("x")})
			return err
		},
		"SECRETS_MANAGER": func() error {
			_, err := secret.Read(ctx, "id")
			return err
		},
	}
}

// The one call that tells most: signed with the role's credentials for the right region and service, traced, to the place that
// the environment names.
func TestEveryClientObeysLambdasEnvironment(t *testing.T) {
	signedFor := map[string]string{
		"DYNAMODB": "dynamodb", "S3": "s3", "SES": "ses", "SNS": "sns", "PINPOINT_SMS_VOICE_V2": "sms-voice", "SECRETS_MANAGER": "secretsmanager",
	}
	for name, call := range calling(t.Context()) {
		for _, variable := range []string{"AWS_ENDPOINT_URL_" + name, "AWS_ENDPOINT_URL"} {
			t.Run(variable+" for "+name, func(t *testing.T) {
				address, calls := fake(t, func(w http.ResponseWriter, r *http.Request) {
					authorization := r.Header.Get("Authorization")
					if !strings.Contains(authorization, "Credential=AKIDTEST/") || !strings.Contains(authorization, "/ap-south-1/"+signedFor[name]+"/aws4_request") {
						t.Errorf("signed as %s", authorization)
					}
					if r.Header.Get("X-Amz-Security-Token") != "session-1" || !strings.HasPrefix(r.Header.Get("X-Amzn-Trace-Id"), "Root=1-5759e988") {
						t.Errorf("header %v", r.Header)
					}
					w.WriteHeader(http.StatusBadRequest)
				})
				lambda(t, variable, address)
				if err := call(); err == nil || calls.Load() != 1 {
					t.Errorf("%d calls, %v", calls.Load(), err)
				}
			})
		}
	}
}

func TestAServicesOwnEndpointComesFirst(t *testing.T) {
	own, calls := fake(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{}`) })
	all, wrong := fake(t, func(http.ResponseWriter, *http.Request) {})
	lambda(t, "AWS_ENDPOINT_URL_DYNAMODB", own, "AWS_ENDPOINT_URL", all)
	if err := calling(t.Context())["DYNAMODB"](); err != nil || calls.Load() != 1 || wrong.Load() != 0 {
		t.Errorf("%v, %d and %d calls", err, calls.Load(), wrong.Load())
	}
}

// Reading and the store's writes may be repeated. Sending may not: the outbox decides about that.
func TestRepetition(t *testing.T) {
	want := map[string]int32{"DYNAMODB": maxAttempts, "S3": maxAttempts, "SECRETS_MANAGER": maxAttempts, "SES": 1, "SNS": 1, "PINPOINT_SMS_VOICE_V2": 1}
	for name, call := range calling(t.Context()) {
		address, calls := fake(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
		lambda(t, "AWS_ENDPOINT_URL", address)
		if err := call(); err == nil || calls.Load() != want[name] {
			t.Errorf("%s: %d calls, want %d, %v", name, calls.Load(), want[name], err)
		}
	}
}

// A call that hangs is given up soon enough for another try within the store's deadline, on a connection of its own.
func TestDynamoDBThatHangsOnceIsAskedAgain(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	var first atomic.Bool
	address, calls := fake(t, func(w http.ResponseWriter, _ *http.Request) {
		if first.CompareAndSwap(false, true) {
			<-release
			return
		}
		io.WriteString(w, `{}`)
	})
	lambda(t, "AWS_ENDPOINT_URL", address)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	if _, err := awsdynamodb.Client().ListTables(ctx, &dynamodb.ListTablesInput{}); err != nil || calls.Load() != 2 {
		t.Errorf("%d calls, %v", calls.Load(), err)
	}
}

func TestADependencyThatHangsForEverIsGivenUpAtTheDeadline(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	address, _ := fake(t, func(http.ResponseWriter, *http.Request) { <-release })
	lambda(t, "AWS_ENDPOINT_URL", address)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := secret.Read(ctx, "id"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

func TestConnectionsSpeakHTTP1(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Proto != "HTTP/1.1" {
			t.Errorf("spoke %s", r.Proto)
		}
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	c := awsenv.Client(time.Second)
	awsenv.TransportOf(c).TLSClientConfig = server.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	awsenv.TransportOf(c).TLSClientConfig.NextProtos = nil
	answer, err := c.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
}

// DynamoDB's connection is open, and used again by the first call.
func TestDynamoDBsConnectionIsOpenedAhead(t *testing.T) {
	opened := make(chan string, 10)
	var used atomic.Value
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			opened <- r.RemoteAddr
			return
		}
		used.Store(r.RemoteAddr)
		w.Header().Set("Connection", "close") // so that no call finds the connection of an earlier call
		io.WriteString(w, `{}`)
	}))
	defer server.Close()
	lambda(t, "AWS_ENDPOINT_URL_DYNAMODB", server.URL)
	db := awsdynamodb.Client()
	first := <-opened
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for used.Load() != first { // the answer to HEAD may still be on its way back
		if _, err := db.ListTables(ctx, &dynamodb.ListTablesInput{}); err != nil {
			t.Fatalf("opened %s, used %v: %v", first, used.Load(), err)
		}
	}
}

// The pages send files to the address that S3 signs: behind a replaced endpoint no name of a bucket resolves.
func TestS3SignsThePathOfTheBucket(t *testing.T) {
	sign := func() *url.URL {
		out, err := s3.NewPresignClient(awss3.Client()).PresignGetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("bucket"), Key: aws.String("a/b")})
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(out.URL)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	lambda(t, "AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9000")
	if u := sign(); u.Host != "127.0.0.1:9000" || u.Path != "/bucket/a/b" {
		t.Errorf("locally: %s", u)
	}
	lambda(t)
	if u := sign(); u.Host != "bucket.s3.ap-south-1.amazonaws.com" || u.Path != "/a/b" || u.Scheme != "https" {
		t.Errorf("on AWS: %s", u)
	}
}

func TestReadSecret(t *testing.T) {
	tests := []struct {
		name, answer, captcha, calls string
		wrong                        bool
	}{
		{name: "keys alone", answer: `{"SecretString":"{\"current\":\"0123456789012345678901234567890123\"}"}`},
		{name: "keys and the captcha's", captcha: "cs", answer: `{"SecretString":"{\"current\":\"0123456789012345678901234567890123\",\"captchaSecret\":\"cs\"}"}`},
		{name: "a key that is too short", answer: `{"SecretString":"{\"current\":\"hush\"}"}`, wrong: true},
		{name: "no document", answer: `{"SecretString":"hush"}`, wrong: true},
		{name: "no text", answer: `{}`, wrong: true},
		{name: "keys and the call API's, two while it is replaced", calls: "new old",
			answer: `{"SecretString":"{\"current\":\"0123456789012345678901234567890123\",\"callSecret\":\"new\",\"callSecretPrevious\":\"old\"}"}`},
		{name: "a call secret of another type", wrong: true,
			answer: `{"SecretString":"{\"current\":\"hush0123456789012345678901234567890123\",\"callSecret\":[\"hush\"]}"}`},
		{name: "a captcha secret of another type", wrong: true,
			answer: `{"SecretString":"{\"current\":\"hush0123456789012345678901234567890123\",\"captchaSecret\":1}"}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			address, _ := fake(t, func(w http.ResponseWriter, r *http.Request) {
				if body, _ := io.ReadAll(r.Body); string(body) != `{"SecretId":"id"}` {
					t.Errorf("asked for %s", body)
				}
				io.WriteString(w, test.answer)
			})
			lambda(t, "AWS_ENDPOINT_URL_SECRETS_MANAGER", address)
			got, err := secret.Read(t.Context(), "id")
			if (err != nil) != test.wrong || got.Captcha.Reveal() != test.captcha {
				t.Errorf("%v, captcha %q", err, got.Captcha.Reveal())
			}
			if calls := strings.TrimSpace(got.Call.Reveal() + " " + got.CallPrevious.Reveal()); calls != test.calls {
				t.Errorf("calls %q", calls)
			}
			if err != nil && strings.Contains(err.Error(), "hush") {
				t.Errorf("the secret is in the error: %v", err)
			}
		})
	}
}

func TestReadTheSecretOfAnEdge(t *testing.T) {
	const current, previous = "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"
	for _, c := range []struct{ name, document, want string }{
		{"one", `{"current":"` + current + `"}`, current + " "},
		{"two, while it is replaced", `{"current":"` + current + `","previous":"` + previous + `"}`, current + " " + previous},
		{"one that is too short", `{"current":"hush"}`, ""},
		{"none", `{"previous":"` + previous + `"}`, ""},
		{"no document", `hush`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			address, _ := fake(t, func(w http.ResponseWriter, _ *http.Request) {
				answer, err := json.Marshal(map[string]string{"SecretString": c.document})
				if err != nil {
					t.Error(err)
				}
				w.Write(answer)
			})
			lambda(t, "AWS_ENDPOINT_URL_SECRETS_MANAGER", address)
			got, err := secret.ReadEdge(t.Context(), "id")
			if (err != nil) != (c.want == "") {
				t.Fatal(err)
			}
			if err != nil {
				if strings.Contains(err.Error(), "hush") {
					t.Errorf("the secret is in the error: %v", err)
				}
				return
			}
			if len(got) != 2 || got[0].Reveal()+" "+got[1].Reveal() != c.want {
				t.Errorf("read %d secrets", len(got))
			}
		})
	}
}
