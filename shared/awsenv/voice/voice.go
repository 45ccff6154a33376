// Package voice makes the client of AWS End User Messaging.
package voice

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"

	"phonon.in/central/shared/awsenv"
)

const patience = 2 * time.Second

// Client makes the client. Retrying is left to the outbox, which knows whether it may send twice.
func Client() *pinpointsmsvoicev2.Client {
	return pinpointsmsvoicev2.New(pinpointsmsvoicev2.Options{
		APIOptions: awsenv.Timed("voice"),
		Region:     awsenv.Region(), Credentials: awsenv.Credentials, BaseEndpoint: awsenv.Endpoint("AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2"),
		HTTPClient: awsenv.Client(patience), RetryMaxAttempts: 1,
	})
}
