package main

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// events fires what the template schedules and what new objects cause, asynchronously and with the two retries of Lambda.
type events struct {
	functions []*function
	requests  *traces
	log       io.Writer
	folder    string // of events that are not done yet: a crash must not lose an upload

	work sync.WaitGroup
	stop context.CancelFunc
	ctx  context.Context
}

func newEvents(functions []*function, requests *traces, log io.Writer, data string) (*events, error) {
	ctx, stop := context.WithCancel(context.Background())
	e := &events{functions: functions, requests: requests, log: log, folder: filepath.Join(data, "events"), ctx: ctx, stop: stop}
	return e, os.MkdirAll(e.folder, 0o700)
}

// created tells what listens about an object that S3 has just stored.
func (e *events) created(r *http.Request, status int, header http.Header, body []byte) {
	if status < 200 || status > 204 || r.URL.Query().Has("uploads") || r.URL.Query().Has("delete") {
		return
	}
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if r.Method == http.MethodPost { // a form: the key is in the answer
		var a struct{ Key string }
		if xml.Unmarshal(body, &a) != nil || a.Key == "" {
			return
		}
		key = a.Key
	}
	e.object(bucket, key, header.Get("ETag"), header.Get("X-Amz-Version-Id"))
}

func (e *events) object(bucket, key, etag, version string) {
	for _, f := range e.functions {
		for _, u := range f.spec.Uploads {
			if key == "" || u.Bucket != bucket || !strings.HasPrefix(key, u.Prefix) {
				continue
			}
			payload := objectCreated(bucket, key, etag, version)
			path := filepath.Join(e.folder, f.spec.Name+"-"+randomHex(8)+".json")
			if err := os.WriteFile(path, payload, 0o600); err != nil {
				fmt.Fprintf(e.log, "event lost: %v\n", err)
			}
			e.deliver(f, payload, path)
		}
	}
}

// objectCreated makes the event of S3, version 2.2.
func objectCreated(bucket, key, etag, version string) []byte {
	payload, err := json.Marshal(event{"Records": []event{{
		"eventVersion": "2.2", "eventSource": "aws:s3", "awsRegion": localRegion, "eventName": "ObjectCreated:Post",
		"eventTime": time.Now().UTC().Format("2006-01-02T15:04:05.000Z"),
		"s3": event{
			"s3SchemaVersion": "1.0",
			"bucket":          event{"name": bucket, "arn": "arn:aws:s3:::" + bucket},
			"object": event{
				"key": strings.ReplaceAll(url.QueryEscape(key), "%2F", "/"), "eTag": strings.Trim(etag, `"`), "versionId": version,
				"sequencer": fmt.Sprintf("%016X", time.Now().UnixNano()),
			},
		},
	}}})
	if err != nil {
		panic(err) // maps of strings
	}
	return payload
}

const asyncAttempts = 3

// deliver invokes f in the background until it succeeds or has failed three times.
func (e *events) deliver(f *function, payload []byte, path string) {
	e.work.Go(func() {
		for attempt := range asyncAttempts {
			if attempt > 0 {
				select {
				case <-time.After(time.Duration(attempt) * 2 * time.Second):
				case <-e.ctx.Done():
					return // the file stays: the next start delivers it
				}
			}
			if e.run(f, "S3", payload).failed == "" {
				break
			}
		}
		if path != "" {
			os.Remove(path)
		}
	})
}

func (e *events) run(f *function, method string, payload []byte) outcome {
	trace := newTrace()
	done := e.requests.begin(trace, randomHex(8), method, f.spec.Name, f.spec.Name)
	out := f.invoke(context.WithoutCancel(e.ctx), payload, trace)
	status := http.StatusOK
	if out.failed != "" {
		status = http.StatusInternalServerError
	}
	done(status, out.coldStart)
	return out
}

// resume delivers the events that the last run did not finish, and looks for objects whose event was never written down.
func (e *events) resume(ctx context.Context, api *s3.Client) error {
	known := ""
	files, err := os.ReadDir(e.folder)
	if err != nil {
		return err
	}
	for _, file := range files {
		path := filepath.Join(e.folder, file.Name())
		payload, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		known += string(payload)
		name, _, _ := strings.Cut(file.Name(), "-")
		for _, f := range e.functions {
			if f.spec.Name == name {
				e.deliver(f, payload, path)
			}
		}
	}
	for _, f := range e.functions {
		for _, u := range f.spec.Uploads {
			found, err := api.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &u.Bucket, Prefix: &u.Prefix})
			if err != nil {
				return fmt.Errorf("bucket %s: %w", u.Bucket, err)
			}
			for _, o := range found.Contents {
				if strings.Contains(known, aws.ToString(o.Key)) {
					continue
				}
				head, err := api.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &u.Bucket, Key: o.Key})
				if err != nil {
					return fmt.Errorf("bucket %s: %w", u.Bucket, err)
				}
				e.object(u.Bucket, aws.ToString(o.Key), aws.ToString(head.ETag), aws.ToString(head.VersionId))
			}
		}
	}
	return nil
}

// tick fires the schedules until the run ends. every replaces the template's rates, for tests.
func (e *events) tick(every time.Duration) {
	for _, f := range e.functions {
		for _, d := range f.spec.Schedules {
			if every > 0 {
				d = every
			}
			e.work.Go(func() {
				t := time.NewTicker(d)
				defer t.Stop()
				for {
					select {
					case <-t.C:
						e.run(f, "schedule", scheduled())
					case <-e.ctx.Done():
						return
					}
				}
			})
		}
	}
}

// fire runs every scheduled function once, now, and waits.
func (e *events) fire() error {
	for _, f := range e.functions {
		if len(f.spec.Schedules) > 0 {
			if out := e.run(f, "schedule", scheduled()); out.failed != "" {
				return fmt.Errorf("%s: %s", f.spec.Name, out.failed)
			}
		}
	}
	return nil
}

func scheduled() []byte {
	payload, err := json.Marshal(event{
		"version": "0", "id": randomHex(16), "detail-type": "Scheduled Event", "source": "aws.events", "account": localAccount,
		"time": time.Now().UTC().Format(time.RFC3339), "region": localRegion, "resources": []string{"arn:aws:events:local"}, "detail": event{},
	})
	if err != nil {
		panic(err) // maps of strings
	}
	return payload
}

// close stops the schedules and lets what runs come to its end.
func (e *events) close() {
	e.stop()
	e.work.Wait()
}
