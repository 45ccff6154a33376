// Package email sends Central's mails through Amazon SES.
package email

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/aws/smithy-go"

	"phonon.in/central/shared/carrier"
	"phonon.in/central/shared/message"
)

// simulator is SES's own address that accepts every mail and delivers it to nobody.
const simulator = "success@simulator.amazonses.com"

const sendDeadline = 2 * time.Second

// API is what a sender needs of SES: an action with its parameters, as the API Reference of 2010-12-01 names them. An answer that says no is a
// smithy.APIError.
type API interface {
	Do(ctx context.Context, action string, parameters url.Values) error
}

// Sender sends from one address.
type Sender struct {
	api              API
	from             string // the bare address
	configurationSet string
}

// New makes a sender that mails as Central from the address from. The configuration set may be empty.
func New(api API, from, configurationSet string) *Sender {
	return &Sender{api, from, configurationSet}
}

// Send sends one mail to one address. The error wraps message.ErrRefused when SES will never take it, message.ErrHeld when it does
// once the operator has mended something; any other is worth another try.
func (s *Sender) Send(ctx context.Context, m message.Mail) error {
	to := m.To
	if m.Kind == message.Decoy {
		to = simulator
	}
	if !onePlainAddress(to) {
		return fmt.Errorf("%w: not one plain address", message.ErrRefused)
	}
	if !onePlainAddress(s.from) {
		return fmt.Errorf("%w: MAIL_FROM is not one plain address", message.ErrHeld)
	}
	r, err := render(m)
	if err != nil {
		return fmt.Errorf("%w: %w", message.ErrRefused, err)
	}
	mail := url.Values{
		"Source": {"Central <" + s.from + ">"}, "Destination.ToAddresses.member.1": {to},
		// SES repeats these when the mail comes back: functions/feedback.
		"Tags.member.1.Name": {"message"}, "Tags.member.1.Value": {m.ID},
		"Tags.member.2.Name": {"kind"}, "Tags.member.2.Value": {string(m.Kind)},
	}
	for part, text := range map[string]string{"Subject": r.subject, "Body.Text": r.text, "Body.Html": r.html} {
		mail.Set("Message."+part+".Data", text)
		mail.Set("Message."+part+".Charset", "UTF-8")
	}
	if s.configurationSet != "" {
		mail.Set("ConfigurationSetName", s.configurationSet)
	}
	ctx, cancel := context.WithTimeout(ctx, sendDeadline)
	defer cancel()
	return described(s.api.Do(ctx, "SendEmail", mail))
}

// onePlainAddress is the last line of defence: whatever came here, it cannot add a header, a name or a second recipient.
func onePlainAddress(s string) bool {
	local, domain, _ := strings.Cut(s, "@")
	return local != "" && domain != "" && !strings.Contains(domain, "@") &&
		!strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f }) && !strings.ContainsAny(s, `,;:<>()[]"\`)
}

// answers are the errors of SendEmail and those that all actions of SES have in common (API of 2010-12-01). A mail is the operator's to
// mend where an identity, the account, the configuration set or the quota is; SES's sandbox refuses a recipient as it does a sender
// that nobody verified, so that is the operator's, too. A rate that is exceeded passes within a second.
var answers = []carrier.Answer{
	{Code: "InvalidParameterValue", Says: "configuration set", Kind: message.ErrHeld},
	{Code: "InvalidParameterValue", Kind: message.ErrRefused}, // the recipient: From is checked before
	{Says: "not verified", Kind: message.ErrHeld},
	{Says: "paused", Kind: message.ErrHeld},
	{Says: "suspended", Kind: message.ErrHeld},
	{Says: "disabled", Kind: message.ErrHeld},
	{Says: "sandbox", Kind: message.ErrHeld},
	{Says: "quota", Kind: message.ErrHeld},
	{Code: "MessageRejected", Kind: message.ErrRefused}, // such as "Address blacklisted"
	{Code: "AccountSendingPaused", Kind: message.ErrHeld},
	{Code: "ConfigurationSetDoesNotExist", Kind: message.ErrHeld},
	{Code: "ConfigurationSetSendingPaused", Kind: message.ErrHeld},
	{Code: "FromEmailAddressNotVerified", Kind: message.ErrHeld},
	{Code: "LimitExceeded", Kind: message.ErrHeld},
	{Code: "MailFromDomainNotVerified", Kind: message.ErrHeld},
	{Code: "ProductionAccessNotGranted", Kind: message.ErrHeld},
}

// described keeps of what SES says the code and a word or two: its sentences repeat addresses, and errors are logged.
func described(err error) error {
	if err == nil {
		return nil
	}
	api, ok := errors.AsType[smithy.APIError](err)
	if !ok {
		return fmt.Errorf("email: send: %w", err)
	}
	reason, _, _ := strings.Cut(api.ErrorMessage(), ": ") // behind the colon are addresses, and people choose what is in theirs
	return carrier.Read("SES", api.ErrorCode(), reason, answers)
}
