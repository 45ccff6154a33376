package iam

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"phonon.in/central/cmd/local/wire"
)

func TestACallNeedsWhatAWSListsForIt(t *testing.T) {
	for _, c := range []struct {
		name, service, operation, method, url, body string
		header, value                               string
		status                                      int
		needs                                       []Permission
	}{
		{"an item", wire.DynamoDB, "PutItem", "POST", "/", `{"TableName":"users"}`, "", "", 200, []Permission{{"f", "dynamodb:PutItem", "users"}}},
		{"a transaction needs the actions of its parts", wire.DynamoDB, "TransactWriteItems", "POST", "/",
			`{"TransactItems":[{"Put":{"TableName":"users"}},{"ConditionCheck":{"TableName":"tokens"}}]}`, "", "", 200,
			[]Permission{{"f", "dynamodb:ConditionCheckItem", "tokens"}, {"f", "dynamodb:PutItem", "users"}}},
		{"an object", wire.S3, "GetObject", "GET", "/b/vault/a", "", "", "", 200, []Permission{{"f", "s3:GetObject", "vault/*"}}},
		{"a version of it", wire.S3, "GetObject", "GET", "/b/vault/a?versionId=1", "", "", "", 200, []Permission{{"f", "s3:GetObjectVersion", "vault/*"}}},
		{"one that is not there", wire.S3, "GetObject", "GET", "/b/vault/a", "", "", "", 404, []Permission{{"f", "s3:GetObject", "vault/*"}, {"f", "s3:ListBucket", "b"}}},
		{"what S3 refuses needed nothing", wire.S3, "GetObject", "GET", "/b/vault/a", "", "", "", 403, nil},
		{"a copy reads and writes", wire.S3, "CopyObject", "PUT", "/b/vault/a", "", "X-Amz-Copy-Source", "b/incoming%2Fa?versionId=2", 200,
			[]Permission{{"f", "s3:GetObjectVersion", "incoming/*"}, {"f", "s3:PutObject", "vault/*"}}},
		{"a topic", wire.SNS, "Publish", "POST", "/", "TopicArn=arn&Action=Publish", "", "", 200, []Permission{{"f", "sns:Publish", "arn"}}},
		{"an SMS is published on none", wire.SNS, "Publish", "POST", "/", "PhoneNumber=1", "", "", 200, []Permission{{"f", "sns:Publish", ""}}},
		{"a call of the voice service", wire.Voice, "SendVoiceMessage", "POST", "/", "", "", "", 200, []Permission{{"f", "sms-voice:SendVoiceMessage", ""}}},
		{"IAM has no say in the company's call API", wire.Calls, "Call", "POST", "/", "", "", "", 200, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := New()
			r := httptest.NewRequest(c.method, c.url, strings.NewReader(c.body))
			if c.header != "" {
				r.Header.Set(c.header, c.value)
			}
			p.Add("f", r, c.service, c.operation, []byte(c.body), c.status)
			p.Add("f", r, c.service, c.operation, []byte(c.body), c.status)
			var got []Permission
			for _, used := range p.List() {
				if got = append(got, used.Permission); used.Count != 2 {
					t.Errorf("%+v", used)
				}
			}
			if !slices.Equal(got, c.needs) {
				t.Errorf("%+v", got)
			}
		})
	}
}
