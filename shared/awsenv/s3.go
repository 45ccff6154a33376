package awsenv

import "github.com/aws/aws-sdk-go-v2/service/s3"

// S3 makes the client. Behind a replaced endpoint the bucket is in the path, because no name resolves to it there.
func S3() *s3.Client {
	at := endpoint("AWS_ENDPOINT_URL_S3")
	return s3.New(s3.Options{
		Region: Region(), Credentials: credentials, BaseEndpoint: at, UsePathStyle: at != nil, HTTPClient: client(), Retryer: retryer(),
	})
}
