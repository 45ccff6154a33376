// Package s3 makes the client of Amazon S3.
package s3

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"phonon.in/central/shared/awsenv"
)

const patience = 5 * time.Second

// Client makes the client. Behind a replaced endpoint the bucket is in the path, because no name resolves to it there.
func Client() *s3.Client {
	at := awsenv.Endpoint("AWS_ENDPOINT_URL_S3")
	return s3.New(s3.Options{
		APIOptions: awsenv.Timed("s3"),
		Region:     awsenv.Region(), Credentials: awsenv.Credentials, BaseEndpoint: at, UsePathStyle: at != nil,
		HTTPClient: awsenv.Client(patience), Retryer: awsenv.Retryer(),
	})
}
