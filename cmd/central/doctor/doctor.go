// Package doctor looks at a deployed system, or a local run, and says what is wrong with it and what to do. It only reads.
package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/smithy-go"

	"phonon.in/central/cmd/central/fleet"
)

// State is the outcome of a check.
type State string

const (
	OK   State = "ok"
	Warn State = "warn" // it works; somebody should know
	Fail State = "FAIL"
	Skip State = "skip" // the check could not be made; Found says why
)

// Finding is what one check found. Do says what to do, where there is something.
type Finding struct {
	State State  `json:"state"`
	Name  string `json:"name"`
	Found string `json:"found"`
	Do    string `json:"do,omitempty"`

	// OnlyAWS marks a check that was skipped because a local run has nothing for it to look at.
	OnlyAWS bool `json:"-"`
}

func ok(format string, args ...any) Finding {
	return Finding{State: OK, Found: fmt.Sprintf(format, args...)}
}
func warn(do, format string, args ...any) Finding {
	return Finding{State: Warn, Found: fmt.Sprintf(format, args...), Do: do}
}
func bad(do, format string, args ...any) Finding {
	return Finding{State: Fail, Found: fmt.Sprintf(format, args...), Do: do}
}
func skip(format string, args ...any) Finding {
	return Finding{State: Skip, Found: fmt.Sprintf(format, args...)}
}

// Subject is the system that is looked at. A nil client is a service that is not there: its checks are skipped. An empty name is not
// known: so are the checks of what it names.
type Subject struct {
	DynamoDB *dynamodb.Client
	S3       *s3.Client
	Secrets  *secretsmanager.Client
	SES      *sesv2.Client
	SNS      *sns.Client
	Voice    *pinpointsmsvoicev2.Client
	Alarming *cloudwatch.Client
	Lambda   *lambda.Client
	APIs     *apigatewayv2.Client
	HTTP     *http.Client

	Users, Tokens, Bucket, Secret, Signing, PublicURL string

	Local      bool              // engines on one machine: they protect nothing
	Settings   map[string]string // variables of the functions, where Functions does not say
	Functions  []fleet.Function
	Fleet      *fleet.Fleet        // of these functions
	API        string              // id of the HTTP API
	Declared   map[string][]string // the variables that the template sets for each function, by the function's id; nil when not known
	Alarms     []string
	AlarmTopic string // ARN
	ClockURL   string // whatever it answers has AWS's time as Date
	Now        func() time.Time

	configured func() (configurations, error)
	called     func() (map[string]string, error)
	kept       func() ([]fleet.Member, error)
}

type check struct {
	name string
	// onlyAWS marks what protects data or people in earnest. A local run has none of it: what is found there is said, and no fault.
	onlyAWS bool
	look    func(*Subject, context.Context) Finding
}

func checks() []check {
	var all []check
	all = append(all, check{"clock", false, (*Subject).clock}, check{"health", false, (*Subject).health})
	for _, t := range []struct {
		name string
		of   func(*Subject) string
	}{{"users-table", func(s *Subject) string { return s.Users }}, {"tokens-table", func(s *Subject) string { return s.Tokens }}} {
		all = append(all,
			check{t.name, false, onTable(t.of, (*Subject).table)}, check{t.name + "-ttl", false, onTable(t.of, (*Subject).ttl)},
			check{t.name + "-deletion", true, onTable(t.of, (*Subject).deletionProtection)}, check{t.name + "-recovery", true, onTable(t.of, (*Subject).recovery)})
	}
	return append(all,
		check{"bucket", false, onBucket((*Subject).bucket)}, check{"bucket-versioning", false, onBucket((*Subject).versioning)},
		check{"bucket-cors", false, onBucket((*Subject).cors)}, check{"bucket-public-access", true, onBucket((*Subject).publicAccess)},
		check{"bucket-lifecycle", true, onBucket((*Subject).lifecycle)}, check{"bucket-tls-only", true, onBucket((*Subject).tlsOnly)},
		check{"scanner", true, onBucket((*Subject).scanner)},
		check{"secret", false, (*Subject).secret},
		check{"signing-keys", false, (*Subject).signingKeys}, check{"discovery", false, (*Subject).discovery}, check{"clients", false, (*Subject).clients},
		check{"mail-account", true, (*Subject).mailAccount}, check{"mail-identity", true, (*Subject).mailIdentity},
		check{"mail-dkim", true, (*Subject).mailDKIM}, check{"mail-configuration-set", true, (*Subject).mailSet},
		check{"sms-account", true, (*Subject).smsAccount}, check{"sms-spend-limit", true, (*Subject).smsSpend}, check{"sms-log", true, (*Subject).smsLog},
		check{"sms-dlt", true, (*Subject).smsDLT},
		check{"voice-origination", true, (*Subject).voice},
		check{"reviewers", true, (*Subject).reviewers}, check{"holidays", false, (*Subject).holidays}, check{"notice", false, (*Subject).notice},
		check{"alarms", true, (*Subject).alarms}, check{"alarm-recipients", true, (*Subject).recipients},
		check{"functions", true, (*Subject).functions}, check{"functions-environment", true, (*Subject).environment},
		check{"functions-live", true, (*Subject).live}, check{"functions-at-once", true, (*Subject).concurrency},
		check{"release", true, (*Subject).release}, check{"rollback", true, (*Subject).rollback},
	)
}

