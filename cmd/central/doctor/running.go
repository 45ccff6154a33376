package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	alarm "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"phonon.in/central/shared/token"
)

// maxSkew is far below the five minutes after which AWS refuses a signature, and below the life of a code.
const maxSkew = 5 * time.Second

func (s *Subject) clock(ctx context.Context) Finding {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.ClockURL, nil)
	if err != nil {
		return s.failed(err)
	}
	asked := s.Now()
	answer, err := s.HTTP.Do(r)
	if err != nil {
		return s.failed(err)
	}
	answer.Body.Close()
	theirs, err := http.ParseTime(answer.Header.Get("Date"))
	if err != nil {
		return skip("%s does not say what time it is", s.ClockURL)
	}
	middle := asked.Add(s.Now().Sub(asked) / 2)
	off := middle.Sub(theirs.Add(500 * time.Millisecond)) // Date has whole seconds
	if off.Abs() >= maxSkew {
		return bad("set the clock of this machine by NTP", "the clock here is off by %s", off.Round(time.Second))
	}
	return ok("the clock here is right within %s", maxSkew)
}

const certificateNotice = 21 * 24 * time.Hour

func (s *Subject) health(ctx context.Context) Finding {
	if s.PublicURL == "" {
		return skip("the public URL is not known")
	}
	url := s.PublicURL + "/v1/health"
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return bad("set PublicUrl to an origin like https://central.example.com", "%s is no URL", url)
	}
	answer, err := s.HTTP.Do(r)
	if err != nil {
		return bad("look at DNS and certificate: PublicUrl must lead to the API (output ApiUrl)", "%s: %v", url, unwrapped(err))
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return bad("look whether PublicUrl leads to the API (output ApiUrl), and into the log of the function account", "%s answers %d", url, answer.StatusCode)
	}
	if answer.TLS != nil {
		if left := answer.TLS.PeerCertificates[0].NotAfter.Sub(s.Now()); left < certificateNotice {
			return warn("renew the certificate", "%s answers 200; its certificate ends in %d days", url, int(left.Hours()/24))
		}
	}
	return ok("%s answers 200", url)
}

// unwrapped leaves the URL away that net/http repeats in its errors.
func unwrapped(err error) error {
	if inner := errors.Unwrap(err); inner != nil {
		return inner
	}
	return err
}

func (s *Subject) secret(ctx context.Context) Finding {
	if s.Secret == "" {
		return skip("the secret's id is not known")
	}
	found, err := s.Secrets.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &s.Secret})
	switch {
	case code(err) == noTable:
		return bad("look whether the id is right, and the region; or deploy the stack", "no secret %s", s.Secret)
	case err != nil:
		return s.failed(err)
	}
	if _, err := token.ParseKeyring([]byte(aws.ToString(found.SecretString))); err != nil {
		return bad(`put {"current": "<32 random characters or more>"} into it`, "%v", err)
	}
	var open struct{ CurrentRotation, CallSecretRotation any }
	if err := json.Unmarshal([]byte(aws.ToString(found.SecretString)), &open); err != nil {
		return bad("see docs/configuration.md", "it is no JSON object")
	}
	switch {
	case open.CurrentRotation != nil:
		return warn("central rotate key --stack ..., which goes on where it stopped", "a rotation of the key was interrupted; both keys count")
	case open.CallSecretRotation != nil:
		return warn("give the call API the new one, then: central rotate call --done --stack ...", "callSecret is being replaced; both count")
	}
	return ok("it has a key that is long enough")
}

// fewCopies is the quota of a new account, ten, and what lies near it. One page alone asks for more at once.
const fewCopies = 100

func (s *Subject) concurrency(ctx context.Context) Finding {
	if s.Lambda == nil {
		return s.unnamed("Lambda")
	}
	found, err := s.Lambda.GetAccountSettings(ctx, &lambda.GetAccountSettingsInput{})
	if err != nil {
		return s.failed(err)
	}
	if n := found.AccountLimit.ConcurrentExecutions; n < fewCopies {
		return warn("Service Quotas, AWS Lambda, Concurrent executions: ask for 1000", "only %d functions may run at once in this account", n)
	}
	return ok("%d functions may run at once", found.AccountLimit.ConcurrentExecutions)
}

func (s *Subject) alarms(ctx context.Context) Finding {
	if s.Alarming == nil || len(s.Alarms) == 0 {
		return s.unnamed("alarms")
	}
	found := map[string]alarm.MetricAlarm{}
	pages := cloudwatch.NewDescribeAlarmsPaginator(s.Alarming, &cloudwatch.DescribeAlarmsInput{
		AlarmNames: s.Alarms, AlarmTypes: []alarm.AlarmType{alarm.AlarmTypeMetricAlarm},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return s.failed(err)
		}
		for _, a := range page.MetricAlarms {
			found[aws.ToString(a.AlarmName)] = a
		}
	}
	var wrong []string
	for _, name := range s.Alarms {
		a, there := found[name]
		switch {
		case !there:
			wrong = append(wrong, name+" is not there")
		case !aws.ToBool(a.ActionsEnabled) || len(a.AlarmActions) == 0:
			wrong = append(wrong, name+" tells nobody")
		case a.StateValue == alarm.StateValueAlarm:
			wrong = append(wrong, name+" rings: "+aws.ToString(a.AlarmDescription))
		}
	}
	if len(wrong) > 0 {
		return bad("do what the alarm says; what is missing, a deployment brings back", "%s", strings.Join(wrong, "; "))
	}
	return ok("all %d are quiet and tell somebody", len(s.Alarms))
}

func (s *Subject) recipients(ctx context.Context) Finding {
	if s.AlarmTopic == "" {
		return s.unnamed("topic of the alarms")
	}
	confirmed, pending := 0, 0
	pages := sns.NewListSubscriptionsByTopicPaginator(s.SNS, &sns.ListSubscriptionsByTopicInput{TopicArn: &s.AlarmTopic})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return s.failed(err)
		}
		for _, sub := range page.Subscriptions {
			if aws.ToString(sub.SubscriptionArn) == "PendingConfirmation" {
				pending++
			} else {
				confirmed++
			}
		}
	}
	if confirmed == 0 {
		return bad("deploy with AlarmMail, and follow the link in the mail that SNS sends", "nobody hears the alarms; %d have not confirmed yet", pending)
	}
	return ok("%d hear the alarms, %d have not confirmed yet", confirmed, pending)
}
