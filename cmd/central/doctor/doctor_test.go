package doctor

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
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

	"phonon.in/central/cmd/central/fleet"
	"phonon.in/central/shared/jose"
	"phonon.in/central/shared/oidc"
)

// look examines a world. Its health and its clock are a server's.
func look(t *testing.T, w world, url string, change func(*Subject)) map[string]Finding {
	t.Helper()
	c := w.config()
	otp := []fleet.Function{{ID: "OtpFunction", Name: "central-OtpFunction-1"}}
	s := &Subject{
		DynamoDB: dynamodb.NewFromConfig(c), S3: s3.NewFromConfig(c), Secrets: secretsmanager.NewFromConfig(c), SES: sesv2.NewFromConfig(c),
		SNS: sns.NewFromConfig(c), Voice: pinpointsmsvoicev2.NewFromConfig(c), Alarming: cloudwatch.NewFromConfig(c), Lambda: lambda.NewFromConfig(c),
		HTTP: http.DefaultClient, Users: "users", Tokens: "tokens", Bucket: "uploads", Secret: "secret", Signing: "signing", PublicURL: url, ClockURL: url,
		Functions: otp, Fleet: &fleet.Fleet{Lambda: lambda.NewFromConfig(c), Functions: otp}, Declared: map[string][]string{"OtpFunction": {"SMS_SENDER_ID"}},
		APIs: apigatewayv2.NewFromConfig(c), API: "a1b2",
		Alarms: []string{"central-FunctionsFail"}, AlarmTopic: "arn:topic", Now: func() time.Time { return today },
	}
	if change != nil {
		change(s)
	}
	all := map[string]Finding{}
	for _, f := range Run(t.Context(), s, func() {}) {
		all[f.Name] = f
	}
	return all
}

