// Package sns makes the client of Amazon SNS.
package sns

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sns"

	"phonon.in/central/shared/awsenv"
)

const patience = 2 * time.Second

// Client makes the client. Retrying is left to the outbox, which knows whether it may send twice.
func Client() *sns.Client {
	return sns.New(sns.Options{
		APIOptions: awsenv.Timed("sns"),
		Region:     awsenv.Region(), Credentials: awsenv.Credentials, BaseEndpoint: awsenv.Endpoint("AWS_ENDPOINT_URL_SNS"),
		HTTPClient: awsenv.Client(patience), RetryMaxAttempts: 1,
	})
}
