package capture

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
)

// Registered are the texts that a DLT platform knows, by the id that it gave to each.
type Registered map[string]*regexp.Regexp

// ReadRegistered reads the texts of a file such as shared/sms/templates.json. ids has the id of each, by "kind language"; one without is
// not registered.
func ReadRegistered(file string, ids map[string]string) (Registered, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("capture: %w", err)
	}
	var all []struct{ Kind, Language, Body string }
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, fmt.Errorf("capture: %s: %w", file, err)
	}
	known := Registered{}
	for _, t := range all {
		if id := ids[t.Kind+" "+t.Language]; id != "" {
			pattern := strings.ReplaceAll(regexp.QuoteMeta(t.Body), regexp.QuoteMeta("{#numeric#}"), "[0-9]{1,30}")
			known[id] = regexp.MustCompile("^" + pattern + "$")
		}
	}
	return known, nil
}

// check refuses a text that is not of the template whose id it carries, byte by byte. SNS itself would take it, and the person's operator
// would drop it without a word: here it is to be noticed.
func (r Registered) check(id, text string) *refusal {
	switch pattern, known := r[id]; {
	case r == nil: // nothing is known of texts
		return nil
	case id == "":
		return refuse("InvalidParameter", "Invalid parameter: MessageAttributes Reason: AWS.MM.SMS.TemplateId is missing; operators in India drop such an SMS")
	case !known:
		return refuse("InvalidParameter", "Invalid parameter: MessageAttributes Reason: AWS.MM.SMS.TemplateId %s is registered for no text", id)
	case !pattern.MatchString(text):
		return refuse("InvalidParameter", "Invalid parameter: MessageAttributes Reason: the text is not that of AWS.MM.SMS.TemplateId %s", id)
	}
	return nil
}
