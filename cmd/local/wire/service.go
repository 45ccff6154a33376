// Package wire reads the protocols of AWS: which operation a request is, on which tables, and which object of S3 it creates.
package wire

// The services, as /_local names them.
const (
	DynamoDB = "dynamodb"
	S3       = "s3"
	SES      = "ses"
	SNS      = "sns"
	Voice    = "voice"
	Secrets  = "secretsmanager"
	SQS      = "sqs"
	Calls    = "calls"   // of the company itself
	Captcha  = "captcha" // of a third party
	Scanner  = "scanner" // stands for GuardDuty, which nobody calls
)
