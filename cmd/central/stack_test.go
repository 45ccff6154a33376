package main

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/smithy-go/middleware"
)

// stackOf is CloudFormation with one stack of these resources, "id kind name", and outputs, "name=value".
func stackOf(resources ...string) aws.Config {
	answer := func(in any) (any, error) {
		switch in.(type) {
		case *cloudformation.DescribeStacksInput:
			var outputs []types.Output
			for _, r := range resources {
				if name, v, ok := strings.Cut(r, "="); ok {
					outputs = append(outputs, types.Output{OutputKey: &name, OutputValue: &v})
				}
			}
			return &cloudformation.DescribeStacksOutput{Stacks: []types.Stack{{
				StackStatus: types.StackStatusUpdateComplete, Outputs: outputs,
				Parameters: []types.Parameter{{ParameterKey: aws.String("PublicUrl"), ParameterValue: aws.String("https://central.example.com")}},
			}}}, nil
		case *cloudformation.ListStackResourcesInput:
			out := &cloudformation.ListStackResourcesOutput{}
			for _, r := range resources {
				f := strings.Fields(r)
				if len(f) < 3 {
					continue
				}
				out.StackResourceSummaries = append(out.StackResourceSummaries, types.StackResourceSummary{
					LogicalResourceId: &f[0], ResourceType: &f[1], PhysicalResourceId: &f[2],
				})
			}
			return out, nil
		case *cloudformation.GetTemplateInput:
			return &cloudformation.GetTemplateOutput{TemplateBody: aws.String(`{
				"Parameters": {"Support": {"Default": ""}, "Users": {"Default": ""}, "X": {"Default": "x"}, "Must": {}},
				"Resources": {"OtpFunction": {"Type": "AWS::Lambda::Function", "Properties": {"Environment": {"Variables": {
					"B": {"Ref": "X"}, "A": "1", "C": {"Ref": "Must"}, "D": {"Fn::If": ["Own", {"Ref": "Table"}, {"Ref": "Users"}]}, "N": {"Fn::GetAtt": ["T", "Arn"]},
					"EMPTY": "", "SUPPORT": {"Ref": "Support"}, "EDGE_SECRET": {"Fn::If": ["HasEdge", {"Fn::Sub": "{{resolve}}"}, ""]},
					"NESTED": {"Fn::If": ["A", "a", {"Fn::If": ["B", "", "b"]}]}}}}},
				"UsersTable": {"Type": "AWS::DynamoDB::Table"}}}`)}, nil
		}
		return nil, fmt.Errorf("%T was not expected", in)
	}
	return aws.Config{Region: "ap-south-1", APIOptions: []func(*middleware.Stack) error{func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("stack", func(
			_ context.Context, in middleware.InitializeInput, _ middleware.InitializeHandler,
		) (out middleware.InitializeOutput, meta middleware.Metadata, err error) {
			out.Result, err = answer(in.Parameters)
			return out, meta, err
		}), middleware.Before)
	}}}
}

func TestAStackTellsTheNamesOfEverything(t *testing.T) {
	s := &system{aws: stackOf(
		"UsersTable AWS::DynamoDB::Table central-prod-UsersTable-1", "TokensTable AWS::DynamoDB::Table central-prod-TokensTable-1",
		"UploadsBucket AWS::S3::Bucket central-prod-uploads-1", "AppSecret AWS::SecretsManager::Secret arn:secret", "SigningSecret AWS::SecretsManager::Secret arn:signing", "Alarms AWS::SNS::Topic arn:topic", "EventsTopic AWS::SNS::Topic arn:events",
		"FunctionsFail AWS::CloudWatch::Alarm central-FunctionsFail", "OtpFunction AWS::Lambda::Function otp-1", "WebFunction AWS::Lambda::Function web-1",
		"OtpFunctionAliaslive AWS::Lambda::Alias arn:aws:lambda:ap-south-1:000000000000:function:otp-1:live", "Api AWS::ApiGatewayV2::Api a1b2",
	)}
	if err := s.readStack(t.Context(), where{stack: "central-prod", names: names{bucket: "another"}}); err != nil {
		t.Fatal(err)
	}
	want := names{"central-prod-UsersTable-1", "central-prod-TokensTable-1", "another", "arn:secret", "arn:signing", "arn:events", "https://central.example.com"}
	if s.names != want {
		t.Errorf("got %+v", s.names)
	}
	c := &cli{where: where{stack: "central-prod"}}
	d := s.subject(t.Context(), c)
	// What the template lets be empty is not asked for.
	if got := fmt.Sprintf("%v %v %s %s %v", d.Functions, d.Alarms, d.AlarmTopic, d.API, d.Declared); got != "[{OtpFunction otp-1 live} {WebFunction web-1 }] [central-FunctionsFail] arn:topic a1b2 map[OtpFunction:[A B C D N]]" {
		t.Error(got)
	}
}

func TestAStackMayUseATableThatIsNotItsOwn(t *testing.T) {
	s := &system{aws: stackOf(
		"UsersTableName=users-restored", "TokensTableName=tokens-1", "UploadsBucketName=uploads", "SecretArn=arn:secret", "SigningSecretArn=arn:signing", "EventsTopicArn=arn:others",
		"TokensTable AWS::DynamoDB::Table tokens-1", "UploadsBucket AWS::S3::Bucket uploads", "AppSecret AWS::SecretsManager::Secret arn:secret",
	)}
	if err := s.readStack(t.Context(), where{stack: "central-prod"}); err != nil {
		t.Fatal(err)
	}
	if want := (names{"users-restored", "tokens-1", "uploads", "arn:secret", "arn:signing", "arn:others", "https://central.example.com"}); s.names != want {
		t.Errorf("got %+v", s.names)
	}
}

func TestAnotherStackIsRefused(t *testing.T) {
	s := &system{aws: stackOf("Shop AWS::DynamoDB::Table shop")}
	if err := s.readStack(t.Context(), where{stack: "shop"}); err == nil || !strings.Contains(err.Error(), "not Central's") {
		t.Errorf("got %v", err)
	}
}
