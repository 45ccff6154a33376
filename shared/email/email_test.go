package email_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ses/types"
	"github.com/aws/smithy-go"

	"phonon.in/central/shared/email"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/token"
)

// fakeSES keeps what it was asked to send, and answers with err.
type fakeSES struct {
	sent []url.Values  // of the action SendEmail
	left time.Duration // until the deadline of the last call
	err  error
}

func (f *fakeSES) Do(ctx context.Context, action string, in url.Values) error {
	if action != "SendEmail" {
		return errors.New("SES was asked to " + action)
	}
	end, _ := ctx.Deadline()
	f.left = time.Until(end)
	if f.err == nil {
		f.sent = append(f.sent, in)
	}
	return f.err
}

const from = "no-reply@central.example.com"

func verify(to string) message.Mail {
	return message.Mail{
		ID: "MAIL1", Kind: message.VerifyEmail, To: to, Locale: "en", Life: 24 * time.Hour, Link: token.NewSecret("https://central.example.com/verify#a.b.c"),
	}
}

func TestAMailGoesToOneAddress(t *testing.T) {
	f := &fakeSES{}
	if err := email.New(f, from, "bounces").Send(t.Context(), verify("asha@example.com")); err != nil {
		t.Fatal(err)
	}
	in := f.sent[0]
	for name := range in {
		if to, among := strings.CutPrefix(name, "Destination."); among && to != "ToAddresses.member.1" {
			t.Errorf("it goes to somebody else: %s", name)
		}
	}
	for name, want := range map[string]string{
		"Destination.ToAddresses.member.1": "asha@example.com", "Source": "Central <no-reply@central.example.com>", "ConfigurationSetName": "bounces",
		"Tags.member.1.Name": "message", "Tags.member.1.Value": "MAIL1", "Tags.member.2.Name": "kind", "Tags.member.2.Value": "verify_email",
	} {
		if got := in[name]; len(got) != 1 || got[0] != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	for _, part := range []string{"Message.Subject", "Message.Body.Text", "Message.Body.Html"} {
		if in.Get(part+".Charset") != "UTF-8" || in.Get(part+".Data") == "" {
			t.Errorf("%s is %q", part, in[part+".Data"])
		}
		if strings.Contains(in.Get(part+".Data"), "asha") {
			t.Error("the mail repeats what the person typed")
		}
	}
	if f.left <= 0 || f.left > 2*time.Second {
		t.Errorf("the call may take %s", f.left)
	}
}

func TestADecoyIsADifferentMailToTheSimulatorOnly(t *testing.T) {
	f := &fakeSES{}
	s := email.New(f, from, "")
	reset := verify("asha@example.com")
	reset.Kind = message.ResetPassword
	decoy := reset
	decoy.Kind, decoy.To = message.Decoy, "unknown@example.com"
	for _, m := range []message.Mail{reset, decoy} {
		if err := s.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	if to := f.sent[1]["Destination.ToAddresses.member.1"]; len(to) != 1 || to[0] != "success@simulator.amazonses.com" {
		t.Errorf("the decoy went to %v", to)
	}
	if html := "Message.Body.Html.Data"; f.sent[0].Get(html) != f.sent[1].Get(html) || f.sent[1].Has("ConfigurationSetName") {
		t.Error("the decoy is not rendered as the mail that it stands for")
	}
}

func TestNothingButOnePlainAddressIsTaken(t *testing.T) {
	for name, to := range map[string]string{
		"nothing":                  "",
		"no at":                    "asha",
		"no local part":            "@example.com",
		"no domain":                "asha@",
		"two ats":                  "asha@b@example.com",
		"a new header":             "asha@example.com\r\nBcc: eve@evil.example",
		"a line feed":              "asha@example.com\nBcc: eve@evil.example",
		"a carriage return":        "asha@example.com\r",
		"a second recipient":       "asha@example.com,eve@evil.example",
		"another second recipient": "asha@example.com;eve@evil.example",
		"a name":                   "Asha <asha@example.com>",
		"a comment":                "asha(x)@example.com",
		"a quoted part":            `"asha"@example.com`,
		"a space":                  "asha @example.com",
		"a tab":                    "asha\t@example.com",
		"a null":                   "asha\x00@example.com",
		"a delete":                 "asha\x7f@example.com",
		"an encoded word":          "=?utf-8?q?=41?=@example.com\u2028",
		"letters beyond ASCII":     "आशा@example.com",
		"an address literal":       "asha@[127.0.0.1]",
		"a group":                  "friends:asha@example.com",
	} {
		f := &fakeSES{}
		err := email.New(f, from, "").Send(t.Context(), verify(to))
		if !errors.Is(err, message.ErrRefused) || len(f.sent) > 0 {
			t.Errorf("%s: %v, %d sent", name, err, len(f.sent))
		}
		if err != nil && to != "" && strings.Contains(err.Error(), to) {
			t.Errorf("%s: the address is in the error %q", name, err)
		}
	}
}

func TestWhoseFaultARefusalIsDecidesWhatBecomesOfTheMail(t *testing.T) {
	rejected := func(text string) error { return &types.MessageRejected{Message: &text} }
	said := func(code, text string) error { return &smithy.GenericAPIError{Code: code, Message: text} }
	const later = "later"
	for name, c := range map[string]struct {
		err  error
		want any
	}{
		"an address on the block list":                  {rejected("Address blacklisted."), message.ErrRefused},
		"a message rejected without a reason":           {&types.MessageRejected{}, message.ErrRefused},
		"an illegal address":                            {said("InvalidParameterValue", "Domain contains illegal character"), message.ErrRefused},
		"an address whose name is a reason":             {said("InvalidParameterValue", "Illegal address 'quota paused not verified'@example"), message.ErrRefused},
		"an address that is blocked, named for a cause": {rejected("Address blacklisted: suspended@example.com"), message.ErrRefused},

		"an identity that is not verified": {rejected("Email address is not verified. The following identities failed the check in region AP-SOUTH-1: no-reply@central.example.com"), message.ErrHeld},
		"a recipient in the sandbox":       {rejected("Email address is not verified. The following identities failed the check in region AP-SOUTH-1: asha@example.com"), message.ErrHeld},
		"sending suspended":                {rejected("Sending suspended for this account. For more information, please check the inbox of the email address associated with your AWS account."), message.ErrHeld},
		"sending paused for the account":   {rejected("Sending paused for this account."), message.ErrHeld},
		"the account switched off":         {&types.AccountSendingPausedException{}, message.ErrHeld},
		"the set switched off":             {&types.ConfigurationSetSendingPausedException{}, message.ErrHeld},
		"a set that does not exist":        {&types.ConfigurationSetDoesNotExistException{}, message.ErrHeld},
		"a set by a wrong name":            {said("InvalidParameterValue", "Configuration set name must not contain blanks"), message.ErrHeld},
		"a MAIL FROM domain without MX":    {&types.MailFromDomainNotVerifiedException{}, message.ErrHeld},
		"no production access":             {&types.ProductionAccessNotGrantedException{}, message.ErrHeld},
		"the quota of the day":             {said("Throttling", "Daily message quota exceeded."), message.ErrHeld},
		"the quota, by its other name":     {said("LimitExceededException", ""), message.ErrHeld},
		"a missing permission":             {said("AccessDenied", "User: arn:aws:sts::1:role is not authorized to perform: ses:SendEmail"), message.ErrHeld},
		"a key that does not exist":        {said("InvalidClientTokenId", ""), message.ErrHeld},
		"a service that is not subscribed": {said("OptInRequired", ""), message.ErrHeld},

		"the rate of a second":  {said("Throttling", "Maximum sending rate exceeded."), later},
		"throttling by another": {said("ThrottlingException", "Rate exceeded"), later},
		"an inner error":        {said("InternalFailure", ""), later},
		"a service that is out": {said("ServiceUnavailable", ""), later},
		"credentials that end":  {said("ExpiredToken", ""), later},
		"a time-out":            {context.DeadlineExceeded, later},
		"a broken connection":   {errors.New("connection reset by peer"), later},
	} {
		err := email.New(&fakeSES{err: c.err}, from, "").Send(t.Context(), verify("asha@example.com"))
		if err == nil || errors.Is(err, message.ErrRefused) != (c.want == message.ErrRefused) || errors.Is(err, message.ErrHeld) != (c.want == message.ErrHeld) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "@") {
			t.Errorf("%s: the error has an address: %v", name, err)
		}
	}
}

func TestAMailFromThatIsNoAddressIsTheOperatorsToMend(t *testing.T) {
	f := &fakeSES{}
	for _, bad := range []string{"", "central", "Central <no-reply@example.com>", "a@example.com, b@example.com"} {
		if err := email.New(f, bad, "").Send(t.Context(), verify("asha@example.com")); !errors.Is(err, message.ErrHeld) || len(f.sent) > 0 {
			t.Errorf("%q: %v, %d sent", bad, err, len(f.sent))
		}
	}
}

func TestTheErrorSaysTheCodeAndNoAddress(t *testing.T) {
	said := &smithy.OperationError{ServiceID: "SES", OperationName: "SendEmail", Err: &types.MessageRejected{
		Message: aws.String("Email address is not verified: asha@example.com"),
	}}
	err := email.New(&fakeSES{err: said}, from, "").Send(t.Context(), verify("asha@example.com"))
	if err.Error() != "held: SES says MessageRejected, not verified" {
		t.Errorf("%v", err)
	}
	err = email.New(&fakeSES{err: context.DeadlineExceeded}, from, "").Send(t.Context(), verify("asha@example.com"))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

func TestAMailWithoutWordsIsRefused(t *testing.T) {
	f := &fakeSES{}
	m := verify("asha@example.com")
	m.Kind = message.PhoneCodeSMS
	if err := email.New(f, from, "").Send(t.Context(), m); !errors.Is(err, message.ErrRefused) || len(f.sent) > 0 {
		t.Errorf("%v, %d sent", err, len(f.sent))
	}
}
