package commands

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"phonon.in/central/cmd/central/console"
	"phonon.in/central/cmd/central/fleet/fleettest"
	"phonon.in/central/cmd/central/where"
)

func TestDoctorLooksAtWhatAStackHas(t *testing.T) {
	a := fleettest.New(nil)
	a.Stacks["central-prod"] = &fleettest.Stack{
		Status: "UPDATE_COMPLETE",
		Resources: []string{
			"UsersTable AWS::DynamoDB::Table users", "TokensTable AWS::DynamoDB::Table tokens", "Alarms AWS::SNS::Topic arn:topic",
			"FunctionsFail AWS::CloudWatch::Alarm central-FunctionsFail", "OtpFunction AWS::Lambda::Function otp-1", "WebFunction AWS::Lambda::Function web-1",
			"OtpFunctionAliaslive AWS::Lambda::Alias arn:aws:lambda:ap-south-1:000000000000:function:otp-1:live", "Api AWS::ApiGatewayV2::Api a1b2",
		},
		Template: `{
			"Parameters": {"Support": {"Default": ""}, "Users": {"Default": ""}, "X": {"Default": "x"}, "Must": {}},
			"Resources": {"OtpFunction": {"Type": "AWS::Lambda::Function", "Properties": {"Environment": {"Variables": {
				"B": {"Ref": "X"}, "A": "1", "C": {"Ref": "Must"}, "D": {"Fn::If": ["Own", {"Ref": "Table"}, {"Ref": "Users"}]}, "N": {"Fn::GetAtt": ["T", "Arn"]},
				"EMPTY": "", "SUPPORT": {"Ref": "Support"}, "EDGE_SECRET": {"Fn::If": ["HasEdge", {"Fn::Sub": "{{resolve}}"}, ""]},
				"NESTED": {"Fn::If": ["A", "a", {"Fn::If": ["B", "", "b"]}]}}}}},
			"UsersTable": {"Type": "AWS::DynamoDB::Table"}}}`,
	}
	c := &where.Call{
		Console: &console.Console{Now: time.Now}, Stack: "central-prod", Cloud: func(context.Context) (aws.Config, error) { return a.Config(), nil },
	}
	s, err := c.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d := subject(t.Context(), c, s)
	// What the template lets be empty is not asked for.
	if got := fmt.Sprintf("%v %v %s %s %v", d.Functions, d.Alarms, d.AlarmTopic, d.API, d.Declared); got != "[{OtpFunction otp-1 live} {WebFunction web-1 }] [central-FunctionsFail] arn:topic a1b2 map[OtpFunction:[A B C D N]]" {
		t.Error(got)
	}
}
