package voice_test

import (
	"context"
	"encoding/xml"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"

	"phonon.in/central/shared/message"
	"phonon.in/central/shared/token"
	"phonon.in/central/shared/voice"
)

var update = flag.Bool("update", false, "write the golden file anew")

type fakeAPI struct {
	calls []*pinpointsmsvoicev2.SendVoiceMessageInput
	left  time.Duration
	err   error
}

func (f *fakeAPI) SendVoiceMessage(
	ctx context.Context, in *pinpointsmsvoicev2.SendVoiceMessageInput, _ ...func(*pinpointsmsvoicev2.Options),
) (*pinpointsmsvoicev2.SendVoiceMessageOutput, error) {
	end, _ := ctx.Deadline()
	f.left = time.Until(end)
	if f.err == nil {
		f.calls = append(f.calls, in)
	}
	return &pinpointsmsvoicev2.SendVoiceMessageOutput{}, f.err
}

func code(digits string) message.ToPhone {
	return message.ToPhone{Kind: message.PhoneCodeCall, To: "+911140000000", Locale: "hi", Digits: token.NewSecret(digits), Life: 10 * time.Minute}
}

func call(t *testing.T, c message.ToPhone) *pinpointsmsvoicev2.SendVoiceMessageInput {
	t.Helper()
	f := &fakeAPI{}
	if err := voice.New(f, "+18005550100", "0.10").Call(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if f.left <= 0 || f.left > 2*time.Second {
		t.Errorf("the request may take %s", f.left)
	}
	return f.calls[0]
}

func TestTheCallSoundsAsItWasReviewed(t *testing.T) {
	const file = "testdata/call.ssml"
	got := *call(t, code("012345")).MessageBody
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s\nis not what was reviewed; listen to it, then run go test ./shared/voice -update", got)
	}
	if err := xml.Unmarshal([]byte(got), new(struct{ XMLName xml.Name })); err != nil {
		t.Errorf("not well-formed: %v", err)
	}
	if len(got) > 6000 {
		t.Errorf("%d characters", len(got))
	}
}

