package where

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"phonon.in/central/cmd/central/fleet/fleettest"
)

// onStack is a call on a stack of these resources, "id kind name", and outputs, "name=value".
func onStack(name string, said Names, all ...string) *Call {
	stack := &fleettest.Stack{Status: "UPDATE_COMPLETE", Outputs: map[string]string{}, Parameters: map[string]string{"PublicUrl": "https://central.example.com"}}
	for _, one := range all {
		if output, v, is := strings.Cut(one, "="); is {
			stack.Outputs[output] = v
		} else {
			stack.Resources = append(stack.Resources, one)
		}
	}
	a := fleettest.New(nil)
	a.Stacks[name] = stack
	return &Call{Cloud: func(context.Context) (aws.Config, error) { return a.Config(), nil }, Stack: name, Names: said}
}

func TestAStackTellsTheNamesOfEverything(t *testing.T) {
	c := onStack("central-prod", Names{Bucket: "another"},
		"UsersTable AWS::DynamoDB::Table central-prod-UsersTable-1", "TokensTable AWS::DynamoDB::Table central-prod-TokensTable-1",
		"UploadsBucket AWS::S3::Bucket central-prod-uploads-1", "AppSecret AWS::SecretsManager::Secret arn:secret", "SigningSecret AWS::SecretsManager::Secret arn:signing", "Alarms AWS::SNS::Topic arn:topic", "EventsTopic AWS::SNS::Topic arn:events",
		"EdgeSecret AWS::SecretsManager::Secret arn:edge", "FunctionsFail AWS::CloudWatch::Alarm central-FunctionsFail", "OtpFunction AWS::Lambda::Function otp-1", "WebFunction AWS::Lambda::Function web-1",
		"OtpFunctionAliaslive AWS::Lambda::Alias arn:aws:lambda:ap-south-1:000000000000:function:otp-1:live",
	)
	s, err := c.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := Names{"central-prod-UsersTable-1", "central-prod-TokensTable-1", "another", "arn:secret", "arn:signing", "arn:events", "https://central.example.com"}
	if s.Names != want || s.Title != "stack central-prod" || s.Local() {
		t.Errorf("got %+v %s", s.Names, s.Title)
	}
	if got := fmt.Sprintf("%v %v %s %s", c.Fleet(s).Functions, s.NamesOf("AWS::CloudWatch::Alarm"), s.Named("Alarms"), s.EdgeSecret()); got != "[{OtpFunction otp-1 live} {WebFunction web-1 }] [central-FunctionsFail] arn:topic arn:edge" {
		t.Error(got)
	}
}

func TestAStackMayUseATableThatIsNotItsOwn(t *testing.T) {
	s, err := onStack("central-prod", Names{},
		"UsersTableName=users-restored", "TokensTableName=tokens-1", "UploadsBucketName=uploads", "SecretArn=arn:secret", "SigningSecretArn=arn:signing", "EventsTopicArn=arn:others",
		"TokensTable AWS::DynamoDB::Table tokens-1", "UploadsBucket AWS::S3::Bucket uploads", "AppSecret AWS::SecretsManager::Secret arn:secret",
	).Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if want := (Names{"users-restored", "tokens-1", "uploads", "arn:secret", "arn:signing", "arn:others", "https://central.example.com"}); s.Names != want {
		t.Errorf("got %+v", s.Names)
	}
}

func TestAnotherStackIsRefused(t *testing.T) {
	if _, err := onStack("shop", Names{}, "Shop AWS::DynamoDB::Table shop").Open(t.Context()); err == nil || !strings.Contains(err.Error(), "not Central's") {
		t.Errorf("got %v", err)
	}
}
