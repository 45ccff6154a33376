// Package voice speaks one-time codes on the phone through AWS End User Messaging, for landlines. Amazon makes these calls from abroad,
// in English: it has no voice that speaks Hindi (types.VoiceId). The company's own telephony, package callapi, has neither limit.
package voice

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/aws/smithy-go"

	"phonon.in/central/shared/carrier"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/speech"
)

const (
	callDeadline = 2 * time.Second

	// A call that waits its turn for longer comes when nobody sits by the phone any more; by default it waits up to three days.
	longestWait  = 2 * time.Minute
	shortestWait = 5 * time.Second // what the API allows
)

// API is what a caller needs of AWS End User Messaging.
type API interface {
	SendVoiceMessage(context.Context, *pinpointsmsvoicev2.SendVoiceMessageInput, ...func(*pinpointsmsvoicev2.Options)) (*pinpointsmsvoicev2.SendVoiceMessageOutput, error)
}

// Caller calls from one origination identity: a phone number, a pool, or the ARN of one.
type Caller struct {
	api                API
	from, maxPerMinute string
}

// New makes a caller. A call that costs more than maxUSDPerMinute (a decimal number) is not made.
func New(api API, from, maxUSDPerMinute string) *Caller { return &Caller{api, from, maxUSDPerMinute} }

// language of the voice.
const language = "en"

// Call speaks a message. The error wraps message.ErrRefused when the call will never be made, message.ErrHeld when it is once the operator
// has mended something.
func (c *Caller) Call(ctx context.Context, m message.ToPhone) error {
	m.Locale = language
	_, said, err := speech.Of(m)
	if err != nil {
		return err
	}
	text := ssml(said)
	wait := max(min(m.Life, longestWait), shortestWait)
	ctx, cancel := context.WithTimeout(ctx, callDeadline)
	defer cancel()
	_, err = c.api.SendVoiceMessage(ctx, &pinpointsmsvoicev2.SendVoiceMessageInput{
		DestinationPhoneNumber: &m.To, OriginationIdentity: &c.from,
		MessageBody: &text, MessageBodyTextType: types.VoiceMessageBodyTextTypeSsml,
		VoiceId:           types.VoiceIdRaveena, // the one Indian voice
		MaxPricePerMinute: &c.maxPerMinute, TimeToLive: aws.Int32(int32(wait / time.Second)),
	})
	return described(err)
}

func ssml(said []speech.Part) string {
	var b strings.Builder
	b.WriteString("<speak>")
	for _, part := range said {
		switch {
		case part.Text != "":
			b.WriteString(part.Text)
		case part.Digits != nil:
			b.WriteString(`<prosody rate="slow">`)
			for i, group := range part.Digits {
				if i > 0 {
					b.WriteString(`<break time="700ms"/>`)
				}
				b.WriteString(`<say-as interpret-as="digits">` + group + `</say-as>`)
			}
			b.WriteString(`</prosody>`)
		default:
			fmt.Fprintf(&b, `<break time="%dms"/>`, part.Pause.Milliseconds())
		}
	}
	return b.String() + "</speak>"
}

// answers are the errors of SendVoiceMessage, by reason and field. The number is the person's, and so is a number that we blocked or
// called too often; the identity, the country, the price and what may be spent are the operator's.
var answers = []carrier.Answer{
	{Code: "Conflict", Says: "destination_phone_number_opted_out", Kind: message.ErrRefused},
	{Code: "Conflict", Says: "destination_phone_number_blocked_by_protect_number_override", Kind: message.ErrRefused},
	{Code: "Conflict", Kind: message.ErrHeld},
	{Code: "ResourceNotFound", Kind: message.ErrHeld},
	{Code: "ServiceQuotaExceeded", Says: "daily_destination_call_limit", Kind: message.ErrRefused},
	{Code: "ServiceQuotaExceeded", Kind: message.ErrHeld},
	{Code: "Validation", Says: "destinationphonenumber", Kind: message.ErrRefused},
	{Code: "Validation", Says: "messagebody", Kind: message.ErrRefused},
	{Code: "Validation", Says: "originationidentity", Kind: message.ErrHeld},
	{Code: "Validation", Says: "maxpriceperminute", Kind: message.ErrHeld},
	{Code: "Validation", Says: "price_over_threshold", Kind: message.ErrHeld},
	{Code: "Validation", Says: "country", Kind: message.ErrHeld}, // not enabled, blocked, or not for this identity
	{Code: "Validation", Says: "international_sending_not_supported", Kind: message.ErrHeld},
	{Code: "Validation", Says: "voice_capability_not_available", Kind: message.ErrHeld},
	{Code: "Validation", Says: "channel_not_enabled", Kind: message.ErrHeld},
	{Code: "Validation", Says: "resource_not_accessible", Kind: message.ErrHeld},
	{Code: "Validation", Says: "invalid_arn", Kind: message.ErrHeld},
	{Code: "Validation", Kind: message.ErrRefused},
}

// described keeps of what the service says code, reason and field: its sentences repeat numbers, and errors are logged.
func described(err error) error {
	if err == nil {
		return nil
	}
	api, ok := errors.AsType[smithy.APIError](err)
	if !ok {
		return fmt.Errorf("voice: call: %w", err)
	}
	return carrier.Read("End User Messaging", api.ErrorCode(), reason(err), answers)
}

func reason(err error) string {
	if e, ok := errors.AsType[*types.ConflictException](err); ok {
		return string(e.Reason)
	}
	if e, ok := errors.AsType[*types.ServiceQuotaExceededException](err); ok {
		return string(e.Reason)
	}
	e, ok := errors.AsType[*types.ValidationException](err)
	if !ok {
		return ""
	}
	said := []string{string(e.Reason)}
	for _, f := range e.Fields {
		said = append(said, aws.ToString(f.Name))
	}
	return strings.Join(said, " ")
}