func TestEveryDigitIsSaidTwiceInItsOrder(t *testing.T) {
	for _, digits := range []string{"012345", "000000", "1234", "12345678"} {
		var said strings.Builder
		inDigits := false
		for d := xml.NewDecoder(strings.NewReader(*call(t, code(digits)).MessageBody)); ; {
			tok, err := d.Token()
			if tok == nil {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			switch tok := tok.(type) {
			case xml.StartElement:
				inDigits = tok.Name.Local == "say-as" && tok.Attr[0].Value == "digits"
			case xml.EndElement:
				inDigits = false
			case xml.CharData:
				if inDigits {
					said.Write(tok)
				} else if strings.ContainsAny(string(tok), "0123456789") {
					t.Errorf("digits outside of the code: %q", tok)
				}
			}
		}
		if said.String() != digits+digits {
			t.Errorf("said %s", said.String())
		}
	}
}

func TestACallIsBoundedInPriceAndTime(t *testing.T) {
	in := call(t, code("123456"))
	if *in.DestinationPhoneNumber != "+911140000000" || *in.OriginationIdentity != "+18005550100" || *in.MaxPricePerMinute != "0.10" {
		t.Errorf("%+v", in)
	}
	if in.VoiceId != types.VoiceIdRaveena || in.MessageBodyTextType != types.VoiceMessageBodyTextTypeSsml || in.DryRun {
		t.Errorf("%+v", in)
	}
	for life, want := range map[time.Duration]int32{10 * time.Minute: 120, time.Minute: 60, time.Second: 5, 0: 5} {
		c := code("123456")
		c.Life = life
		if got := *call(t, c).TimeToLive; got != want {
			t.Errorf("a code of %s waits %d s", life, got)
		}
	}
}

func TestWhatIsNoCodeIsNotSpoken(t *testing.T) {
	for _, digits := range []string{"", "12a456", "12 456", `1"/><audio src="https://evil.example/"/>`, "१२३४५६"} {
		f := &fakeAPI{}
		err := voice.New(f, "+18005550100", "0.10").Call(t.Context(), code(digits))
		if !errors.Is(err, message.ErrRefused) || len(f.calls) > 0 || digits != "" && strings.Contains(err.Error(), digits) {
			t.Errorf("%q: %v", digits, err)
		}
	}
}

func TestWhoseFaultARefusalIsDecidesWhatBecomesOfTheCall(t *testing.T) {
	field := func(name string) error {
		return &types.ValidationException{
			Message: aws.String("+911140000000 is not valid"), Reason: types.ValidationExceptionReasonFieldValidationFailed,
			Fields: []types.ValidationExceptionField{{Name: &name, Message: aws.String("+911140000000")}},
		}
	}
	invalid := func(r types.ValidationExceptionReason) error { return &types.ValidationException{Reason: r} }
	conflict := func(r types.ConflictExceptionReason) error { return &types.ConflictException{Reason: r} }
	spent := func(r types.ServiceQuotaExceededExceptionReason) error {
		return &types.ServiceQuotaExceededException{Reason: r}
	}
	const later = "later"
	for name, c := range map[string]struct {
		err  error
		want any
	}{
		"an invalid number":                 {field("DestinationPhoneNumber"), message.ErrRefused},
		"an invalid request without fields": {&types.ValidationException{Message: aws.String("+911140000000 is not valid")}, message.ErrRefused},
		"a person who opted out":            {conflict(types.ConflictExceptionReasonDestinationPhoneNumberOptedOut), message.ErrRefused},
		"a number that we block":            {conflict(types.ConflictExceptionReasonDestinationPhoneNumberBlockedByProtectNumberOverride), message.ErrRefused},
		"a number called too often today":   {spent(types.ServiceQuotaExceededExceptionReasonDailyDestinationCallLimit), message.ErrRefused},

		"India blocked by our rules":               {conflict(types.ConflictExceptionReasonDestinationCountryBlockedByProtectConfiguration), message.ErrHeld},
		"a number nobody verified, in the sandbox": {conflict(types.ConflictExceptionReasonDestinationPhoneNumberNotVerified), message.ErrHeld},
		"an identity that cannot call":             {conflict(types.ConflictExceptionReasonNumberCapabilitiesMismatch), message.ErrHeld},
		"an identity that is not active":           {conflict(types.ConflictExceptionReasonResourceNotActive), message.ErrHeld},
		"no identity in the pool":                  {conflict(types.ConflictExceptionReasonNoOriginationIdentitiesFound), message.ErrHeld},
		"a conflict without a reason":              {&types.ConflictException{}, message.ErrHeld},
		"an identity that is misspelled":           {field("OriginationIdentity"), message.ErrHeld},
		"a price that is none":                     {field("MaxPricePerMinute"), message.ErrHeld},
		"a price below that of the call":           {invalid(types.ValidationExceptionReasonPriceOverThreshold), message.ErrHeld},
		"India not enabled, as in the sandbox":     {invalid(types.ValidationExceptionReasonCountryNotEnabled), message.ErrHeld},
		"India blocked":                            {invalid(types.ValidationExceptionReasonDestinationCountryBlocked), message.ErrHeld},
		"an identity that may not call India":      {invalid(types.ValidationExceptionReasonInvalidIdentityForDestinationCountry), message.ErrHeld},
		"an identity without voice":                {invalid(types.ValidationExceptionReasonVoiceCapabilityNotAvailable), message.ErrHeld},
		"an identity of somebody else":             {invalid(types.ValidationExceptionReasonResourceNotAccessible), message.ErrHeld},
		"a missing identity":                       {&types.ResourceNotFoundException{}, message.ErrHeld},
		"a spent budget":                           {spent(types.ServiceQuotaExceededExceptionReasonMonthlySpendLimitReachedForVoice), message.ErrHeld},
		"a quota without a name":                   {&types.ServiceQuotaExceededException{}, message.ErrHeld},
		"a missing permission":                     {&types.AccessDeniedException{}, message.ErrHeld},
		"an account that is disabled":              {&types.AccessDeniedException{Reason: types.AccessDeniedExceptionReasonAccountDisabled}, message.ErrHeld},

		"throttling":     {&types.ThrottlingException{}, later},
		"an inner error": {&types.InternalServerException{}, later},
		"a time-out":     {context.DeadlineExceeded, later},
	} {
		err := voice.New(&fakeAPI{err: c.err}, "+18005550100", "0.10").Call(t.Context(), code("123456"))
		if err == nil || errors.Is(err, message.ErrRefused) != (c.want == message.ErrRefused) || errors.Is(err, message.ErrHeld) != (c.want == message.ErrHeld) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "4000") {
			t.Errorf("%s: the error has a number: %v", name, err)
		}
	}
}

// TestNoVoiceOfAmazonSpeaksHindi fails once there is one: Polly's Aditi and Kajal do.
func TestNoVoiceOfAmazonSpeaksHindi(t *testing.T) {
	for _, v := range types.VoiceId("").Values() {
		if v == "ADITI" || v == "KAJAL" {
			t.Errorf("%s speaks Hindi: let her", v)
		}
	}
	if text := *call(t, code("123456")).MessageBody; !strings.Contains(text, "This is Central") {
		t.Errorf("somebody with the language hi is told %s", text)
	}
}
