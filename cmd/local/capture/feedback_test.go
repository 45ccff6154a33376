package capture_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ses"
	sestypes "github.com/aws/aws-sdk-go-v2/service/ses/types"

	"phonon.in/central/cmd/local/capture"
	"phonon.in/central/cmd/local/template"
)

func TestWhatComesBackFromTheSimulatorIsPublished(t *testing.T) {
	set := template.MailSet{Name: "feedback", Topics: map[string][]string{"BOUNCE": {"returns"}, "COMPLAINT": {"returns"}}}
	for _, c := range []struct{ to, set, says string }{
		{"bounce@simulator.amazonses.com", "feedback", "Bounce Permanent General"},
		{"bounce+label@simulator.amazonses.com", "feedback", "Bounce Permanent General"},
		{"suppressionlist@simulator.amazonses.com", "feedback", "Bounce Permanent Suppressed"},
		{"complaint@simulator.amazonses.com", "feedback", "Complaint abuse"},
		{"success@simulator.amazonses.com", "feedback", ""},
		{"bounce@example.com", "feedback", ""},
		{"bounce@simulator.amazonses.com", "", ""},
	} {
		t.Run(c.to+" "+c.set, func(t *testing.T) {
			var topics, texts []string
			box, _ := newBox(t)
			publish := func(topic, text string) { topics, texts = append(topics, topic), append(texts, text) }
			api := ses.New(ses.Options{Region: template.Region, BaseEndpoint: serve(t, capture.SES(box, sender, publish, set)), Credentials: credentials, RetryMaxAttempts: 1})
			in := &ses.SendEmailInput{
				Source: aws.String(sender), Destination: &sestypes.Destination{ToAddresses: []string{c.to}},
				Message: &sestypes.Message{Subject: &sestypes.Content{Data: aws.String("s")}, Body: &sestypes.Body{Text: &sestypes.Content{Data: aws.String("t")}}},
				Tags:    []sestypes.MessageTag{{Name: aws.String("message"), Value: aws.String("M1")}},
			}
			if c.set != "" {
				in.ConfigurationSetName = &c.set
			}
			out, err := api.SendEmail(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			if c.says == "" {
				if len(texts) != 0 {
					t.Fatalf("published %v", texts)
				}
				return
			}
			var e struct {
				EventType string
				Bounce    struct{ BounceType, BounceSubType string }
				Complaint struct{ ComplaintFeedbackType string }
				Mail      struct {
					MessageID   string
					Destination []string
					Tags        map[string][]string
				}
			}
			if len(texts) != 1 || topics[0] != "returns" || json.Unmarshal([]byte(texts[0]), &e) != nil {
				t.Fatalf("%v %v", topics, texts)
			}
			says := strings.Join(strings.Fields(e.EventType+" "+e.Bounce.BounceType+" "+e.Bounce.BounceSubType+" "+e.Complaint.ComplaintFeedbackType), " ")
			if says != c.says || e.Mail.MessageID != *out.MessageId || e.Mail.Destination[0] != c.to || e.Mail.Tags["message"][0] != "M1" || e.Mail.Tags["ses:configuration-set"][0] != "feedback" {
				t.Errorf("%s: %s", says, texts[0])
			}
		})
	}
}
