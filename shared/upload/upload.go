// Package upload keeps KYC documents in S3: people upload straight to it, under conditions that S3 itself enforces.
package upload

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"phonon.in/central/shared/fault"
)

// ErrAbsent is the error for an object that is not there.
var ErrAbsent = errors.New("upload: no such object")

const (
	callDeadline = 2500 * time.Millisecond
	bulkDeadline = 20 * time.Second // reading or copying up to 10 MiB, in intake only
)

// Bucket is the one bucket of documents.
type Bucket struct {
	api  *s3.Client
	sign *s3.PresignClient
	name string
}

// New makes a bucket of this name.
func New(api *s3.Client, name string) *Bucket {
	return &Bucket{api: api, sign: s3.NewPresignClient(api), name: name}
}

// Form is what a browser posts: all fields, then the file as the last field "file".
type Form struct {
	URL    string
	Fields map[string]string
}

// Presign makes a form for one object: exactly this key, content type and size in bytes, and, where the SHA-256 (hex) is given,
// exactly this content. S3 refuses anything else, and everything once life has passed.
func (b *Bucket) Presign(ctx context.Context, key, contentType string, size int64, sha256 string, life time.Duration) (Form, error) {
	fields := map[string]string{"Content-Type": contentType, "success_action_status": "201"}
	if sha256 != "" {
		sum, err := hex.DecodeString(sha256)
		if err != nil {
			return Form{}, fmt.Errorf("upload: the checksum is not hex: %w", err)
		}
		fields["x-amz-checksum-algorithm"] = "SHA256"
		fields["x-amz-checksum-sha256"] = base64.StdEncoding.EncodeToString(sum)
	}
	// The SDK adds conditions for key, bucket and signature, and none for the rest.
	conditions := []any{[]any{"content-length-range", size, size}}
	for name, value := range fields {
		conditions = append(conditions, map[string]string{name: value})
	}
	post, err := b.sign.PresignPostObject(ctx, &s3.PutObjectInput{Bucket: &b.name, Key: &key}, func(o *s3.PresignPostOptions) {
		o.Expires, o.Conditions = life, conditions
	})
	if err != nil {
		return Form{}, fmt.Errorf("upload: presign: %w", err)
	}
	for name, value := range fields {
		post.Values[name] = value
	}
	return Form{URL: post.URL, Fields: post.Values}, nil
}

// Object is what S3 says of one version of an object.
type Object struct {
	Size        int64
	ContentType string
	VersionID   string
	ETag        string
}

// Stat looks at the newest version. It returns ErrAbsent when there is none.
func (b *Bucket) Stat(ctx context.Context, key string) (Object, error) {
	ctx, cancel := context.WithTimeout(ctx, callDeadline)
	defer cancel()
	out, err := b.api.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &b.name, Key: &key})
	if err != nil {
		return Object{}, described("look at", err)
	}
	return Object{
		Size: aws.ToInt64(out.ContentLength), ContentType: aws.ToString(out.ContentType),
		VersionID: aws.ToString(out.VersionId), ETag: aws.ToString(out.ETag),
	}, nil
}

// Read reads one version ("" is the newest), at most most bytes of it.
func (b *Bucket) Read(ctx context.Context, key, versionID string, most int64) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, bulkDeadline)
	defer cancel()
	out, err := b.api.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.name, Key: &key, VersionId: optional(versionID)})
	if err != nil {
		return nil, described("read", err)
	}
	defer out.Body.Close()
	body, err := io.ReadAll(io.LimitReader(out.Body, most))
	if err != nil {
		return nil, described("read", err)
	}
	return body, nil
}

// Keep writes what was inspected under a key of its own and returns the version that it has there. Writing the inspected bytes, and not
// copying the object, makes sure that what a reviewer sees is what was inspected.
func (b *Bucket) Keep(ctx context.Context, key, contentType string, body []byte) (versionID string, err error) {
	ctx, cancel := context.WithTimeout(ctx, bulkDeadline)
	defer cancel()
	out, err := b.api.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &b.name, Key: &key, ContentType: &contentType, Body: bytes.NewReader(body),
		ChecksumAlgorithm: types.ChecksumAlgorithmSha256,
	})
	if err != nil {
		return "", described("keep", err)
	}
	return aws.ToString(out.VersionId), nil
}

// Remove removes an object; with a version id, that version for good. An absent one is no error.
func (b *Bucket) Remove(ctx context.Context, key, versionID string) error {
	ctx, cancel := context.WithTimeout(ctx, callDeadline)
	defer cancel()
	_, err := b.api.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &b.name, Key: &key, VersionId: optional(versionID)})
	if err = described("remove", err); errors.Is(err, ErrAbsent) {
		return nil
	}
	return err
}

// View makes a short-lived address of one version, for its owner or a reviewer: images are shown, everything else is an attachment.
func (b *Bucket) View(ctx context.Context, key, versionID, fileName, contentType string, life time.Duration) (string, error) {
	disposition := "attachment"
	if strings.HasPrefix(contentType, "image/") {
		disposition = "inline"
	}
	request, err := b.sign.PresignGetObject(ctx, &s3.GetObjectInput{
		Bucket: &b.name, Key: &key, VersionId: optional(versionID), ResponseContentType: &contentType,
		ResponseContentDisposition: aws.String(mime.FormatMediaType(disposition, map[string]string{"filename": fileName})),
		ResponseCacheControl:       aws.String("no-store"),
	}, s3.WithPresignExpires(life))
	if err != nil {
		return "", fmt.Errorf("upload: presign: %w", err)
	}
	return request.URL, nil
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func described(what string, err error) error {
	if err == nil {
		return nil
	}
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		switch api.ErrorCode() {
		case "NoSuchKey", "NotFound", "NoSuchVersion":
			return fmt.Errorf("upload: %s: %w", what, ErrAbsent)
		}
	}
	return fault.Down(fmt.Errorf("upload: %s: %w", what, err))
}
