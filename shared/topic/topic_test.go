package topic

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/smithy-go"

	"phonon.in/central/shared/event"
	"phonon.in/central/shared/message"
)

type fakeSNS struct {
	err  error
	sent []*sns.PublishInput
	left time.Duration
}

func (f *fakeSNS) Publish(ctx context.Context, in *sns.PublishInput, _ ...func(*sns.Options)) (*sns.PublishOutput, error) {
	end, _ := ctx.Deadline()
	f.sent, f.left = append(f.sent, in), time.Until(end)
	return &sns.PublishOutput{}, f.err
}

const (
	arn    = "arn:aws:sns:ap-south-1:123456789012:central-prod-Events"
	origin = "https://central.example.com"
)

var happened = event.NewKYCRejected("ACCOUNT", 2, true, time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC))

func TestAnEventIsPublishedWithItsTypeForFilters(t *testing.T) {
	f := &fakeSNS{}
	if err := New(f, arn, origin).Publish(t.Context(), happened); err != nil {
		t.Fatal(err)
	}
	body, err := happened.Envelope(origin)
	in := f.sent[0]
	if err != nil || *in.TopicArn != arn || *in.Message != string(body) || in.PhoneNumber != nil || len(in.MessageAttributes) != 1 {
		t.Errorf("%+v %v", in, err)
	}
	if a := in.MessageAttributes["type"]; *a.DataType != "String" || *a.StringValue != "in.phonon.central.kyc.rejected" {
		t.Errorf("%+v", a)
	}
	if f.left <= 0 || f.left > 2*time.Second {
		t.Errorf("the call may take %s", f.left)
	}
}

func TestWhoseFaultARefusalIsDecidesWhatBecomesOfTheEvent(t *testing.T) {
	said := func(code, text string) error { return &smithy.GenericAPIError{Code: code, Message: text} }
	for name, c := range map[string]struct {
		err  error
		kind error // nil passes by itself
	}{
		"a topic that is not there":    {&types.NotFoundException{}, message.ErrHeld},
		"a missing permission":         {&types.AuthorizationErrorException{}, message.ErrHeld},
		"a key that may not be used":   {&types.KMSAccessDeniedException{}, message.ErrHeld},
		"a key that is switched off":   {&types.KMSDisabledException{}, message.ErrHeld},
		"a name that is no topic's":    {said("InvalidParameter", "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1"), message.ErrHeld},
		"an event that is too long":    {said("InvalidParameter", "Invalid parameter: Message too long"), message.ErrRefused},
		"a throttle":                   {&types.ThrottledException{}, nil},
		"a throttle of the key":        {&types.KMSThrottlingException{}, nil},
		"an error of SNS' own":         {&types.InternalErrorException{}, nil},
		"an answer that never came":    {context.DeadlineExceeded, nil},
		"credentials that are too old": {said("ExpiredToken", ""), nil},
	} {
		err := New(&fakeSNS{err: c.err}, arn, origin).Publish(t.Context(), happened)
		if err == nil || errors.Is(err, message.ErrHeld) != (c.kind == message.ErrHeld) || errors.Is(err, message.ErrRefused) != (c.kind == message.ErrRefused) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), "ACCOUNT") {
			t.Errorf("%s: the error names the account: %v", name, err)
		}
	}
}
