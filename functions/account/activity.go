package main

import (
	"context"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/httpapi"
)

// pageOfActivity is how many events a page has at most.
const pageOfActivity = 50

type activityView struct {
	Kind    string    `json:"kind"`
	At      time.Time `json:"at"`
	Device  string    `json:"device"`  // such as "Chrome, Android"; "" where it is not known, or the deed was an operator's
	Network string    `json:"network"` // such as 203.0.113.0/24
}

type activityAnswer struct {
	Items []activityView `json:"items"`
	Next  string         `json:"next"` // "" where there is nothing more
}

// activity lists what happened in the account, the newest first.
func (h *handler) activity(ctx context.Context, c *httpapi.Call, _ httpapi.None) (activityAnswer, error) {
	page, next, err := h.store.Activity(ctx, c.Profile.ID, c.Query("after"), pageOfActivity, c.Now)
	answer := activityAnswer{Items: make([]activityView, len(page)), Next: next}
	for i, a := range page {
		answer.Items[i] = activityView{a.Kind, a.At, account.DeviceOf(a.UserAgent), account.NetworkOf(a.IP)}
	}
	return answer, err
}
