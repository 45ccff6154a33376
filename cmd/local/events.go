package main

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

	"phonon.in/central/cmd/local/engine"
	"phonon.in/central/cmd/local/faults"
	"phonon.in/central/cmd/local/id"
	"phonon.in/central/cmd/local/journal"
	"phonon.in/central/cmd/local/template"
	"phonon.in/central/cmd/local/wire"
	"phonon.in/central/cmd/local/xray"
)

// events delivers the events of S3, SNS and the scanner to functions, at least once. An event is on disk until the function has taken it, or has failed three times.
type events struct {
	dir       string
	targets   []eventTarget
	s3        *s3.Client
	scanner   *engine.Scanner // nil where there is none
	requests  *xray.Traces
	admission *admission
	faults    *faults.Faults
	log       *journal.Journal
	retry     []time.Duration // waits before the second and the third try; on Lambda one and two minutes

	stop    context.Context
	running sync.WaitGroup
}

// eventTarget is a function that hears of objects, of what is published to a topic, or of what a rule lets through.
type eventTarget struct {
	template.Upload
	topic    string
	rule     template.Rule
	function *function
}

func (t eventTarget) wants(o wire.Object) bool {
	return t.Bucket != "" && o.Bucket == t.Bucket && strings.HasPrefix(o.Key, t.Prefix) && strings.HasSuffix(o.Key, t.Suffix)
}

// pendingEvent is what is on disk.
type pendingEvent struct {
	Function string          `json:"function"`
	Source   string          `json:"source"` // "S3", "SNS" or "GuardDuty"
	Path     string          `json:"path"`
	Event    json.RawMessage `json:"event"`

	file string
}

// created notes the events of a new object and begins to deliver them.
func (e *events) created(o wire.Object) {
	for _, t := range e.targets {
		if t.wants(o) {
			event, err := e.upload(&o)
			if err == nil {
				err = e.send(t.function, "S3", "/"+o.Bucket+"/"+o.Key, event)
			}
			if err != nil {
				e.log.Wrong("the event of the upload %s: %v", o.Key, err)
			}
		}
	}
	e.scan(o)
}

// published notes a notification for each function that hears of the topic, and begins to deliver them.
func (e *events) published(topic, text string) {
	for _, t := range e.targets {
		if t.topic == topic {
			if err := e.send(t.function, "SNS", "/"+topic, newSNSEvent(topic, text, time.Now())); err != nil {
				e.log.Wrong("the event of %s: %v", topic, err)
			}
		}
	}
}

// upload makes the event of an wire.Object, and completes what is known of it.
func (e *events) upload(o *wire.Object) (map[string]any, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	head := &s3.HeadObjectInput{Bucket: &o.Bucket, Key: &o.Key}
	if o.VersionID != "" {
		head.VersionId = &o.VersionID
	}
	out, err := e.s3.HeadObject(ctx, head)
	if err != nil {
		return nil, err
	}
	o.VersionID, o.ETag = aws.ToString(out.VersionId), strings.Trim(aws.ToString(out.ETag), `"`)
	return newS3Event(*o, aws.ToInt64(out.ContentLength), time.Now()), nil
}

// send writes an event to the disk, and begins to deliver it.
func (e *events) send(f *function, source, path string, event map[string]any) error {
	payload, err := json.Marshal(event)
	if err != nil {
		return err
	}
	p := pendingEvent{Function: f.spec.Name, Source: source, Path: path, Event: payload}
	p.file = filepath.Join(e.dir, fmt.Sprintf("%016x-%s.json", time.Now().UnixNano(), id.Hex(4)))
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
	if e.stop.Err() == nil { // else it waits on disk for the next start
		e.deliver(f, p)
	}
	return nil
}

// deliver runs the function until it takes the event: three times at most, as Lambda does with asynchronous events.
func (e *events) deliver(f *function, p pendingEvent) {
	e.running.Go(func() {
		for try := 0; ; try++ {
			trace := xray.NewHeader()
			leave := e.admission.enter(context.Background(), trace)
			ended := e.requests.Begin(trace, xray.Request{ID: id.UUID(), At: time.Now().UTC(), Method: cmp.Or(p.Source, "S3"), Path: p.Path, Function: p.Function})
			out := f.invoke(context.Background(), p.Event, trace)
			leave()
			if out.err == nil {
				ended(200, out.cold)
				os.Remove(p.file)
				return
			}
			ended(500, out.cold)
			if e.stop.Err() == nil {
				e.log.Wrong("%s failed for %s, try %d of %d: %v", p.Function, p.Path, try+1, len(e.retry)+1, out.err)
			}
			if try == len(e.retry) {
				e.log.Wrong("%s is not told of %s any more; the event is kept as %s.failed", p.Function, p.Path, p.file)
				os.Rename(p.file, p.file+".failed")
				return
			}
			select {
			case <-time.After(e.retry[try]):
			case <-e.stop.Done():
				return // it stays on disk for the next start
			}
		}
	})
}

// resume delivers what the last run left: the events on disk, and an event for each object that has none. The latter may have been
// stored just before the last run was killed.
func (e *events) resume(ctx context.Context) error {
	known := map[string]bool{}
	files, err := filepath.Glob(filepath.Join(e.dir, "*.json"))
	if err != nil {
		return err
	}
	for _, file := range files {
		p := pendingEvent{file: file}
		text, err := os.ReadFile(file)
		if err == nil {
			err = json.Unmarshal(text, &p)
		}
		if err != nil { // an object is found again below
			e.log.Wrong("the event %s cannot be read and is dropped: %v", file, err)
			os.Remove(file)
			continue
		}
		known[cmp.Or(p.Source, "S3")+p.Path] = true
		for _, t := range e.targets {
			if t.function.spec.Name == p.Function {
				e.deliver(t.function, p)
				break
			}
		}
	}
	failed, _ := filepath.Glob(filepath.Join(e.dir, "*.failed"))
	for _, file := range failed { // their objects are found again below, if they are still there
		os.Remove(file)
	}
	for _, t := range e.targets {
		if t.Bucket == "" {
			continue
		}
		pages := s3.NewListObjectsV2Paginator(e.s3, &s3.ListObjectsV2Input{Bucket: &t.Bucket, Prefix: &t.Prefix})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return fmt.Errorf("list the bucket %s: %w", t.Bucket, err)
			}
			for _, found := range page.Contents {
				o := wire.Object{Bucket: t.Bucket, Key: aws.ToString(found.Key), Event: "ObjectCreated:Post", Peer: "127.0.0.1"}
				path := "/" + o.Bucket + "/" + o.Key
				switch {
				case !t.wants(o):
				case !known["S3"+path]:
					e.created(o)
				case !known[guardDuty+path]:
					e.scan(o)
				}
			}
		}
	}
	return nil
}
