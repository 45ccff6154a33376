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

// stackOf is CloudFormation with one stack of these resources: "id kind name".
func stackOf(resources ...string) aws.Config {
	answer := func(in any) (any, error) {
		switch in.(type) {
		case *cloudformation.DescribeStacksInput:
			return &cloudformation.DescribeStacksOutput{Stacks: []types.Stack{{
				Parameters: []types.Parameter{{ParameterKey: aws.String("PublicUrl"), ParameterValue: aws.String("https://central.example.com")}},
			}}}, nil
		case *cloudformation.ListStackResourcesInput:
			out := &cloudformation.ListStackResourcesOutput{}
			for _, r := range resources {
				f := strings.Fields(r)
				out.StackResourceSummaries = append(out.StackResourceSummaries, types.StackResourceSummary{
					LogicalResourceId: &f[0], ResourceType: &f[1], PhysicalResourceId: &f[2],
				})
			}
			return out, nil
		case *cloudformation.GetTemplateInput:
			return &cloudformation.GetTemplateOutput{TemplateBody: aws.String(`{"Resources": {
				"OtpFunction": {"Type": "AWS::Lambda::Function", "Properties": {"Environment": {"Variables": {"B": {"Ref": "X"}, "A": "1"}}}},
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
		"UploadsBucket AWS::S3::Bucket central-prod-uploads-1", "AppSecret AWS::SecretsManager::Secret arn:secret", "Alarms AWS::SNS::Topic arn:topic",
		"FunctionsFail AWS::CloudWatch::Alarm central-FunctionsFail", "OtpFunction AWS::Lambda::Function otp-1", "WebFunction AWS::Lambda::Function web-1",
		"OtpFunctionAliaslive AWS::Lambda::Alias arn:otp-1:live",
	)}
	if err := s.readStack(t.Context(), where{stack: "central-prod", names: names{bucket: "another"}}); err != nil {
		t.Fatal(err)
	}
	want := names{"central-prod-UsersTable-1", "central-prod-TokensTable-1", "another", "arn:secret", "https://central.example.com"}
	if s.names != want {
		t.Errorf("got %+v", s.names)
	}
	c := &cli{where: where{stack: "central-prod"}}
	d := s.subject(t.Context(), c)
	if got := fmt.Sprintf("%v %v %s %v", d.Functions, d.Alarms, d.AlarmTopic, d.Declared); got != "[{OtpFunction arn:otp-1:live} {WebFunction web-1}] [central-FunctionsFail] arn:topic map[OtpFunction:[A B]]" {
		t.Error(got)
	}
}

func TestAnotherStackIsRefused(t *testing.T) {
	s := &system{aws: stackOf("Shop AWS::DynamoDB::Table shop")}
	if err := s.readStack(t.Context(), where{stack: "shop"}); err == nil || !strings.Contains(err.Error(), "not Central's") {
		t.Errorf("got %v", err)
	}
}
