package capture_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"phonon.in/central/cmd/local/capture"
	"phonon.in/central/cmd/local/template"
)

const (
	topicARN = "arn:aws:sns:ap-south-1:000000000000:central-local-EventsTopic"
	queueURL = "http://127.0.0.1:1/000000000000/events"
)

// subscribed is a topic with a queue behind it, as AWS's own clients see them, and the clock of the queue.
func subscribed(t *testing.T) (*sns.Client, *sqs.Client, *time.Time) {
	t.Helper()
	box, _ := newBox(t)
	now := time.Unix(1_800_000_000, 0)
	q := capture.NewQueue("events", func() time.Time { return now })
	topics := map[string]*capture.Queue{topicARN: q}
	return sns.New(sns.Options{Region: template.Region, BaseEndpoint: serve(t, capture.SNS(box, nil, topics)), Credentials: credentials, RetryMaxAttempts: 1}),
		sqs.New(sqs.Options{Region: template.Region, BaseEndpoint: serve(t, capture.SQS(q)), Credentials: credentials, RetryMaxAttempts: 1}), &now
}

func publish(t *testing.T, api *sns.Client, text string) {
	t.Helper()
	_, err := api.Publish(t.Context(), &sns.PublishInput{
		TopicArn: aws.String(topicARN), Message: &text,
		MessageAttributes: map[string]snstypes.MessageAttributeValue{"type": {DataType: aws.String("String"), StringValue: aws.String("a.b")}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func receive(t *testing.T, api *sqs.Client, change func(*sqs.ReceiveMessageInput)) *sqs.ReceiveMessageOutput {
	t.Helper()
	in := &sqs.ReceiveMessageInput{QueueUrl: aws.String(queueURL), MaxNumberOfMessages: 10}
	change(in)
	out, err := api.ReceiveMessage(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestWhatIsPublishedOnATopicIsInTheQueueUntilItIsDeleted(t *testing.T) {
	topic, queue, now := subscribed(t)
	text := `{"a":"<&>"}`
	publish(t, topic, text)
	plainly := func(*sqs.ReceiveMessageInput) {}
	first := receive(t, queue, plainly)
	if len(first.Messages) != 1 {
		t.Fatalf("%d messages", len(first.Messages))
	}
	var envelope struct {
		Type, Message, TopicArn string
		MessageAttributes       map[string]struct{ Type, Value string }
	}
	if err := json.Unmarshal([]byte(*first.Messages[0].Body), &envelope); err != nil {
		t.Fatal(err)
	}
	if envelope.Type != "Notification" || envelope.Message != text || envelope.TopicArn != topicARN || envelope.MessageAttributes["type"].Value != "a.b" {
		t.Errorf("%+v", envelope)
	}
	if again := receive(t, queue, plainly); len(again.Messages) != 0 {
		t.Error("it was received twice at once")
	}
	*now = now.Add(30 * time.Second)
	second := receive(t, queue, plainly)
	if len(second.Messages) != 1 || *second.Messages[0].ReceiptHandle == *first.Messages[0].ReceiptHandle {
		t.Fatalf("what was not deleted came as %+v", second.Messages)
	}
	remove := func(handle *string) (left int) {
		t.Helper()
		if _, err := queue.DeleteMessage(t.Context(), &sqs.DeleteMessageInput{QueueUrl: aws.String(queueURL), ReceiptHandle: handle}); err != nil {
			t.Fatal(err)
		}
		*now = now.Add(time.Minute)
		second = receive(t, queue, plainly)
		return len(second.Messages)
	}
	if n := remove(first.Messages[0].ReceiptHandle); n != 1 {
		t.Errorf("who was too slow deleted what somebody else has: %d are left", n)
	}
	if n := remove(second.Messages[0].ReceiptHandle); n != 0 {
		t.Errorf("%d are left", n)
	}
}

func TestWhoWaitsAtTheQueueIsServedWithTheNextMessage(t *testing.T) {
	topic, queue, _ := subscribed(t)
	got := make(chan int)
	go func() {
		got <- len(receive(t, queue, func(in *sqs.ReceiveMessageInput) { in.WaitTimeSeconds = 20 }).Messages)
	}()
	publish(t, topic, "x")
	if n := <-got; n != 1 {
		t.Errorf("%d messages", n)
	}
	for i := range 12 {
		publish(t, topic, fmt.Sprint(i))
	}
	if n := len(receive(t, queue, func(*sqs.ReceiveMessageInput) {}).Messages); n != 10 {
		t.Errorf("%d messages at once", n)
	}
}

func TestTopicAndQueueRefuseWhatAWSRefuses(t *testing.T) {
	topic, queue, _ := subscribed(t)
	for name, c := range map[string]struct {
		change func(*sns.PublishInput)
		code   string
	}{
		"another topic":         {func(in *sns.PublishInput) { in.TopicArn = aws.String(topicARN + "2") }, "NotFound"},
		"a name that is no ARN": {func(in *sns.PublishInput) { in.TopicArn = aws.String("EventsTopic") }, "InvalidParameter"},
		"no text":               {func(in *sns.PublishInput) { in.Message = aws.String("") }, "InvalidParameter"},
		"more than 256 KiB":     {func(in *sns.PublishInput) { in.Message = aws.String(strings.Repeat("x", 256<<10+1)) }, "InvalidParameter"},
		"an attribute with nothing": {func(in *sns.PublishInput) {
			in.MessageAttributes["type"] = snstypes.MessageAttributeValue{DataType: aws.String("String")}
		}, "ParameterValueInvalid"},
	} {
		in := &sns.PublishInput{TopicArn: aws.String(topicARN), Message: aws.String("x"), MessageAttributes: map[string]snstypes.MessageAttributeValue{}}
		c.change(in)
		if _, err := topic.Publish(t.Context(), in); code(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, c := range map[string]struct {
		in   sqs.ReceiveMessageInput
		code string
	}{
		"another queue":        {sqs.ReceiveMessageInput{QueueUrl: aws.String(queueURL + "2")}, "QueueDoesNotExist"},
		"eleven at once":       {sqs.ReceiveMessageInput{QueueUrl: aws.String(queueURL), MaxNumberOfMessages: 11}, "InvalidParameterValue"},
		"to wait for too long": {sqs.ReceiveMessageInput{QueueUrl: aws.String(queueURL), WaitTimeSeconds: 21}, "InvalidParameterValue"},
	} {
		if _, err := queue.ReceiveMessage(t.Context(), &c.in); code(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := len(receive(t, queue, func(*sqs.ReceiveMessageInput) {}).Messages); n != 0 {
		t.Errorf("%d of what was refused are in the queue", n)
	}
}
