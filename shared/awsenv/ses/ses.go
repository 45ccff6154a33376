// Package ses makes the client of Amazon SES.
package ses

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ses"

	"phonon.in/central/shared/awsenv"
)

const patience = 2 * time.Second

// Client makes the client. Retrying is left to the outbox, which knows whether it may send twice.
func Client() *ses.Client {
	return ses.New(ses.Options{
		APIOptions: awsenv.Timed("ses"),
		Region:     awsenv.Region(), Credentials: awsenv.Credentials, BaseEndpoint: awsenv.Endpoint("AWS_ENDPOINT_URL_SES"),
		HTTPClient: awsenv.Client(patience), RetryMaxAttempts: 1,
	})
}
