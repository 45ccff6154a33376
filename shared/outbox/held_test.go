package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"phonon.in/central/shared/message"
	"phonon.in/central/shared/outbox"
	"phonon.in/central/shared/token"
)

func everybody(string) bool { return true }

func TestAMessageThatTheOperatorHoldsUpWaitsAndGoesOutOnceItIsMended(t *testing.T) {
	s, c := newStore(verify("A")), &carrier{held: everybody}
	o, log := newOutbox(t, s, c)
	now := noon.Add(time.Minute)
	for sweep := range 23 * 60 { // almost as long as the link works
		r, err := o.Sweep(t.Context(), now)
		if err != nil || r != (outbox.Report{Held: 1}) || c.tried != sweep+1 {
			t.Fatalf("sweep %d: %+v %v, tried %d times", sweep, r, err, c.tried)
		}
		now = now.Add(time.Minute)
	}
	if w := s.waiting["A"]; len(s.dead) != 0 || w == nil || w.Held != "held: SES says MessageRejected, not verified" {
		t.Fatalf("dead %v, waiting %+v", s.dead, w)
	}
	quiet(t, log.String())
	c.held = nil
	if r, err := o.Sweep(t.Context(), now); err != nil || r != (outbox.Report{Sent: 1}) {
		t.Errorf("after it was mended: %+v %v", r, err)
	}
	// It says what is true now, not what was when it was asked for.
	if life := c.mails[0].Life; life != noon.Add(24*time.Hour).Sub(now) || life > time.Hour {
		t.Errorf("the mail says that the link works for %s", life)
	}
}

func TestAMessageThatIsHeldForTooLongIsGivenUpWithTheReason(t *testing.T) {
	s, c := newStore(verify("A")), &carrier{held: everybody}
	o, log := newOutbox(t, s, c)
	for _, at := range []time.Duration{time.Minute, 24 * time.Hour} {
		if _, err := o.Sweep(t.Context(), noon.Add(at)); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.dead["A"]; got != "of no use any more; held: SES says MessageRejected, not verified" || c.tried != 1 {
		t.Errorf("given up as %q after %d tries", got, c.tried)
	}
	quiet(t, log.String())
}

// The sandbox of SES takes mails to some and holds up those to others.
func TestWhatIsHeldKeepsNobodyElseWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := newStore(), &carrier{held: func(to string) bool { return strings.HasPrefix(to, "held") }, hang: 100 * time.Millisecond}
		queue := func(name, to string, at time.Time, n int) {
			for i := range n {
				m := verify(fmt.Sprintf("%s%05d", name, i))
				m.To, m.CreatedAt = to, at
				s.waiting[m.ID] = &waiting{m, at.Add(inlineLease)}
			}
		}
		queue("OLD", "held@example.com", noon.Add(-time.Hour), 4000)
		o, _ := newOutbox(t, s, c)
		sweep := func(now time.Time) outbox.Report {
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Second)
			defer cancel()
			r, err := o.Sweep(ctx, now)
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		for minute := range 4 { // all are found to be held
			sweep(noon.Add(time.Duration(minute) * time.Minute))
		}
		queue("NEW", "asha@example.com", noon, 300)
		c.tried = 0
		if r := sweep(noon.Add(5 * time.Minute)); r.Sent != 300 || c.tried > 300+2*16*25 {
			t.Errorf("%+v, %d tries", r, c.tried)
		}
		for minute := range 10 { // each has its turn
			sweep(noon.Add(time.Duration(6+minute) * time.Minute))
		}
		for id, w := range s.waiting {
			if w.Attempts < 2 {
				t.Errorf("%s never had its turn again", id)
			}
		}
	})
}

func TestAllThatWasHeldGoesOutWithinTwoSweepsAfterMending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := newStore(many(2000)...), &carrier{held: everybody, hang: 50 * time.Millisecond}
		o, _ := newOutbox(t, s, c)
		now := noon
		for minute := range 32 {
			if minute == 30 {
				c.held = nil
			}
			now = now.Add(time.Minute)
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Second)
			if _, err := o.Sweep(ctx, now); err != nil {
				t.Fatal(err)
			}
			cancel()
		}
		if len(s.waiting) != 0 || len(c.mails) != 2000 || len(s.dead) != 0 {
			t.Errorf("%d waiting, %d sent, %d dead", len(s.waiting), len(c.mails), len(s.dead))
		}
	})
}

func TestWhatIsThrottledAfterItWasHeldRestsAsIfItWereTheFirstTime(t *testing.T) {
	m := verify("A")
	m.Attempts, m.Held = 200, "held: SES says AccountSendingPausedException"
	s := newStore(m)
	o, _ := newOutbox(t, s, &carrier{err: errors.New("SES says Throttling")})
	if what, err := o.Deliver(t.Context(), noon, m); what != outbox.Failed || err != nil {
		t.Fatal(what, err)
	}
	if w := s.waiting["A"]; w.due.Sub(noon) != 55*time.Second || w.Held != "" || w.Attempts != 1 {
		t.Errorf("%+v", w)
	}
}

func TestACarrierThatSaysWhenToComeAgainIsObeyedWithinAnHour(t *testing.T) {
	for asked, want := range map[time.Duration]time.Duration{2 * time.Minute: 2 * time.Minute, 20 * time.Second: 20 * time.Second, 40 * time.Hour: time.Hour} {
		m := verify("A")
		m.Attempts = 9
		s := newStore(m)
		o, _ := newOutbox(t, s, &carrier{err: fmt.Errorf("email: %w", message.Later{After: asked, Err: errors.New("busy")})})
		if what, err := o.Deliver(t.Context(), noon, m); what != outbox.Failed || err != nil {
			t.Fatal(what, err)
		}
		if got := s.waiting["A"].due.Sub(noon); got != want {
			t.Errorf("asked for %s, it rests %s", asked, got)
		}
	}
}

func TestACallCarriesAnAddressForWhatBecomesOfIt(t *testing.T) {
	for name, c := range map[string]struct {
		kind    message.Kind
		account string
		has     bool
	}{
		"a call of an account": {message.PhoneCodeCall, "ACCOUNT", true},
		"an SMS":               {message.PhoneCodeSMS, "ACCOUNT", false},
		"a call that an older release had queued": {message.PhoneCodeCall, "", false},
	} {
		sent := &carrier{}
		o, _ := newOutbox(t, newStore(), sent)
		m := message.Message{
			ID: "MESSAGE", Kind: c.kind, To: "+912212345678", Account: c.account, Refs: []string{"CHALLENGE", "+912212345678"},
			CreatedAt: noon, NotAfter: noon.Add(10 * time.Minute),
		}
		o.Now(t.Context(), m)
		got := append(sent.called, sent.codes...)[0]
		if got.ID != "MESSAGE" || !got.NotAfter.Equal(m.NotAfter) {
			t.Errorf("%s: %+v", name, got)
		}
		address := got.Events.Reveal()
		if !c.has {
			if address != "" {
				t.Errorf("%s: %s", name, address)
			}
			continue
		}
		about, _ := strings.CutPrefix(strings.TrimSuffix(address, "/events"), origin+"/v1/calls/")
		parts, err := keys(t).Open(token.CallEvents, about, 3)
		if err != nil || strings.Join(parts, " ") != "MESSAGE ACCOUNT CHALLENGE" {
			t.Errorf("%s: %s: %v %v", name, address, parts, err)
		}
	}
}
