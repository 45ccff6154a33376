package upload

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Form is what a browser posts as multipart/form-data: all fields, then the file as the last part, with the name "file".
type Form struct {
	URL    string
	Fields map[string]string
}

// Presign makes a form for one object: exactly this key, content type and size in bytes, and, where the SHA-256 (hex) is given,
// exactly these bytes. S3 refuses anything else, any field beyond these, and everything once life has passed since now.
func (b *Bucket) Presign(
	ctx context.Context, key, contentType string, size int64, sha256 string, now time.Time, life time.Duration,
) (Form, error) {
	fields := map[string]string{"Content-Type": contentType, "success_action_status": "201"}
	if sha256 != "" {
		sum, err := hex.DecodeString(sha256)
		if err != nil || len(sum) != 32 {
			return Form{}, errors.New("upload: the checksum is not a SHA-256 in hex")
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
		o.Expires, o.Conditions, o.PostPresigner = life, conditions, postAt{o.PostPresigner, now, life}
	})
	if err != nil {
		return Form{}, fmt.Errorf("upload: presign: %w", err)
	}
	for name, value := range fields {
		post.Values[name] = value
	}
	return Form{URL: post.URL, Fields: post.Values}, nil
}

// postAt signs at a given time; the SDK's own signer looks at the clock.
type postAt struct {
	signer s3.PresignPost
	now    time.Time
	life   time.Duration
}

func (p postAt) PresignPost(
	who aws.Credentials, bucket, key, region, service string, _ time.Time, conditions []any, _ time.Time, options ...func(*v4.SignerOptions),
) (map[string]string, error) {
	return p.signer.PresignPost(who, bucket, key, region, service, p.now, conditions, p.now.Add(p.life).UTC(), options...)
}

// getAt is postAt for downloads.
type getAt struct {
	signer s3.HTTPPresignerV4
	now    time.Time
}

func (g getAt) PresignHTTP(
	ctx context.Context, who aws.Credentials, r *http.Request, payloadHash, service, region string, _ time.Time, options ...func(*v4.SignerOptions),
) (string, http.Header, error) {
	return g.signer.PresignHTTP(ctx, who, r, payloadHash, service, region, g.now, options...)
}
