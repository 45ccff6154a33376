package awsenv

import "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"

// Voice makes the client of AWS End User Messaging. Retrying is left to the outbox.
func Voice() *pinpointsmsvoicev2.Client {
	return pinpointsmsvoicev2.New(pinpointsmsvoicev2.Options{
		Region: Region(), Credentials: credentials, BaseEndpoint: endpoint("AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2"),
		HTTPClient: client(), RetryMaxAttempts: 1,
	})
}
