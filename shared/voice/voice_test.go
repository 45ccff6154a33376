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

func code(digits string) message.Code {
	return message.Code{To: "+911140000000", Locale: "hi", Digits: token.NewSecret(digits), Life: 10 * time.Minute}
}

func call(t *testing.T, c message.Code) *pinpointsmsvoicev2.SendVoiceMessageInput {
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

func TestOnlyACallThatIsNeverMadeIsRefusedForGood(t *testing.T) {
	for name, c := range map[string]struct {
		err   error
		final bool
	}{
		"an invalid number":      {&types.ValidationException{Message: aws.String("+911140000000 is not valid")}, true},
		"a person who opted out": {&types.ConflictException{Reason: types.ConflictExceptionReasonDestinationPhoneNumberOptedOut}, true},
		"a blocked country":      {&types.ConflictException{Reason: types.ConflictExceptionReasonDestinationCountryBlockedByProtectConfiguration}, true},
		"another conflict":       {&types.ConflictException{}, false},
		"throttling":             {&types.ThrottlingException{}, false},
		"an inner error":         {&types.InternalServerException{}, false},
		"a missing identity":     {&types.ResourceNotFoundException{}, false},
		"a spent budget":         {&types.ServiceQuotaExceededException{}, false},
		"a missing permission":   {&types.AccessDeniedException{}, false},
		"a time-out":             {context.DeadlineExceeded, false},
	} {
		err := voice.New(&fakeAPI{err: c.err}, "+18005550100", "0.10").Call(t.Context(), code("123456"))
		if err == nil || errors.Is(err, message.ErrRefused) != c.final || strings.Contains(err.Error(), "4000") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
