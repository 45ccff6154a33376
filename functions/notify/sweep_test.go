package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"phonon.in/central/shared/message"
	"phonon.in/central/shared/outbox"
	"phonon.in/central/shared/store/storetest"
	"phonon.in/central/shared/token"
)

var noon = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

// mailer keeps what it sent; it refuses one address, one the operator holds up, and one it cannot reach.
type mailer struct {
	mu    sync.Mutex
	links map[string][]string
}

func (m *mailer) Send(_ context.Context, mail message.Mail) error {
	switch {
	case strings.HasPrefix(mail.To, "refused"):
		return fmt.Errorf("email: SES says MessageRejected: %w", message.ErrRefused)
	case strings.HasPrefix(mail.To, "held"):
		return fmt.Errorf("%w: SES says MessageRejected, not verified", message.ErrHeld)
	case strings.HasPrefix(mail.To, "later"):
		return errors.New("email: SES says Throttling")
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.links[mail.To] = append(m.links[mail.To], mail.Link.Reveal())
	return nil
}

// dying is a store whose process is killed after a mail went out and before it is marked.
type dying struct{ outbox.Store }

func (dying) MessageDelivered(context.Context, message.Message) error { return errors.New("killed") }

type world struct {
	store storetest.Fixture
	mail  *mailer
	log   *bytes.Buffer
	now   time.Time
	*handler
}

func newWorld(t *testing.T) *world {
	t.Helper()
	keys, err := token.ParseKeyring([]byte(`{"current":"` + strings.Repeat("k", 32) + `"}`))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{store: storetest.Open(t), mail: &mailer{links: map[string][]string{}}, log: &bytes.Buffer{}, now: noon}
	log := slog.New(slog.NewJSONHandler(w.log, nil))
	w.handler = &handler{now: func() time.Time { return w.now }, log: log, outbox: &outbox.Outbox{
		Store: w.store, Keys: keys, PublicURL: "https://central.example.com", Mail: w.mail, Log: log,
	}}
	return w
}

func (w *world) queue(t *testing.T, to string) message.Message {
	t.Helper()
	m := message.Message{
		ID: token.NewID(), Kind: message.VerifyEmail, To: to, Locale: "en", Refs: []string{"digest", token.NewID()},
		CreatedAt: w.now, NotAfter: w.now.Add(24 * time.Hour),
	}
	if err := w.store.QueueMessage(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAKilledSweepSendsTheSameLinkAgainAndLosesNothing(t *testing.T) {
	w := newWorld(t)
	const people = 40
	for i := range people {
		w.queue(t, fmt.Sprintf("asha%d@example.com", i))
	}
	w.now = w.now.Add(time.Minute)
	w.outbox.Store = dying{w.store}
	if err := w.sweep(t.Context()); err == nil {
		t.Error("a sweep that could not mark its mails reports success")
	}
	w.outbox.Store = w.store
	for range 3 {
		w.now = w.now.Add(time.Minute)
		if err := w.sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if len(w.mail.links) != people {
		t.Errorf("%d people got a mail", len(w.mail.links))
	}
	for who, links := range w.mail.links {
		if len(links) != 2 || links[0] != links[1] {
			t.Errorf("%s got %d mails: %v", who, len(links), links)
		}
	}
	if items := w.store.Items(t); len(items) != 0 {
		t.Errorf("%d items are left", len(items))
	}
}

// outage is SES, which is down for a minute.
type outage struct {
	*mailer
	over func() bool
}

func (o outage) Send(ctx context.Context, mail message.Mail) error {
	if !o.over() {
		return errors.New("email: SES says Throttling")
	}
	return o.mailer.Send(ctx, mail)
}

func TestEveryMailOfAMinuteWithoutSESIsOutWithinTwoMinutesAfter(t *testing.T) {
	w := newWorld(t)
	for n, phase := range []int{1, 30, 58} { // the second at which a sweep begins
		began, sent := w.now, len(w.mail.links)
		seconds := func() int { return int(w.now.Sub(began) / time.Second) }
		w.outbox.Mail = outage{w.mail, func() bool { return seconds() >= 60 }}
		for ; seconds() <= 60+120; w.now = w.now.Add(time.Second) {
			if seconds() < 60 {
				m := w.queue(t, fmt.Sprintf("asha%d-%d@example.com", n, seconds()))
				w.outbox.Now(t.Context(), m)
			}
			if seconds()%60 == phase {
				if err := w.sweep(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if seconds() == 59 && len(w.mail.links) != sent {
				t.Fatal("a mail went out during the outage")
			}
		}
		if out := len(w.mail.links) - sent; out != 60 {
			t.Errorf("with sweeps at second %d, %d of 60 mails are out", phase, out)
		}
	}
	for who, links := range w.mail.links {
		if len(links) != 1 {
			t.Errorf("%s got %d mails", who, len(links))
		}
	}
	if items := w.store.Items(t); len(items) != 0 {
		t.Errorf("%d items are left", len(items))
	}
}

func TestASweepCountsInMetricsAndNamesNobody(t *testing.T) {
	w := newWorld(t)
	for _, to := range []string{"asha@example.com", "ravi@example.com", "refused@example.com", "later@example.com", "held@example.com"} {
		w.queue(t, to)
	}
	w.now = w.now.Add(time.Minute)
	if err := w.sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for line := range strings.Lines(w.log.String()) {
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		for _, name := range []string{"OutboxSent", "OutboxFailed", "OutboxHeld", "OutboxDead"} {
			if n, ok := entry[name].(float64); ok && entry["_aws"] != nil {
				got[name] = n
			}
		}
	}
	if fmt.Sprint(got) != "map[OutboxDead:1 OutboxFailed:1 OutboxHeld:1 OutboxSent:2]" {
		t.Errorf("%v", got)
	}
	for _, bad := range []string{"@", "digest", "verify#", "kkkk"} {
		if strings.Contains(w.log.String(), bad) {
			t.Errorf("the log has %q: %s", bad, w.log)
		}
	}
}

func TestAMailThatIsHeldOnARealStoreGoesOutWithTheSweepAfterMending(t *testing.T) {
	w := newWorld(t)
	w.queue(t, "held@example.com")
	for range 3 {
		w.now = w.now.Add(time.Minute)
		if err := w.sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	waiting, err := w.store.Waiting(t.Context())
	if err != nil || len(waiting) != 1 || waiting[0].Reason != "held: SES says MessageRejected, not verified" || waiting[0].Attempts != 3 {
		t.Fatalf("%+v %v", waiting, err)
	}
	if dead, err := w.store.Dead(t.Context()); err != nil || len(dead) != 0 {
		t.Errorf("%d dead %v", len(dead), err)
	}
	w.outbox.Mail = mended{w.mail}
	w.now = w.now.Add(time.Minute)
	if err := w.sweep(t.Context()); err != nil || len(w.mail.links["mended@example.com"]) != 1 {
		t.Errorf("%v %v", err, w.mail.links)
	}
	if items := w.store.Items(t); len(items) != 0 {
		t.Errorf("%d items are left", len(items))
	}
}

// mended is the mailer after the operator has mended what held a mail.
type mended struct{ *mailer }

func (m mended) Send(ctx context.Context, mail message.Mail) error {
	mail.To = "mended@example.com"
	return m.mailer.Send(ctx, mail)
}

func TestAStoreThatFailsMakesTheRunFail(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := w.sweep(ctx); err != nil {
		t.Errorf("a run without time left does nothing, and well: %v", err)
	}
	w.outbox.Store = broken{w.store}
	if err := w.sweep(t.Context()); !errors.Is(err, errBroken) {
		t.Errorf("%v", err)
	}
}

var errBroken = errors.New("store: no answer")

type broken struct{ outbox.Store }

func (broken) ClaimMessages(context.Context, time.Time, int, time.Duration, int) ([]message.Message, error) {
	return nil, errBroken
}
