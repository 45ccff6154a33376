package storetest

import (
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/phone"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/token"
)

// shard is the one that the messages here are of.
const shard = 7

func shardOf(m message.Message) int {
	h := fnv.New32a()
	h.Write([]byte(m.ID))
	return int(h.Sum32() % store.OutboxShards)
}

func TestWhatIsHeldIsClaimedLastAndInTurn(t *testing.T) {
	onEachEngine(t, func(t *testing.T, f Fixture) {
		var in []message.Message // all of one shard, the oldest first
		for i := 0; len(in) < 5; i++ {
			m := mail(message.VerifyEmail, "asha@example.com")
			m.ID, m.CreatedAt, m.Account = fmt.Sprintf("M%025d", i), now.Add(time.Duration(len(in))*time.Second), "ACCOUNT"
			if shardOf(m) == shard {
				in = append(in, m)
			}
		}
		claim := func(at time.Time, most int) (ids []string) {
			got, err := f.ClaimMessages(t.Context(), at, shard, time.Minute, most)
			must(t, err)
			for _, m := range got {
				if m.Account != "ACCOUNT" {
					t.Errorf("it belongs to %q", m.Account)
				}
				ids = append(ids, m.ID)
			}
			return ids
		}
		for i, m := range in {
			must(t, f.QueueMessage(t.Context(), m))
			if i < 3 { // the three oldest are held; the second was tried longest ago
				m.Held, m.Attempts = "held: SES says MessageRejected, not verified", 5
				must(t, f.MessageFailed(t.Context(), m, now.Add(time.Duration(10-(i+2)%3)*time.Second)))
			}
		}
		at := now.Add(time.Minute)
		if got, want := claim(at, 10), []string{in[3].ID, in[4].ID, in[0].ID, in[2].ID, in[1].ID}; !slices.Equal(got, want) {
			t.Errorf("claimed %v, want %v", got, want)
		}
		at = at.Add(2 * time.Minute)
		if got := claim(at, 2); !slices.Equal(got, []string{in[3].ID, in[4].ID}) {
			t.Errorf("of two the first are %v", got)
		}
		waiting, err := f.Waiting(t.Context())
		must(t, err)
		for _, q := range waiting {
			held := q.ID == in[0].ID || q.ID == in[1].ID || q.ID == in[2].ID
			if (q.Reason != "") != held || held && q.Attempts != 6 {
				t.Errorf("%+v", q)
			}
		}
		in[0].Held = ""
		must(t, f.MessageFailed(t.Context(), in[0], at))
		if got := claim(at, 1); !slices.Equal(got, []string{in[0].ID}) {
			t.Errorf("what is held no more is not first: %v", got)
		}
	})
}

func TestHowACallEndedIsWrittenOnceOnItsOwnChallenge(t *testing.T) {
	onEachEngine(t, func(t *testing.T, f Fixture) {
		p := member(t, f, "called@example.com")
		start := func() account.Challenge {
			c := account.Challenge{
				ID: token.NewID(), AccountID: p.ID, Number: phone.FromStored("+912212345678", phone.Landline), Channel: phone.Voice,
				CreatedAt: now, ExpiresAt: now.Add(account.ChallengeLife),
			}
			must(t, f.StartChallenge(t.Context(), c, mail(message.PhoneCodeCall, "+912212345678")))
			return c
		}
		ended := func(c account.Challenge, o phone.Outcome) bool {
			news, err := f.CallEnded(t.Context(), p.ID, c.ID, account.Call{Outcome: o, At: now.Add(time.Minute)})
			must(t, err)
			return news
		}
		c := start()
		if got, err := f.Challenge(t.Context(), p.ID, c.ID, now); err != nil || got != c {
			t.Errorf("%+v %v", got, err)
		}
		var news atomic.Int32
		for _, err := range atOnce(16, func(int) error {
			first, err := f.CallEnded(t.Context(), p.ID, c.ID, account.Call{Outcome: phone.NoAnswer, At: now.Add(time.Minute)})
			if first {
				news.Add(1)
			}
			return err
		}) {
			must(t, err)
		}
		if news.Load() != 1 || ended(c, phone.Answered) {
			t.Errorf("it was news %d times", news.Load())
		}
		got, err := f.Challenge(t.Context(), p.ID, c.ID, now)
		if want := (account.Call{Outcome: phone.NoAnswer, At: now.Add(time.Minute)}); err != nil || got.Call != want {
			t.Errorf("%+v %v", got.Call, err)
		}
		if _, err := f.CountAttempt(t.Context(), p.ID, c.ID, now); err != nil {
			t.Errorf("the code counts no more: %v", err)
		}
		second := start() // a newer code: what is heard of the older call is news, and changes nothing
		if !ended(c, phone.Busy) {
			t.Error("a call that was replaced is no news")
		}
		if got, err := f.Challenge(t.Context(), p.ID, second.ID, now); err != nil || got.Call != (account.Call{}) {
			t.Errorf("%+v %v", got, err)
		}
		for name, ask := range map[string]func() (account.Challenge, error){
			"one that was replaced": func() (account.Challenge, error) { return f.Challenge(t.Context(), p.ID, c.ID, now) },
			"one of another account": func() (account.Challenge, error) {
				return f.Challenge(t.Context(), account.ID(token.NewID()), second.ID, now)
			},
			"one that has expired":  func() (account.Challenge, error) { return f.Challenge(t.Context(), p.ID, second.ID, second.ExpiresAt) },
			"one that is not named": func() (account.Challenge, error) { return f.Challenge(t.Context(), p.ID, "", now) },
		} {
			if got, err := ask(); !errors.Is(err, account.ErrNotFound) {
				t.Errorf("%s: %+v %v", name, got, err)
			}
		}
		must(t, f.VerifyPhone(t.Context(), second, p, seen("phone_verified"), nil, now))
		if _, err := f.Challenge(t.Context(), p.ID, second.ID, now); !errors.Is(err, account.ErrNotFound) {
			t.Errorf("one that was used: %v", err)
		}
		if !ended(account.Challenge{ID: "NOBODYS"}, phone.Failed) {
			t.Error("a call of a challenge that is gone is no news")
		}
	})
}
