// Package upload keeps KYC documents in S3. People upload straight to it and download straight from it, under conditions that
// S3 itself enforces: the bytes of a document pass through no function but intake and render.
package upload

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"phonon.in/central/shared/fault"
)

var (
	// ErrAbsent is the error for an object, or a version of one, that is not there.
	ErrAbsent = errors.New("upload: no such object")
	// ErrTooLarge is the error for an object with more bytes than the reader asked for.
	ErrTooLarge = errors.New("upload: the object is larger than it may be")
)

const (
	callDeadline = 2500 * time.Millisecond
	bulkDeadline = 10 * time.Second // for all bytes of a document, in intake only
)

// Bucket is the one bucket of documents. It must be versioned: a version never changes, so a version that was inspected is what
// is rendered.
type Bucket struct {
	api  *s3.Client
	sign *s3.PresignClient
	name string
}

// New makes a bucket of this name.
func New(api *s3.Client, name string) *Bucket {
	return &Bucket{api: api, sign: s3.NewPresignClient(api), name: name}
}

// Arrived is ErrAbsent when there is no object. It asks for no right to read it: nobody but intake may before it was scanned.
func (b *Bucket) Arrived(ctx context.Context, key string) error {
	ctx, cancel := context.WithTimeout(ctx, callDeadline)
	defer cancel()
	out, err := b.api.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: &b.name, Prefix: &key, MaxKeys: aws.Int32(1)})
	switch {
	case err != nil:
		return described("look for", err)
	case len(out.Versions) == 0 || aws.ToString(out.Versions[0].Key) != key:
		return fmt.Errorf("upload: look for: %w", ErrAbsent)
	}
	return nil
}

// Read reads all of one version ("" is the newest). It returns ErrAbsent, or ErrTooLarge when there are more than most bytes.
func (b *Bucket) Read(ctx context.Context, key, versionID string, most int64) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, bulkDeadline)
	defer cancel()
	out, err := b.api.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.name, Key: &key, VersionId: optional(versionID)})
	if err != nil {
		return nil, described("read", err)
	}
	defer out.Body.Close()
	body, err := io.ReadAll(io.LimitReader(out.Body, most+1))
	if err != nil {
		return nil, described("read", err)
	}
	if int64(len(body)) > most {
		return nil, ErrTooLarge
	}
	return body, nil
}

// Scanned is the tag of an object in which GuardDuty found no malware. Where there is a scanner, the bucket's policy lets people read no
// document without it.
const Scanned = "GuardDutyMalwareScanStatus=NO_THREATS_FOUND"

// Pin copies one version to another key of the bucket, with this content type, this tag ("" for none) and nothing else that the
// uploader said of it. It returns the version that the copy has there, or ErrAbsent.
func (b *Bucket) Pin(ctx context.Context, fromKey, fromVersion, toKey, contentType, tag string) (versionID string, err error) {
	ctx, cancel := context.WithTimeout(ctx, bulkDeadline)
	defer cancel()
	source := b.name + "/" + escapePath(fromKey) + "?versionId=" + url.QueryEscape(fromVersion)
	out, err := b.api.CopyObject(ctx, &s3.CopyObjectInput{
		Bucket: &b.name, Key: &toKey, CopySource: &source, ContentType: &contentType,
		MetadataDirective: types.MetadataDirectiveReplace, TaggingDirective: types.TaggingDirectiveReplace, Tagging: optional(tag),
	})
	if err != nil {
		return "", described("copy", err)
	}
	return aws.ToString(out.VersionId), nil
}

// Put writes an object that is our own.
func (b *Bucket) Put(ctx context.Context, key, contentType string, body []byte) error {
	ctx, cancel := context.WithTimeout(ctx, bulkDeadline)
	defer cancel()
	_, err := b.api.PutObject(ctx, &s3.PutObjectInput{Bucket: &b.name, Key: &key, ContentType: &contentType, Body: bytes.NewReader(body)})
	return described("write", err)
}

// Remove removes an object; with a version id, that version for good. An absent one is no error.
func (b *Bucket) Remove(ctx context.Context, key, versionID string) error {
	err := described("remove", b.remove(ctx, key, versionID))
	if err == nil || errors.Is(err, ErrAbsent) || versionID != "" && b.gone(ctx, Version{key, versionID}) {
		return nil
	}
	return err
}

// gone reports that no list has the version: engines differ in how they say so when it is removed again, and one fails.
func (b *Bucket) gone(ctx context.Context, v Version) bool {
	all, err := b.Versions(ctx, v.Key)
	return err == nil && !slices.Contains(all, v)
}

func (b *Bucket) remove(ctx context.Context, key, versionID string) error {
	ctx, cancel := context.WithTimeout(ctx, callDeadline)
	defer cancel()
	_, err := b.api.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &b.name, Key: &key, VersionId: optional(versionID)})
	return err
}

func escapePath(key string) string {
	segments := strings.Split(key, "/")
	for i, s := range segments {
		segments[i] = url.PathEscape(s)
	}
	return strings.Join(segments, "/")
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// described says what was being done. A failure of S3 is fault.Down: the client may repeat the request.
func described(what string, err error) error {
	switch {
	case err == nil:
		return nil
	case absent(err):
		return fmt.Errorf("upload: %s: %w", what, ErrAbsent)
	}
	return fault.Down(fmt.Errorf("upload: %s: %w", what, err))
}

// absent reports that S3 knows no such object or version: 404, but for the bucket itself; 405 where a mark of a deletion is in its
// place; 400 for a version id that it never gave.
func absent(err error) bool {
	api, isAPI := errors.AsType[smithy.APIError](err)
	answer, answered := errors.AsType[*smithyhttp.ResponseError](err)
	if !isAPI || !answered {
		return false
	}
	switch answer.HTTPStatusCode() {
	case http.StatusNotFound:
		return api.ErrorCode() != "NoSuchBucket"
	case http.StatusMethodNotAllowed:
		return true
	case http.StatusBadRequest:
		said := strings.ToLower(api.ErrorMessage())
		return strings.Contains(said, "version id") || strings.Contains(said, "delete marker")
	}
	return false
}
