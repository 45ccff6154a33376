package capture

import (
	"bytes"
	"crypto/md5"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	maxNotification = 256 << 10 // bytes, of a message of SNS and of one of SQS
	maxQueued       = 10_000    // the oldest are forgotten: nobody may ever read them
)

// notify puts what is published on a topic into the queue that is subscribed to it, in the envelope of SNS ("Amazon SNS message formats").
func notify(q *Queue, topic string, f url.Values) (string, *refusal) {
	text, attributes := f.Get("Message"), map[string]map[string]string{}
	switch {
	case strings.Count(topic, ":") < 5:
		return "", refuse("InvalidParameter", "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not %d", strings.Count(topic, ":")+1)
	case q == nil:
		return "", &refusal{status: http.StatusNotFound, code: "NotFound", text: "Topic does not exist"}
	case text == "":
		return "", refuse("InvalidParameter", "Invalid parameter: Empty message")
	case len(text) > maxNotification:
		return "", refuse("InvalidParameter", "Invalid parameter: Message too long")
	}
	for i := 1; f.Has(fmt.Sprintf("MessageAttributes.entry.%d.Name", i)); i++ {
		at := fmt.Sprintf("MessageAttributes.entry.%d.", i)
		name, kind, v := f.Get(at+"Name"), f.Get(at+"Value.DataType"), f.Get(at+"Value.StringValue")
		if kind == "" || v == "" {
			return "", refuse("ParameterValueInvalid", "The message attribute '%s' has no type or no value", name)
		}
		attributes[name] = map[string]string{"Type": kind, "Value": v}
	}
	id := strings.ToLower(rand.Text())
	var envelope bytes.Buffer
	plain := json.NewEncoder(&envelope)
	plain.SetEscapeHTML(false)
	err := plain.Encode(map[string]any{
		"Type": "Notification", "MessageId": id, "TopicArn": topic, "Message": text, "Timestamp": q.now().UTC().Format("2006-01-02T15:04:05.000Z"),
		"SignatureVersion": "1", "MessageAttributes": attributes,
	})
	if err != nil {
		return "", broken("InternalError", err)
	}
	q.add(strings.TrimSpace(envelope.String()))
	return "<MessageId>" + id + "</MessageId>", nil
}

// Queue is one queue of Amazon SQS. What is received and not deleted comes again after its visibility time-out. It is kept in memory.
type Queue struct {
	name string
	now  func() time.Time

	mu    sync.Mutex
	all   []*queued
	added chan struct{} // closed, and replaced, with each message
}

type queued struct {
	id, body, receipt string
	visible           time.Time
}

// NewQueue makes an empty queue.
func NewQueue(name string, now func() time.Time) *Queue {
	return &Queue{name: name, now: now, added: make(chan struct{})}
}

func (q *Queue) add(body string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.all = append(q.all, &queued{id: strings.ToLower(rand.Text()), body: body})
	q.all = q.all[max(0, len(q.all)-maxQueued):]
	close(q.added)
	q.added = make(chan struct{})
}

// SQS serves the queue.
func SQS(q *Queue) http.Handler {
	return jsonRPC("sqs", "AmazonSQS", "1.0", map[string]func([]byte) (any, *refusal){
		"ReceiveMessage": q.receive, "DeleteMessage": q.delete,
	})
}

// queueRequest has the members of all operations.
type queueRequest struct {
	QueueUrl, ReceiptHandle              string
	MaxNumberOfMessages, WaitTimeSeconds *int
	VisibilityTimeout                    *int
}

func (q *Queue) read(body []byte) (in queueRequest, bad *refusal) {
	if err := json.Unmarshal(body, &in); err != nil {
		return in, refuse("SerializationException", "%v", err)
	}
	if in.QueueUrl[strings.LastIndex(in.QueueUrl, "/")+1:] != q.name {
		return in, refuse("QueueDoesNotExist", "The specified queue does not exist.")
	}
	return in, nil
}

// within reads a number that may be absent.
func within(name string, v *int, otherwise, least, most int) (int, *refusal) {
	switch {
	case v == nil:
		return otherwise, nil
	case *v < least || *v > most:
		return 0, refuse("InvalidParameterValue", "Value %d for parameter %s is invalid. Reason: Must be between %d and %d, if provided.", *v, name, least, most)
	}
	return *v, nil
}

func (q *Queue) receive(body []byte) (any, *refusal) {
	in, bad := q.read(body)
	if bad != nil {
		return nil, bad
	}
	most, bad := within("MaxNumberOfMessages", in.MaxNumberOfMessages, 1, 1, 10)
	if bad != nil {
		return nil, bad
	}
	wait, bad := within("WaitTimeSeconds", in.WaitTimeSeconds, 0, 0, 20)
	if bad != nil {
		return nil, bad
	}
	hidden, bad := within("VisibilityTimeout", in.VisibilityTimeout, 30, 0, 43200)
	if bad != nil {
		return nil, bad
	}
	end := time.After(time.Duration(wait) * time.Second)
	for {
		found, more := q.take(most, time.Duration(hidden)*time.Second)
		if len(found) > 0 || wait == 0 {
			return map[string]any{"Messages": found}, nil
		}
		select {
		case <-more:
		case <-end:
			wait = 0
		}
	}
}

type received struct{ MessageId, ReceiptHandle, MD5OfBody, Body string }

// take hides and returns up to most messages. more is closed when there may be others.
func (q *Queue) take(most int, hidden time.Duration) (found []received, more <-chan struct{}) {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := q.now()
	for _, m := range q.all {
		if len(found) == most {
			break
		}
		if m.visible.After(now) {
			continue
		}
		m.visible, m.receipt = now.Add(hidden), rand.Text()
		sum := md5.Sum([]byte(m.body))
		found = append(found, received{m.id, m.receipt, hex.EncodeToString(sum[:]), m.body})
	}
	return found, q.added
}

// delete takes the handle of the last receipt. One of an earlier one deletes nothing and is no error, as with SQS.
func (q *Queue) delete(body []byte) (any, *refusal) {
	in, bad := q.read(body)
	if bad != nil {
		return nil, bad
	}
	if in.ReceiptHandle == "" {
		return nil, refuse("ReceiptHandleIsInvalid", "The input receipt handle is invalid.")
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.all = slices.DeleteFunc(q.all, func(m *queued) bool { return m.receipt == in.ReceiptHandle })
	return struct{}{}, nil
}
