// Package topic publishes events on a topic of Amazon SNS, for the products beside this one.
package topic

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/smithy-go"

	"phonon.in/central/shared/carrier"
	"phonon.in/central/shared/event"
	"phonon.in/central/shared/message"
)

const publishDeadline = 2 * time.Second

// API is what a publisher needs of SNS.
type API interface {
	Publish(context.Context, *sns.PublishInput, ...func(*sns.Options)) (*sns.PublishOutput, error)
}

// Publisher publishes on one topic.
type Publisher struct {
	api         API
	arn, source string
}

// New makes a publisher. source is the origin of this Central, by which consumers know whose events they get.
func New(api API, arn, source string) *Publisher { return &Publisher{api, arn, source} }

// Publish publishes an event, with its type as the attribute "type", by which subscriptions filter. The error wraps message.ErrRefused when
// SNS will never take it, message.ErrHeld when it does once the operator has mended something.
func (p *Publisher) Publish(ctx context.Context, e event.Event) error {
	body, err := e.Envelope(p.source)
	if err != nil {
		return fmt.Errorf("%w: topic: %w", message.ErrRefused, err)
	}
	ctx, cancel := context.WithTimeout(ctx, publishDeadline)
	defer cancel()
	_, err = p.api.Publish(ctx, &sns.PublishInput{
		TopicArn: &p.arn, Message: aws.String(string(body)),
		MessageAttributes: map[string]types.MessageAttributeValue{"type": {DataType: aws.String("String"), StringValue: aws.String(e.Type.FullName())}},
	})
	return described(err)
}

// answers are the errors of Publish to a topic. The topic, its key and what is allowed are the operator's; only the event's own form is not.
var answers = []carrier.Answer{
	{Code: "NotFound", Kind: message.ErrHeld},
	{Code: "EndpointDisabled", Kind: message.ErrHeld},
	{Code: "KMSAccessDenied", Kind: message.ErrHeld},
	{Code: "KMSDisabled", Kind: message.ErrHeld},
	{Code: "KMSInvalidState", Kind: message.ErrHeld},
	{Code: "KMSNotFound", Kind: message.ErrHeld},
	{Code: "KMSOptInRequired", Kind: message.ErrHeld},
	{Code: "InvalidParameter", Says: "topicarn", Kind: message.ErrHeld},
	{Code: "InvalidParameter", Kind: message.ErrRefused},
	{Code: "ParameterValueInvalid", Kind: message.ErrRefused},
	{Code: "Validation", Kind: message.ErrRefused},
}

func described(err error) error {
	if err == nil {
		return nil
	}
	api, ok := errors.AsType[smithy.APIError](err)
	if !ok {
		return fmt.Errorf("topic: publish: %w", err)
	}
	return carrier.Read("SNS", api.ErrorCode(), api.ErrorMessage(), answers)
}
