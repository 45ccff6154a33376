package callapi_test

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/callapi"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/token"
)

// The example of the specification's own libraries.
const (
	specID        = "msg_p5jXN8AQM9LWM0D4loKWxJek"
	specTimestamp = "1614265330"
	specBody      = `{"test": 2432232314}`
	specSignature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
)

func at(timestamp string) time.Time {
	n, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		panic(err)
	}
	return time.Unix(n, 0)
}

func TestASignatureIsThatOfStandardWebhooks(t *testing.T) {
	s := secrets(t, secret)
	if err := s.Proves(specID, specTimestamp, specSignature, []byte(specBody), at(specTimestamp)); err != nil {
		t.Errorf("the specification's example: %v", err)
	}
}

// signed is a request as it goes out, to be proven by whoever gets it.
func signed(t *testing.T, s callapi.Secrets) (http.Header, []byte) {
	t.Helper()
	d := newDialer(t, taken)
	if err := d.caller(t, s).Call(t.Context(), code("hi")); err != nil {
		t.Fatal(err)
	}
	return d.header, []byte(d.body)
}

func TestWhoeverHasOneOfTheTwoSecretsProvesTheOthersWords(t *testing.T) {
	header, body := signed(t, secrets(t, secret, previous))
	proves := func(s callapi.Secrets) error {
		return s.Proves(header.Get("Webhook-Id"), header.Get("Webhook-Timestamp"), header.Get("Webhook-Signature"), body, noon)
	}
	for name, s := range map[string]callapi.Secrets{
		"the current one": secrets(t, secret), "the one before": secrets(t, previous), "both": secrets(t, previous, secret),
	} {
		if err := proves(s); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, s := range map[string]callapi.Secrets{"another": secrets(t, "whsec_"+strings.Repeat("QUJD", 8)), "none": nil} {
		if err := proves(s); err == nil {
			t.Errorf("%s proves it", name)
		}
	}
}

func TestOnlyWhatIsSignedAndFreshIsProven(t *testing.T) {
	const invalid, expired = "signature_invalid", "signature_expired"
	s := secrets(t, secret)
	now := at(specTimestamp)
	other := strings.Replace(specSignature, "g0hM", "g0hN", 1)
	for name, c := range map[string]struct {
		id, timestamp, signature, body string
		now                            time.Time
		want                           string
	}{
		"as it was signed":            {specID, specTimestamp, specSignature, specBody, now, ""},
		"among others":                {specID, specTimestamp, "v1a,xx " + other + " " + specSignature, specBody, now, ""},
		"five minutes later":          {specID, specTimestamp, specSignature, specBody, now.Add(5 * time.Minute), ""},
		"by a clock five minutes on":  {specID, specTimestamp, specSignature, specBody, now.Add(-5 * time.Minute), ""},
		"five minutes and a second":   {specID, specTimestamp, specSignature, specBody, now.Add(301 * time.Second), expired},
		"a clock too far ahead":       {specID, specTimestamp, specSignature, specBody, now.Add(-301 * time.Second), expired},
		"years later":                 {specID, specTimestamp, specSignature, specBody, now.AddDate(300, 0, 0), expired},
		"another body":                {specID, specTimestamp, specSignature, specBody + " ", now, invalid},
		"another id":                  {specID + "x", specTimestamp, specSignature, specBody, now, invalid},
		"another time":                {specID, "1614265331", specSignature, specBody, now, invalid},
		"another signature":           {specID, specTimestamp, other, specBody, now, invalid},
		"a version that is not v1":    {specID, specTimestamp, "v2" + specSignature[2:], specBody, now, invalid},
		"a version alone":             {specID, specTimestamp, "v1", specBody, now, invalid},
		"a version and nothing":       {specID, specTimestamp, "v1,", specBody, now, invalid},
		"no base64":                   {specID, specTimestamp, "v1,!!!!", specBody, now, invalid},
		"no signature":                {specID, specTimestamp, "", specBody, now, invalid},
		"no id":                       {"", specTimestamp, specSignature, specBody, now, invalid},
		"no time":                     {specID, "", specSignature, specBody, now, invalid},
		"a time that is none":         {specID, "noon", specSignature, specBody, now, invalid},
		"a time beyond all":           {specID, "9223372036854775807", specSignature, specBody, now, invalid},
		"half of the signature":       {specID, specTimestamp, specSignature[:20], specBody, now, invalid},
		"the signature without a key": {specID, specTimestamp, strings.ToLower(specSignature), specBody, now, invalid},
	} {
		err := s.Proves(c.id, c.timestamp, c.signature, []byte(c.body), c.now)
		f, _ := errors.AsType[*fault.Error](err)
		if c.want == "" && err != nil || c.want != "" && (f == nil || f.Code != c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestASecretThatIsNoneIsRefusedAndNotRepeated(t *testing.T) {
	for name, text := range map[string]string{
		"without its prefix": "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "no base64": "whsec_hush!hush!hush!hush!hush!hush!!", "too short": "whsec_" + strings.Repeat("aHVz", 7),
		"too long": "whsec_" + strings.Repeat("aHVz", 22), "a word": "hush",
	} {
		if s, err := callapi.ParseSecrets(token.NewSecret(secret), token.NewSecret(text)); err == nil || s != nil || strings.Contains(err.Error(), "hush") || strings.Contains(err.Error(), "aHVz") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if s, err := callapi.ParseSecrets(token.Secret{}, token.Secret{}); err != nil || len(s) != 0 {
		t.Errorf("none: %v", err)
	}
}
