package capture

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"phonon.in/central/cmd/local/template"
)

// SES serves SendEmail of the API version 2010-12-01. The only verified identity is one address; sets are the configuration sets, and what
// comes back of a mail is published to their topics.
func SES(box *Box, verified string, publish Publish, sets ...template.MailSet) http.Handler {
	s := mailService{box, verified, publish, sets}
	return query("ses", "http://ses.amazonaws.com/doc/2010-12-01/", "2010-12-01", map[string]func(url.Values) (string, *refusal){"SendEmail": s.sendEmail})
}

type mailService struct {
	box      *Box
	verified string
	publish  Publish
	sets     []template.MailSet
}

const (
	maxMail       = 10 << 20
	maxRecipients = 50
	simulator     = "@simulator.amazonses.com"
)

// SES takes ASCII only, in the local part and (as Punycode) in the domain.
var mailAddress = regexp.MustCompile(`^[!-?A-~]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,63}$`)

func (s mailService) sendEmail(f url.Values) (string, *refusal) {
	m := Message{
		Kind: "email", From: f.Get("Source"), Subject: f.Get("Message.Subject.Data"),
		Text: f.Get("Message.Body.Text.Data"), HTML: f.Get("Message.Body.Html.Data"),
	}
	if bad := checkSender(m.From, s.verified); bad != nil {
		return "", bad
	}
	to, bad := recipients(f)
	if bad != nil {
		return "", bad
	}
	tags, bad := tagsOf(f)
	name := f.Get("ConfigurationSetName")
	set := slices.IndexFunc(s.sets, func(set template.MailSet) bool { return set.Name == name })
	switch {
	case bad != nil:
		return "", bad
	case name != "" && set < 0:
		return "", refuse("ConfigurationSetDoesNotExist", "Configuration set <%s> does not exist.", name)
	case !f.Has("Message.Subject.Data"):
		return "", refuse("ValidationError", "1 validation error detected: Value null at 'message.subject' failed to satisfy constraint: Member must not be null")
	case strings.ContainsAny(m.Subject, "\r\n"):
		return "", refuse("InvalidParameterValue", "Subject contains control characters")
	case m.Text == "" && m.HTML == "":
		return "", refuse("InvalidParameterValue", "Message body empty.")
	case len(m.Text)+len(m.HTML)+len(m.Subject) > maxMail:
		return "", refuse("InvalidParameterValue", "Message length is more than %d bytes long", maxMail)
	}
	id := "0109-local-" + strings.ToLower(rand.Text())
	for _, m.To = range to {
		if strings.HasSuffix(strings.ToLower(m.To), simulator) { // accepted, and delivered to nobody
			if set >= 0 {
				returned(s.sets[set], m.To, id, tags, s.box.now(), s.publish)
			}
			continue
		}
		var err error
		if id, err = s.box.add(m); err != nil {
			return "", broken("InternalFailure", err)
		}
	}
	return "<MessageId>" + id + "</MessageId>", nil
}

func checkSender(source, verified string) *refusal {
	from, err := mail.ParseAddress(source)
	if err != nil {
		return refuse("InvalidParameterValue", "Missing final '@domain'")
	}
	if !strings.EqualFold(from.Address, verified) {
		return refuse("MessageRejected", "Email address is not verified. The following identities failed the check in region %s: %s",
			strings.ToUpper(template.Region), source)
	}
	return nil
}

func recipients(f url.Values) ([]string, *refusal) {
	var all []string
	for _, list := range []string{"ToAddresses", "CcAddresses", "BccAddresses"} {
		for i := 1; ; i++ {
			name := fmt.Sprintf("Destination.%s.member.%d", list, i)
			if !f.Has(name) {
				break
			}
			a := f.Get(name)
			if parsed, err := mail.ParseAddress(a); err == nil {
				a = parsed.Address
			}
			switch {
			case !strings.Contains(a, "@"):
				return nil, refuse("InvalidParameterValue", "Missing final '@domain'")
			case !mailAddress.MatchString(a) || len(a) > 320 || strings.Contains(a, ".."):
				return nil, refuse("InvalidParameterValue", "Domain contains illegal character or local part is not valid")
			}
			all = append(all, a)
		}
	}
	switch {
	case len(all) == 0:
		return nil, refuse("InvalidParameterValue", "Empty required header 'To'.")
	case len(all) > maxRecipients:
		return nil, refuse("InvalidParameterValue", "Recipient count exceeds %d.", maxRecipients)
	}
	return all, nil
}
