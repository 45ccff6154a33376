package capture

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"phonon.in/central/cmd/local/template"
)

// Publish takes what SES publishes to a topic of SNS: the text of the notification.
type Publish func(topic, text string)

// returned publishes what becomes of a mail to one of SES' simulator's addresses (Amazon SES, "Using the mailbox simulator"): bounce@, complaint@ and
// suppressionlist@, also with a label as in bounce+label@. Nothing comes back from the others.
func returned(set template.MailSet, to, id string, tags map[string][]string, now time.Time, publish Publish) {
	local, _, _ := strings.Cut(strings.ToLower(to), "@")
	local, _, _ = strings.Cut(local, "+")
	type m = map[string]any
	at := now.UTC().Format("2006-01-02T15:04:05.000Z")
	var kind, name string
	event := m{}
	switch local {
	case "bounce", "suppressionlist":
		kind, name = "BOUNCE", "Bounce"
		subType := "General"
		if local == "suppressionlist" {
			subType = "Suppressed"
		}
		event["bounce"] = m{
			"bounceType": "Permanent", "bounceSubType": subType, "timestamp": at, "feedbackId": id + "-feedback", "reportingMTA": "dns; local",
			"bouncedRecipients": []m{{"emailAddress": to, "action": "failed", "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 user unknown"}},
		}
	case "complaint":
		kind, name = "COMPLAINT", "Complaint"
		event["complaint"] = m{
			"complaintFeedbackType": "abuse", "timestamp": at, "arrivalDate": at, "feedbackId": id + "-feedback", "userAgent": "Amazon SES Mailbox Simulator",
			"complainedRecipients": []m{{"emailAddress": to}},
		}
	default:
		return
	}
	tags["ses:configuration-set"] = []string{set.Name}
	event["eventType"] = name
	event["mail"] = m{"timestamp": at, "messageId": id, "sendingAccountId": template.Account, "destination": []string{to}, "headersTruncated": false, "tags": tags}
	text, _ := json.Marshal(event)
	for _, topic := range set.Topics[kind] {
		publish(topic, string(text))
	}
}

// tagsOf reads the tags of a mail. SES takes letters, digits, '_' and '-' in names and values.
func tagsOf(f url.Values) (map[string][]string, *refusal) {
	tags := map[string][]string{}
	for i := 1; f.Has("Tags.member." + strconv.Itoa(i) + ".Name"); i++ {
		at := "Tags.member." + strconv.Itoa(i) + "."
		name, v := f.Get(at+"Name"), f.Get(at+"Value")
		if !isTag(name) || !isTag(v) {
			return nil, refuse("InvalidParameterValue", "Tag name and value may only contain alphanumeric ASCII characters, '_', and '-', <%s=%s>.", name, v)
		}
		tags[name] = append(tags[name], v)
	}
	return tags, nil
}

func isTag(s string) bool {
	return s != "" && len(s) < 256 && !slices.ContainsFunc([]rune(s), func(r rune) bool {
		return r != '_' && r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}
