package main

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/callapi"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/ocsf"
	"phonon.in/central/shared/phone"
	"phonon.in/central/shared/phone/numbering"
	"phonon.in/central/shared/token"
)

type challenges interface {
	StartChallenge(ctx context.Context, c account.Challenge, m message.Message) error
	CountAttempt(ctx context.Context, id account.ID, challengeID string, now time.Time) (account.Challenge, error)
	VerifyPhone(ctx context.Context, c account.Challenge, p account.Profile, seen account.Activity, told []message.Message, now time.Time) error
	Challenge(ctx context.Context, id account.ID, challengeID string, now time.Time) (account.Challenge, error)
	CallEnded(ctx context.Context, id account.ID, challengeID string, call account.Call) (news bool, err error)
	Release(ctx context.Context, now time.Time, uses ...limit.Use) error
}

type deliverer interface {
	Now(ctx context.Context, m message.Message)
}

type handler struct {
	store                 challenges
	keys                  token.Keyring
	outbox                deliverer
	smsBudget, callBudget limit.Rule
	tellsBySMS            bool // a text is registered that says that a number was changed
	calls                 bool // somebody makes calls
	callSecrets           callapi.Secrets
	log                   *slog.Logger
}

func (h *handler) routes(c httpapi.Config) http.Handler {
	api := httpapi.New(c)
	api.Private("POST /v1/otp", httpapi.JSON(http.StatusAccepted, h.send))
	api.PrivateWithin("POST /v1/otp/verify", limit.CodeTryIP, httpapi.Event(ocsf.PhoneProof, httpapi.JSON(http.StatusOK, h.verify)))
	api.Private("GET /v1/otp/{id}", httpapi.JSON(http.StatusOK, h.show))
	api.Public("POST /v1/calls/{id}/events", httpapi.JSON(http.StatusNoContent, h.callEnded))
	return api
}

type sendRequest struct {
	Phone   string `json:"phone"`
	Kind    string `json:"kind"`
	Channel string `json:"channel"`
}

type sendAnswer struct {
	ChallengeID string        `json:"challengeId"`
	Phone       string        `json:"phone"` // E.164, as it was understood
	Channel     phone.Channel `json:"channel"`
	ExpiresAt   time.Time     `json:"expiresAt"`
	ResendAfter int           `json:"resendAfter"` // seconds
}

// send starts a challenge and sends its code. Everything that costs money is counted before it is spent.
func (h *handler) send(ctx context.Context, c *httpapi.Call, in sendRequest) (sendAnswer, error) {
	number, channel, err := parse(in)
	if err != nil {
		return sendAnswer{}, err
	}
	if channel == phone.Voice && !h.calls {
		return sendAnswer{}, errNoCalls
	}
	if c.Profile.IdentityLocked() {
		return sendAnswer{}, account.ErrIdentityLocked
	}
	if err := mayReplace(c); err != nil {
		return sendAnswer{}, err
	}
	if err := h.admit(ctx, c, number, channel); err != nil {
		return sendAnswer{}, err
	}
	challenge := account.Challenge{
		ID: token.NewID(), AccountID: c.Profile.ID, Number: number, Channel: channel,
		CreatedAt: c.Now, ExpiresAt: c.Now.Add(account.ChallengeLife),
	}
	m := message.Message{
		ID: token.NewID(), Kind: message.PhoneCodeSMS, To: number.E164(), Locale: c.Profile.Locale,
		Refs: []string{challenge.ID, number.E164()}, Account: string(c.Profile.ID), CreatedAt: c.Now, NotAfter: challenge.ExpiresAt,
	}
	if channel == phone.Voice {
		m.Kind = message.PhoneCodeCall
	}
	if err := h.store.StartChallenge(ctx, challenge, m); err != nil {
		return sendAnswer{}, err
	}
	h.outbox.Now(ctx, m)
	return sendAnswer{challenge.ID, number.E164(), channel, challenge.ExpiresAt, int(limit.CodeGap.Window.Seconds())}, nil
}

// mayReplace keeps a proven number from whoever has only found an open session.
func mayReplace(c *httpapi.Call) error {
	if c.Profile.Phone.Number.IsZero() {
		return nil
	}
	return c.SteppedUp()
}

// errNoCalls is for a number that only a call reaches, and for who asks for one, where the operator has switched calls off.
var errNoCalls = fault.At("/kind", "calls_not_offered", "We make no calls at present. Use a mobile number, which gets an SMS.")

func parse(in sendRequest) (phone.Number, phone.Channel, error) {
	number, err := numbering.Parse(in.Phone, phone.Kind(in.Kind))
	fields, rest := fault.FieldsOf(err)
	if rest != nil {
		return phone.Number{}, "", rest
	}
	channel, err := phone.ChannelFor(phone.Kind(in.Kind), in.Channel)
	more, rest := fault.FieldsOf(err)
	if rest != nil {
		return phone.Number{}, "", rest
	}
	for _, f := range more {
		if f.Pointer != "/kind" { // numbering.Parse has said so already
			fields = append(fields, f)
		}
	}
	return number, channel, fault.InvalidFields(fields)
}

// perPrefix are the limits that a code uses up until it is verified.
func perPrefix(n phone.Number, network string) []limit.Use {
	return []limit.Use{limit.CodePrefix.By(n.Prefix()), limit.CodePrefixIP.By(n.Prefix() + "-" + network)}
}

// admit counts the narrow limits and the budget of the day in one call: where one refuses, the others are given back, and so refused requests
// do not use the budget up.
func (h *handler) admit(ctx context.Context, c *httpapi.Call, n phone.Number, channel phone.Channel) error {
	uses := []limit.Use{
		limit.CodeGap.By(n.E164()), limit.CodeIP.By(c.Network), limit.CodeAccount.By(string(c.Profile.ID)), limit.CodePhone.By(n.E164()),
	}
	uses = append(uses, perPrefix(n, c.Network)...)
	if channel == phone.Voice {
		uses = append(uses, limit.CallPhone.By(n.E164()), h.callBudget.By("all"))
	} else {
		uses = append(uses, h.smsBudget.By("all"))
	}
	_, err := c.Take(ctx, uses...)
	return err
}
