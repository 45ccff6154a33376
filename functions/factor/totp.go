package main

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/token"
	"phonon.in/central/shared/typed"
)

// Codes as every app makes them: RFC 6238 with HMAC-SHA-1, six digits, thirty seconds. A clock may be one step off (section 5.2).
const (
	codeDigits = 6
	stepLength = 30
	stepsOff   = 1

	enrolmentLife   = 10 * time.Minute
	enrolmentPlaces = 4 // of its token

	maxTyped = 64 // code points
)

var base32Key = base32.StdEncoding.WithPadding(base32.NoPadding)

// codeAt is the code of one time step.
func codeAt(secret string, step int64) (string, error) {
	return hotp.GenerateCodeCustom(secret, uint64(step), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
}

// stepOf finds the time step whose code was typed, or 0. Each step is compared, in constant time.
func stepOf(secret, code string, now time.Time) (found int64) {
	present := now.Unix() / stepLength
	for step := present - stepsOff; step <= present+stepsOff; step++ {
		right, err := codeAt(secret, step)
		if err == nil && subtle.ConstantTimeCompare([]byte(right), []byte(code)) == 1 {
			found = step
		}
	}
	return found
}

var (
	errCodeShape = fault.At("/code", "code_invalid", "The code has six digits.")
	errCodeWrong = fault.At("/code", "code_wrong", "This is not the code that your app shows now.")
	errEnrolment = fault.New(fault.Gone, "enrolment_expired", "This took too long. Begin again, and scan the new picture.")
	errTOTPThere = fault.New(fault.Conflict, "totp_present", "There is an app already. Remove it before you add another.")
	errNoFactor  = fault.New(fault.Conflict, "factor_missing", "This account has no such second factor.")
)

// parseCode takes what people type or paste.
func parseCode(text string) (string, error) {
	if utf8.RuneCountInString(text) > maxTyped {
		return "", errCodeShape
	}
	code := typed.Compact(typed.Digits(text))
	if len(code) != codeDigits || strings.Trim(code, "0123456789") != "" {
		return "", errCodeShape
	}
	return code, nil
}

type enrolmentAnswer struct {
	Enrolment string    `json:"enrolment"`
	Secret    string    `json:"secret"` // base32
	URI       string    `json:"uri"`
	QR        picture   `json:"qr"`
	ExpiresAt time.Time `json:"expiresAt"`
}

// beginTOTP makes a secret for an app. Nothing is kept of it here until a first code proves that the app has it.
func (h *handler) beginTOTP(ctx context.Context, c *httpapi.Call, _ httpapi.None) (enrolmentAnswer, error) {
	if err := c.SteppedUp(); err != nil {
		return enrolmentAnswer{}, err
	}
	if c.Profile.Factors.TOTP {
		return enrolmentAnswer{}, errTOTPThere
	}
	if _, err := c.Take(ctx, limit.FactorWrite.By(string(c.Profile.ID))); err != nil {
		return enrolmentAnswer{}, err
	}
	raw := make([]byte, 20) // as RFC 4226 section 4 recommends; crypto/rand never fails
	_, _ = rand.Read(raw)
	secret, until := base32Key.EncodeToString(raw), c.Now.Add(enrolmentLife)
	uri := otpURI(c.Profile.Email.String(), secret)
	qr, err := draw(uri)
	if err != nil {
		return enrolmentAnswer{}, err
	}
	sealed := h.keys.Seal(token.Enrolment, token.NewSecret(secret), string(c.Profile.ID))
	tok := h.keys.Issue(token.Enrolment, string(c.Profile.ID), strconv.Itoa(c.Profile.CredentialVersion), strconv.FormatInt(until.Unix(), 10), sealed)
	return enrolmentAnswer{tok.Reveal(), secret, uri, qr, until}, nil
}

// otpURI is how apps read it: https://github.com/google/google-authenticator/wiki/Key-Uri-Format
func otpURI(email, secret string) string {
	q := url.Values{"secret": {secret}, "issuer": {"Central"}}
	return "otpauth://totp/" + url.PathEscape("Central:"+email) + "?" + q.Encode()
}

type confirmRequest struct {
	Enrolment string `json:"enrolment"`
	Code      string `json:"code"`
}

// confirmTOTP takes the app in once it has shown a right code; that one is used up with it.
func (h *handler) confirmTOTP(ctx context.Context, c *httpapi.Call, in confirmRequest) (factorsView, error) {
	code, err := parseCode(in.Code)
	if err != nil {
		return factorsView{}, err
	}
	if err := c.SteppedUp(); err != nil {
		return factorsView{}, err
	}
	secret, err := h.enrolled(c, in.Enrolment)
	if err != nil {
		return factorsView{}, err
	}
	uses := wrongCodes(c.Profile.ID)
	if err := count(ctx, c, uses); err != nil {
		return factorsView{}, err
	}
	step := stepOf(secret.Reveal(), code, c.Now)
	if step == 0 {
		return factorsView{}, errCodeWrong
	}
	sealed := h.keys.Seal(token.FactorSecret, secret, string(c.Profile.ID))
	v, err := h.change(ctx, c, edit{message.FactorAdded, "totp_added", false, func(f account.FactorSet) (account.FactorSet, error) {
		if f.Counted().TOTP {
			return f, errTOTPThere
		}
		f.TOTP = account.TOTP{Sealed: sealed, AddedAt: c.Now, Step: step}
		return f, nil
	}})
	if err != nil {
		return factorsView{}, err
	}
	return v, c.Release(ctx, uses...)
}

// enrolled opens the token of an enrolment: of this account, under this password, and not too old.
func (h *handler) enrolled(c *httpapi.Call, tok string) (token.Secret, error) {
	parts, err := h.keys.Open(token.Enrolment, tok, enrolmentPlaces)
	if err != nil || parts[0] != string(c.Profile.ID) || parts[1] != strconv.Itoa(c.Profile.CredentialVersion) {
		return token.Secret{}, errEnrolment.Because(err)
	}
	until, err := strconv.ParseInt(parts[2], 10, 64)
	if err != nil || until <= c.Now.Unix() {
		return token.Secret{}, errEnrolment.Because(err)
	}
	secret, _, err := h.keys.Unseal(token.Enrolment, parts[3], string(c.Profile.ID))
	if err != nil {
		return token.Secret{}, errEnrolment.Because(err)
	}
	return secret, nil
}

// removeTOTP takes the app away. The other sessions are over.
func (h *handler) removeTOTP(ctx context.Context, c *httpapi.Call, _ httpapi.None) (factorsView, error) {
	return h.change(ctx, c, edit{message.FactorRemoved, "totp_removed", true, func(f account.FactorSet) (account.FactorSet, error) {
		if !f.Counted().TOTP {
			return f, errNoFactor
		}
		f.TOTP = account.TOTP{}
		return f, nil
	}})
}
