package sms

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/smithy-go"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/token"
)

type fakeSNS struct {
	sent []*sns.PublishInput
	left time.Duration
	err  error
}

func (f *fakeSNS) Publish(ctx context.Context, in *sns.PublishInput, _ ...func(*sns.Options)) (*sns.PublishOutput, error) {
	end, _ := ctx.Deadline()
	f.left = time.Until(end)
	if f.err == nil {
		f.sent = append(f.sent, in)
	}
	return &sns.PublishOutput{}, f.err
}

var registration = Config{EntityID: "1101234567890123456", TemplateID: "1107123456789012345", SenderID: "PHONON", MaxPriceUSD: "0.05"}

func code(digits string) message.Code {
	return message.Code{To: "+919876543210", Locale: "hi", Digits: token.NewSecret(digits), Life: 10 * time.Minute}
}

func TestACodeGoesOutOnTheRegisteredRoute(t *testing.T) {
	f := &fakeSNS{}
	s, err := New(f, registration)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Send(t.Context(), code("012345")); err != nil {
		t.Fatal(err)
	}
	in := f.sent[0]
	if *in.PhoneNumber != "+919876543210" || in.TopicArn != nil || in.TargetArn != nil || in.Subject != nil {
		t.Errorf("%+v", in)
	}
	if want := "012345 is your code for Central. It works for 10 minutes. Do not tell it to anybody."; *in.Message != want {
		t.Errorf("%q", *in.Message)
	}
	got := map[string]string{}
	for name, v := range in.MessageAttributes {
		got[name] = *v.DataType + " " + *v.StringValue
	}
	if want := map[string]string{
		"AWS.SNS.SMS.SMSType": "String Transactional", "AWS.SNS.SMS.SenderID": "String PHONON", "AWS.SNS.SMS.MaxPrice": "Number 0.05",
		"AWS.MM.SMS.EntityId": "String 1101234567890123456", "AWS.MM.SMS.TemplateId": "String 1107123456789012345",
	}; !maps.Equal(got, want) {
		t.Errorf("%v", got)
	}
	if f.left <= 0 || f.left > 2*time.Second {
		t.Errorf("the call may take %s", f.left)
	}
}

// gsm7 is the basic alphabet of GSM 03.38 as far as we use it: each of these is one of the 160 places of a message.
const gsm7 = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"

func TestTheRegistryIsWhatThePlatformTakes(t *testing.T) {
	var all []template
	if err := json.Unmarshal(registry, &all); err != nil || len(all) == 0 {
		t.Fatal(len(all), err)
	}
	seen := map[string]bool{}
	for _, r := range all {
		name := r.Purpose + " in " + r.Language
		if seen[name] {
			t.Errorf("%s is there twice", name)
		}
		seen[name] = true
		if len(r.Variables) != 1 || r.Variables[0].Tag != "numeric" || strings.Count(r.Body, "{#") != 1 || strings.Count(r.Body, "#}") != 1 {
			t.Fatalf("%s needs exactly one numeric variable", name)
		}
		v := r.Variables[0]
		if v.Max < 1 || v.Max > 30 {
			t.Errorf("%s: %s has %d characters", name, v.Name, v.Max)
		}
		longest, err := r.fill(strings.Repeat("8", v.Max))
		if err != nil {
			t.Fatal(err)
		}
		if len(longest) > 160 || strings.Trim(longest, gsm7) != "" || strings.ContainsFunc(longest, func(c rune) bool { return !strings.ContainsRune(gsm7, c) }) {
			t.Errorf("%s is no single GSM-7 message: %q", name, longest)
		}
		if strings.TrimSpace(r.Body) != r.Body || strings.Contains(r.Body, "  ") {
			t.Errorf("%s: operators fold spaces: %q", name, r.Body)
		}
		for _, bad := range []string{"http", "www", ".in", ".com", "+91"} {
			if strings.Contains(strings.ToLower(r.Body), bad) {
				t.Errorf("%s has %q, which needs a registration of its own", name, bad)
			}
		}
	}
}

