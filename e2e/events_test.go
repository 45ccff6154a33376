package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// product is one that stands beside Central: it reads events from its queue, drops those that it knows, and keeps what the newest says.
type product struct {
	queue  *sqs.Client
	url    string
	copies map[string]int    // by the event's id
	state  map[string]string // by account, as the newest event says
	at     map[string]time.Time
	texts  []string
}

var anybody = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "secret"}, nil
})

// environment is where the run under test has its engines.
func environment(t *testing.T) map[string]string {
	t.Helper()
	var run struct{ Environment map[string]string }
	local(t, "/run", &run)
	return run.Environment
}

func newProduct(t *testing.T) *product {
	env := environment(t)
	endpoint := env["AWS_ENDPOINT_URL_SQS"]
	return &product{
		queue: sqs.New(sqs.Options{Region: env["AWS_REGION"], BaseEndpoint: &endpoint, Credentials: anybody}), url: env["EVENTS_QUEUE_URL"],
		copies: map[string]int{}, state: map[string]string{}, at: map[string]time.Time{},
	}
}

// read reads what is in the queue now.
func (p *product) read(t *testing.T) {
	t.Helper()
	for {
		got, err := p.queue.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: &p.url, MaxNumberOfMessages: 10})
		if err != nil {
			t.Fatal(err)
		}
		for _, message := range got.Messages {
			p.take(t, *message.Body)
			if _, err := p.queue.DeleteMessage(t.Context(), &sqs.DeleteMessageInput{QueueUrl: &p.url, ReceiptHandle: message.ReceiptHandle}); err != nil {
				t.Fatal(err)
			}
		}
		if len(got.Messages) == 0 {
			return
		}
	}
}

func (p *product) take(t *testing.T, body string) {
	t.Helper()
	var notification struct {
		Message           string
		MessageAttributes map[string]struct{ Value string }
	}
	var event struct {
		ID, Type, Subject string
		Time              time.Time
	}
	if json.Unmarshal([]byte(body), &notification) != nil || json.Unmarshal([]byte(notification.Message), &event) != nil {
		t.Fatalf("no event: %s", body)
	}
	if notification.MessageAttributes["type"].Value != event.Type {
		t.Errorf("a filter sees the type %q of %s", notification.MessageAttributes["type"].Value, event.Type)
	}
	p.texts = append(p.texts, notification.Message)
	if p.copies[event.ID]++; p.copies[event.ID] > 1 || event.Time.Before(p.at[event.Subject]) {
		return
	}
	p.state[event.Subject], p.at[event.Subject] = event.Type, event.Time
}

// waitingEvents are the events of an account in the outbox.
func waitingEvents(t *testing.T, accountID string) []item {
	t.Helper()
	return itemsOf(t, "tokens", func(i item) bool { return i["kind"] == "event" && i["account"] == accountID })
}

// endLease lets the time pass that who claimed a message has for it.
func endLease(t *testing.T, queued item) {
	t.Helper()
	if err := dueNow(t, queued); err != nil {
		t.Fatal(err)
	}
}

// soon lets the time pass that a request, which has been answered, had for sending its messages to an address or number itself: the sweep finds
// them due.
func soon(t *testing.T, to string) {
	t.Helper()
	for _, waits := range queued(t, to, false) {
		_ = dueNow(t, waits) // it may have gone out meanwhile
	}
}

// dueNow makes a message due, where it still waits.
func dueNow(t *testing.T, queued item) error {
	t.Helper()
	env := environment(t)
	endpoint := env["AWS_ENDPOINT_URL_DYNAMODB"]
	db := dynamodb.New(dynamodb.Options{Region: env["AWS_REGION"], BaseEndpoint: &endpoint, Credentials: anybody})
	_, err := db.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName:        aws.String(env["TOKENS_TABLE"]),
		Key:              map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: queued["pk"].(string)}, "sk": &types.AttributeValueMemberS{Value: queued["sk"].(string)}},
		UpdateExpression: aws.String("SET dueAt = :past"), ConditionExpression: aws.String("attribute_exists(pk)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":past": &types.AttributeValueMemberN{Value: "0"}},
	})
	return err
}

