package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"phonon.in/central/cmd/central/console"
	"phonon.in/central/shared/event"
)

// published reads what arrived at the queue behind the topic, as copies by the event's id, and what each said.
func (l local) published(t *testing.T) (copies map[string]int, texts map[string]string) {
	t.Helper()
	var r struct{ Environment map[string]string }
	l.call(t, "GET", "/_local/run", "", &r)
	endpoint, queue := r.Environment["AWS_ENDPOINT_URL_SQS"], r.Environment["EVENTS_QUEUE_URL"]
	api := sqs.NewFromConfig(l.sys.AWS, func(o *sqs.Options) { o.BaseEndpoint = &endpoint })
	copies, texts = map[string]int{}, map[string]string{}
	for {
		got, err := api.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: &queue, MaxNumberOfMessages: 10})
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Messages) == 0 {
			return copies, texts
		}
		for _, m := range got.Messages {
			var sns struct{ Message string }
			var e struct{ ID string }
			if json.Unmarshal([]byte(*m.Body), &sns) != nil || json.Unmarshal([]byte(sns.Message), &e) != nil {
				t.Fatal(aws.ToString(m.Body))
			}
			if before := texts[e.ID]; before != "" && before != sns.Message {
				t.Errorf("a copy says %s, the other %s", sns.Message, before)
			}
			copies[e.ID], texts[e.ID] = copies[e.ID]+1, sns.Message
			if _, err := api.DeleteMessage(t.Context(), &sqs.DeleteMessageInput{QueueUrl: &queue, ReceiptHandle: m.ReceiptHandle}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestEventsArePublishedAgainAsTheyWere(t *testing.T) {
	l := startLocal(t)
	before := time.Now().UTC()
	made := demoAccounts(t, l, 2)
	who := made[0].Email
	var own, others []toldView
	l.central(t, "", "events", "list", "--account", who, "--json").want(t, console.Good).json(t, &own)
	l.central(t, "", "events", "list", "--account", made[1].Email, "--json").want(t, console.Good).json(t, &others)
	if len(own) == 0 || own[0].Type != event.AccountVerified || len(others) == 0 {
		t.Fatalf("%+v %+v", own, others)
	}
	if text := l.central(t, "", "events", "list", "--account", who).want(t, console.Good).out; !strings.Contains(text, own[0].ID) {
		t.Error(text)
	}
	l.call(t, "POST", "/_local/schedule", "", nil) // what waits goes out
	l.published(t)

	replay := func(code int, args ...string) (done replayed) {
		t.Helper()
		l.central(t, "", append([]string{"events", "replay", "--json"}, args...)...).want(t, code).json(t, &done)
		return done
	}
	replay(console.Usage, "--reason", "new", "--yes")                                            // of whom?
	replay(console.Usage, "--account", who, "--since", "2026-12-01", "--reason", "new", "--yes") // one of both
	replay(console.Usage, "--account", who, "--yes")                                             // no reason
	replay(console.Usage, "--account", who, "--type", "kyc.lost", "--reason", "new", "--yes")    // no type
	replay(console.Usage, "--since", "yesterday", "--reason", "new", "--yes")                    // no day
	l.central(t, "no\n", "events", "replay", "--account", who, "--reason", "new").want(t, console.Wrong)
	if done := replay(console.Good, "--account", who, "--dry-run"); done.Events != len(own) || done.Changed {
		t.Errorf("%+v", done)
	}
	if done := replay(console.Good, "--account", who, "--type", "kyc.expired", "--reason", "new", "--yes"); done.Events != 0 || done.Changed {
		t.Errorf("%+v", done)
	}
	if copies, _ := l.published(t); len(copies) != 0 {
		t.Fatalf("published without being asked to: %v", copies)
	}

	done := replay(console.Good, "--account", who, "--reason", "the billing product lost them", "--yes")
	if done.Events != len(own) || done.Accounts != 1 || !done.Changed || done.By != "local run" || done.Types[event.AccountVerified] != 1 {
		t.Errorf("%+v", done)
	}
	copies, texts := l.published(t)
	if len(copies) != len(own) || copies[own[0].ID] != 1 || !strings.Contains(texts[own[0].ID], own[0].Time.Format(time.RFC3339Nano)) || !strings.Contains(texts[own[0].ID], `"source":"`+l.url+`"`) {
		t.Errorf("%v %v", copies, texts)
	}
	if text := l.central(t, "", "account", "show", who).want(t, console.Good).out; !strings.Contains(text, "events_replayed by local run: the billing product lost them") {
		t.Error(text)
	}

	replay(console.Good, "--since", before.Format(time.RFC3339), "--type", "account.verified", "--reason", "a new product", "--yes")
	if copies, _ = l.published(t); copies[own[0].ID] != 1 || copies[others[0].ID] != 1 {
		t.Errorf("%v", copies)
	}
	replay(console.Good, "--since", "2099-01-01", "--reason", "a new product", "--yes")
	if copies, _ = l.published(t); len(copies) != 0 {
		t.Errorf("what did not happen since was published: %v", copies)
	}
}

func TestAReplayThatCannotPublishSaysHowFarItCame(t *testing.T) {
	l := startLocal(t)
	who := demoAccounts(t, l, 1)[0].Email
	l.fault(t, `{"service":"sns","mode":"held","operation":"Publish"}`)
	defer l.fault(t, `{"service":"sns","mode":"off"}`)
	got := l.central(t, "", "events", "replay", "--account", who, "--reason", "a test", "--yes").want(t, console.Wrong)
	if !strings.Contains(got.err, "0 of ") || !strings.Contains(got.err, "AuthorizationError") {
		t.Errorf("%+v", got)
	}
}
