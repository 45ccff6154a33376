package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"phonon.in/central/shared/message"
)

type outbox interface {
	MessageReturned(ctx context.Context, m message.Message, reason string, now time.Time) error
}

type handler struct {
	store outbox
	now   func() time.Time
	log   *slog.Logger
}

// notice is the part of an event of SES that matters here (Amazon SES, "Contents of event data that Amazon SES publishes to Amazon SNS").
type notice struct {
	EventType string `json:"eventType"`
	Mail      struct {
		Timestamp   time.Time           `json:"timestamp"`
		MessageID   string              `json:"messageId"`
		Destination []string            `json:"destination"`
		Tags        map[string][]string `json:"tags"`
	} `json:"mail"`
	Bounce struct {
		Type    string `json:"bounceType"`
		SubType string `json:"bounceSubType"`
	} `json:"bounce"`
	Complaint struct {
		Type string `json:"complaintFeedbackType"`
	} `json:"complaint"`
	Reject struct {
		Reason string `json:"reason"`
	} `json:"reject"`
}

// all handles every record. SNS delivers at least once: a notice may be handled again without harm.
func (h *handler) all(ctx context.Context, e events.SNSEvent) error {
	var errs []error
	for _, r := range e.Records {
		var n notice
		if err := json.Unmarshal([]byte(r.SNS.Message), &n); err != nil || n.EventType == "" {
			errs = append(errs, errors.New("feedback: a record is no event of SES"))
			continue
		}
		errs = append(errs, h.one(ctx, n))
	}
	return errors.Join(errs...)
}

// one writes down that a mail came back. SES itself keeps the list of addresses that get no more mail (the suppression list).
func (h *handler) one(ctx context.Context, n notice) error {
	reason := n.reason()
	m := n.message()
	if reason == "" {
		h.log.InfoContext(ctx, "notice about a mail", "type", n.EventType, "kind", m.Kind, "message", m.ID, "bounce", n.Bounce.Type+" "+n.Bounce.SubType)
		return nil
	}
	h.log.WarnContext(ctx, "mail came back", "type", n.EventType, "kind", m.Kind, "message", m.ID, "reason", reason)
	return h.store.MessageReturned(ctx, m, reason, h.now())
}

// reason is why the mail counts as not delivered, or "" where it may have been: a transient bounce is often a note of absence.
func (n notice) reason() string {
	switch n.EventType {
	case "Bounce":
		if n.Bounce.Type != "Transient" {
			return fmt.Sprintf("bounced: %s, %s", n.Bounce.Type, n.Bounce.SubType)
		}
	case "Complaint":
		return "complaint: " + cmp.Or(n.Complaint.Type, "without a reason")
	case "Reject":
		return "rejected by SES: " + n.Reject.Reason
	}
	return ""
}

// message is the mail as the outbox knew it. The sender tags each mail with the message's id and kind (shared/email).
func (n notice) message() message.Message {
	first := func(list []string) string {
		if len(list) == 0 {
			return ""
		}
		return list[0]
	}
	return message.Message{
		ID: cmp.Or(first(n.Mail.Tags["message"]), n.Mail.MessageID), Kind: message.Kind(first(n.Mail.Tags["kind"])), To: first(n.Mail.Destination),
		CreatedAt: n.Mail.Timestamp, NotAfter: n.Mail.Timestamp,
	}
}
