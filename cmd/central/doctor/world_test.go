package doctor

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	api "github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	alarm "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddb "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	fn "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	voice "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	ses "github.com/aws/aws-sdk-go-v2/service/sesv2/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"

	"phonon.in/central/shared/jose"
	"phonon.in/central/shared/oidc"
)

// world answers calls of AWS: by the type of the input, an output or an error.
type world map[string]any

func (w world) answer(in any) (any, error) {
	name := strings.TrimSuffix(fmt.Sprintf("%T", in), "Input")
	out := w[name[strings.LastIndex(name, ".")+1:]]
	if by, ok := out.(func(any) any); ok {
		out = by(in)
	}
	if err, ok := out.(error); ok {
		return nil, err
	}
	if out == nil {
		return nil, &smithy.GenericAPIError{Code: "UnknownOperationException"}
	}
	fresh := reflect.New(reflect.TypeOf(out).Elem()) // the SDK writes into it
	fresh.Elem().Set(reflect.ValueOf(out).Elem())
	return fresh.Interface(), nil
}

func (w world) config() aws.Config {
	return aws.Config{Region: "ap-south-1", APIOptions: []func(*middleware.Stack) error{func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("world", func(
			_ context.Context, in middleware.InitializeInput, _ middleware.InitializeHandler,
		) (out middleware.InitializeOutput, meta middleware.Metadata, err error) {
			out.Result, err = w.answer(in.Parameters)
			return out, meta, err
		}), middleware.Before)
	}}}
}

func refusal(code string) error { return &smithy.GenericAPIError{Code: code, Message: "no"} }

var today = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

// healthy is a system with nothing wrong.
func healthy(url string) world {
	return world{
		"DescribeTable":      table(ddb.TableStatusActive, true),
		"DescribeTimeToLive": timeToLive(ddb.TimeToLiveStatusEnabled),
		"DescribeContinuousBackups": &dynamodb.DescribeContinuousBackupsOutput{ContinuousBackupsDescription: &ddb.ContinuousBackupsDescription{
			PointInTimeRecoveryDescription: &ddb.PointInTimeRecoveryDescription{PointInTimeRecoveryStatus: ddb.PointInTimeRecoveryStatusEnabled},
		}},
		"Query":                           reviewers("A", "B"),
		"GetItem":                         profile("active"),
		"HeadBucket":                      &s3.HeadBucketOutput{},
		"GetBucketVersioning":             &s3.GetBucketVersioningOutput{Status: s3types.BucketVersioningStatusEnabled},
		"GetBucketCors":                   cors(url),
		"GetPublicAccessBlock":            accessBlock(true),
		"GetBucketLifecycleConfiguration": lifecycle(s3types.ExpirationStatusEnabled),
		"GetBucketPolicy": bucketPolicy(`{"Statement": [{"Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
			{"Effect": "Deny", "Condition": {"StringNotEquals": {"s3:ExistingObjectTag/GuardDutyMalwareScanStatus": "NO_THREATS_FOUND"}}}]}`),
		"GetSecretValue":             withSigning(signingSecret(ourKeys))["GetSecretValue"],
		"GetAccount":                 &sesv2.GetAccountOutput{SendingEnabled: true, ProductionAccessEnabled: true},
		"GetEmailIdentity":           identity(true, ses.DkimStatusSuccess),
		"GetConfigurationSet":        &sesv2.GetConfigurationSetOutput{},
		"GetSMSSandboxAccountStatus": &sns.GetSMSSandboxAccountStatusOutput{},
		"GetSMSAttributes": &sns.GetSMSAttributesOutput{
			Attributes: map[string]string{"MonthlySpendLimit": "500", "DeliveryStatusIAMRole": "arn:role"},
		},
		"ListSubscriptionsByTopic": subscription("arn:x"),
		"DescribePhoneNumbers":     numbers(voice.NumberStatusActive, voice.NumberCapabilityVoice),
		"DescribeAlarms":           alarms(alarm.StateValueOk, true, "arn:topic"),
		"GetFunctionConfiguration": function(nil),
		"GetAccountSettings":       quota(1000),
		"GetIntegrations":          integrations("central-OtpFunction-1"),
		"ListVersionsByFunction":   versions("code"),
		"ListAliases":              named("release-20261126T101500Z", "of 1: first"),
	}
}

// integrations is an API that calls this function, with or without a qualifier.
func integrations(called string) any {
	return &apigatewayv2.GetIntegrationsOutput{Items: []api.Integration{
		{IntegrationUri: aws.String("arn:aws:apigateway:ap-south-1:lambda:path/2015-03-31/functions/arn:aws:lambda:ap-south-1:000000000000:function:" + called + "/invocations")},
		{IntegrationUri: aws.String("https://elsewhere.example.com/functions/x")},
	}}
}

