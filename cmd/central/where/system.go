package where

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"phonon.in/central/shared/store"
)

// System is a system that was found.
type System struct {
	Names
	Title     string // for people: "stack central-prod"
	Operator  string // who we are, as AWS names us
	AWS       aws.Config
	Settings  map[string]string // of the functions, as far as the environment here names them
	local     *localRun         // nil for what runs on AWS
	resources []resource        // of the stack
	outputs   map[string]string // of the stack
	status    string            // of the stack, as CloudFormation names it
}

// Local says that it is a local run.
func (s *System) Local() bool { return s.local != nil }

// DynamoDBURL is where its database answers.
func (s *System) DynamoDBURL() string {
	if s.local != nil {
		return s.local.dynamoDB
	}
	return "https://dynamodb." + s.AWS.Region + ".amazonaws.com/"
}

// base is the endpoint of a local engine, or nil for AWS's own.
func (s *System) base(of func(*localRun) string) *string {
	if s.local == nil {
		return nil
	}
	return aws.String(of(s.local))
}

func (s *System) DynamoDB() *dynamodb.Client {
	return dynamodb.NewFromConfig(s.AWS, func(o *dynamodb.Options) {
		if e := s.base(func(l *localRun) string { return l.dynamoDB }); e != nil {
			o.BaseEndpoint = e
		}
	})
}

func (s *System) S3() *s3.Client {
	return s3.NewFromConfig(s.AWS, func(o *s3.Options) {
		if e := s.base(func(l *localRun) string { return l.s3 }); e != nil {
			o.BaseEndpoint, o.UsePathStyle = e, true
		}
	})
}

func (s *System) SNS() *sns.Client {
	return sns.NewFromConfig(s.AWS, func(o *sns.Options) { setBase(&o.BaseEndpoint, s.base(func(l *localRun) string { return l.sns })) })
}

func (s *System) Secrets() *secretsmanager.Client {
	return secretsmanager.NewFromConfig(s.AWS, func(o *secretsmanager.Options) {
		setBase(&o.BaseEndpoint, s.base(func(l *localRun) string { return l.secrets }))
	})
}

func (s *System) Store() *store.Store { return store.New(s.DynamoDB(), s.Users, s.Tokens) }

func (s *System) Voice() *pinpointsmsvoicev2.Client {
	return pinpointsmsvoicev2.NewFromConfig(s.AWS, func(o *pinpointsmsvoicev2.Options) {
		setBase(&o.BaseEndpoint, s.base(func(l *localRun) string { return l.voice }))
	})
}

// setBase sets an endpoint where there is one. The SDKs' own variables have set it otherwise.
func setBase(base **string, endpoint *string) {
	if endpoint != nil {
		*base = endpoint
	}
}
