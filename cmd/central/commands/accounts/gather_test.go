package accounts

import (
	"testing"
	"time"

	"phonon.in/central/cmd/central/console"
	"phonon.in/central/cmd/central/where"
	"phonon.in/central/shared/account"
	"phonon.in/central/shared/event"
	"phonon.in/central/shared/store/storetest"
	"phonon.in/central/shared/token"
)

func TestAnEventThatWaitsIsNobodysMail(t *testing.T) {
	f := storetest.Open(t)
	now := time.Now().UTC()
	good(t, f.QueueMessage(t.Context(), event.NewAccountVerified(account.ID(token.NewID()), now).Message(now.Add(time.Hour))))
	email, err := account.ParseEmail("asha@example.com")
	good(t, err)
	c := &where.Call{Console: &console.Console{Now: time.Now}}
	all, err := gather(t.Context(), c, f.Store, account.Profile{ID: account.ID(token.NewID()), Email: email})
	if err != nil || len(all.Messages) != 0 {
		t.Errorf("somebody without a phone number gets %+v: %v", all.Messages, err)
	}
}