// versions is a function with one version, of this code; it runs "code".
func versions(code string) any {
	return &lambda.ListVersionsByFunctionOutput{Versions: []fn.FunctionConfiguration{
		{Version: aws.String("$LATEST"), CodeSha256: aws.String("code")}, {Version: aws.String("1"), CodeSha256: &code},
	}}
}

// named is a function with one alias, of version 1.
func named(alias, note string) any {
	return &lambda.ListAliasesOutput{Aliases: []fn.AliasConfiguration{{Name: &alias, FunctionVersion: aws.String("1"), Description: &note}}}
}

func reviewers(ids ...string) any {
	return queries(ids, nil)
}

// queries answers the lists of reviewers and of clients.
func queries(ids []string, clients []oidc.Client) any {
	out := &dynamodb.QueryOutput{}
	for _, id := range ids {
		out.Items = append(out.Items, map[string]ddb.AttributeValue{
			"pk": &ddb.AttributeValueMemberS{Value: "role#reviewer"}, "sk": &ddb.AttributeValueMemberS{Value: "account#" + id}, "accountId": &ddb.AttributeValueMemberS{Value: id},
		})
	}
	registered := &dynamodb.QueryOutput{}
	for _, c := range clients {
		text := func(s string) ddb.AttributeValue { return &ddb.AttributeValueMemberS{Value: s} }
		item := map[string]ddb.AttributeValue{
			"pk": text("clients"), "sk": text("client#" + string(c.ID)), "name": text(c.Name), "auth": text(string(c.Auth)), "pkce": text(string(c.PKCE)), "idTokenAlg": text("ES256"), "accessToken": text("opaque"),
			"scopes": &ddb.AttributeValueMemberL{Value: []ddb.AttributeValue{text("openid")}}, "firstParty": &ddb.AttributeValueMemberBOOL{Value: true},
			"redirectUris": &ddb.AttributeValueMemberL{Value: []ddb.AttributeValue{text(c.RedirectURIs[0])}},
		}
		secrets := &ddb.AttributeValueMemberL{}
		for _, s := range c.Secrets {
			secrets.Value = append(secrets.Value, text(s))
		}
		item["secrets"] = secrets
		registered.Items = append(registered.Items, item)
	}
	return func(in any) any {
		if pk, _ := in.(*dynamodb.QueryInput).ExpressionAttributeValues[":pk"].(*ddb.AttributeValueMemberS); pk != nil && pk.Value == "clients" {
			return registered
		}
		return out
	}
}

// product is a client that is registered rightly, changed.
func product(change func(*oidc.Client)) oidc.Client {
	c := oidc.Client{
		ID: "CLIENTAAAAAAAAAAAAAAAAAAAA", Name: "Calls", Auth: oidc.ClientSecretBasic, Secrets: []string{strings.Repeat("a", 64)},
		RedirectURIs: []string{"https://calls.example.com/cb"}, PKCE: oidc.PKCERequired,
	}
	change(&c)
	return c
}

var ourKeys, _ = jose.Keyset{}.Rotate(today.Add(-24 * time.Hour))

// secrets answers both secrets.
func secrets(app, signing any) any {
	return func(in any) any {
		if aws.ToString(in.(*secretsmanager.GetSecretValueInput).SecretId) == "signing" {
			return signing
		}
		return app
	}
}

func signingSecret(set jose.Keyset) any {
	text, _ := set.Document()
	return secretOf(string(text))
}

func withSigning(signing any) world {
	return world{"GetSecretValue": secrets(secretOf(`{"current": "`+strings.Repeat("k", 64)+`"}`), signing)}
}

func profile(status string) any {
	return &dynamodb.GetItemOutput{Item: map[string]ddb.AttributeValue{
		"pk": &ddb.AttributeValueMemberS{Value: "account#A"}, "sk": &ddb.AttributeValueMemberS{Value: "profile"}, "email": &ddb.AttributeValueMemberS{Value: "a@example.com"},
		"status": &ddb.AttributeValueMemberS{Value: status},
	}}
}

func table(status ddb.TableStatus, protected bool) any {
	return &dynamodb.DescribeTableOutput{Table: &ddb.TableDescription{TableStatus: status, DeletionProtectionEnabled: &protected}}
}

