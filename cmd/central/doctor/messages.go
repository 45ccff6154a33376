package doctor

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	ses "github.com/aws/aws-sdk-go-v2/service/sesv2/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
)

func (s *Subject) mailAccount(ctx context.Context) Finding {
	if s.SES == nil {
		return skip("the local run has no SES v2; its mails are shown under /_local")
	}
	found, err := s.SES.GetAccount(ctx, &sesv2.GetAccountInput{})
	if err != nil {
		return s.failed(err)
	}
	quota := 0.0
	if found.SendQuota != nil {
		quota = found.SendQuota.Max24HourSend
	}
	switch {
	case !found.SendingEnabled:
		return bad("open the SES console: AWS has paused it, and says why", "sending is off for the account (%s)", aws.ToString(found.EnforcementStatus))
	case !found.ProductionAccessEnabled:
		return bad("SES console, Request production access", "SES is in the sandbox: only verified addresses get mail, %.0f a day", quota)
	case aws.ToString(found.EnforcementStatus) == "PROBATION":
		return warn("open the SES console: AWS says what has to change before it pauses the mail", "SES has the account under review")
	}
	return ok("production access, %.0f mails a day, status %s", quota, aws.ToString(found.EnforcementStatus))
}

// identity finds the identity that mails come from: the address or its domain, whichever is verified.
func (s *Subject) identity(ctx context.Context) (name string, found *sesv2.GetEmailIdentityOutput, f Finding) {
	if s.SES == nil {
		return "", nil, skip("the local run has no SES v2")
	}
	from, err := s.setting("MAIL_FROM")
	if err != nil {
		return "", nil, s.failed(err)
	}
	if from == "" {
		return "", nil, s.unset("MAIL_FROM")
	}
	_, domain, _ := strings.Cut(from, "@")
	for _, candidate := range []string{from, domain} {
		known, err := s.SES.GetEmailIdentity(ctx, &sesv2.GetEmailIdentityInput{EmailIdentity: &candidate})
		switch {
		case code(err) == "NotFoundException":
		case err != nil:
			return "", nil, s.failed(err)
		case known.VerifiedForSendingStatus:
			return candidate, known, Finding{}
		default:
			name, found = candidate, known
		}
	}
	if found != nil {
		return name, found, Finding{}
	}
	return "", nil, bad("SES console, Create identity: the domain "+domain, "SES knows neither %s nor %s", from, domain)
}

func (s *Subject) mailIdentity(ctx context.Context) Finding {
	name, found, f := s.identity(ctx)
	switch {
	case found == nil:
		return f
	case !found.VerifiedForSendingStatus:
		return bad("set the DNS records that the SES console shows for it", "%s is not verified (%s)", name, found.VerificationStatus)
	}
	return ok("%s is verified", name)
}

func (s *Subject) mailDKIM(ctx context.Context) Finding {
	name, found, f := s.identity(ctx)
	switch {
	case found == nil && f.State == Fail:
		return skip("there is no identity; see mail-identity")
	case found == nil:
		return f
	case found.DkimAttributes == nil || !found.DkimAttributes.SigningEnabled:
		return bad("SES console, the identity, DKIM: enable", "mails of %s are not signed", name)
	case found.DkimAttributes.Status != ses.DkimStatusSuccess:
		return bad("set the three CNAME records that the SES console shows for it", "DKIM of %s is %s", name, found.DkimAttributes.Status)
	}
	return ok("mails of %s are signed", name)
}

func (s *Subject) mailSet(ctx context.Context) Finding {
	if s.SES == nil {
		return skip("the local run has no SES v2")
	}
	name, err := s.setting("MAIL_CONFIGURATION_SET")
	switch {
	case err != nil:
		return s.failed(err)
	case name == "":
		return warn("create a configuration set, so that bounces and complaints are heard of", "no configuration set is named")
	}
	found, err := s.SES.GetConfigurationSet(ctx, &sesv2.GetConfigurationSetInput{ConfigurationSetName: &name})
	switch {
	case code(err) == "NotFoundException":
		return bad("create it, or name another: every mail is refused", "SES has no configuration set %s", name)
	case err != nil:
		return s.failed(err)
	case found.SendingOptions != nil && !found.SendingOptions.SendingEnabled:
		return bad("enable sending for it", "sending is off for the configuration set %s", name)
	}
	return ok("the configuration set %s is there", name)
}