func TestWhatIsSentIsWhatIsRegisteredByteForByte(t *testing.T) {
	r, err := templateFor("phone_code", "en")
	if err != nil {
		t.Fatal(err)
	}
	for _, value := range []string{"000000", "4", strings.Repeat("9", 30)} {
		got, err := r.fill(value)
		before, after, _ := strings.Cut(r.Body, "{#numeric#}")
		if err != nil || got != before+value+after {
			t.Errorf("%q %v", got, err)
		}
	}
	if minutes := fmt.Sprintf("%d minutes", int(account.ChallengeLife.Minutes())); !strings.Contains(r.Body, minutes) {
		t.Errorf("the text does not say %s", minutes)
	}
	if _, err := templateFor("phone_code", "xx"); err == nil {
		t.Error("there is a template in a language that has none")
	}
}

func TestOnlyDigitsFitIntoANumericVariable(t *testing.T) {
	f := &fakeSNS{}
	s, err := New(f, registration)
	if err != nil {
		t.Fatal(err)
	}
	for _, digits := range []string{"", "12 34", "12345a", "{#numeric#}", "१२३४५६", "12\n34", strings.Repeat("1", 31)} {
		err := s.Send(t.Context(), code(digits))
		if !errors.Is(err, message.ErrRefused) || len(f.sent) > 0 {
			t.Errorf("%q: %v", digits, err)
		}
		if digits != "" && strings.Contains(err.Error(), digits) {
			t.Errorf("the error says the code: %v", err)
		}
	}
	two := template{Body: "{#numeric#} and {#numeric#}", Variables: []variable{{"a", "numeric", 2}, {"b", "numeric", 2}}}
	if got, err := two.fill("1", "2"); got != "1 and 2" || err != nil {
		t.Errorf("%q %v", got, err)
	}
	if got, err := two.fill("1"); err == nil {
		t.Errorf("one value for two variables: %q", got)
	}
	two.Body = "{#numeric#}"
	if got, err := two.fill("1", "2"); err == nil {
		t.Errorf("two values for one place: %q", got)
	}
}

func TestSettingsThatTheOperatorsWouldNotTakeAreRefused(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"no entity":              func(c *Config) { c.EntityID = "" },
		"a long entity":          func(c *Config) { c.EntityID = strings.Repeat("1", 31) },
		"letters in the entity":  func(c *Config) { c.EntityID = "110O" },
		"no template":            func(c *Config) { c.TemplateID = "" },
		"a space in the id":      func(c *Config) { c.TemplateID = "1107 1" },
		"no sender":              func(c *Config) { c.SenderID = "" },
		"a short sender":         func(c *Config) { c.SenderID = "PHONO" },
		"a sender of digits":     func(c *Config) { c.SenderID = "123456" },
		"no price":               func(c *Config) { c.MaxPriceUSD = "" },
		"a price of nothing":     func(c *Config) { c.MaxPriceUSD = "0.00" },
		"a negative price":       func(c *Config) { c.MaxPriceUSD = "-1" },
		"a price with exponent":  func(c *Config) { c.MaxPriceUSD = "1e9" },
		"a price of infinity":    func(c *Config) { c.MaxPriceUSD = "inf" },
		"a price of no number":   func(c *Config) { c.MaxPriceUSD = "NaN" },
		"a price with a comma":   func(c *Config) { c.MaxPriceUSD = "0,05" },
		"a price with two dots":  func(c *Config) { c.MaxPriceUSD = "0.0.5" },
		"a price without a zero": func(c *Config) { c.MaxPriceUSD = ".05" },
	} {
		c := registration
		change(&c)
		if s, err := New(&fakeSNS{}, c); err == nil || s != nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestOnlyWhatSNSNeverTakesIsRefusedForGood(t *testing.T) {
	for name, c := range map[string]struct {
		err   error
		final bool
	}{
		"an invalid number":      {&types.InvalidParameterException{Message: aws.String("+919876543210 is not valid to publish to")}, true},
		"an invalid value":       {&types.InvalidParameterValueException{}, true},
		"a person who opted out": {&smithy.GenericAPIError{Code: "OptedOut"}, true},
		"throttling":             {&types.ThrottledException{}, false},
		"an inner error":         {&types.InternalErrorException{}, false},
		"a missing permission":   {&types.AuthorizationErrorException{}, false},
		"a time-out":             {context.DeadlineExceeded, false},
	} {
		s, err := New(&fakeSNS{err: c.err}, registration)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Send(t.Context(), code("123456")); err == nil || errors.Is(err, message.ErrRefused) != c.final || strings.Contains(err.Error(), "98765") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
