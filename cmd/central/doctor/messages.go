package doctor

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	voice "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	ses "github.com/aws/aws-sdk-go-v2/service/sesv2/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"phonon.in/central/shared/callapi"
	"phonon.in/central/shared/token"
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

func (s *Subject) voice(ctx context.Context) Finding {
	if provider, err := s.setting("CALL_PROVIDER"); err == nil && provider == "api" {
		return s.callAPI(ctx)
	}
	name, err := s.setting("VOICE_ORIGINATION_IDENTITY")
	switch {
	case err != nil:
		return s.failed(err)
	case name == "":
		return s.unset("VOICE_ORIGINATION_IDENTITY")
	case name == placeholders["VOICE_ORIGINATION_IDENTITY"]:
		return bad("get a number with voice in End User Messaging, and deploy with it", "calls come from the template's placeholder: none is made")
	case strings.HasPrefix(name, "pool-") || strings.Contains(name, ":pool/"):
		return s.voicePool(ctx, name)
	}
	pages := pinpointsmsvoicev2.NewDescribePhoneNumbersPaginator(s.Voice, &pinpointsmsvoicev2.DescribePhoneNumbersInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return s.failed(err)
		}
		for _, n := range page.PhoneNumbers {
			if name == aws.ToString(n.PhoneNumber) || name == aws.ToString(n.PhoneNumberId) || name == aws.ToString(n.PhoneNumberArn) {
				return ofNumber(name, n)
			}
		}
	}
	return bad("look whether it is in this account and region", "End User Messaging has no number %s", name)
}

// callAPI looks at the settings alone: a call API has nothing to ask that would not ring a phone.
func (s *Subject) callAPI(ctx context.Context) Finding {
	address, err := s.setting("CALL_API_URL")
	if err != nil {
		return s.failed(err)
	}
	if s.Secret == "" {
		return skip("the secret's id is not known")
	}
	found, err := s.Secrets.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &s.Secret})
	if err != nil {
		return s.failed(err)
	}
	var members struct{ CallSecret, CallSecretPrevious string }
	if err := json.Unmarshal([]byte(aws.ToString(found.SecretString)), &members); err != nil {
		return bad("see secret", "the secret is no JSON object")
	}
	secrets, err := callapi.ParseSecrets(token.NewSecret(members.CallSecret), token.NewSecret(members.CallSecretPrevious))
	if err == nil {
		_, err = callapi.New(address, secrets, http.DefaultClient, s.Now)
	}
	if err != nil {
		return bad("set CallApiUrl, and callSecret in the secret, as docs/call-api.md says", "%v", err)
	}
	return ok("calls are asked of %s, with a secret of the right form", address)
}

func ofNumber(name string, n voice.PhoneNumberInformation) Finding {
	for _, can := range n.NumberCapabilities {
		if can != voice.NumberCapabilityVoice {
			continue
		}
		if n.Status != voice.NumberStatusActive {
			return bad("wait until it is ACTIVE, or name another", "%s is %s", name, n.Status)
		}
		return ok("%s is ACTIVE and can call", name)
	}
	return bad("get a number that can call", "%s cannot call", name)
}

func (s *Subject) voicePool(ctx context.Context, name string) Finding {
	found, err := s.Voice.DescribePools(ctx, &pinpointsmsvoicev2.DescribePoolsInput{PoolIds: []string{name}})
	switch {
	case code(err) == noTable || err == nil && len(found.Pools) == 0:
		return bad("look whether it is in this account and region", "End User Messaging has no pool %s", name)
	case err != nil:
		return s.failed(err)
	case found.Pools[0].Status != voice.PoolStatusActive:
		return bad("wait until it is ACTIVE, or name another", "the pool %s is %s", name, found.Pools[0].Status)
	}
	return ok("the pool %s is ACTIVE", name)
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
