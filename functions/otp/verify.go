package main

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/phone"
	"phonon.in/central/shared/token"
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

// verify counts the attempt, then compares, then gives the number to the account.
func (h *handler) verify(ctx context.Context, c *httpapi.Call, in verifyRequest) (verifyAnswer, error) {
	code, err := parseCode(in)
	if err != nil {
		return verifyAnswer{}, err
	}
	if _, err := h.store.Take(ctx, c.Now, limit.CodeTryIP.By(c.Network)); err != nil {
		return verifyAnswer{}, err
	}
	challenge, err := h.store.CountAttempt(ctx, c.Profile.ID, in.ChallengeID, c.Now)
	if err != nil {
		return verifyAnswer{}, err
	}
	if !h.keys.CodeMatches(token.PhoneCode, code, challenge.ID, challenge.Number.E164()) {
		return verifyAnswer{}, errCodeWrong.With("attemptsLeft", challenge.AttemptsLeft())
	}
	if err := h.store.VerifyPhone(ctx, challenge, c.Profile, c.Seen("phone_verified"), c.Now); err != nil {
		return verifyAnswer{}, err
	}
	return verifyAnswer{challenge.Number.E164(), challenge.Number.Kind(), c.Now}, nil
}

const (
	codeLength = 6
	maxTyped   = 32 // code points
)

// parseCode takes what people type or paste: "123-456", "123 456".
func parseCode(in verifyRequest) (string, error) {
	code := strings.NewReplacer(" ", "", "-", "").Replace(in.Code)
	var fields []fault.Field
	if !token.IsID(in.ChallengeID) {
		fields = append(fields, errChallengeID.Fields...)
	}
	if utf8.RuneCountInString(in.Code) > maxTyped || len(code) != codeLength || strings.Trim(code, "0123456789") != "" {
		fields = append(fields, errCodeShape.Fields...)
	}
	return code, fault.InvalidFields(fields)
}
