package capture_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	voice "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	voicetypes "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	secrettypes "github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/aws/aws-sdk-go-v2/service/ses"
	sestypes "github.com/aws/aws-sdk-go-v2/service/ses/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/smithy-go"

	"phonon.in/central/cmd/local/capture"
	"phonon.in/central/cmd/local/template"
)

const sender = "no-reply@central.local"

var credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "secret"}, nil
})

func newBox(t *testing.T) (*capture.Box, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "messages.jsonl")
	box, err := capture.OpenBox(path, func() time.Time { return time.Unix(1_800_000_000, 0) })
	if err != nil {
		t.Fatal(err)
	}
	return box, path
}

func serve(t *testing.T, h http.Handler) *string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return &s.URL
}

func code(err error) string {
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		return api.ErrorCode()
	}
	if err != nil {
		return "no answer of AWS: " + err.Error()
	}
	return ""
}

func TestSESTakesWhatItShouldAndRefusesTheRest(t *testing.T) {
	box, _ := newBox(t)
	api := ses.New(ses.Options{Region: template.Region, BaseEndpoint: serve(t, capture.SES(box, sender, nil, template.MailSet{Name: "feedback"})), Credentials: credentials, RetryMaxAttempts: 1})
	text := func(s string) *sestypes.Content { return &sestypes.Content{Data: &s, Charset: aws.String("UTF-8")} }
	for _, c := range []struct {
		name   string
		change func(*ses.SendEmailInput)
		code   string
		kept   int
	}{
		{"a mail with text and HTML", func(*ses.SendEmailInput) {}, "", 1},
		{"a sender with a name", func(in *ses.SendEmailInput) { in.Source = aws.String("Central <" + sender + ">") }, "", 1},
		{"two recipients are two messages", func(in *ses.SendEmailInput) {
			in.Destination = &sestypes.Destination{ToAddresses: []string{"a@example.com"}, BccAddresses: []string{"b@example.com"}}
		}, "", 2},
		{"the simulator accepts and delivers nowhere", func(in *ses.SendEmailInput) {
			in.Destination.ToAddresses = []string{"bounce@simulator.amazonses.com"}
		}, "", 0},
		{"an unverified sender", func(in *ses.SendEmailInput) { in.Source = aws.String("other@central.local") }, "MessageRejected", 0},
		{"a sender that is no address", func(in *ses.SendEmailInput) { in.Source = aws.String("central") }, "InvalidParameterValue", 0},
		{"no recipient", func(in *ses.SendEmailInput) { in.Destination.ToAddresses = nil }, "InvalidParameterValue", 0},
		{"a recipient without a domain", func(in *ses.SendEmailInput) { in.Destination.ToAddresses = []string{"a"} }, "InvalidParameterValue", 0},
		{"a recipient that is not ASCII", func(in *ses.SendEmailInput) { in.Destination.ToAddresses = []string{"ä@example.com"} }, "InvalidParameterValue", 0},
		{"a recipient with a broken domain", func(in *ses.SendEmailInput) { in.Destination.ToAddresses = []string{"a@example..com"} }, "InvalidParameterValue", 0},
		{"51 recipients", func(in *ses.SendEmailInput) {
			in.Destination.ToAddresses = strings.Split(strings.TrimSuffix(strings.Repeat("a@example.com ", 51), " "), " ")
		}, "InvalidParameterValue", 0},
		{"an empty body", func(in *ses.SendEmailInput) { in.Message.Body = &sestypes.Body{Text: text("")} }, "InvalidParameterValue", 0},
		{"a subject of two lines", func(in *ses.SendEmailInput) { in.Message.Subject = text("a\r\nBcc: x@example.com") }, "InvalidParameterValue", 0},
		{"a configuration set", func(in *ses.SendEmailInput) { in.ConfigurationSetName = aws.String("feedback") }, "", 1},
		{"tags", func(in *ses.SendEmailInput) {
			in.Tags = []sestypes.MessageTag{{Name: aws.String("message"), Value: aws.String("A-1_b")}}
		}, "", 1},
		{"a tag with an address", func(in *ses.SendEmailInput) {
			in.Tags = []sestypes.MessageTag{{Name: aws.String("to"), Value: aws.String("a@example.com")}}
		}, "InvalidParameterValue", 0},
		{"an empty tag", func(in *ses.SendEmailInput) {
			in.Tags = []sestypes.MessageTag{{Name: aws.String("to"), Value: aws.String("")}}
		}, "InvalidParameterValue", 0},
		{"an unknown configuration set", func(in *ses.SendEmailInput) { in.ConfigurationSetName = aws.String("x") }, "ConfigurationSetDoesNotExist", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := box.Clear(); err != nil {
				t.Fatal(err)
			}
			in := &ses.SendEmailInput{
				Source: aws.String(sender), Destination: &sestypes.Destination{ToAddresses: []string{"a@example.com"}},
				Message: &sestypes.Message{Subject: text("Grüße & <Co>"), Body: &sestypes.Body{Text: text("text"), Html: text("<p>html</p>")}},
			}
			c.change(in)
			out, err := api.SendEmail(t.Context(), in)
			all := box.Messages("")
			if code(err) != c.code || len(all) != c.kept {
				t.Fatalf("%q (%v), %d kept", code(err), err, len(all))
			}
			if c.kept == 1 {
				m := all[0]
				if m.ID != aws.ToString(out.MessageId) || m.Kind != "email" || m.To != "a@example.com" || m.Subject != "Grüße & <Co>" || m.Text != "text" || m.HTML != "<p>html</p>" || m.At.Unix() != 1_800_000_000 {
					t.Errorf("%+v", m)
				}
			}
		})
	}
	_, err := api.GetSendQuota(t.Context(), &ses.GetSendQuotaInput{})
	if code(err) != "InvalidAction" {
		t.Errorf("an operation that is not there: %v", err)
	}
}