// struck waits until a fault has struck.
func struck(t *testing.T, rule m) {
	t.Helper()
	eventually(t, "notify is killed", func() bool {
		var all []struct {
			Service, Operation, Mode string
			Hits                     int
		}
		local(t, "/faults", &all)
		for _, f := range all {
			if f.Service == rule["service"] && f.Operation == rule["operation"] && f.Mode == rule["mode"] && f.Hits > 0 {
				return true
			}
		}
		return false
	})
}

// undisturbed waits until nothing that others have left in the outbox is about to be delivered: a fault would strike that.
func undisturbed(t *testing.T) {
	t.Helper()
	within(t, time.Minute, "what others left in the outbox is delivered", func() bool {
		soon := float64(time.Now().Add(30 * time.Second).UnixMilli())
		return len(itemsOf(t, "tokens", func(i item) bool {
			if pk := fmt.Sprint(i["pk"]); !strings.HasPrefix(pk, "outbox#") || pk == "outbox#dead" {
				return false
			}
			due, isTime := i["dueAt"].(float64)
			if !isTime {
				t.Fatalf("a message in the outbox is due at %v", i["dueAt"])
			}
			return due < soon
		})) == 0
	})
}

// Each step of notify kills it, before the step has its effect and after it, and the next run meets what the one before has left.
func TestAProductKnowsWhatHoldsAfterNotifyWasKilledAtEveryStep(t *testing.T) {
	if system.cmd == nil {
		t.Skip("the functions of the run under test are not ours to kill")
	}
	var steps []m
	for _, step := range []m{{"service": "dynamodb", "operation": "^UpdateItem$"}, {"service": "sns", "operation": "^Publish$"}, {"service": "dynamodb", "operation": "^DeleteItem$"}} {
		for _, mode := range []string{"kill", "kill_after"} {
			steps = append(steps, m{"service": step["service"], "operation": step["operation"], "mode": mode, "function": "notify"})
		}
	}
	beside := newProduct(t)
	undisturbed(t)
	fault(t, steps[0])
	p := member(t)
	id := p.want(p.call("GET", "/v1/account", nil), 200).text("id")
	for i, step := range steps {
		struck(t, step)
		left := waitingEvents(t, id)
		if last := i == len(steps)-1; last != (len(left) == 0) {
			t.Fatalf("after %s %s %d are in the outbox", step["mode"], step["operation"], len(left))
		} else if last {
			break
		}
		setFault(t, steps[i+1])
		if step["operation"] != steps[i+1]["operation"] {
			setFault(t, m{"service": step["service"], "operation": step["operation"], "mode": "off"})
		}
		endLease(t, left[0])
	}
	mend(t, m{"service": "dynamodb"})
	beside.read(t)
	if beside.state[id] != "in.phonon.central.account.verified" {
		t.Fatalf("the product knows of %q", beside.state[id])
	}
	p.provePhone(mobile(), "mobile")
	p.saveDetails("individual")
	p.fillCase("individual")
	p.want(p.call("POST", "/v1/kyc/submit", agreed()), 202)
	eventually(t, "the product hears that the case was submitted", func() bool {
		beside.read(t)
		return beside.state[id] == "in.phonon.central.kyc.submitted"
	})
	ids, copies := 0, 0
	for event, n := range beside.copies {
		if beside.concerns(event, id) {
			ids, copies = ids+1, copies+n
		}
	}
	// Whoever is killed after it published, before it marked that or while it did, has published.
	if ids != 2 || copies != 3+1 {
		t.Errorf("%d copies of %d events arrived, want 3 and 1", copies, ids)
	}
	if all := strings.Join(beside.texts, "\n"); strings.Contains(all, p.email) || strings.Contains(all, "Asha") || strings.Contains(all, "+91") {
		t.Error("an event names somebody")
	}
	eventually(t, "the outbox is empty", func() bool { return len(waitingEvents(t, id)) == 0 })
}

// concerns says whether an event is about an account.
func (p *product) concerns(event, accountID string) bool {
	for _, text := range p.texts {
		if strings.Contains(text, `"id":"`+event+`"`) && strings.Contains(text, `"subject":"`+accountID+`"`) {
			return true
		}
	}
	return false
}
