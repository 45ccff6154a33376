package awsenv

import "github.com/aws/aws-sdk-go-v2/service/sns"

// SNS makes the client. Retrying is left to the outbox, which knows whether it may send twice.
func SNS() *sns.Client {
	return sns.New(sns.Options{
		Region: Region(), Credentials: credentials, BaseEndpoint: endpoint("AWS_ENDPOINT_URL_SNS"), HTTPClient: client(),
		RetryMaxAttempts: 1,
	})
}
