package events

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"phonon.in/central/cmd/local/faults"
	"phonon.in/central/cmd/local/wire"
)

const (
	scanTimeout = 30 * time.Second

	guardDuty = "GuardDuty"
	// GuardDutySource is what the rules of EventBridge call GuardDuty.
	GuardDutySource = "aws.guardduty"
	scanType        = "GuardDuty Malware Protection Object Scan Result"
)

// scan has a new object in the folder that is looked after scanned, tags it with the result, and tells who hears of that, as GuardDuty does.
func (e *Delivery) scan(o wire.Object) {
	if folder, _, _ := strings.Cut(o.Key, "/"); e.Scan == nil || folder != e.Scanned {
		return
	}
	e.running.Go(func() {
		times := 1
		mode, delay := e.Faults.Hit(faults.Call{Service: wire.Scanner, Operation: "Scan"})
		switch mode {
		case "blackhole":
			return
		case "duplicate":
			times = 2
		case "delay":
			select {
			case <-time.After(delay):
			case <-e.Stop.Done():
			}
		}
		status, threats := e.look(&o, mode == "500")
		if status == "" {
			return
		}
		for range times {
			e.scanned(o, status, threats)
		}
	})
}

// scanned tells who hears of scans what one has found.
func (e *Delivery) scanned(o wire.Object, status string, threats []map[string]any) {
	for _, t := range e.targets {
		if slices.Contains(t.rule.Sources, GuardDutySource) && slices.Contains(t.rule.Types, scanType) {
			if err := e.send(t.function, guardDuty, "/"+o.Bucket+"/"+o.Key, newScanEvent(o, status, threats, time.Now())); err != nil {
				e.Wrong("the event of the scan of %s: %v", o.Key, err)
			}
		}
	}
}

// look scans and tags one wire.Object, or fails to. The status is "" when it is gone.
func (e *Delivery) look(o *wire.Object, fails bool) (status string, threats []map[string]any) {
	ctx, cancel := context.WithTimeout(context.Background(), scanTimeout)
	defer cancel()
	in := &s3.GetObjectInput{Bucket: &o.Bucket, Key: &o.Key}
	if o.VersionID != "" {
		in.VersionId = &o.VersionID
	}
	out, err := e.S3.GetObject(ctx, in)
	if err != nil {
		return "", nil
	}
	defer out.Body.Close()
	o.VersionID, o.ETag = aws.ToString(out.VersionId), aws.ToString(out.ETag)
	status = "NO_THREATS_FOUND"
	body, err := io.ReadAll(out.Body)
	switch {
	case fails:
		status = "FAILED"
	case err == nil:
		var threat string
		if threat, err = e.Scan(ctx, body); threat != "" {
			status, threats = "THREATS_FOUND", []map[string]any{{"name": threat}}
		}
	}
	if err != nil {
		e.Wrong("the scan of %s: %v", o.Key, err)
		status = "FAILED"
	}
	e.S3.PutObjectTagging(ctx, &s3.PutObjectTaggingInput{Bucket: &o.Bucket, Key: &o.Key, VersionId: &o.VersionID, Tagging: &s3types.Tagging{
		TagSet: []s3types.Tag{{Key: aws.String("GuardDutyMalwareScanStatus"), Value: &status}},
	}}) // one that is gone by now needs no tag
	return status, threats
}
