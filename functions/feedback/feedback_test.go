package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"phonon.in/central/shared/message"
)

var noon = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

type fakeOutbox struct {
	returned []string
	err      error
}

func (f *fakeOutbox) MessageReturned(_ context.Context, m message.Message, reason string, now time.Time) error {
	f.returned = append(f.returned, fmt.Sprintf("%s %s to %s sent %s, at %s: %s", m.ID, m.Kind, m.To, m.CreatedAt.Format(time.TimeOnly), now.Format(time.TimeOnly), reason))
	return f.err
}

func world() (*handler, *fakeOutbox, *bytes.Buffer) {
	var log bytes.Buffer
	f := &fakeOutbox{}
	return &handler{store: f, now: func() time.Time { return noon }, log: slog.New(slog.NewTextHandler(&log, nil))}, f, &log
}

func records(texts ...string) (e events.SNSEvent) {
	for _, text := range texts {
		e.Records = append(e.Records, events.SNSEventRecord{SNS: events.SNSEntity{Message: text}})
	}
	return e
}

// The events are the examples of the SES developer guide, with our tags.
func event(kind, more, tags string) string {
	return `{"eventType":"` + kind + `",` + more + `"mail":{"timestamp":"2026-11-01T11:59:00.123Z","source":"Central <no-reply@example.com>",
		"sendingAccountId":"123456789012","messageId":"EXAMPLE7c191be45-0000","destination":["asha@example.com"],"headersTruncated":false,"tags":{` + tags + `}}}`
}

const tags = `"ses:configuration-set":["set"],"message":["M1"],"kind":["verify_email"]`

func TestWhatCameBackIsWrittenDown(t *testing.T) {
	bounce := func(kind, sub string) string {
		return `"bounce":{"bounceType":"` + kind + `","bounceSubType":"` + sub + `","bouncedRecipients":[{"emailAddress":"asha@example.com","action":"failed",
			"status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 user unknown"}],"timestamp":"2026-11-01T11:59:30.000Z","feedbackId":"f"},`
	}
	const complaint = `"complaint":{"complainedRecipients":[{"emailAddress":"asha@example.com"}],"timestamp":"2026-11-01T11:59:30.000Z","feedbackId":"f"`
	known := "M1 verify_email to asha@example.com sent 11:59:00, at 12:00:00: "
	for _, c := range []struct{ name, event, want string }{
		{"an address that is not there", event("Bounce", bounce("Permanent", "General"), tags), known + "bounced: Permanent, General"},
		{"an address on the suppression list", event("Bounce", bounce("Permanent", "OnAccountSuppressionList"), tags), known + "bounced: Permanent, OnAccountSuppressionList"},
		{"a bounce that nobody understands", event("Bounce", bounce("Undetermined", "Undetermined"), tags), known + "bounced: Undetermined, Undetermined"},
		{"a note of absence comes back from who got the mail", event("Bounce", bounce("Transient", "General"), tags), ""},
		{"a complaint", event("Complaint", complaint+`,"complaintFeedbackType":"abuse"},`, tags), known + "complaint: abuse"},
		{"a complaint without a reason", event("Complaint", complaint+`},`, tags), known + "complaint: without a reason"},
		{"a mail that SES refused", event("Reject", `"reject":{"reason":"Bad content"},`, tags), known + "rejected by SES: Bad content"},
		{"a mail of an older version, without tags", event("Bounce", bounce("Permanent", "General"), ""),
			"EXAMPLE7c191be45-0000  to asha@example.com sent 11:59:00, at 12:00:00: bounced: Permanent, General"},
		{"another event", event("Delivery", "", tags), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, outbox, log := world()
			if err := h.all(t.Context(), records(c.event)); err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(outbox.returned, "\n"); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
			if strings.Contains(log.String(), "asha") {
				t.Errorf("the log has an address: %s", log)
			}
		})
	}
}

func TestOneRecordThatFailsDoesNotStopTheOthers(t *testing.T) {
	h, outbox, _ := world()
	outbox.err = errors.New("store: no answer")
	err := h.all(t.Context(), records("no JSON", `{}`, event("Complaint", "", tags), event("Reject", "", tags)))
	if err == nil || strings.Count(err.Error(), "no event of SES") != 2 || strings.Count(err.Error(), "no answer") != 2 || len(outbox.returned) != 2 {
		t.Errorf("%v, %v", outbox.returned, err)
	}
}