const deadline = 10 * time.Second // of one check

// Checks is how many checks Run makes.
func Checks() int { return len(checks()) }

// Run makes all checks side by side, each with a deadline of its own, and returns what they found, always in the same order. It calls
// step after each.
func Run(ctx context.Context, s *Subject, step func()) []Finding {
	s.configured = sync.OnceValues(func() (configurations, error) { return s.readConfigurations(ctx) })
	s.called = sync.OnceValues(func() (map[string]string, error) { return s.readIntegrations(ctx) })
	s.kept = sync.OnceValues(func() ([]fleet.Member, error) { return s.readFleet(ctx) })
	all := checks()
	found := make([]Finding, len(all))
	var work sync.WaitGroup
	for i, c := range all {
		work.Go(func() {
			short, cancel := context.WithTimeout(ctx, deadline)
			defer cancel()
			f := c.look(s, short)
			if s.Local && c.onlyAWS && f.State != OK {
				if f.State != Skip {
					f = skip("the local run does not have it: %s", f.Found)
				}
				f.OnlyAWS = true
			}
			f.Name = c.name
			found[i] = f
			step()
		})
	}
	work.Wait()
	return found
}

// unnamed is the finding for what only a stack names.
func (s *Subject) unnamed(what string) Finding {
	if s.Local {
		return skip("a local run has no %s that could be asked", what)
	}
	return skip("the %s are not known: use --stack", what)
}

// Count says how many findings are in a state.
func Count(all []Finding, state State) int {
	n := 0
	for _, f := range all {
		if f.State == state {
			n++
		}
	}
	return n
}

// code is the error code of AWS, or nothing.
func code(err error) string {
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		return api.ErrorCode()
	}
	return ""
}

// unknownHere are the answers of engines that do not know an operation.
var unknownHere = []string{"UnknownOperationException", "InvalidAction", "NotImplemented", "MethodNotAllowed", "UnknownError", "UnsupportedOperation"}

// failed is the finding for a call that did not succeed: what could not be asked is skipped, and what did not answer has failed.
func (s *Subject) failed(err error) Finding {
	operation := "the call"
	if op, ok := errors.AsType[*smithy.OperationError](err); ok {
		operation = op.Service() + " " + op.Operation()
	}
	reason := code(err)
	switch {
	case errors.Is(err, errSeeFunctions):
		return skip("%v", err)
	case strings.Contains(reason, "AccessDenied") || strings.Contains(reason, "Unauthorized") || reason == "AuthorizationError" || reason == "Forbidden":
		return skip("%s: access denied (%s)", operation, reason)
	case s.Local && isUnknown(reason):
		return skip("%s: the local engine does not know it", operation)
	case errors.Is(err, context.DeadlineExceeded):
		return bad("look whether the network reaches it", "%s: no answer within %s", operation, deadline)
	case reason != "":
		return bad("look into the message", "%s: %s", operation, reason)
	}
	return bad("look whether the network reaches it", "%s: %v", operation, err)
}

func isUnknown(reason string) bool {
	for _, u := range unknownHere {
		if reason == u {
			return true
		}
	}
	return false
}
