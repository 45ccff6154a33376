package awsenv

import "github.com/aws/aws-sdk-go-v2/service/ses"

// SES makes the client. Retrying is left to the outbox, which knows whether it may send twice.
func SES() *ses.Client {
	return ses.New(ses.Options{
		Region: Region(), Credentials: credentials, BaseEndpoint: endpoint("AWS_ENDPOINT_URL_SES"), HTTPClient: client(),
		RetryMaxAttempts: 1,
	})
}
