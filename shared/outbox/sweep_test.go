package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"phonon.in/central/shared/message"
	"phonon.in/central/shared/outbox"
)

var discard = slog.New(slog.DiscardHandler)

func many(n int) []message.Message {
	var list []message.Message
	for i := range n {
		list = append(list, verify(fmt.Sprintf("M%04d", i)))
	}
	return list
}

func TestASweepDeliversEveryShardWithFewAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := newStore(many(1000)...), &carrier{hang: 10 * time.Millisecond}
		o, _ := newOutbox(t, s, c)
		r, err := o.Sweep(t.Context(), noon.Add(time.Minute))
		if err != nil || r != (outbox.Report{Sent: 1000}) || len(s.waiting) != 0 {
			t.Errorf("%+v %v, %d waiting", r, err, len(s.waiting))
		}
		if c.peak != 4 {
			t.Errorf("%d at a time", c.peak)
		}
		twice := map[string]int{}
		for _, m := range c.mails {
			twice[m.Link.Reveal()]++
		}
		if len(twice) != 1000 {
			t.Errorf("%d different mails", len(twice))
		}
	})
}

func TestAFreshMessageIsLeftToItsFunction(t *testing.T) {
	s, c := newStore(verify("A")), &carrier{}
	o, _ := newOutbox(t, s, c)
	if r, err := o.Sweep(t.Context(), noon.Add(inlineLease-1)); err != nil || r != (outbox.Report{}) {
		t.Errorf("%+v %v", r, err)
	}
	if r, err := o.Sweep(t.Context(), noon.Add(inlineLease)); err != nil || r != (outbox.Report{Sent: 1}) {
		t.Errorf("%+v %v", r, err)
	}
}

func TestAProcessKilledBetweenSendingAndForgettingSendsTheSameLinkTwice(t *testing.T) {
	m := verify("A")
	s, c := newStore(m), &carrier{}
	o, _ := newOutbox(t, s, c)
	s.failMark = errors.New("killed")
	o.Now(t.Context(), m)
	now := noon.Add(time.Minute)
	if r, err := o.Sweep(t.Context(), now); err == nil || r.Sent != 1 {
		t.Errorf("%+v %v", r, err)
	}
	s.failMark = nil
	if r, err := o.Sweep(t.Context(), now.Add(time.Minute)); err != nil || r != (outbox.Report{}) {
		t.Errorf("within the lease: %+v %v", r, err)
	}
	if r, err := o.Sweep(t.Context(), now.Add(2*time.Minute)); err != nil || r.Sent != 1 {
		t.Errorf("after the lease: %+v %v", r, err)
	}
	if len(s.waiting) != 0 || len(c.mails) != 3 {
		t.Fatalf("%d waiting, %d sent", len(s.waiting), len(c.mails))
	}
	for _, again := range c.mails[1:] {
		if again.Link != c.mails[0].Link || again.To != m.To {
			t.Errorf("another link to %s", again.To)
		}
	}
}

func TestSweepsAtTheSameTimeSendEachMessageOnce(t *testing.T) {
	s, c := newStore(many(200)...), &carrier{}
	o, _ := newOutbox(t, s, c)
	var both sync.WaitGroup
	for range 4 {
		both.Go(func() {
			if _, err := o.Sweep(t.Context(), noon.Add(time.Minute)); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	if len(c.mails) != 200 || len(s.waiting) != 0 {
		t.Errorf("%d sent, %d waiting", len(c.mails), len(s.waiting))
	}
}

func TestASweepCounts(t *testing.T) {
	old := verify("OLD")
	old.NotAfter = noon
	s, c := newStore(verify("A"), verify("B"), old), &carrier{err: errors.New("down")}
	o, _ := newOutbox(t, s, c)
	if r, err := o.Sweep(t.Context(), noon.Add(time.Minute)); err != nil || r != (outbox.Report{Failed: 2, Dead: 1}) {
		t.Errorf("%+v %v", r, err)
	}
	c.err = nil
	if r, err := o.Sweep(t.Context(), noon.Add(time.Minute+55*time.Second-1)); err != nil || r != (outbox.Report{}) {
		t.Errorf("while they rest: %+v %v", r, err)
	}
	if r, err := o.Sweep(t.Context(), noon.Add(2*time.Minute)); err != nil || r != (outbox.Report{Sent: 2}) {
		t.Errorf("%+v %v", r, err)
	}
}

func TestAnOutageOfAMinuteLosesNothing(t *testing.T) {
	list := many(300)
	s, c := newStore(list...), &carrier{err: errors.New("SES says Throttling")}
	o, _ := newOutbox(t, s, c)
	for _, m := range list {
		o.Now(t.Context(), m)
	}
	for minute := range 3 {
		if minute == 1 {
			c.err = nil
		}
		if _, err := o.Sweep(t.Context(), noon.Add(time.Duration(minute)*time.Minute+inlineLease)); err != nil {
			t.Fatal(err)
		}
	}
	if len(c.mails) != 300 || len(s.waiting) != 0 || len(s.dead) != 0 {
		t.Errorf("%d sent, %d waiting, %d dead", len(c.mails), len(s.waiting), len(s.dead))
	}
}

func TestOneShardThatFailsDoesNotStopTheOthers(t *testing.T) {
	s, c := newStore(many(300)...), &carrier{}
	s.failShard = 3
	o, _ := newOutbox(t, s, c)
	r, err := o.Sweep(t.Context(), noon.Add(time.Minute))
	if !errors.Is(err, errStore) {
		t.Errorf("%v", err)
	}
	// Also of the failing shard, what was claimed is delivered: its lease would only delay it.
	for id := range s.waiting {
		if shardOf(id) != 3 {
			t.Errorf("%s is still waiting", id)
		}
	}
	if r.Sent+len(s.waiting) != 300 {
		t.Errorf("%+v, %d waiting", r, len(s.waiting))
	}
}

func TestASweepStopsInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := newStore(many(400)...), &carrier{hang: time.Second}
		o, _ := newOutbox(t, s, c)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Second)
		defer cancel()
		began := time.Now()
		r, err := o.Sweep(ctx, noon.Add(time.Minute))
		took := time.Since(began)
		if err != nil || r.Failed != 0 || r.Dead != 0 || r.Sent != len(c.mails) || r.Sent < 100 {
			t.Errorf("%+v %v", r, err)
		}
		if took > 46*time.Second {
			t.Errorf("took %s", took)
		}
		if r.Sent+len(s.waiting) != 400 {
			t.Errorf("%d lost", 400-r.Sent-len(s.waiting))
		}
		for _, w := range s.waiting {
			if w.due.After(noon.Add(3 * time.Minute)) {
				t.Errorf("%s is due at %s only", w.ID, w.due)
			}
		}
	})
}
