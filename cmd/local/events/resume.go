package events

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"phonon.in/central/cmd/local/wire"
)

// Resume delivers what the last run left: the events on disk, and an event for each object that has none. The latter may have been
// stored just before the last run was killed.
func (e *Delivery) Resume(ctx context.Context) error {
	known := map[string]bool{}
	files, err := filepath.Glob(filepath.Join(e.Dir, "*.json"))
	if err != nil {
		return err
	}
	for _, file := range files {
		p := pending{file: file}
		text, err := os.ReadFile(file)
		if err == nil {
			err = json.Unmarshal(text, &p)
		}
		if err != nil { // an object is found again below
			e.Wrong("the event %s cannot be read and is dropped: %v", file, err)
			os.Remove(file)
			continue
		}
		known[cmp.Or(p.Source, "S3")+p.Path] = true
		for _, t := range e.targets {
			if t.function.Spec.Name == p.Function {
				e.deliver(t.function, p)
				break
			}
		}
	}
	failed, _ := filepath.Glob(filepath.Join(e.Dir, "*.failed"))
	for _, file := range failed { // their objects are found again below, if they are still there
		os.Remove(file)
	}
	return e.resumeObjects(ctx, known)
}

// resumeObjects makes an event for each object that is not known to have one on disk.
func (e *Delivery) resumeObjects(ctx context.Context, known map[string]bool) error {
	for _, t := range e.targets {
		if t.Bucket == "" {
			continue
		}
		pages := s3.NewListObjectsV2Paginator(e.S3, &s3.ListObjectsV2Input{Bucket: &t.Bucket, Prefix: &t.Prefix})
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
					e.Created(o)
				case !known[guardDuty+path]:
					e.scan(o)
				}
			}
		}
	}
	return nil
}
