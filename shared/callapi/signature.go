package callapi

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/token"
)

// Secrets sign requests and prove events, as Standard Webhooks says (standardwebhooks.com, 1.0.0): with the current one, and while it is
// being replaced with the one before, too. Whoever has either understands both directions.
type Secrets []token.Secret

const (
	prefix    = "whsec_"
	leastKey  = 24 // bytes, and at most 64: the specification's
	mostKey   = 64
	tolerance = 5 * time.Minute
)

// ParseSecrets reads secrets in the form of Standard Webhooks: whsec_ and 24 to 64 bytes in base64. Empty ones are left out.
func ParseSecrets(texts ...token.Secret) (Secrets, error) {
	var all Secrets
	for _, text := range texts {
		if text.IsZero() {
			continue
		}
		encoded, ok := strings.CutPrefix(text.Reveal(), prefix)
		key, err := base64.StdEncoding.DecodeString(encoded)
		if !ok || err != nil || len(key) < leastKey || len(key) > mostKey {
			return nil, errors.New("callapi: callSecret and callSecretPrevious must be whsec_ and 24 to 64 bytes in base64")
		}
		all = append(all, token.NewSecret(string(key)))
	}
	return all, nil
}

func mac(key token.Secret, id, timestamp string, body []byte) []byte {
	h := hmac.New(sha256.New, []byte(key.Reveal()))
	h.Write([]byte(id + "." + timestamp + "."))
	h.Write(body)
	return h.Sum(nil)
}

func (s Secrets) sign(h http.Header, id string, now time.Time, body []byte) {
	timestamp := strconv.FormatInt(now.Unix(), 10)
	var signatures []string
	for _, key := range s {
		signatures = append(signatures, "v1,"+base64.StdEncoding.EncodeToString(mac(key, id, timestamp, body)))
	}
	h.Set("Webhook-Id", id)
	h.Set("Webhook-Timestamp", timestamp)
	h.Set("Webhook-Signature", strings.Join(signatures, " "))
}

var (
	errSignature = fault.New(fault.Forbidden, "signature_invalid", "The signature is missing, or not one of the body and these headers with a secret that is known here.")
	errTimestamp = fault.New(fault.Forbidden, "signature_expired", "webhook-timestamp is more than five minutes off. Sign again, and look at the clock.")
)

// Proves reports whether the headers webhook-id, webhook-timestamp and webhook-signature sign a body that came at now. Faults:
// signature_invalid, signature_expired.
func (s Secrets) Proves(id, timestamp, signature string, body []byte, now time.Time) error {
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || id == "" {
		return errSignature
	}
	var wanted [][]byte
	for _, key := range s {
		wanted = append(wanted, mac(key, id, timestamp, body))
	}
	right := false
	for given := range strings.SplitSeq(signature, " ") {
		version, text, _ := strings.Cut(given, ",")
		claimed, err := base64.StdEncoding.DecodeString(text)
		if version != "v1" || err != nil {
			continue
		}
		for _, w := range wanted {
			right = hmac.Equal(claimed, w) || right
		}
	}
	switch {
	case !right:
		return errSignature
	case now.Sub(time.Unix(seconds, 0)).Abs() > tolerance:
		return errTimestamp
	}
	return nil
}
