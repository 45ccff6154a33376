package ses_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ses"
	"github.com/aws/aws-sdk-go-v2/service/ses/types"
	"github.com/aws/smithy-go"

	"phonon.in/central/shared/awsenv"
	"phonon.in/central/shared/awsenv/ses"
	"phonon.in/central/shared/email"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/token"
)

// service answers every call alike, and keeps what it was asked.
func service(t *testing.T, status int, answer string) *[]url.Values {
	t.Helper()
	asked := new([]url.Values)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil || r.Method != http.MethodPost || r.URL.Path != "/" || r.URL.RawQuery != "" {
			t.Errorf("%s %s, %v", r.Method, r.URL, err)
		}
		*asked = append(*asked, r.PostForm)
		w.WriteHeader(status)
		io.WriteString(w, answer)
	}))
	t.Cleanup(server.Close)
	t.Setenv("AWS_ENDPOINT_URL_SES", server.URL)
	t.Setenv("AWS_REGION", "ap-south-1")
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDTEST")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	return asked
}

func client() *sdk.Client {
	return sdk.New(sdk.Options{
		Region: "ap-south-1", Credentials: awsenv.Credentials, BaseEndpoint: awsenv.Endpoint("AWS_ENDPOINT_URL_SES"), RetryMaxAttempts: 1,
	})
}

const taken = `<SendEmailResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><SendEmailResult><MessageId>1</MessageId></SendEmailResult></SendEmailResponse>`

// The SDK's own client says what is right on the wire.
func TestAMailIsAskedForAsTheSDKDoes(t *testing.T) {
	asked := service(t, http.StatusOK, taken)
	mail := message.Mail{ID: "MAIL1", Kind: message.VerifyEmail, To: "asha@example.com", Locale: "hi", Link: token.NewSecret("https://central.example.com/verify#a.b.c")}
	if err := email.New(ses.Client(), "no-reply@central.example.com", "bounces").Send(t.Context(), mail); err != nil {
		t.Fatal(err)
	}
	ours := (*asked)[0]
	text := func(part string) *types.Content {
		return &types.Content{Data: aws.String(ours.Get("Message." + part + ".Data")), Charset: aws.String("UTF-8")}
	}
	_, err := client().SendEmail(t.Context(), &sdk.SendEmailInput{
		Source: aws.String("Central <no-reply@central.example.com>"), Destination: &types.Destination{ToAddresses: []string{"asha@example.com"}},
		ConfigurationSetName: aws.String("bounces"),
		Message:              &types.Message{Subject: text("Subject"), Body: &types.Body{Text: text("Body.Text"), Html: text("Body.Html")}},
		Tags:                 []types.MessageTag{{Name: aws.String("message"), Value: aws.String("MAIL1")}, {Name: aws.String("kind"), Value: aws.String("verify_email")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if theirs := (*asked)[1]; !reflect.DeepEqual(ours, theirs) {
		t.Errorf("ours\n%v\nthe SDK's\n%v", ours, theirs)
	}
}

func TestAnAnswerThatSaysNoIsReadAsTheSDKReadsIt(t *testing.T) {
	for _, row := range []struct {
		name, answer string
		status       int
	}{
		{"a mail that is rejected", `<ErrorResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><Error><Type>Sender</Type><Code>MessageRejected</Code>` +
			`<Message>Email address is not verified. The following identities failed the check in region AP-SOUTH-1: a@b.example</Message></Error><RequestId>1</RequestId></ErrorResponse>`, 400},
		{"a sentence with signs of XML", "<ErrorResponse>\n  <Error>\n    <Code>InvalidParameterValue</Code>\n    <Message>Missing &apos;@&apos; &amp; &quot;domain&quot; in &lt;a&gt; &#xE4;</Message>\n  </Error>\n</ErrorResponse>", 400},
		{"a set that is paused", `<ErrorResponse><Error><Code>ConfigurationSetSendingPausedException</Code><Message>paused</Message></Error></ErrorResponse>`, 400},
		{"too many", `<ErrorResponse><Error><Code>Throttling</Code><Message>Maximum sending rate exceeded.</Message></Error></ErrorResponse>`, 400},
		{"no sentence", `<ErrorResponse><Error><Code>InternalFailure</Code></Error></ErrorResponse>`, 500},
	} {
		t.Run(row.name, func(t *testing.T) {
			asked := service(t, row.status, row.answer)
			_, err := client().SendEmail(t.Context(), &sdk.SendEmailInput{
				Source: aws.String("a"), Destination: &types.Destination{}, Message: &types.Message{Subject: &types.Content{Data: aws.String("")}, Body: &types.Body{}},
			})
			want, got := apiError(t, err), apiError(t, ses.Client().Do(t.Context(), "SendEmail", nil))
			if got.ErrorCode() != want.ErrorCode() || got.ErrorMessage() != want.ErrorMessage() {
				t.Errorf("%s %q, the SDK reads %s %q", got.ErrorCode(), got.ErrorMessage(), want.ErrorCode(), want.ErrorMessage())
			}
			if len(*asked) != 2 {
				t.Errorf("%d calls: nothing is repeated", len(*asked))
			}
		})
	}
}

func apiError(t *testing.T, err error) smithy.APIError {
	t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) {
		t.Fatalf("%v is no answer of the service", err)
	}
	return api
}

func TestWhatIsNoAnswerOfTheServiceIsAnError(t *testing.T) {
	service(t, http.StatusBadGateway, "<html>")
	if got := apiError(t, ses.Client().Do(t.Context(), "SendEmail", nil)); got.ErrorCode() != "UnknownError" {
		t.Errorf("%s", got.ErrorCode())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var api smithy.APIError
	if err := ses.Client().Do(ctx, "SendEmail", nil); !errors.Is(err, context.Canceled) || errors.As(err, &api) {
		t.Errorf("%v", err)
	}
}
