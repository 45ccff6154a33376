package main

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/sync/errgroup"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/phone"
	"phonon.in/central/shared/token"
	"phonon.in/central/shared/typed"
)

type verifyRequest struct {
	ChallengeID string `json:"challengeId"`
	Code        string `json:"code"`
}

type verifyAnswer struct {
	Phone      string     `json:"phone"` // E.164
	Kind       phone.Kind `json:"kind"`
	VerifiedAt time.Time  `json:"verifiedAt"`
}

var (
	errChallengeID = fault.At("/challengeId", "challenge_id_invalid", "This is not the id of a challenge. Use the one that the request for a code answered.")
	errCodeShape   = fault.At("/code", "code_invalid", "The code has six digits.")
	errCodeWrong   = fault.At("/code", "code_wrong", "This is not the code that we sent.")
)

// verify counts the attempt, of the network beside the session (routes) and of the challenge, then compares, then gives the number to the account.
func (h *handler) verify(ctx context.Context, c *httpapi.Call, in verifyRequest) (verifyAnswer, error) {
	code, err := parseCode(in)
	if err != nil {
		return verifyAnswer{}, err
	}
	if c.Profile.IdentityLocked() {
		return verifyAnswer{}, account.ErrIdentityLocked
	}
	if err := mayReplace(c); err != nil {
		return verifyAnswer{}, err
	}
	challenge, err := h.store.CountAttempt(ctx, c.Profile.ID, in.ChallengeID, c.Now)
	if err != nil {
		return verifyAnswer{}, err
	}
	if !h.keys.CodeMatches(token.PhoneCode, code, challenge.ID, challenge.Number.E164()) {
		return verifyAnswer{}, errCodeWrong.With("attemptsLeft", challenge.AttemptsLeft())
	}
	var work errgroup.Group
	work.Go(func() error {
		return h.store.VerifyPhone(ctx, challenge, c.Profile, c.Seen("phone_verified"), h.notices(c, challenge.Number), c.Now)
	})
	work.Go(func() error { // somebody has read the code; where that stays counted, it is one use too many
		_ = h.store.Release(ctx, challenge.CreatedAt, perPrefix(challenge.Number, c.Network)...)
		return nil
	})
	if err := work.Wait(); err != nil {
		return verifyAnswer{}, err
	}
	return verifyAnswer{challenge.Number.E164(), challenge.Number.Kind(), c.Now}, nil
}

// How long it is of use to hear that the number was changed. A call that is hours late would ring at night.
const (
	noticeLife     = 24 * time.Hour
	callNoticeLife = 30 * time.Minute
)

// notices tell the account's address and its older number that it has another one now: whoever changes it may not be the holder. The
// sweep sends them within a minute, so that this answer waits for no carrier.
func (h *handler) notices(c *httpapi.Call, number phone.Number) []message.Message {
	old := c.Profile.Phone.Number
	if old.E164() == "" || old.E164() == number.E164() {
		return nil
	}
	notice := func(kind message.Kind, to string, life time.Duration) message.Message {
		return message.Message{
			ID: token.NewID(), Kind: kind, To: to, Locale: c.Profile.Locale, Account: string(c.Profile.ID), CreatedAt: c.Now, NotAfter: c.Now.Add(life),
		}
	}
	told := []message.Message{notice(message.PhoneChanged, c.Profile.Email.String(), noticeLife)}
	switch {
	case old.Kind() == phone.Landline && h.calls:
		told = append(told, notice(message.PhoneChangedCall, old.E164(), callNoticeLife))
	case old.Kind() == phone.Mobile && h.tellsBySMS:
		told = append(told, notice(message.PhoneChangedSMS, old.E164(), noticeLife))
	}
	return told
}

const (
	codeLength = 6
	maxTyped   = 32 // code points
)

// parseCode takes what people type or paste: "123-456", "123 456", digits of any script, with the marks that a chat puts around them.
func parseCode(in verifyRequest) (string, error) {
	code := ""
	if utf8.RuneCountInString(in.Code) <= maxTyped {
		code = typed.Compact(typed.Digits(in.Code))
	}
	var fields []fault.Field
	if !token.IsID(in.ChallengeID) {
		fields = append(fields, errChallengeID.Fields...)
	}
	if len(code) != codeLength || strings.Trim(code, "0123456789") != "" {
		fields = append(fields, errCodeShape.Fields...)
	}
	return code, fault.InvalidFields(fields)
}
