// Package events brings functions what happens without a request: objects of S3, notifications of SNS, results of GuardDuty by EventBridge, and
// schedules. As on AWS they are invoked asynchronously, at least once and three times at most.
package events

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"phonon.in/central/cmd/local/faults"
	"phonon.in/central/cmd/local/id"
	"phonon.in/central/cmd/local/lambda"
	"phonon.in/central/cmd/local/template"
	"phonon.in/central/cmd/local/wire"
	"phonon.in/central/cmd/local/xray"
)

// Delivery delivers the events of S3, SNS and the scanner to functions, at least once. An event is on disk until the function has taken it, or has failed
// as often as it is tried.
type Delivery struct {
	Dir       string // of what is not delivered yet
	S3        *s3.Client
	Scan      func(ctx context.Context, body []byte) (threat string, err error) // nil where there is no scanner
	Scanned   string                                                            // the first folder of the keys that are scanned
	Traces    *xray.Traces
	Admission *lambda.Admission
	Faults    *faults.Faults                   // of the scanner
	Wrong     func(format string, args ...any) // tells people
	Retry     []time.Duration                  // waits before the second and the third try; on Lambda one and two minutes
	Stop      context.Context                  // when it ends, what is undelivered stays on disk

	targets []target
	running sync.WaitGroup
}

// target is a function that hears of objects, of what is published to a topic, or of what a rule lets through.
type target struct {
	template.Upload
	topic    string
	rule     template.Rule
	function *lambda.Function
}

// Subscribe has a function hear of what its template says.
func (e *Delivery) Subscribe(f *lambda.Function) {
	for _, u := range f.Spec.Uploads {
		e.targets = append(e.targets, target{Upload: u, function: f})
	}
	for _, topic := range f.Spec.Topics {
		e.targets = append(e.targets, target{topic: topic, function: f})
	}
	for _, rule := range f.Spec.Rules {
		e.targets = append(e.targets, target{rule: rule, function: f})
	}
}

func (t target) wants(o wire.Object) bool {
	return t.Bucket != "" && o.Bucket == t.Bucket && strings.HasPrefix(o.Key, t.Prefix) && strings.HasSuffix(o.Key, t.Suffix)
}

// pending is what is on disk of an event.
type pending struct {
	Function string          `json:"function"`
	Source   string          `json:"source"` // "S3", "SNS" or "GuardDuty"
	Path     string          `json:"path"`
	Event    json.RawMessage `json:"event"`

	file string
}

// Created notes the events of a new object and begins to deliver them.
func (e *Delivery) Created(o wire.Object) {
	for _, t := range e.targets {
		if t.wants(o) {
			event, err := e.upload(&o)
			if err == nil {
				err = e.send(t.function, "S3", "/"+o.Bucket+"/"+o.Key, event)
			}
			if err != nil {
				e.Wrong("the event of the upload %s: %v", o.Key, err)
			}
		}
	}
	e.scan(o)
}

// Published notes a notification for each function that hears of the topic, and begins to deliver them.
func (e *Delivery) Published(topic, text string) {
	for _, t := range e.targets {
		if t.topic == topic {
			if err := e.send(t.function, "SNS", "/"+topic, newSNSEvent(topic, text, time.Now())); err != nil {
				e.Wrong("the event of %s: %v", topic, err)
			}
		}
	}
}

// upload makes the event of an wire.Object, and completes what is known of it.
func (e *Delivery) upload(o *wire.Object) (map[string]any, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	head := &s3.HeadObjectInput{Bucket: &o.Bucket, Key: &o.Key}
	if o.VersionID != "" {
		head.VersionId = &o.VersionID
	}
	out, err := e.S3.HeadObject(ctx, head)
	if err != nil {
		return nil, err
	}
	o.VersionID, o.ETag = aws.ToString(out.VersionId), strings.Trim(aws.ToString(out.ETag), `"`)
	return newS3Event(*o, aws.ToInt64(out.ContentLength), time.Now()), nil
}

// send writes an event to the disk, and begins to deliver it.
func (e *Delivery) send(f *lambda.Function, source, path string, event map[string]any) error {
	payload, err := json.Marshal(event)
	if err != nil {
		return err
	}
	p := pending{Function: f.Spec.Name, Source: source, Path: path, Event: payload}
	p.file = filepath.Join(e.Dir, fmt.Sprintf("%016x-%s.json", time.Now().UnixNano(), id.Hex(4)))
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	// Under another name first, so that a killed process leaves no half event.
	if err := os.WriteFile(p.file+".part", text, 0o600); err != nil {
		return err
	}
	if err := os.Rename(p.file+".part", p.file); err != nil {
		return err
	}
	if e.Stop.Err() == nil { // else it waits on disk for the next start
		e.deliver(f, p)
	}
	return nil
}

// deliver runs the function until it takes the event: three times at most, as Lambda does with asynchronous events.
func (e *Delivery) deliver(f *lambda.Function, p pending) {
	e.running.Go(func() {
		for try := 0; ; try++ {
			trace := xray.NewHeader()
			leave := e.Admission.Enter(context.Background(), trace)
			ended := e.Traces.Begin(trace, xray.Request{ID: id.UUID(), At: time.Now().UTC(), Method: cmp.Or(p.Source, "S3"), Path: p.Path, Function: p.Function})
			out := f.Invoke(context.Background(), p.Event, trace)
			leave()
			if out.Err == nil {
				ended(200, out.Cold)
				os.Remove(p.file)
				return
			}
			ended(500, out.Cold)
			if e.Stop.Err() == nil {
				e.Wrong("%s failed for %s, try %d of %d: %v", p.Function, p.Path, try+1, len(e.Retry)+1, out.Err)
			}
			if try == len(e.Retry) {
				e.Wrong("%s is not told of %s any more; the event is kept as %s.failed", p.Function, p.Path, p.file)
				os.Rename(p.file, p.file+".failed")
				return
			}
			select {
			case <-time.After(e.Retry[try]):
			case <-e.Stop.Done():
				return // it stays on disk for the next start
			}
		}
	})
}

// Wait waits for the deliveries that are under way.
func (e *Delivery) Wait() { e.running.Wait() }
