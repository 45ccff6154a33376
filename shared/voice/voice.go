// Package voice speaks one-time codes on the phone, for landlines. The company's own telephony can take its place: whoever
// calls needs only to have the method Call.
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

	"phonon.in/central/shared/message"
)

const callDeadline = 2 * time.Second

// API is what a caller needs of AWS End User Messaging.
type API interface {
	SendVoiceMessage(context.Context, *pinpointsmsvoicev2.SendVoiceMessageInput, ...func(*pinpointsmsvoicev2.Options)) (*pinpointsmsvoicev2.SendVoiceMessageOutput, error)
}

// Caller calls from one origination identity: a phone number, a pool, or the ARN of one.
type Caller struct {
	api                API
	from, maxPerMinute string
}

// New makes a caller. A call that costs more than maxUSDPerMinute is not made.
func New(api API, from, maxUSDPerMinute string) *Caller { return &Caller{api, from, maxUSDPerMinute} }

// Call speaks the code of c. The error wraps message.ErrRefused when the call will never be made.
func (c *Caller) Call(ctx context.Context, code message.Code) error {
	ctx, cancel := context.WithTimeout(ctx, callDeadline)
	defer cancel()
	_, err := c.api.SendVoiceMessage(ctx, &pinpointsmsvoicev2.SendVoiceMessageInput{
		DestinationPhoneNumber: &code.To, OriginationIdentity: &c.from,
		MessageBody: aws.String(speech(code.Digits.Reveal())), MessageBodyTextType: types.VoiceMessageBodyTextTypeSsml,
		VoiceId: types.VoiceIdRaveena, MaxPricePerMinute: &c.maxPerMinute,
		// By default a call waits up to three days for its turn. A code is of no use then.
		TimeToLive: aws.Int32(int32(code.Life / time.Second)),
	})
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*types.ValidationException](err); ok {
		return fmt.Errorf("voice: %w: %w", message.ErrRefused, err)
	}
	return fmt.Errorf("voice: call: %w", err)
}

// speech says the digits one by one, twice: who picks up a landline has no pen at hand yet.
func speech(digits string) string {
	spoken := strings.Join(strings.Split(digits, ""), `<break time="500ms"/>`)
	return `<speak>Hello. This is Central with the code that you asked for. <break time="600ms"/>` +
		`<prosody rate="slow">Your code is <break time="300ms"/>` + spoken + `.</prosody><break time="1s"/>` +
		`<prosody rate="slow">Once more: <break time="300ms"/>` + spoken + `.</prosody><break time="600ms"/>` +
		`Do not tell it to anybody who calls you. Goodbye.</speak>`
}