func TestSNSTakesWhatItShouldAndRefusesTheRest(t *testing.T) {
	box, _ := newBox(t)
	file := filepath.Join(t.TempDir(), "templates.json")
	if err := os.WriteFile(file, []byte(`[{"kind":"phone_code_sms","language":"en","body":"{#numeric#} is your code."},
		{"kind":"phone_code_sms","language":"hi","body":"{#numeric#} आपका कोड है।"},{"kind":"phone_code_sms","language":"ta","body":"x"}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	texts, err := capture.ReadRegistered(file, map[string]string{"phone_code_sms en": "1007", "phone_code_sms hi": "1008", "phone_code_sms ta": "", "phone_changed_sms en": "1009"})
	if err != nil || len(texts) != 2 {
		t.Fatal(texts, err)
	}
	id := func(v string) func(*sns.PublishInput) {
		return func(in *sns.PublishInput) {
			in.MessageAttributes["AWS.MM.SMS.TemplateId"] = snstypes.MessageAttributeValue{DataType: aws.String("String"), StringValue: &v}
		}
	}
	text := func(v, of string) func(*sns.PublishInput) {
		return func(in *sns.PublishInput) { in.Message = &v; id(of)(in) }
	}
	api := sns.New(sns.Options{Region: template.Region, BaseEndpoint: serve(t, capture.SNS(box, texts, nil)), Credentials: credentials, RetryMaxAttempts: 1})
	attribute := func(kind, v string) snstypes.MessageAttributeValue {
		return snstypes.MessageAttributeValue{DataType: &kind, StringValue: &v}
	}
	with := func(name, kind, v string) func(*sns.PublishInput) {
		return func(in *sns.PublishInput) { in.MessageAttributes[name] = attribute(kind, v) }
	}
	for _, c := range []struct {
		name   string
		change func(*sns.PublishInput)
		code   string
	}{
		{"an SMS", func(*sns.PublishInput) {}, ""},
		{"an SMS in Hindi", text("123456 आपका कोड है।", "1008"), ""},
		{"Hindi with the id of English", text("123456 आपका कोड है।", "1007"), "InvalidParameter"},
		{"English with the id of Hindi", id("1008"), "InvalidParameter"},
		{"an id that is registered for nothing", id("1009"), "InvalidParameter"},
		{"a text that is not registered", text("x", "1010"), "InvalidParameter"},
		{"no id", func(in *sns.PublishInput) { delete(in.MessageAttributes, "AWS.MM.SMS.TemplateId") }, "InvalidParameter"},
		{"one more space", text("123456 is your  code.", "1007"), "InvalidParameter"},
		{"letters for digits", text("12345a is your code.", "1007"), "InvalidParameter"},
		{"a line more", text("123456 is your code.\n@central.example.com #123456", "1007"), "InvalidParameter"},
		{"1602 bytes", func(in *sns.PublishInput) { in.Message = aws.String(strings.Repeat("ü", 801)) }, "InvalidParameter"},
		{"no text", func(in *sns.PublishInput) { in.Message = aws.String("") }, "InvalidParameter"},
		{"a number without a country", func(in *sns.PublishInput) { in.PhoneNumber = aws.String("9820012345") }, "InvalidParameter"},
		{"a number with spaces", func(in *sns.PublishInput) { in.PhoneNumber = aws.String("+91 98200 12345") }, "InvalidParameter"},
		{"no number", func(in *sns.PublishInput) { in.PhoneNumber = nil }, "InvalidParameter"},
		{"a topic", func(in *sns.PublishInput) { in.TopicArn = aws.String("arn:aws:sns:ap-south-1:0:x") }, "NotFound"},
		{"a sender id of 2 letters", with("AWS.SNS.SMS.SenderID", "String", "AB"), "InvalidParameter"},
		{"a sender id of 12 letters", with("AWS.SNS.SMS.SenderID", "String", "ABCDEFGHIJKL"), "InvalidParameter"},
		{"a sender id without a letter", with("AWS.SNS.SMS.SenderID", "String", "123456"), "InvalidParameter"},
		{"an unknown type of SMS", with("AWS.SNS.SMS.SMSType", "String", "Urgent"), "InvalidParameter"},
		{"a price that is no number", with("AWS.SNS.SMS.MaxPrice", "Number", "cheap"), "InvalidParameter"},
		{"a price as a string", with("AWS.SNS.SMS.MaxPrice", "String", "0.01"), "ParameterValueInvalid"},
		{"an entity id as a number", with("AWS.MM.SMS.EntityId", "Number", "1"), "ParameterValueInvalid"},
		{"a template id that is too long", with("AWS.MM.SMS.TemplateId", "String", strings.Repeat("1", 51)), "InvalidParameter"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := box.Clear(); err != nil {
				t.Fatal(err)
			}
			in := &sns.PublishInput{
				PhoneNumber: aws.String("+919820012345"), Message: aws.String("123456 is your code."),
				MessageAttributes: map[string]snstypes.MessageAttributeValue{
					"AWS.SNS.SMS.SMSType": attribute("String", "Transactional"), "AWS.SNS.SMS.SenderID": attribute("String", "CNTRAL"),
					"AWS.SNS.SMS.MaxPrice": attribute("Number", "0.01"), "AWS.MM.SMS.EntityId": attribute("String", "1001000000000000000"),
				},
			}
			id("1007")(in)
			c.change(in)
			_, err := api.Publish(t.Context(), in)
			all := box.Messages("+919820012345")
			if code(err) != c.code || (len(all) == 1) != (c.code == "") {
				t.Fatalf("%q (%v), %d kept", code(err), err, len(all))
			}
			if len(all) == 1 && (all[0].Kind != "sms" || all[0].Text != *in.Message || all[0].From != "CNTRAL" || all[0].Attributes["AWS.SNS.SMS.MaxPrice"] != "0.01") {
				t.Errorf("%+v", all[0])
			}
		})
	}
	if _, err := sns.New(sns.Options{Region: template.Region, BaseEndpoint: serve(t, capture.SNS(box, nil, nil)), Credentials: credentials, RetryMaxAttempts: 1}).Publish(
		t.Context(), &sns.PublishInput{PhoneNumber: aws.String("+919820012345"), Message: aws.String(strings.Repeat("ü", 800))},
	); err != nil {
		t.Errorf("1600 bytes, where no texts are known: %v", err)
	}
	_, err = api.ListTopics(t.Context(), &sns.ListTopicsInput{})
	if code(err) != "InvalidAction" {
		t.Errorf("an operation that is not there: %v", err)
	}
}

func TestVoiceTakesWhatItShouldAndRefusesTheRest(t *testing.T) {
	box, _ := newBox(t)
	api := voice.New(voice.Options{Region: template.Region, BaseEndpoint: serve(t, capture.Voice(box)), Credentials: credentials, RetryMaxAttempts: 1})
	ssml := func(s string) func(*voice.SendVoiceMessageInput) {
		return func(in *voice.SendVoiceMessageInput) { in.MessageBody = &s }
	}
	for _, c := range []struct {
		name   string
		change func(*voice.SendVoiceMessageInput)
		code   string
	}{
		{"a call", func(*voice.SendVoiceMessageInput) {}, ""},
		{"a number that is not E.164", func(in *voice.SendVoiceMessageInput) { in.DestinationPhoneNumber = aws.String("02212345678") }, "ValidationException"},
		{"6001 characters of SSML", ssml("<speak>" + strings.Repeat("x", 5987) + "</speak>"), "ValidationException"},
		{"3001 characters of text", func(in *voice.SendVoiceMessageInput) {
			in.MessageBodyTextType, in.MessageBody = voicetypes.VoiceMessageBodyTextTypeText, aws.String(strings.Repeat("x", 3001))
		}, "ValidationException"},
		{"an empty text", ssml(""), "ValidationException"},
		{"SSML that is not closed", ssml("<speak>x"), "ValidationException"},
		{"SSML with another root", ssml("<p>x</p>"), "ValidationException"},
		{"a life of 4 seconds", func(in *voice.SendVoiceMessageInput) { in.TimeToLive = aws.Int32(4) }, "ValidationException"},
		{"a price that is no number", func(in *voice.SendVoiceMessageInput) { in.MaxPricePerMinute = aws.String("cheap") }, "ValidationException"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := box.Clear(); err != nil {
				t.Fatal(err)
			}
			in := &voice.SendVoiceMessageInput{
				DestinationPhoneNumber: aws.String("+912212345678"), OriginationIdentity: aws.String("+18005550100"),
				MessageBody:         aws.String(`<speak>Your code is 1<break time="500ms"/>2 &amp; 3.</speak>`),
				MessageBodyTextType: voicetypes.VoiceMessageBodyTextTypeSsml, VoiceId: voicetypes.VoiceIdRaveena,
				MaxPricePerMinute: aws.String("0.10"), TimeToLive: aws.Int32(600),
			}
			c.change(in)
			_, err := api.SendVoiceMessage(t.Context(), in)
			all := box.Messages("")
			if code(err) != c.code || (len(all) == 1) != (c.code == "") {
				t.Fatalf("%q (%v), %d kept", code(err), err, len(all))
			}
			if len(all) == 1 && (all[0].Kind != "call" || all[0].Text != "Your code is 1 2 & 3." || all[0].To != "+912212345678" || all[0].Attributes["TimeToLive"] != "600") {
				t.Errorf("%+v", all[0])
			}
			if bad, ok := errors.AsType[*voicetypes.ValidationException](err); ok && (bad.Reason == "" || len(bad.Fields) != 1) {
				t.Errorf("no reason or field is given: %+v", bad)
			}
		})
	}
}

func TestSecretsAreReadByNameEachTime(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret.json")
	api := secretsmanager.New(secretsmanager.Options{
		Region: template.Region, Credentials: credentials, RetryMaxAttempts: 1, BaseEndpoint: serve(t, capture.Secrets(map[string]string{"arn:x": file})),
	})
	for _, text := range []string{`{"current":"a"}`, `{"current":"b","previous":"a"}`} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := api.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: aws.String("arn:x")})
		if err != nil || aws.ToString(out.SecretString) != text {
			t.Errorf("%v %v", err, out)
		}
	}
	_, err := api.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: aws.String("other")})
	if _, ok := errors.AsType[*secrettypes.ResourceNotFoundException](err); !ok {
		t.Errorf("an unknown secret: %v", err)
	}
}

func TestAGeneratedSecretIsWhatTheTemplateAsksFor(t *testing.T) {
	s := template.Secret{ID: "S", Template: `{"a":"b"}`, Key: "current", Length: 64, NoPunctuation: true, NoUppercase: true, ExcludeCharacters: "abc0"}
	one, err := capture.Generate(s)
	if err != nil {
		t.Fatal(err)
	}
	two, _ := capture.Generate(s)
	word, ok := strings.CutPrefix(one, `{"a":"b","current":"`)
	word = strings.TrimSuffix(word, `"}`)
	if !ok || len(word) != 64 || strings.Trim(word, "defghijklmnopqrstuvwxyz123456789") != "" || one == two {
		t.Errorf("%d characters, same twice: %v", len(word), one == two)
	}
	if _, err := capture.Generate(template.Secret{Length: 8, Key: "x", Template: "no JSON"}); err == nil {
		t.Error("a template that is no JSON was taken")
	}
}

func TestARequestNeedsASignatureForTheService(t *testing.T) {
	box, _ := newBox(t)
	endpoint := *serve(t, capture.SNS(box, nil, nil))
	const good = "AWS4-HMAC-SHA256 Credential=a/20260101/ap-south-1/sns/aws4_request, SignedHeaders=host;x-amz-date, Signature="
	hex := strings.Repeat("0", 64)
	for _, c := range []struct {
		name, header, date string
		status             int
	}{
		{"a signature", good + hex, "20260101T000000Z", 200},
		{"none", "", "20260101T000000Z", 403},
		{"a token", "Bearer x", "20260101T000000Z", 403},
		{"a short signature", good + "00", "20260101T000000Z", 403},
		{"no date", good + hex, "", 403},
		{"another service's", strings.Replace(good, "/sns/", "/ses/", 1) + hex, "20260101T000000Z", 403},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, _ := http.NewRequest("POST", endpoint, strings.NewReader("Action=Publish&Version=2010-03-31&PhoneNumber=%2B919820012345&Message=x"))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if c.header != "" {
				r.Header.Set("Authorization", c.header)
			}
			if c.date != "" {
				r.Header.Set("X-Amz-Date", c.date)
			}
			resp, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != c.status {
				t.Errorf("status %d", resp.StatusCode)
			}
		})
	}
	if n := len(box.Messages("")); n != 1 {
		t.Errorf("%d messages were kept", n)
	}
}

func TestMessagesOutliveARestartEvenAfterAHalfLine(t *testing.T) {
	box, path := newBox(t)
	api := sns.New(sns.Options{Region: template.Region, BaseEndpoint: serve(t, capture.SNS(box, nil, nil)), Credentials: credentials})
	send := func(to string) {
		t.Helper()
		if _, err := api.Publish(t.Context(), &sns.PublishInput{PhoneNumber: &to, Message: aws.String("x")}); err != nil {
			t.Fatal(err)
		}
	}
	send("+919820012345")
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString(`{"id":"half`)
	f.Close()
	send("+919820012346")
	again, err := capture.OpenBox(path, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	all := again.Messages("")
	if len(all) != 2 || all[0].To != "+919820012346" || all[1].To != "+919820012345" {
		t.Errorf("%+v", all)
	}
}
