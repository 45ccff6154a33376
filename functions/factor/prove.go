package main

import (
	"context"
	"unicode/utf8"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/token"
	"phonon.in/central/shared/typed"
)

// proof is what somebody gives as the second factor: one of these.
type proof struct {
	code, recovery string
	passkey        *assertion
}

func (p proof) count() (n int) {
	for _, given := range []bool{p.code != "", p.recovery != "", p.passkey != nil} {
		if given {
			n++
		}
	}
	return n
}

var errRecoveryShape = fault.At("/recoveryCode", "recovery_code_invalid", "A recovery code has 24 letters and digits, in groups of four.")

// wrongCodes are the limits that a wrong code uses up, wherever it is typed.
func wrongCodes(id account.ID) []limit.Use {
	return []limit.Use{limit.FactorCode.By(string(id)), limit.FactorDay.By(string(id))}
}

// count takes one limit after the other: side by side, an attempt that the second refuses would hold a place of the first for a moment, and
// somebody else be refused for it.
func count(ctx context.Context, c *httpapi.Call, uses []limit.Use) error {
	for _, use := range uses {
		if _, err := c.Take(ctx, use); err != nil {
			return err
		}
	}
	return nil
}

// compare counts the attempt, then compares: what is right comes back as a use, which the store lets happen once. What has not the shape of a
// proof is no attempt.
func (h *handler) compare(ctx context.Context, c *httpapi.Call, p account.Profile, given proof, uses []limit.Use, why purpose) (store.FactorUse, error) {
	var code, digest string
	var err error
	switch {
	case given.code != "":
		code, err = parseCode(given.code)
	case given.recovery != "":
		digest, err = parseRecovery(given.recovery)
	default:
		err = given.passkey.fits()
	}
	if err != nil {
		return store.FactorUse{}, err
	}
	if err := count(ctx, c, uses); err != nil {
		return store.FactorUse{}, err
	}
	set, err := h.store.Factors(ctx, p.ID)
	switch {
	case err != nil:
		return store.FactorUse{}, err
	case given.passkey != nil:
		return h.answered(c, p, set, *given.passkey, why)
	case digest != "":
		return store.FactorUse{Recovery: digest}, nil
	}
	return h.codeUse(ctx, c, p, set, code)
}

// codeUse compares a code with those that the account's app shows about now.
func (h *handler) codeUse(ctx context.Context, c *httpapi.Call, p account.Profile, set account.FactorSet, code string) (store.FactorUse, error) {
	if !set.Counted().TOTP {
		return store.FactorUse{}, errCodeWrong
	}
	secret, stale, err := h.keys.Unseal(token.FactorSecret, set.TOTP.Sealed, string(p.ID))
	if err != nil { // a key that is gone: the recovery codes need none
		h.log.ErrorContext(ctx, "the secret of an app was sealed by a key that is gone", "account", string(p.ID))
		return store.FactorUse{}, errCodeWrong.Because(err)
	}
	step := stepOf(secret.Reveal(), code, c.Now)
	switch {
	case step == 0:
		return store.FactorUse{}, errCodeWrong
	case step <= set.TOTP.Step:
		return store.FactorUse{}, account.ErrCodeUsed
	}
	use := store.FactorUse{Step: step}
	if stale {
		use.Resealed = h.keys.Seal(token.FactorSecret, secret, string(p.ID))
	}
	return use, nil
}

func parseRecovery(text string) (string, error) {
	if utf8.RuneCountInString(text) > maxTyped {
		return "", errRecoveryShape
	}
	digest, err := token.RecoveryDigest(typed.Compact(text))
	if err != nil {
		return "", errRecoveryShape
	}
	return digest, nil
}

// toldOf are the mails about a use: that of a recovery code is told, because whoever found the list may have used it.
func (h *handler) toldOf(c *httpapi.Call, u store.FactorUse) []message.Message {
	if u.Recovery == "" {
		return nil
	}
	return []message.Message{h.mail(c, message.RecoveryUsed)}
}

func (h *handler) deliver(ctx context.Context, told []message.Message) {
	for _, m := range told {
		h.outbox.Now(ctx, m)
	}
}
