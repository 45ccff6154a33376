package outbox_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/event"
	"phonon.in/central/shared/outbox"
)

func TestAnEventIsPublishedAsItHappenedHoweverLate(t *testing.T) {
	e := event.NewKYCApproved("ACCOUNT", 2, "huf", noon.AddDate(2, 0, 0), noon)
	s, c := newStore(e.Message(time.Time{})), &carrier{err: errors.New("SNS says Throttled")}
	o, log := newOutbox(t, s, c)
	now := noon.Add(time.Minute)
	if r, err := o.Sweep(t.Context(), now); err != nil || r != (outbox.Report{Failed: 1}) {
		t.Fatalf("%+v %v", r, err)
	}
	c.err = nil
	if r, err := o.Sweep(t.Context(), now.Add(13*24*time.Hour)); err != nil || r != (outbox.Report{Sent: 1}) {
		t.Fatalf("%+v %v", r, err)
	}
	if len(c.events) != 1 || !reflect.DeepEqual(c.events[0], e) || len(c.mails)+len(c.codes)+len(c.called) != 0 {
		t.Errorf("%+v", c)
	}
	if strings.Contains(log.String(), "ACCOUNT") {
		t.Errorf("the log names the account: %s", log)
	}
}

func TestAnEventThatCannotBeReadIsGivenUp(t *testing.T) {
	m := event.NewKYCExpired("ACCOUNT", 2, noon).Message(time.Time{})
	m.Refs = m.Refs[:1]
	s, c := newStore(m), &carrier{}
	o, _ := newOutbox(t, s, c)
	if r, err := o.Sweep(t.Context(), noon.Add(time.Minute)); err != nil || r != (outbox.Report{Dead: 1}) || c.tried != 0 || s.dead[m.ID] == "" {
		t.Errorf("%+v %v, tried %d times, dead %v", r, err, c.tried, s.dead)
	}
}

func TestWhatHasItsTimeIsNotDeliveredAtOnce(t *testing.T) {
	m := verify("A")
	m.Due = noon.Add(time.Minute)
	s, c := newStore(m), &carrier{}
	o, log := newOutbox(t, s, c)
	o.Now(t.Context(), m)
	if c.tried != 0 || len(s.waiting) != 1 || log.Len() != 0 {
		t.Errorf("tried %d times, %d wait, log %q", c.tried, len(s.waiting), log)
	}
}
