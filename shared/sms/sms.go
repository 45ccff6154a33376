// Package sms sends one-time codes through Amazon SNS, on the route for India that is registered with DLT.
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
	TemplateID  string // of the text for codes, up to 30 digits
	SenderID    string // six letters; capitals matter
	MaxPriceUSD string // such as "0.05"; a message that costs more is not sent
}

// Sender sends codes.
type Sender struct {
	api        API
	code       template
	attributes map[string]types.MessageAttributeValue
}

// New makes a sender. The error names the setting that the operators would not take.
func New(api API, c Config) (*Sender, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	// Codes go out in English whatever the locale: each language would be a registration and a template id of its own.
	code, err := templateFor("phone_code", "en")
	if err != nil {
		return nil, err
	}
	text := func(kind, v string) types.MessageAttributeValue {
		return types.MessageAttributeValue{DataType: aws.String(kind), StringValue: &v}
	}
	return &Sender{api: api, code: code, attributes: map[string]types.MessageAttributeValue{
		"AWS.SNS.SMS.SMSType":   text("String", "Transactional"),
		"AWS.SNS.SMS.SenderID":  text("String", c.SenderID),
		"AWS.SNS.SMS.MaxPrice":  text("Number", c.MaxPriceUSD),
		"AWS.MM.SMS.EntityId":   text("String", c.EntityID),
		"AWS.MM.SMS.TemplateId": text("String", c.TemplateID),
	}}, nil
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
	case !id(c.TemplateID):
		return errors.New("sms: the template id must be 1 to 30 digits")
	case len(c.SenderID) != 6 || !only(c.SenderID, letters):
		return errors.New("sms: the sender id must be six letters")
	case whole == "" || !only(whole+cents, digits) || only(whole+cents, "0"):
		return errors.New("sms: the greatest price must be a decimal number above zero, such as 0.05")
	}
	return nil
}

func only(s, set string) bool { return strings.Trim(s, set) == "" }

// Send sends one code. The error wraps message.ErrRefused when SNS will never take it.
func (s *Sender) Send(ctx context.Context, c message.Code) error {
	text, err := s.code.fill(c.Digits.Reveal())
	if err != nil {
		return fmt.Errorf("%w: %w", message.ErrRefused, err)
	}
	ctx, cancel := context.WithTimeout(ctx, sendDeadline)
	defer cancel()
	_, err = s.api.Publish(ctx, &sns.PublishInput{PhoneNumber: &c.To, Message: &text, MessageAttributes: s.attributes})
	return described(err)
}

// described keeps of what SNS says the code alone: its sentences repeat numbers, and errors are logged.
func described(err error) error {
	if err == nil {
		return nil
	}
	api, ok := errors.AsType[smithy.APIError](err)
	if !ok {
		return fmt.Errorf("sms: publish: %w", err)
	}
	switch code := api.ErrorCode(); code {
	case "InvalidParameter", "ParameterValueInvalid", "InvalidParameterValue", "ValidationException", "OptedOut":
		return fmt.Errorf("sms: SNS says %s: %w", code, message.ErrRefused)
	default:
		return fmt.Errorf("sms: SNS says %s", code)
	}
}
