package doctor

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	voice "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"phonon.in/central/shared/callapi"
	"phonon.in/central/shared/token"
)

func (s *Subject) voice(ctx context.Context) Finding {
	switch provider, _ := s.setting("CALL_PROVIDER"); provider { // what cannot be read is said below
	case "api":
		return s.callAPI(ctx)
	case "none":
		return ok("landlines are not offered")
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
	if len(secrets) == 0 {
		return bad("put callSecret into the secret, as docs/call-api.md says", "each call waits: the secret has no member callSecret")
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
