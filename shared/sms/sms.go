// Package sms sends one-time codes, and what else has to be said by SMS, through Amazon SNS, on the route for India that is registered with DLT.
package sms

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/smithy-go"

	"phonon.in/central/shared/carrier"
	"phonon.in/central/shared/message"
)

const sendDeadline = 2 * time.Second

// API is what a sender needs of SNS.
type API interface {
	Publish(context.Context, *sns.PublishInput, ...func(*sns.Options)) (*sns.PublishOutput, error)
}

// Config is the registration with DLT, and what one message may cost.
type Config struct {
	EntityID    string // of the principal entity, up to 30 digits
	Codes       IDs    // of the text for codes
	Changed     IDs    // of the text that says that an account has another phone number; nobody is told by SMS where it is not registered
	SenderID    string // six letters; capitals matter
	MaxPriceUSD string // such as "0.05"; a message that costs more is not sent
}

// IDs are those that the platform gave to one text, by language: up to 30 digits, and empty where it is not registered. English is, where
// any is.
type IDs map[string]string

// Sender sends what is registered.
type Sender struct {
	api   API
	texts map[message.Kind]map[string]registered // by language
}

// registered is a text that the operators let through, with what says so.
type registered struct {
	template
	attributes map[string]types.MessageAttributeValue
}

// fallback is the language of people whose own has no registered text.
const fallback = "en"

// New makes a sender. The error names the setting that the operators would not take.
func New(api API, c Config) (*Sender, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	s := &Sender{api: api, texts: map[message.Kind]map[string]registered{}}
	for kind, ids := range c.texts() {
		s.texts[kind] = map[string]registered{}
		for language, id := range ids {
			if id == "" {
				continue
			}
			text, err := templateFor(kind, language)
			if err != nil {
				return nil, err
			}
			s.texts[kind][language] = registered{text, c.attributes(id)}
		}
	}
	return s, nil
}

func (c Config) texts() map[message.Kind]IDs {
	return map[message.Kind]IDs{message.PhoneCodeSMS: c.Codes, message.PhoneChangedSMS: c.Changed}
}

func (c Config) attributes(templateID string) map[string]types.MessageAttributeValue {
	text := func(kind, v string) types.MessageAttributeValue {
		return types.MessageAttributeValue{DataType: aws.String(kind), StringValue: &v}
	}
	return map[string]types.MessageAttributeValue{
		"AWS.SNS.SMS.SMSType":   text("String", "Transactional"),
		"AWS.SNS.SMS.SenderID":  text("String", c.SenderID),
		"AWS.SNS.SMS.MaxPrice":  text("Number", c.MaxPriceUSD),
		"AWS.MM.SMS.EntityId":   text("String", c.EntityID),
		"AWS.MM.SMS.TemplateId": text("String", templateID),
	}
}

const (
	digits  = "0123456789"
	letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

func (c Config) check() error {
	id := func(s string) bool { return len(s) >= 1 && len(s) <= 30 && only(s, digits) }
	whole, cents, _ := strings.Cut(c.MaxPriceUSD, ".")
	switch {
	case !id(c.EntityID):
		return errors.New("sms: the entity id must be 1 to 30 digits")
	case c.Codes[fallback] == "":
		return errors.New("sms: the English text for codes needs its template id")
	case len(c.SenderID) != 6 || !only(c.SenderID, letters):
		return errors.New("sms: the sender id must be six letters")
	case whole == "" || !only(whole+cents, digits) || only(whole+cents, "0"):
		return errors.New("sms: the greatest price must be a decimal number above zero, such as 0.05")
	}
	for kind, ids := range c.texts() {
		for language, template := range ids {
			switch {
			case template != "" && !id(template):
				return fmt.Errorf("sms: the template id of %s for %s must be 1 to 30 digits, or empty", kind, language)
			case template != "" && ids[fallback] == "":
				return fmt.Errorf("sms: %s has a template id for %s, and none for English", kind, language)
			}
		}
	}
	return nil
}

func only(s, set string) bool { return strings.Trim(s, set) == "" }

// Send sends one message, in the person's language where a text is registered for it. The error wraps message.ErrRefused when SNS will
// never take it, message.ErrHeld when it does once the operator has mended something.
func (s *Sender) Send(ctx context.Context, m message.ToPhone) error {
	text, known := s.texts[m.Kind][m.Locale]
	if !known {
		text, known = s.texts[m.Kind][fallback]
	}
	if !known {
		return fmt.Errorf("%w: no text is registered for %s", message.ErrHeld, m.Kind)
	}
	var values []string
	if !m.Digits.IsZero() {
		values = append(values, m.Digits.Reveal())
	}
	body, err := text.fill(values...)
	if err != nil {
		return fmt.Errorf("%w: %w", message.ErrRefused, err)
	}
	ctx, cancel := context.WithTimeout(ctx, sendDeadline)
	defer cancel()
	_, err = s.api.Publish(ctx, &sns.PublishInput{PhoneNumber: &m.To, Message: &body, MessageAttributes: text.attributes})
	return described(err)
}

// answers are the errors of Publish to a phone. The number is the person's; attributes, the sandbox and what may be spent are the
// operator's. SNS says most of this only afterwards, in its log of deliveries.
var answers = []carrier.Answer{
	{Code: "OptedOut", Kind: message.ErrRefused},
	{Says: "attribute", Kind: message.ErrHeld},
	{Says: "sandbox", Kind: message.ErrHeld},
	{Says: "not verified", Kind: message.ErrHeld},
	{Says: "spend", Kind: message.ErrHeld},
	{Says: "quota", Kind: message.ErrHeld},
	{Code: "InvalidParameter", Kind: message.ErrRefused}, // the number
	{Code: "ParameterValueInvalid", Kind: message.ErrRefused},
	{Code: "Validation", Kind: message.ErrRefused},
}

// described keeps of what SNS says the code and a word or two: its sentences repeat numbers, and errors are logged.
func described(err error) error {
	if err == nil {
		return nil
	}
	api, ok := errors.AsType[smithy.APIError](err)
	if !ok {
		return fmt.Errorf("sms: publish: %w", err)
	}
	return carrier.Read("SNS", api.ErrorCode(), api.ErrorMessage(), answers)
}
