// Package sms sends one-time codes through Amazon SNS, on the route for India that is registered with DLT.
package sms

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"phonon.in/central/shared/message"
)

const sendDeadline = 2 * time.Second

// API is what a sender needs of SNS.
type API interface {
	Publish(context.Context, *sns.PublishInput, ...func(*sns.Options)) (*sns.PublishOutput, error)
}

// Config is the registration with DLT, and what one message may cost.
type Config struct {
	EntityID    string // principal entity, up to 30 digits
	TemplateID  string // of the template "code"
	SenderID    string // six letters
	MaxPriceUSD string // decimal
}

// Sender sends codes.
type Sender struct {
	api        API
	attributes map[string]types.MessageAttributeValue
}

// New makes a sender. The error names the setting that SNS would not take.
func New(api API, c Config) (*Sender, error) {
	if len(c.EntityID) < 1 || len(c.EntityID) > 30 || len(c.TemplateID) < 1 || len(c.TemplateID) > 30 {
		return nil, errors.New("sms: the entity id and the template id have 1 to 30 characters")
	}
	if len(c.SenderID) != 6 {
		return nil, errors.New("sms: the sender id has six letters")
	}
	if price, err := strconv.ParseFloat(c.MaxPriceUSD, 64); err != nil || price <= 0 {
		return nil, errors.New("sms: the greatest price is not a positive decimal number")
	}
	text := func(kind, v string) types.MessageAttributeValue {
		return types.MessageAttributeValue{DataType: aws.String(kind), StringValue: &v}
	}
	return &Sender{api: api, attributes: map[string]types.MessageAttributeValue{
		"AWS.SNS.SMS.SMSType":   text("String", "Transactional"),
		"AWS.SNS.SMS.SenderID":  text("String", c.SenderID),
		"AWS.SNS.SMS.MaxPrice":  text("Number", c.MaxPriceUSD),
		"AWS.MM.SMS.EntityId":   text("String", c.EntityID),
		"AWS.MM.SMS.TemplateId": text("String", c.TemplateID),
	}}, nil
}

// Send sends one code. The error wraps message.ErrRefused when SNS will never take it.
func (s *Sender) Send(ctx context.Context, c message.Code) error {
	all, err := templates()
	if err != nil {
		return fmt.Errorf("sms: templates: %w", err)
	}
	text, err := all["code"].fill(c.Digits.Reveal())
	if err != nil {
		return fmt.Errorf("%w: %w", message.ErrRefused, err)
	}
	ctx, cancel := context.WithTimeout(ctx, sendDeadline)
	defer cancel()
	_, err = s.api.Publish(ctx, &sns.PublishInput{PhoneNumber: &c.To, Message: &text, MessageAttributes: s.attributes})
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*types.InvalidParameterException](err); ok {
		return fmt.Errorf("sms: %w: %w", message.ErrRefused, err)
	}
	return fmt.Errorf("sms: publish: %w", err)
}