func timeToLive(status ddb.TimeToLiveStatus) any {
	return &dynamodb.DescribeTimeToLiveOutput{
		TimeToLiveDescription: &ddb.TimeToLiveDescription{TimeToLiveStatus: status, AttributeName: aws.String("expiresAt")},
	}
}

func cors(origin string) any {
	return &s3.GetBucketCorsOutput{CORSRules: []s3types.CORSRule{{AllowedOrigins: []string{origin}, AllowedMethods: []string{"POST"}}}}
}

func accessBlock(restricted bool) any {
	yes := aws.Bool(true)
	return &s3.GetPublicAccessBlockOutput{PublicAccessBlockConfiguration: &s3types.PublicAccessBlockConfiguration{
		BlockPublicAcls: yes, BlockPublicPolicy: yes, IgnorePublicAcls: yes, RestrictPublicBuckets: &restricted,
	}}
}

func lifecycle(status s3types.ExpirationStatus) any {
	incoming := &s3types.LifecycleRuleFilter{Prefix: aws.String("incoming/")}
	vault := &s3types.LifecycleRuleFilter{Prefix: aws.String("vault/")}
	return &s3.GetBucketLifecycleConfigurationOutput{Rules: []s3types.LifecycleRule{
		{Status: status, Filter: incoming, Expiration: &s3types.LifecycleExpiration{}},
		{Status: s3types.ExpirationStatusEnabled, Filter: vault, NoncurrentVersionExpiration: &s3types.NoncurrentVersionExpiration{}},
	}}
}

func bucketPolicy(text string) any { return &s3.GetBucketPolicyOutput{Policy: &text} }

func appSecret(text string) any { return secrets(secretOf(text), signingSecret(ourKeys)) }

func secretOf(text string) any { return &secretsmanager.GetSecretValueOutput{SecretString: &text} }

// rotating is a secret in the middle of a replacement.
func rotating(member string) string {
	return `{"current": "` + strings.Repeat("k", 64) + `", "previous": "` + strings.Repeat("hunter2", 8) + `", "` + member + `": {"phase": "use"}}`
}

func identity(verified bool, dkim ses.DkimStatus) any {
	return &sesv2.GetEmailIdentityOutput{
		VerifiedForSendingStatus: verified, DkimAttributes: &ses.DkimAttributes{SigningEnabled: true, Status: dkim},
	}
}

func subscription(arn string) any {
	return &sns.ListSubscriptionsByTopicOutput{Subscriptions: []snstypes.Subscription{{SubscriptionArn: &arn}}}
}

func numbers(status voice.NumberStatus, can voice.NumberCapability) any {
	return &pinpointsmsvoicev2.DescribePhoneNumbersOutput{PhoneNumbers: []voice.PhoneNumberInformation{
		{PhoneNumber: aws.String("+912240000000"), Status: status, NumberCapabilities: []voice.NumberCapability{can}},
	}}
}

func alarms(state alarm.StateValue, enabled bool, actions ...string) any {
	return &cloudwatch.DescribeAlarmsOutput{MetricAlarms: []alarm.MetricAlarm{
		{AlarmName: aws.String("central-FunctionsFail"), ActionsEnabled: &enabled, AlarmActions: actions, StateValue: state},
	}}
}

func quota(n int32) any {
	return &lambda.GetAccountSettingsOutput{AccountLimit: &fn.AccountLimit{ConcurrentExecutions: n}}
}

// function answers with the settings of a healthy system, changed.
func function(changes map[string]string) any {
	env := map[string]string{
		"MAIL_FROM": "no-reply@central.example.com", "MAIL_CONFIGURATION_SET": "central", "SMS_ENTITY_ID": "1101000000000012345",
		"SMS_TEMPLATE_ID": "1107000000000012345", "SMS_SENDER_ID": "CENTRL", "VOICE_ORIGINATION_IDENTITY": "+912240000000",
	}
	for name, v := range changes {
		env[name] = v
	}
	return &lambda.GetFunctionConfigurationOutput{
		State: fn.StateActive, LastUpdateStatus: fn.LastUpdateStatusSuccessful, Environment: &fn.EnvironmentResponse{Variables: env},
	}
}

const callSecret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

// callAPI is a system that calls through an API of the company.
func callAPI(address, secret string) world {
	return world{
		"GetFunctionConfiguration": function(map[string]string{"CALL_PROVIDER": "api", "CALL_API_URL": address, "VOICE_ORIGINATION_IDENTITY": "+18005550100"}),
		"GetSecretValue":           appSecret(`{"current": "` + strings.Repeat("k", 64) + `", "callSecret": "` + secret + `"}`),
	}
}
