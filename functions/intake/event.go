package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/aws/aws-lambda-go/events"

	"phonon.in/central/shared/document"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/upload"
)

// event is one of S3's, or one of EventBridge's: "GuardDuty Malware Protection Object Scan Result".
type event struct {
	Records []events.S3EventRecord `json:"Records"`
	Source  string                 `json:"source"`
	Detail  struct {
		Object struct {
			Key     string `json:"objectKey"` // as it is, while S3's own events escape it
			Version string `json:"versionId"`
		} `json:"s3ObjectDetails"`
		Result struct {
			Status scan `json:"scanResultStatus"`
		} `json:"scanResultDetails"`
	} `json:"detail"`
}

// file is one version of an object in incoming/.
type file struct{ key, version string }

// scan is what the scanner says of a file, in GuardDuty's words.
type scan string

const (
	unscanned   scan = "" // there is no scanner
	noThreats   scan = "NO_THREATS_FOUND"
	threats     scan = "THREATS_FOUND"
	unsupported scan = "UNSUPPORTED" // as files with a password
)

// reason is why the file is refused.
func (s scan) reason() document.Reason {
	switch s {
	case threats:
		return document.Infected
	case unsupported:
		return document.NotScanned
	}
	return ""
}

// tag is what the copy of the file is tagged with.
func (s scan) tag() string {
	if s == noThreats {
		return upload.Scanned
	}
	return ""
}

var errNotScanned = errors.New("the scanner has not looked into the file: it must be scanned again")

// all handles every record. Events come more than once and in any order: each record may be handled again without harm. Where there is a
// scanner, its result is what counts, and the arrival of an object says only that it is being scanned.
func (h *handler) all(ctx context.Context, e event) error {
	if e.Source == "aws.guardduty" {
		f, status := file{e.Detail.Object.Key, e.Detail.Object.Version}, e.Detail.Result.Status
		switch status {
		case noThreats, threats, unsupported:
			return h.one(ctx, f, status)
		}
		return fmt.Errorf("%w: %s (%s)", errNotScanned, f.key, status)
	}
	var errs []error
	for _, r := range e.Records {
		key, err := url.QueryUnescape(r.S3.Object.Key)
		if err != nil {
			key = r.S3.Object.Key
		}
		f := file{key, r.S3.Object.VersionID}
		if h.scans {
			errs = append(errs, h.wait(ctx, f))
		} else {
			errs = append(errs, h.one(ctx, f, unscanned))
		}
	}
	return errors.Join(errs...)
}

// wait notes that a file is being scanned. What becomes of one that nobody asked for is for the result to say.
func (h *handler) wait(ctx context.Context, f file) error {
	id, no, documentID, ok := kyc.ParseIncomingKey(f.key)
	if !ok {
		return nil
	}
	err := h.store.DocumentScanning(ctx, id, no, documentID, h.now())
	if errors.Is(err, kyc.ErrLocked) {
		return nil
	}
	return err
}
