package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"phonon.in/central/cmd/local/template"
)

// HasS3 says whether the engine is built: it takes a while.
func (i Installation) HasS3() bool { return exists(i.s3Binary()) }

func (i Installation) s3Binary() string { return i.path("versitygw", "versitygw") }

// S3 makes the engine for S3, versitygw, and builds it where it is missing.
func (i Installation) S3(ctx context.Context, data string, c Keys, log io.Writer) (*Engine, error) {
	if !i.HasS3() {
		if err := i.install(ctx, "versitygw"); err != nil {
			return nil, err
		}
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	return &Engine{
		name: "versitygw", Endpoint: "http://127.0.0.1:" + port, ready: "/healthz", log: log, wrong: i.Wrong,
		command: func() *exec.Cmd {
			cmd := command(i.s3Binary(), "--port", port, "--dir", filepath.Join(data, "s3"), "--region", template.Region)
			cmd.Env = append(cmd.Env, "AWS_ACCESS_KEY_ID="+c.ID, "AWS_SECRET_ACCESS_KEY="+c.Secret)
			return cmd
		},
	}, nil
}

// S3Client talks to an endpoint of S3, with the bucket in the path.
func S3Client(endpoint string, k Keys) *s3.Client {
	return s3.New(s3.Options{Region: template.Region, BaseEndpoint: &endpoint, Credentials: k.provider(), UsePathStyle: true})
}

// MakeBucket makes the bucket unless it exists. Its CORS rules are set each time: the pages' port is in them.
func MakeBucket(ctx context.Context, c *s3.Client, b template.Bucket) error {
	_, err := c.CreateBucket(ctx, &s3.CreateBucketInput{
		Bucket: &b.Name, CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: template.Region},
	})
	if api, ok := errors.AsType[smithy.APIError](err); ok && api.ErrorCode() == "BucketAlreadyOwnedByYou" {
		err = nil
	}
	if err != nil {
		return fmt.Errorf("make the bucket %s: %w", b.ID, err)
	}
	if b.Versioned {
		_, err := c.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{
			Bucket: &b.Name, VersioningConfiguration: &s3types.VersioningConfiguration{Status: s3types.BucketVersioningStatusEnabled},
		})
		if err != nil {
			return fmt.Errorf("versions of the bucket %s: %w", b.ID, err)
		}
	}
	if len(b.CORS) == 0 {
		return nil
	}
	cors := &s3types.CORSConfiguration{}
	for _, r := range b.CORS {
		cors.CORSRules = append(cors.CORSRules, s3types.CORSRule{
			AllowedMethods: r.Methods, AllowedOrigins: r.Origins, AllowedHeaders: r.Headers, ExposeHeaders: r.Exposed, MaxAgeSeconds: aws.Int32(int32(r.MaxAge)),
		})
	}
	if _, err := c.PutBucketCors(ctx, &s3.PutBucketCorsInput{Bucket: &b.Name, CORSConfiguration: cors}); err != nil {
		return fmt.Errorf("CORS rules of the bucket %s: %w", b.ID, err)
	}
	return nil
}
