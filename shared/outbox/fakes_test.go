package outbox_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"phonon.in/central/shared/event"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/outbox"
	"phonon.in/central/shared/token"
)

// fakeStore has the leases of the real one: a message is claimed by one caller at a time, and is due again when its lease ends.
type fakeStore struct {
	mu      sync.Mutex
	waiting map[string]*waiting
	dead    map[string]string // id -> reason

	failMark  error // of MessageDelivered: the process died before it
	failShard int   // ClaimMessages fails for it, after it claimed what was due
}

type waiting struct {
	message.Message
	due time.Time
}

var errStore = errors.New("store: no answer")

const inlineLease = 10 * time.Second

func newStore(list ...message.Message) *fakeStore {
	s := &fakeStore{waiting: map[string]*waiting{}, dead: map[string]string{}, failShard: -1}
	for _, m := range list {
		s.waiting[m.ID] = &waiting{m, m.CreatedAt.Add(inlineLease)}
	}
	return s
}

func shardOf(id string) int {
	h := fnv.New32a()
	h.Write([]byte(id))
	return int(h.Sum32() % 16)
}

func (s *fakeStore) ClaimMessages(_ context.Context, now time.Time, shard int, lease time.Duration, most int) (list []message.Message, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var due []*waiting
	for id, w := range s.waiting {
		if shardOf(id) == shard && !w.due.After(now) {
			due = append(due, w)
		}
	}
	slices.SortFunc(due, inTurn)
	for _, w := range due[:min(len(due), most)] {
		w.due, w.Attempts = now.Add(lease), w.Attempts+1
		list = append(list, w.Message)
	}
	if shard == s.failShard {
		return list, errStore
	}
	return list, nil
}

// inTurn is the order of the real store: oldest first, and those that are held last, the one that was tried longest ago first.
func inTurn(a, b *waiting) int {
	if aHeld, bHeld := a.Held != "", b.Held != ""; aHeld && bHeld {
		return cmp.Or(a.due.Compare(b.due), cmp.Compare(a.ID, b.ID))
	} else if aHeld != bHeld {
		return map[bool]int{true: 1, false: -1}[aHeld]
	}
	return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
}

func (s *fakeStore) MessageDelivered(ctx context.Context, m message.Message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failMark != nil {
		return s.failMark
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	delete(s.waiting, m.ID)
	return nil
}

func (s *fakeStore) MessageFailed(_ context.Context, m message.Message, next time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w, ok := s.waiting[m.ID]; ok {
		w.due, w.Attempts, w.Held = next, m.Attempts, m.Held
	}
	return nil
}

func (s *fakeStore) MessageDead(_ context.Context, m message.Message, reason string, _ time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.waiting, m.ID)
	s.dead[m.ID] = reason
	return nil
}

// carrier is mailer, texter, caller and publisher in one. It keeps what it carried, in order.
type carrier struct {
	mu     sync.Mutex
	err    error
	held   func(to string) bool // refuses as the operator's fault
	tried  int
	hang   time.Duration
	now    int // running now
	peak   int
	mails  []message.Mail
	codes  []message.ToPhone
	called []message.ToPhone
	events []event.Event
}

func (c *carrier) carry(ctx context.Context, to string, keep func()) error {
	c.mu.Lock()
	c.now++
	c.tried++
	c.peak = max(c.peak, c.now)
	c.mu.Unlock()
	defer func() { c.mu.Lock(); c.now--; c.mu.Unlock() }()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(c.hang):
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held != nil && c.held(to) {
		return fmt.Errorf("%w: SES says MessageRejected, not verified", message.ErrHeld)
	}
	if c.err == nil {
		keep()
	}
	return c.err
}

func (c *carrier) Send(ctx context.Context, m message.Mail) error {
	return c.carry(ctx, m.To, func() { c.mails = append(c.mails, m) })
}

func (c *carrier) Call(ctx context.Context, m message.ToPhone) error {
	return c.carry(ctx, m.To, func() { c.called = append(c.called, m) })
}

func (c *carrier) Publish(ctx context.Context, e event.Event) error {
	return c.carry(ctx, "", func() { c.events = append(c.events, e) })
}

type texter struct{ *carrier }

func (c texter) Send(ctx context.Context, m message.ToPhone) error {
	return c.carry(ctx, m.To, func() { c.codes = append(c.codes, m) })
}

func keys(t testing.TB) token.Keyring {
	t.Helper()
	k, err := token.ParseKeyring([]byte(`{"current":"` + strings.Repeat("k", 32) + `"}`))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

const origin = "https://central.example.com"

func newOutbox(t testing.TB, s outbox.Store, c *carrier) (o *outbox.Outbox, log *bytes.Buffer) {
	log = &bytes.Buffer{}
	timeless := &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr { // its digits could look like a number
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}
	return &outbox.Outbox{
		Store: s, Keys: keys(t), PublicURL: origin, Mail: c, SMS: texter{c}, Voice: c, Events: c, Log: slog.New(slog.NewJSONHandler(log, timeless)),
	}, log
}