func (s *Subject) smsAccount(ctx context.Context) Finding {
	found, err := s.SNS.GetSMSSandboxAccountStatus(ctx, &sns.GetSMSSandboxAccountStatusInput{})
	switch {
	case err != nil:
		return s.failed(err)
	case found.IsInSandbox:
		return bad("SNS console, Text messaging, Exit SMS sandbox", "SMS is in the sandbox: only verified numbers get a code")
	}
	return ok("SMS is out of the sandbox")
}

// firstSpendLimit is what AWS gives a new account, in USD a month.
const firstSpendLimit = 1

func (s *Subject) smsSpend(ctx context.Context) Finding {
	const name = "MonthlySpendLimit"
	found, err := s.SNS.GetSMSAttributes(ctx, &sns.GetSMSAttributesInput{Attributes: []string{name}})
	if err != nil {
		return s.failed(err)
	}
	const do = "ask AWS Support for a higher SMS quota, then: aws sns set-sms-attributes --attributes MonthlySpendLimit=<USD>"
	text := found.Attributes[name]
	limit, err := strconv.ParseFloat(text, 64)
	if err != nil || limit <= firstSpendLimit {
		return bad(do, "SMS stop at %s USD a month, as in a new account", orElse(text, strconv.Itoa(firstSpendLimit)))
	}
	return ok("SMS stop at %s USD a month", text)
}

func (s *Subject) smsLog(ctx context.Context) Finding {
	const name = "DeliveryStatusIAMRole"
	found, err := s.SNS.GetSMSAttributes(ctx, &sns.GetSMSAttributesInput{Attributes: []string{name}})
	switch {
	case err != nil:
		return s.failed(err)
	case found.Attributes[name] == "":
		return warn("aws sns set-sms-attributes as docs/deploy.md says", "SNS does not write down what became of each SMS")
	}
	return ok("SNS writes down what became of each SMS")
}

// What the template says where nothing else was said. It opens nothing: operators drop every SMS of it.
var placeholders = map[string]string{
	"SMS_ENTITY_ID": "1001000000000000000", "SMS_TEMPLATE_ID": "1007000000000000000", "VOICE_ORIGINATION_IDENTITY": "+18005550100",
}

// unset is the finding for a setting that is not known.
func (s *Subject) unset(name string) Finding {
	if s.Local {
		return skip("%s is not known: the functions of a local run do not tell it", name)
	}
	return skip("%s is not known: use --stack, or set the variable", name)
}

// unregistered are texts that need no registration: people get another.
var unregistered = []string{"SMS_TEMPLATE_ID_HI", "SMS_CHANGED_TEMPLATE_ID", "SMS_CHANGED_TEMPLATE_ID_HI"}

var (
	dltID  = regexp.MustCompile(`^[0-9]{19}$`)
	header = regexp.MustCompile(`^[A-Za-z]{6}$`)
)

func (s *Subject) smsDLT(context.Context) Finding {
	for _, name := range []string{
		"SMS_ENTITY_ID", "SMS_TEMPLATE_ID", "SMS_TEMPLATE_ID_HI", "SMS_CHANGED_TEMPLATE_ID", "SMS_CHANGED_TEMPLATE_ID_HI", "SMS_SENDER_ID",
	} {
		v, err := s.setting(name)
		switch {
		case err != nil:
			return s.failed(err)
		case v == "" && slices.Contains(unregistered, name): // English, or a mail alone
		case v == "":
			return s.unset(name)
		case v == placeholders[name]:
			return bad("register on a DLT platform, and deploy with the ids that it gives", "%s is the template's placeholder: operators drop every SMS", name)
		case name == "SMS_SENDER_ID" && !header.MatchString(v):
			return bad("deploy with the header that is registered", "%s is %q, not six letters", name, v)
		case name != "SMS_SENDER_ID" && !dltID.MatchString(v):
			return warn("compare it with the DLT platform", "%s is %q; DLT ids have 19 digits", name, v)
		}
	}
	return ok("entity, template and header have the right shape; only the DLT platform knows whether they are registered")
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
