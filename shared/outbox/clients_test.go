package outbox_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"phonon.in/central/shared/message"
	"phonon.in/central/shared/oidc"
)

// clients are told that sessions are over, and answer four times of five.
type clients struct {
	mu     sync.Mutex
	random *rand.Rand
	down   bool
	told   map[string]int
}

func (c *clients) Tell(_ context.Context, m message.Message) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.down || c.random.IntN(5) == 0 {
		return message.Later{After: 55 * time.Second, Err: errors.New("the client says 503")}
	}
	_, client, sid := m.Ended()
	c.told[string(client)+" "+sid]++
	return nil
}

func TestEveryClientHearsThatASessionIsOverWhateverFails(t *testing.T) {
	at := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	var all []message.Message
	for i := range 200 {
		all = append(all, message.AboutEnded("A", oidc.ClientID(rune('a'+i%20)), string(rune('A'+i/20)), at))
	}
	store, told := newStore(all...), &clients{random: rand.New(rand.NewPCG(1, 2)), told: map[string]int{}, down: true}
	o, _ := newOutbox(t, store, &carrier{})
	o.Clients = told
	for minute := 1; minute <= 30; minute++ { // none answers for a quarter of an hour
		told.down = minute < 15
		if _, err := o.Sweep(t.Context(), at.Add(time.Duration(minute)*time.Minute)); err != nil {
			t.Fatal(err)
		}
		if minute == 16 && len(told.told) < 150 {
			t.Errorf("two minutes after the outage %d of 200 have heard", len(told.told))
		}
	}
	if len(told.told) != 200 || len(store.waiting) != 0 || len(store.dead) != 0 {
		t.Errorf("%d heard, %d wait, %d dead", len(told.told), len(store.waiting), len(store.dead))
	}
}

func TestWhoMayNotSignLeavesItToTheSweep(t *testing.T) {
	at := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	m := message.AboutEnded("A", "C", "S", at)
	store := newStore(m)
	o, _ := newOutbox(t, store, &carrier{})
	o.Now(t.Context(), m)
	if len(store.waiting) != 1 || len(store.dead) != 0 {
		t.Errorf("%d wait, %d dead", len(store.waiting), len(store.dead))
	}
}