// server is a system that is healthy when asked under its URL.
func server(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", today.Format(http.TimeFormat))
		switch r.URL.Path {
		case "/", "/v1/health", "/kyc-notice", "/sample/v1/health", "/nobody/v1/health", "/keyless/v1/health", "/keyless/kyc-notice":
		case "/.well-known/openid-configuration":
			fmt.Fprintf(w, `{"issuer": "http://%s", "jwks_uri": "http://%s/oauth2/jwks"}`, r.Host, r.Host)
		case "/oauth2/jwks":
			w.Write(ourKeys.Public(today))
		case "/other/.well-known/openid-configuration":
			fmt.Fprintf(w, `{"issuer": "http://%s", "jwks_uri": "http://%s/oauth2/jwks"}`, r.Host, r.Host)
		case "/sample/.well-known/openid-configuration", "/nobody/.well-known/openid-configuration":
			fmt.Fprintf(w, `{"issuer": "http://%s/%s", "jwks_uri": "http://%s/oauth2/jwks"}`, r.Host, strings.Split(r.URL.Path, "/")[1], r.Host)
		case "/keyless/.well-known/openid-configuration":
			fmt.Fprintf(w, `{"issuer": "http://%s/keyless", "jwks_uri": "http://%s/keyless/oauth2/jwks"}`, r.Host, r.Host)
		case "/keyless/oauth2/jwks":
			w.WriteHeader(http.StatusServiceUnavailable)
		case "/sample/kyc-notice":
			fmt.Fprint(w, "<p data-sample>This is a sample text.")
		case "/nobody/kyc-notice":
			fmt.Fprint(w, "<p data-nobody>Nobody is named.")
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestAHealthySystemIsOkInEveryLine(t *testing.T) {
	url := server(t)
	found := look(t, healthy(url), url, nil)
	if len(found) != Checks() {
		t.Errorf("%d lines of %d checks", len(found), Checks())
	}
	for _, f := range found {
		if f.State != OK || f.Found == "" || f.Do != "" {
			t.Errorf("%+v", f)
		}
	}
}

func TestEachFaultIsSaidInItsLineAndInNoOther(t *testing.T) {
	url := server(t)
	ofTokens := func(out, otherwise any) func(any) any {
		return func(in any) any {
			if d, ok := in.(*dynamodb.DescribeTableInput); ok && *d.TableName == "tokens" {
				return out
			}
			if d, ok := in.(*dynamodb.DescribeTimeToLiveInput); ok && *d.TableName == "tokens" {
				return out
			}
			return otherwise
		}
	}
	noBucket := world{"HeadBucket": refusal("NotFound")}
	for _, name := range []string{
		"GetBucketVersioning", "GetBucketCors", "GetPublicAccessBlock", "GetBucketLifecycleConfiguration", "GetBucketPolicy",
	} {
		noBucket[name] = refusal("NoSuchBucket")
	}
	set := func(name, v string) world {
		return world{"GetFunctionConfiguration": function(map[string]string{name: v})}
	}
	others, _ := jose.Replace(today.Add(-time.Hour))
	later, _ := jose.Replace(today.Add(time.Hour))
	merged := func(all ...world) world {
		one := world{}
		for _, w := range all {
			maps.Copy(one, w)
		}
		return one
	}
	for _, row := range []struct {
		what   string
		change world
		also   func(*Subject)
		lines  string // that are not ok, with their states
	}{
		{"no table", world{"DescribeTable": ofTokens(refusal(noTable), healthy(url)["DescribeTable"])}, nil, "tokens-table=FAIL tokens-table-deletion=skip"},
		{"a table that is being made", world{"DescribeTable": table(ddb.TableStatusCreating, true)}, nil, "tokens-table=FAIL users-table=FAIL"},
		{"no deletion protection", world{"DescribeTable": table(ddb.TableStatusActive, false)}, nil, "tokens-table-deletion=FAIL users-table-deletion=FAIL"},
		{"no time to live", world{"DescribeTimeToLive": ofTokens(timeToLive(ddb.TimeToLiveStatusDisabled), healthy(url)["DescribeTimeToLive"])}, nil, "tokens-table-ttl=FAIL"},
		{"no point-in-time recovery", world{"DescribeContinuousBackups": &dynamodb.DescribeContinuousBackupsOutput{}}, nil, "tokens-table-recovery=FAIL users-table-recovery=FAIL"},
		{"no bucket", noBucket, nil,
			"bucket-cors=skip bucket-lifecycle=skip bucket-public-access=skip bucket-tls-only=skip bucket-versioning=skip bucket=FAIL scanner=skip"},
		{"no versions", world{"GetBucketVersioning": &s3.GetBucketVersioningOutput{}}, nil, "bucket-versioning=FAIL"},
		{"another origin", world{"GetBucketCors": cors("*")}, nil, "bucket-cors=FAIL"},
		{"no CORS", world{"GetBucketCors": refusal("NoSuchCORSConfiguration")}, nil, "bucket-cors=FAIL"},
		{"no public access block", world{"GetPublicAccessBlock": refusal("NoSuchPublicAccessBlockConfiguration")}, nil, "bucket-public-access=FAIL"},
		{"half a public access block", world{"GetPublicAccessBlock": accessBlock(false)}, nil, "bucket-public-access=FAIL"},
		{"no life cycle", world{"GetBucketLifecycleConfiguration": refusal("NoSuchLifecycleConfiguration")}, nil, "bucket-lifecycle=FAIL"},
		{"a life cycle that is off", world{"GetBucketLifecycleConfiguration": lifecycle(s3types.ExpirationStatusDisabled)}, nil, "bucket-lifecycle=FAIL"},
		{"no policy", world{"GetBucketPolicy": refusal("NoSuchBucketPolicy")}, nil, "bucket-tls-only=FAIL scanner=warn"},
		{"a policy for others", world{"GetBucketPolicy": bucketPolicy(`{"Statement": [{"Effect": "Allow"}]}`)}, nil, "bucket-tls-only=FAIL scanner=warn"},
		{"one reviewer", world{"Query": reviewers("A")}, nil, "reviewers=FAIL"},
		{"reviewers who are disabled", world{"GetItem": profile("disabled")}, nil, "reviewers=FAIL"},
		{"a year without holidays", nil, func(s *Subject) { s.Now = func() time.Time { return today.AddDate(20, 0, 0) } }, "clock=FAIL holidays=FAIL signing-keys=warn"},
		{"nobody to complain to", nil, func(s *Subject) { s.PublicURL += "/nobody" }, "bucket-cors=FAIL notice=FAIL"},
		{"the sample of the notice", nil, func(s *Subject) { s.PublicURL += "/sample" }, "bucket-cors=FAIL notice=warn"},
		{"no secret", world{"GetSecretValue": refusal(noTable)}, nil, "secret=FAIL signing-keys=FAIL"},
		{"no signing secret", withSigning(refusal(noTable)), nil, "signing-keys=FAIL"},
		{"a signing secret that was broken", withSigning(secretOf(`{"keys": [{"kid": "a"}]}`)), nil, "signing-keys=FAIL"},
		{"keys of which none signs yet", withSigning(signingSecret(later)), nil, "signing-keys=FAIL discovery=FAIL"},
		{"keys that the function has not read", withSigning(signingSecret(others)), nil, "discovery=FAIL"},
		{"clients and no keys", merged(withSigning(secretOf(`{"keys": []}`)), world{"Query": queries([]string{"A", "B"}, []oidc.Client{product(func(*oidc.Client) {})})}), nil, "signing-keys=FAIL"},
		{"a client that cannot be", world{"Query": queries([]string{"A", "B"}, []oidc.Client{product(func(c *oidc.Client) { c.RedirectURIs = []string{"http://calls.example.com/cb"} })})}, nil, "clients=FAIL"},
		{"a client without PKCE", world{"Query": queries([]string{"A", "B"}, []oidc.Client{product(func(c *oidc.Client) { c.PKCE = oidc.PKCEOff })})}, nil, "clients=warn"},
		{"a client with two secrets", world{"Query": queries([]string{"A", "B"}, []oidc.Client{product(func(c *oidc.Client) { c.Secrets = append(c.Secrets, c.Secrets[0]) })})}, nil, "clients=warn"},
		{"no keys and no clients", withSigning(secretOf(`{"keys": []}`)), nil, ""},
		{"a short key", world{"GetSecretValue": appSecret(`{"current": "hunter2"}`)}, nil, "secret=FAIL"},
		{"a rotation that was interrupted", world{"GetSecretValue": appSecret(rotating("currentRotation"))}, nil, "secret=warn"},
		{"a call API that is not told yet", world{"GetSecretValue": appSecret(rotating("callSecretRotation"))}, nil, "secret=warn"},
		{"the mail sandbox", world{"GetAccount": &sesv2.GetAccountOutput{SendingEnabled: true}}, nil, "mail-account=FAIL"},
		{"mail paused", world{"GetAccount": &sesv2.GetAccountOutput{ProductionAccessEnabled: true}}, nil, "mail-account=FAIL"},
		{"no identity", world{"GetEmailIdentity": refusal("NotFoundException")}, nil, "mail-dkim=skip mail-identity=FAIL"},
		{"an identity that waits", world{"GetEmailIdentity": identity(false, ses.DkimStatusSuccess)}, nil, "mail-identity=FAIL"},
		{"no DKIM", world{"GetEmailIdentity": identity(true, ses.DkimStatusPending)}, nil, "mail-dkim=FAIL"},
		{"no configuration set", world{"GetConfigurationSet": refusal("NotFoundException")}, nil, "mail-configuration-set=FAIL"},
		{"none is named", set("MAIL_CONFIGURATION_SET", ""), nil, "mail-configuration-set=warn"},
		{"the SMS sandbox", world{"GetSMSSandboxAccountStatus": &sns.GetSMSSandboxAccountStatusOutput{IsInSandbox: true}}, nil, "sms-account=FAIL"},
		{"one dollar", world{"GetSMSAttributes": &sns.GetSMSAttributesOutput{}}, nil, "sms-log=warn sms-spend-limit=FAIL"},
		{"ten functions", world{"GetAccountSettings": quota(10)}, nil, "functions-at-once=warn"},
		{"mail under review", world{"GetAccount": &sesv2.GetAccountOutput{
			SendingEnabled: true, ProductionAccessEnabled: true, EnforcementStatus: aws.String("PROBATION"),
		}}, nil, "mail-account=warn"},
		{"a placeholder for DLT", set("SMS_ENTITY_ID", "1001000000000000000"), nil, "sms-dlt=FAIL"},
		{"a short DLT id", set("SMS_TEMPLATE_ID", "12345"), nil, "sms-dlt=warn"},
		{"a header of five", set("SMS_SENDER_ID", "CENTR"), nil, "sms-dlt=FAIL"},
		{"a placeholder for calls", set("VOICE_ORIGINATION_IDENTITY", "+18005550100"), nil, "voice-origination=FAIL"},
		{"a number of somebody else", world{"DescribePhoneNumbers": &pinpointsmsvoicev2.DescribePhoneNumbersOutput{}}, nil, "voice-origination=FAIL"},
		{"a number without voice", world{"DescribePhoneNumbers": numbers(voice.NumberStatusActive, voice.NumberCapabilitySms)}, nil, "voice-origination=FAIL"},
		{"a number that waits", world{"DescribePhoneNumbers": numbers(voice.NumberStatusPending, voice.NumberCapabilityVoice)}, nil, "voice-origination=FAIL"},
		{"a pool that is none", world{"GetFunctionConfiguration": function(map[string]string{"VOICE_ORIGINATION_IDENTITY": "pool-1"}), "DescribePools": refusal(noTable)}, nil, "voice-origination=FAIL"},
		{"a short DLT id for Hindi", set("SMS_TEMPLATE_ID_HI", "12345"), nil, "sms-dlt=warn"},
		{"a short DLT id for changes", set("SMS_CHANGED_TEMPLATE_ID", "12345"), nil, "sms-dlt=warn"},
		{"a call API without an address", callAPI("", callSecret), nil, "voice-origination=FAIL"},
		{"a call API without TLS", callAPI("http://calls.example.com", callSecret), nil, "voice-origination=FAIL"},
		{"a call API without a secret", callAPI("https://calls.example.com", ""), nil, "voice-origination=FAIL"},
		{"a call API with a word for a secret", callAPI("https://calls.example.com", "hunter2"), nil, "voice-origination=FAIL"},
		{"a call API, and no number at AWS", callAPI("https://calls.example.com/v1/calls", callSecret), nil, ""},
		{"no landlines, and the placeholder", world{"GetFunctionConfiguration": function(map[string]string{"CALL_PROVIDER": "none", "VOICE_ORIGINATION_IDENTITY": "+18005550100"})}, nil, ""},
		{"an alarm that rings", world{"DescribeAlarms": alarms(alarm.StateValueAlarm, true, "arn:topic")}, nil, "alarms=FAIL"},
		{"an alarm without action", world{"DescribeAlarms": alarms(alarm.StateValueOk, true)}, nil, "alarms=FAIL"},
		{"an alarm that is off", world{"DescribeAlarms": alarms(alarm.StateValueOk, false, "arn:topic")}, nil, "alarms=FAIL"},
		{"an alarm that is gone", world{"DescribeAlarms": &cloudwatch.DescribeAlarmsOutput{}}, nil, "alarms=FAIL"},
		{"nobody has confirmed", world{"ListSubscriptionsByTopic": subscription("PendingConfirmation")}, nil, "alarm-recipients=FAIL"},
		{"a function that failed", world{"GetFunctionConfiguration": func(any) any {
			f := function(nil).(*lambda.GetFunctionConfigurationOutput)
			f.LastUpdateStatus = fn.LastUpdateStatusFailed
			return f
		}}, nil, "functions=FAIL"},
		{"a variable that is gone", world{}, func(s *Subject) { s.Declared = map[string][]string{"OtpFunction": {"TOKENS_TABLE"}} }, "functions-environment=FAIL"},
		{"a function that is gone", world{"GetFunctionConfiguration": refusal(noTable)}, nil,
			"functions-environment=skip functions-live=skip functions=FAIL mail-configuration-set=skip mail-dkim=skip mail-identity=skip sms-dlt=skip voice-origination=skip"},
		{"an alias that is as deployed", called("central-OtpFunction-1:live", nil), nil, ""},
		{"an alias that a changed parameter did not reach", called("central-OtpFunction-1:live", map[string]string{"TERMS_VERSION": "2026-11-01"}), nil, "functions-live=FAIL"},
		{"a number that is called", called("central-OtpFunction-1:7", map[string]string{"EDGE": ""}), nil, "functions-live=FAIL"},
		{"a placeholder that people still meet, and no more in what was deployed", called("central-OtpFunction-1:live", map[string]string{"SMS_ENTITY_ID": "1001000000000000000"}), nil,
			"functions-live=FAIL sms-dlt=FAIL"},
		{"a function that no route calls", called("central-OtherFunction-1:live", map[string]string{"TERMS_VERSION": "2026-11-01"}), nil, ""},
		{"one that events reach by an alias", called("central-OtherFunction-1", map[string]string{"TERMS_VERSION": "2026-11-01"}), func(s *Subject) { s.Functions[0].Alias = "release-20261126T101500Z" }, "functions-live=FAIL"},
		{"nothing kept", world{"ListAliases": named("live", "")}, nil, "release=warn"},
		{"what was deployed is not kept", world{"ListVersionsByFunction": versions("older")}, nil, "release=warn"},
		{"a rollback", world{"ListAliases": named("before-rollback", "to release-20261126T101500Z, version 1")}, nil, "release=warn rollback=warn"},
		{"a clock that is late", world{}, func(s *Subject) { s.Now = func() time.Time { return today.Add(-10 * time.Second) } }, "clock=FAIL"},
		{"nothing to sign with yet", withSigning(secretOf(`{"keys": []}`)), func(s *Subject) { s.PublicURL = url + "/keyless" }, "bucket-cors=FAIL"},
		{"keys in the secret, and none outside", world{}, func(s *Subject) { s.PublicURL = url + "/keyless" }, "bucket-cors=FAIL discovery=FAIL"},
		{"pages elsewhere", world{}, func(s *Subject) { s.PublicURL = url + "/elsewhere" }, "bucket-cors=FAIL discovery=FAIL health=FAIL notice=FAIL"},
	} {
		t.Run(row.what, func(t *testing.T) {
			w := healthy(url)
			for name, out := range row.change {
				w[name] = out
			}
			var lines []string
			for _, f := range look(t, w, url, row.also) {
				if f.State != OK {
					lines = append(lines, f.Name+"="+string(f.State))
				}
				if (f.State == Fail || f.State == Warn) && f.Do == "" {
					t.Errorf("%s does not say what to do", f.Name)
				}
				if strings.Contains(f.Found+f.Do, "hunter2") {
					t.Errorf("a secret is in %+v", f)
				}
			}
			want := strings.Fields(row.lines)
			slices.Sort(want)
			slices.Sort(lines)
			if !slices.Equal(lines, want) {
				t.Errorf("got  %s\nwant %s", lines, want)
			}
		})
	}
}

// called is a world in which people get a function by this name, and with these changes from what was deployed last.
func called(name string, live map[string]string) world {
	deployed := map[string]string{"TERMS_VERSION": "2026-12-01", "EDGE": "on"}
	return world{"GetIntegrations": integrations(name), "GetFunctionConfiguration": func(in any) any {
		env := maps.Clone(deployed)
		if in.(*lambda.GetFunctionConfigurationInput).Qualifier != nil {
			maps.Copy(env, live)
		}
		return function(env)
	}}
}

func TestWhatPeopleDoNotGetIsNamed(t *testing.T) {
	url := server(t)
	w := healthy(url)
	maps.Copy(w, called("central-OtpFunction-1:live", map[string]string{"TERMS_VERSION": "2026-11-01", "EDGE": ""}))
	f := look(t, w, url, nil)["functions-live"]
	if !strings.Contains(f.Found, "OtpFunction (live): EDGE TERMS_VERSION") || strings.Contains(f.Found, "2026") {
		t.Errorf("%+v", f)
	}
}

func TestWhatCannotBeAskedIsSkippedWithItsReason(t *testing.T) {
	url := server(t)
	denied := world{}
	for name := range healthy(url) {
		denied[name] = refusal("AccessDeniedException")
	}
	for _, f := range look(t, denied, url, nil) {
		if slices.Contains([]string{"clock", "health", "holidays", "notice", "discovery"}, f.Name) { // these ask no service of AWS
			continue
		}
		if f.State != Skip || !strings.Contains(f.Found, "access denied") && !strings.Contains(f.Found, "see functions") {
			t.Errorf("%+v", f)
		}
	}
}

func TestAServiceThatHangsFailsItsOwnLineAlone(t *testing.T) {
	url := server(t)
	w := healthy(url)
	w["GetSecretValue"] = fmt.Errorf("call: %w", context.DeadlineExceeded)
	for _, f := range look(t, w, url, nil) {
		if (f.Name == "secret" || f.Name == "signing-keys") != (f.State == Fail) {
			t.Errorf("%+v", f)
		}
	}
}
