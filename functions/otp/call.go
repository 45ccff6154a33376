package main

import (
	"context"
	"slices"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/obs"
	"phonon.in/central/shared/phone"
	"phonon.in/central/shared/token"
)

type challengeAnswer struct {
	Channel   phone.Channel `json:"channel"`
	ExpiresAt time.Time     `json:"expiresAt"`
	Call      *callAnswer   `json:"call"` // nil until it is known how the call ended
}

type callAnswer struct {
	Outcome phone.Outcome `json:"outcome"`
	At      time.Time     `json:"at"` // when we heard of it
}

// show tells about the open challenge.
func (h *handler) show(ctx context.Context, c *httpapi.Call, _ httpapi.None) (challengeAnswer, error) {
	challenge, err := h.store.Challenge(ctx, c.Profile.ID, c.Path("id"), c.Now)
	if err != nil {
		return challengeAnswer{}, err
	}
	answer := challengeAnswer{Channel: challenge.Channel, ExpiresAt: challenge.ExpiresAt}
	if ended := challenge.Call; ended.Outcome != "" {
		answer.Call = &callAnswer{ended.Outcome, ended.At}
	}
	return answer, nil
}

// callEvent is what the call API posts: docs/call-api.md.
type callEvent struct {
	ID      string `json:"id"` // of the call
	Outcome string `json:"outcome"`
}

var (
	errCallUnknown = fault.New(fault.NotFound, "call_unknown", "No call was asked for with this address.")
	errCallID      = fault.At("/id", "call_id_invalid", "This is not the id of the call that came with this address.")
	errOutcome     = fault.At("/outcome", "outcome_invalid", "Use answered, busy, no_answer, rejected or failed.")
)

// callEnded hears from the call API how a call ended. The same event once more changes nothing.
func (h *handler) callEnded(ctx context.Context, c *httpapi.Call, in callEvent) (httpapi.None, error) {
	if _, err := c.Take(ctx, limit.CallEventIP.By(c.Network)); err != nil {
		return httpapi.None{}, err
	}
	err := h.callSecrets.Proves(c.Header("Webhook-Id"), c.Header("Webhook-Timestamp"), c.Header("Webhook-Signature"), c.Body(), c.Now)
	if err != nil {
		return httpapi.None{}, err
	}
	about, err := h.keys.Open(token.CallEvents, c.Path("id"), 3)
	if err != nil {
		return httpapi.None{}, errCallUnknown.Because(err)
	}
	ended := account.Call{Outcome: phone.Outcome(in.Outcome), At: c.Now}
	switch {
	case in.ID != about[0]:
		return httpapi.None{}, errCallID
	case !slices.Contains(phone.Outcomes, ended.Outcome):
		return httpapi.None{}, errOutcome
	}
	news, err := h.store.CallEnded(ctx, account.ID(about[1]), about[2], ended)
	if news {
		metric := "CallsUnanswered"
		if ended.Outcome == phone.Answered {
			metric = "CallsAnswered"
		}
		obs.Count(ctx, h.log, c.Now, metric, 1)
		h.log.InfoContext(ctx, "call ended", "call", in.ID, "account", about[1], "outcome", ended.Outcome)
	}
	return httpapi.None{}, err
}
