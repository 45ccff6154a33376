// Package voice speaks one-time codes on the phone, for landlines. Amazon makes these calls from abroad. The company's own
// telephony can take its place: whatever has the method Call fits into the outbox.
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

	"phonon.in/central/shared/message"
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

// Call speaks a code. The error wraps message.ErrRefused when the call will never be made.
func (c *Caller) Call(ctx context.Context, code message.Code) error {
	text, err := speech(code.Digits.Reveal())
	if err != nil {
		return err
	}
	wait := max(min(code.Life, longestWait), shortestWait)
	ctx, cancel := context.WithTimeout(ctx, callDeadline)
	defer cancel()
	_, err = c.api.SendVoiceMessage(ctx, &pinpointsmsvoicev2.SendVoiceMessageInput{
		DestinationPhoneNumber: &code.To, OriginationIdentity: &c.from,
		MessageBody: &text, MessageBodyTextType: types.VoiceMessageBodyTextTypeSsml,
		VoiceId:           types.VoiceIdRaveena, // the one Indian voice; it speaks English
		MaxPricePerMinute: &c.maxPerMinute, TimeToLive: aws.Int32(int32(wait / time.Second)),
	})
	return described(err)
}

// speech says the code twice, in groups of three: who picks up a landline has no pen at hand yet. Anybody may pick it up, so it
// says what the code is for and that it is a secret.
func speech(digits string) (string, error) {
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return "", fmt.Errorf("voice: a code must be digits: %w", message.ErrRefused)
	}
	var groups []string
	for ; len(digits) > 3; digits = digits[3:] {
		groups = append(groups, spoken(digits[:3]))
	}
	code := `<prosody rate="slow">` + strings.Join(append(groups, spoken(digits)), `<break time="700ms"/>`) + `</prosody>`
	return `<speak>Hello. This is Central. Somebody, probably you, asked us for a code that proves this phone number. <break time="600ms"/>` +
		`The code is: <break time="500ms"/>` + code + `. <break time="1s"/>Once more: <break time="500ms"/>` + code + `. <break time="800ms"/>` +
		`Never tell it to anybody who calls you. If you did not ask for it, forget it. Goodbye.</speak>`, nil
}

func spoken(digits string) string { return `<say-as interpret-as="digits">` + digits + `</say-as>` }

// described keeps of what the service says the code alone: its sentences repeat numbers, and errors are logged.
func described(err error) error {
	if err == nil {
		return nil
	}
	api, ok := errors.AsType[smithy.APIError](err)
	if !ok {
		return fmt.Errorf("voice: call: %w", err)
	}
	if api.ErrorCode() == "ValidationException" || isBlocked(err) {
		return fmt.Errorf("voice: the service says %s: %w", api.ErrorCode(), message.ErrRefused)
	}
	return fmt.Errorf("voice: the service says %s", api.ErrorCode())
}

// isBlocked reports that the person opted out, or that our own rules forbid the number.
func isBlocked(err error) bool {
	c, ok := errors.AsType[*types.ConflictException](err)
	if !ok {
		return false
	}
	switch c.Reason {
	case types.ConflictExceptionReasonDestinationPhoneNumberOptedOut,
		types.ConflictExceptionReasonDestinationCountryBlockedByProtectConfiguration,
		types.ConflictExceptionReasonDestinationPhoneNumberBlockedByProtectNumberOverride:
		return true
	}
	return false
}
