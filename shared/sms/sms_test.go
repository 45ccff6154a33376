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
	"unicode/utf16"
	"unicode/utf8"

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

var registration = Config{
	EntityID: "1101234567890123456", Codes: IDs{"en": "1107123456789012345", "hi": ""}, Changed: IDs{"en": "1107123456789054321", "hi": "1107123456789088888"}, SenderID: "PHONON", MaxPriceUSD: "0.05",
}

func code(digits string) message.ToPhone {
	return message.ToPhone{Kind: message.PhoneCodeSMS, To: "+919876543210", Locale: "hi", Digits: token.NewSecret(digits), Life: 10 * time.Minute}
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

func TestACodeComesInThePersonsLanguageWhereATextIsRegisteredForIt(t *testing.T) {
	const english, hindi = "012345 is your code for Central. It works for 10 minutes. Do not tell it to anybody.",
		"012345 आपका Central कोड है। यह 10 मिनट तक चलेगा। इसे किसी को न बताएँ।"
	for name, c := range map[string]struct{ locale, hindiID, text, id string }{
		"Hindi that is registered":        {"hi", "1107123456789099999", hindi, "1107123456789099999"},
		"Hindi that is not registered":    {"hi", "", english, "1107123456789012345"},
		"English":                         {"en", "1107123456789099999", english, "1107123456789012345"},
		"a language without a text":       {"ta", "1107123456789099999", english, "1107123456789012345"},
		"no language, as in old messages": {"", "1107123456789099999", english, "1107123456789012345"},
		"a language in old spelling":      {"HI", "1107123456789099999", english, "1107123456789012345"},
		"something that is no language":   {"templates", "1107123456789099999", english, "1107123456789012345"},
	} {
		f, r := &fakeSNS{}, registration
		r.Codes = IDs{"en": "1107123456789012345", "hi": c.hindiID}
		s, err := New(f, r)
		if err != nil {
			t.Fatal(err)
		}
		m := code("012345")
		m.Locale = c.locale
		if err := s.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		if in := f.sent[0]; *in.Message != c.text || *in.MessageAttributes["AWS.MM.SMS.TemplateId"].StringValue != c.id {
			t.Errorf("%s: %q under %s", name, *in.Message, *in.MessageAttributes["AWS.MM.SMS.TemplateId"].StringValue)
		}
	}
}

func TestThatANumberWasChangedIsSaidWhereItsTextIsRegistered(t *testing.T) {
	for name, c := range map[string]struct{ locale, english, hindi, begins, id string }{
		"English":                       {"en", "1107123456789054321", "1107123456789088888", "The phone number of your Central account was changed.", "1107123456789054321"},
		"Hindi":                         {"hi", "1107123456789054321", "1107123456789088888", "आपके Central खाते का फ़ोन नंबर बदल गया है।", "1107123456789088888"},
		"Hindi that is not registered":  {"hi", "1107123456789054321", "", "The phone number of your Central account was changed.", "1107123456789054321"},
		"a text that is not registered": {"en", "", "", "", ""},
	} {
		f, r := &fakeSNS{}, registration
		r.Changed = IDs{"en": c.english, "hi": c.hindi}
		s, err := New(f, r)
		if err != nil {
			t.Fatal(err)
		}
		err = s.Send(t.Context(), message.ToPhone{Kind: message.PhoneChangedSMS, To: "+919876543210", Locale: c.locale})
		if c.id == "" {
			if !errors.Is(err, message.ErrHeld) || len(f.sent) != 0 {
				t.Errorf("%s: %v, %d sent", name, err, len(f.sent))
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if in := f.sent[0]; !strings.HasPrefix(*in.Message, c.begins) || *in.MessageAttributes["AWS.MM.SMS.TemplateId"].StringValue != c.id {
			t.Errorf("%s: %q under %s", name, *in.Message, *in.MessageAttributes["AWS.MM.SMS.TemplateId"].StringValue)
		}
	}
}

// gsm7 is the basic alphabet of GSM 03.38 as far as we use it: each of these is one of the 160 places of a message.
const gsm7 = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"

// segments is how many messages a text is, and is paid as: 160 signs of GSM-7, or 153 in each of several; outside of it 70 units of UCS-2, or 67.
func segments(text string) int {
	n, one, many := len([]rune(text)), 160, 153
	if strings.ContainsFunc(text, func(c rune) bool { return !strings.ContainsRune(gsm7, c) }) {
		n, one, many = len(utf16.Encode([]rune(text))), 70, 67
	}
	if n <= one {
		return 1
	}
	return (n + many - 1) / many
}

func TestSegmentsAreCountedAsNetworksDo(t *testing.T) {
	for _, c := range []struct {
		text string
		want int
	}{
		{strings.Repeat("a", 160), 1}, {strings.Repeat("a", 161), 2}, {strings.Repeat("a", 306), 2}, {strings.Repeat("a", 307), 3},
		{strings.Repeat("क", 70), 1}, {strings.Repeat("क", 71), 2}, {strings.Repeat("क", 134), 2}, {strings.Repeat("क", 135), 3},
		{strings.Repeat("a", 70) + "क", 2}, {strings.Repeat("😀", 35), 1}, {strings.Repeat("😀", 36), 2},
	} {
		if got := segments(c.text); got != c.want {
			t.Errorf("%d of %.1q are %d messages, want %d", len([]rune(c.text)), c.text, got, c.want)
		}
	}
}

func TestTheRegistryIsWhatThePlatformTakes(t *testing.T) {
	var all []template
	if err := json.Unmarshal(registry, &all); err != nil || len(all) == 0 {
		t.Fatal(len(all), err)
	}
	seen := map[string]bool{}
	for _, r := range all {
		name := string(r.Kind) + " in " + r.Language
		if seen[name] {
			t.Errorf("%s is there twice", name)
		}
		seen[name] = true
		if n := len(r.Variables); strings.Count(r.Body, "{#numeric#}") != n || strings.Count(r.Body, "{#") != n || strings.Count(r.Body, "#}") != n {
			t.Fatalf("%s has %d variables, not those of its text", name, n)
		}
		if codes := r.Kind == message.PhoneCodeSMS; codes != (len(r.Variables) == 1) || !codes && r.Kind != message.PhoneChangedSMS {
			t.Errorf("%s has %d variables: a code is one, and nothing else has any", name, len(r.Variables))
		}
		var values []string
		for _, v := range r.Variables {
			if v.Tag != "numeric" || v.Max < 1 || v.Max > 30 {
				t.Errorf("%s: %s is %s of %d characters", name, v.Name, v.Tag, v.Max)
			}
			values = append(values, strings.Repeat("8", v.Max))
		}
		longest, err := r.fill(values...)
		if err != nil {
			t.Fatal(err)
		}
		if n := segments(longest); n != 1 {
			t.Errorf("%s is paid as %d messages: %q", name, n, longest)
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
	for language, minutes := range map[string]string{"en": "%d minutes", "hi": "%d मिनट"} {
		r, err := templateFor(message.PhoneCodeSMS, language)
		if err != nil {
			t.Fatal(err)
		}
		for _, value := range []string{"000000", "4", strings.Repeat("9", r.Variables[0].Max)} {
			got, err := r.fill(value)
			before, after, _ := strings.Cut(r.Body, "{#numeric#}")
			if err != nil || got != before+value+after || !utf8.ValidString(got) {
				t.Errorf("%q %v", got, err)
			}
		}
		if minutes = fmt.Sprintf(minutes, int(account.ChallengeLife.Minutes())); !strings.Contains(r.Body, minutes) {
			t.Errorf("the text does not say %s", minutes)
		}
	}
	if _, err := templateFor(message.PhoneCodeSMS, "xx"); err == nil {
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
		"no template":            func(c *Config) { c.Codes = nil },
		"no English template":    func(c *Config) { c.Codes = IDs{"hi": "1107"} },
		"a space in the id":      func(c *Config) { c.Codes = IDs{"en": "1107 1"} },
		"a word for Hindi's id":  func(c *Config) { c.Codes = IDs{"en": "1107", "hi": "soon"} },
		"an id without a text":   func(c *Config) { c.Codes = IDs{"en": "1107", "xx": "1107"} },
		"Hindi without English":  func(c *Config) { c.Changed = IDs{"hi": "1107"} },
		"a word for an id":       func(c *Config) { c.Changed = IDs{"en": "soon"} },
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

func TestWhoseFaultARefusalIsDecidesWhatBecomesOfTheSMS(t *testing.T) {
	invalid := func(text string) error { return &types.InvalidParameterException{Message: &text} }
	said := func(code, text string) error { return &smithy.GenericAPIError{Code: code, Message: text} }
	const later = "later"
	for name, c := range map[string]struct {
		err  error
		want any
	}{
		"an invalid number":          {invalid("Invalid parameter: PhoneNumber Reason: +919876543210 is not valid to publish to"), message.ErrRefused},
		"an invalid value":           {&types.InvalidParameterValueException{}, message.ErrRefused},
		"a number that fits no rule": {&types.ValidationException{Message: aws.String("1 validation error at 'phoneNumber'")}, message.ErrRefused},
		"a person who opted out":     {&types.OptedOutException{}, message.ErrRefused},

		"an attribute that is wrong":         {invalid("Invalid parameter: MessageAttributes Reason: The message attribute 'AWS.MM.SMS.EntityId' is not valid"), message.ErrHeld},
		"an attribute of a wrong type":       {said("ParameterValueInvalid", "The message attribute 'AWS.SNS.SMS.MaxPrice' has an invalid message attribute type"), message.ErrHeld},
		"a missing permission":               {&types.AuthorizationErrorException{}, message.ErrHeld},
		"a signature that is not right":      {&types.InvalidSecurityException{}, message.ErrHeld},
		"the sandbox":                        {invalid("The account is in the SMS sandbox: +919876543210 is unknown"), message.ErrHeld},
		"a number that nobody verified":      {said("InvalidParameter", "Destination phone number is not verified"), message.ErrHeld},
		"what may be spent in a month":       {said("Throttling", "Monthly spend limit reached"), message.ErrHeld},
		"the quota of the account":           {said("ThrottledException", "No quota left for account"), message.ErrHeld},
		"a service that is not subscribed":   {said("OptInRequired", ""), message.ErrHeld},
		"a key that does not exist any more": {said("InvalidClientTokenId", ""), message.ErrHeld},

		"throttling":     {&types.ThrottledException{}, later},
		"an inner error": {&types.InternalErrorException{}, later},
		"a time-out":     {context.DeadlineExceeded, later},
	} {
		s, err := New(&fakeSNS{err: c.err}, registration)
		if err != nil {
			t.Fatal(err)
		}
		err = s.Send(t.Context(), code("123456"))
		if err == nil || errors.Is(err, message.ErrRefused) != (c.want == message.ErrRefused) || errors.Is(err, message.ErrHeld) != (c.want == message.ErrHeld) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "98765") {
			t.Errorf("%s: the error has a number: %v", name, err)
		}
	}
}
