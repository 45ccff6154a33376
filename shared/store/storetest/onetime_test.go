package storetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/token"
)

func TestCaptcha(t *testing.T) {
	onEachEngine(t, func(t *testing.T, f Fixture) {
		t.Run("a captcha spent by 16 at once counts once", func(t *testing.T) {
			errs := atOnce(16, func(int) error { return f.Spend(t.Context(), "sig-1", now.Add(time.Minute)) })
			wantOneWinner(t, errs, account.ErrCaptchaSpent)
		})
		t.Run("a lost answer does not turn an own captcha into a spent one", func(t *testing.T) {
			s, hits := f.WithFault(t, "PutItem", LostAnswer, 1)
			must(t, s.Spend(t.Context(), "sig-2", now.Add(time.Minute)))
			if hits.Load() != 1 {
				t.Error("no answer was lost")
			}
			want(t, s.Spend(t.Context(), "sig-2", now.Add(time.Minute)), account.ErrCaptchaSpent)
		})
	})
}

func TestLimits(t *testing.T) {
	rule := limit.Rule{Name: "test", Max: 10, Window: time.Hour, Detail: "Too many."}
	onEachEngine(t, func(t *testing.T, f Fixture) {
		t.Run("of 100 uses at once exactly the limit pass", func(t *testing.T) {
			passed := 0
			for _, err := range atOnce(100, func(int) error {
				_, err := f.Take(t.Context(), now, rule.By("crowd"))
				return err
			}) {
				if err == nil {
					passed++
				}
			}
			if passed != rule.Max {
				t.Errorf("%d passed", passed)
			}
			_, err := f.Take(t.Context(), now, rule.By("somebody else"))
			must(t, err)
		})
		t.Run("a use that is refused leaves the others uncounted", func(t *testing.T) {
			full, other := rule.By("full"), rule.By("other")
			for range rule.Max {
				_, err := f.Take(t.Context(), now, full)
				must(t, err)
			}
			for range 2 * rule.Max {
				if _, err := f.Take(t.Context(), now, full, other); err == nil {
					t.Fatal("it passed")
				}
			}
			counts, err := f.Take(t.Context(), now, other)
			must(t, err)
			if counts[0] != 1 {
				t.Errorf("the other was counted up to %d", counts[0])
			}
		})
		t.Run("a count that fails leaves the others uncounted", func(t *testing.T) {
			tooLong := rule.By(strings.Repeat("x", 3000)) // for a key of DynamoDB
			if _, err := f.Take(t.Context(), now, rule.By("first"), tooLong, rule.By("last")); err == nil {
				t.Fatal("it passed")
			}
			counts, err := f.Take(t.Context(), now, rule.By("first"), rule.By("last"))
			must(t, err)
			if counts[0] != 1 || counts[1] != 1 {
				t.Errorf("the others were counted up to %v", counts)
			}
		})
		t.Run("there is room again when the fault says, also beyond the window's end, and not before", func(t *testing.T) {
			for i := range 8 { // begun anywhere in a window
				use, at := rule.By(fmt.Sprint("waiting-", i)), now.Add(time.Duration(i)*8*time.Minute)
				for range rule.Max {
					_, err := f.Take(t.Context(), at, use)
					must(t, err)
				}
				_, err := f.Take(t.Context(), at, use)
				refusal, ok := errors.AsType[*fault.Error](err)
				if !ok {
					t.Fatalf("the use beyond the limit passed: %v", err)
				}
				for _, early := range []time.Time{use.WindowEnd(at).Add(-time.Second), use.WindowEnd(at), at.Add(refusal.RetryAfter - time.Second)} {
					if _, err = f.Take(t.Context(), early, use); err == nil {
						t.Errorf("it passed %s after a whole limit, told to wait %s", early.Sub(at), refusal.RetryAfter)
					}
				}
				_, err = f.Take(t.Context(), at.Add(refusal.RetryAfter), use)
				must(t, err)
			}
		})
		t.Run("around the end of a window no more pass than in any other", func(t *testing.T) {
			use := rule.By("at the end")
			end, passed := use.WindowEnd(now), 0
			for i := range 60 { // in the last minute of one and the first of the next
				if _, err := f.Take(t.Context(), end.Add(time.Duration(2*i-60)*time.Second), use); err == nil {
					passed++
				}
			}
			if passed != rule.Max {
				t.Errorf("%d passed", passed)
			}
		})
		t.Run("uses that are given back make room at once, also where the window before weighs", func(t *testing.T) {
			use := rule.By("given back")
			for range 5 {
				_, err := f.Take(t.Context(), use.WindowEnd(now).Add(-time.Second), use)
				must(t, err)
			}
			at := use.WindowEnd(now).Add(time.Second)
			for range 5 {
				_, err := f.Take(t.Context(), at, use)
				must(t, err)
			}
			if _, err := f.Take(t.Context(), at, use); !limit.Refused(err) {
				t.Errorf("it passed: %v", err)
			}
			must(t, f.Release(t.Context(), at, use))
			_, err := f.Take(t.Context(), at, use)
			must(t, err)
		})
		t.Run("what was delayed passes from then on, also in the next window, and no delay makes another shorter", func(t *testing.T) {
			use := rule.By("delayed")
			at := use.WindowEnd(now).Add(-time.Second)
			_, err := f.Take(t.Context(), at, use)
			must(t, err)
			must(t, f.Delay(t.Context(), at, use, at.Add(time.Minute)))
			must(t, f.Delay(t.Context(), at, use, at.Add(time.Second)))
			if _, err := f.Take(t.Context(), at.Add(59*time.Second), use); !limit.Refused(err) {
				t.Errorf("it passed early: %v", err)
			}
			_, err = f.Take(t.Context(), at.Add(time.Minute), use)
			must(t, err)
		})
		t.Run("addresses that a network tried count once each, and what makes them many is known once", func(t *testing.T) {
			use, reached := limit.LoginSpray.By("203.0.113.7"), 0
			for i := range 50 {
				for range 2 {
					now, err := f.NoteTried(t.Context(), now, use, fmt.Sprintf("%016d", i))
					must(t, err)
					if now {
						reached++
					}
				}
			}
			tried, err := f.Tried(t.Context(), now, use)
			must(t, err)
			if tried != 50 || reached != 1 {
				t.Errorf("%d addresses, reached %d times", tried, reached)
			}
			after, err := f.Tried(t.Context(), now.Add(2*use.Rule.Window), use)
			must(t, err)
			if after != 0 {
				t.Errorf("%d count for ever", after)
			}
		})
		t.Run("a use given back can be taken again, and forgiving empties the window", func(t *testing.T) {
			use := rule.By("giving")
			for range rule.Max {
				_, err := f.Take(t.Context(), now, use)
				must(t, err)
			}
			must(t, f.Release(t.Context(), now, use))
			_, err := f.Take(t.Context(), now, use)
			must(t, err)
			must(t, f.Forgive(t.Context(), now, use))
			counts, err := f.Take(t.Context(), now, use)
			must(t, err)
			if counts[0] != 1 {
				t.Errorf("after forgiving the count is %d", counts[0])
			}
			must(t, f.Release(t.Context(), now, rule.By("never taken")))
		})
	})
}

func TestGaps(t *testing.T) {
	rule := limit.Rule{Name: "gap", Max: 1, Window: 30 * time.Second, Detail: "A moment ago."}
	waitOf := func(err error) time.Duration {
		var refusal *fault.Error
		if !errors.As(err, &refusal) {
			return 0
		}
		return refusal.RetryAfter
	}
	onEachEngine(t, func(t *testing.T, f Fixture) {
		t.Run("a gap lasts from one use to the next, whenever that is", func(t *testing.T) {
			for i := range 20 { // wherever a fixed window would have ended
				use, at := rule.By(fmt.Sprint("caller-", i)), now.Add(time.Duration(i)*1700*time.Millisecond)
				_, err := f.Take(t.Context(), at, use)
				must(t, err)
				if _, err := f.Take(t.Context(), at.Add(10*time.Second), use); waitOf(err) != 20*time.Second {
					t.Fatalf("ten seconds later the wait is %s: %v", waitOf(err), err)
				}
				_, err = f.Take(t.Context(), at.Add(30*time.Second), use)
				must(t, err)
			}
		})
		t.Run("of many at once one passes", func(t *testing.T) {
			passed := 0
			for _, err := range atOnce(20, func(int) error {
				_, err := f.Take(t.Context(), now, rule.By("crowd"))
				return err
			}) {
				if err == nil {
					passed++
				}
			}
			if passed != 1 {
				t.Errorf("%d passed", passed)
			}
		})
		t.Run("a use that is given back leaves no gap, an older one that is given back late leaves it", func(t *testing.T) {
			use := rule.By("giving")
			_, err := f.Take(t.Context(), now, use)
			must(t, err)
			must(t, f.Release(t.Context(), now, use))
			_, err = f.Take(t.Context(), now.Add(time.Second), use)
			must(t, err)
			must(t, f.Release(t.Context(), now, use))
			if _, err := f.Take(t.Context(), now.Add(2*time.Second), use); waitOf(err) != 29*time.Second {
				t.Errorf("the wait is %s: %v", waitOf(err), err)
			}
			must(t, f.Forgive(t.Context(), now, use))
			_, err = f.Take(t.Context(), now.Add(3*time.Second), use)
			must(t, err)
		})
		t.Run("an answer lost after the commit is no refusal", func(t *testing.T) {
			s, hits := f.WithFault(t, "UpdateItem", LostAnswer, 1)
			_, err := s.Take(t.Context(), now, rule.By("lost"))
			must(t, err)
			if hits.Load() != 1 {
				t.Error("no answer was lost")
			}
		})
	})
}

func TestPassword(t *testing.T) {
	hash := token.NewSecret("$argon2id$new")
	open := func(t *testing.T, f Fixture, p account.Profile) account.Reset {
		r := account.Reset{ID: token.NewID(), AccountID: p.ID, CredentialVersion: p.CredentialVersion, CreatedAt: now, ExpiresAt: now.Add(account.ResetLife)}
		must(t, f.StartReset(t.Context(), r, mail(message.ResetPassword, p.Email.String())))
		return r
	}
	onEachEngine(t, func(t *testing.T, f Fixture) {
		reset := func(t *testing.T, r account.Reset, p account.Profile, at time.Time) error {
			return f.CompleteReset(t.Context(), r, p, hash, mail(message.PasswordChanged, p.Email.String()), seen("password_reset"), at)
		}
		t.Run("a reset used by 16 at once works once and ends every session", func(t *testing.T) {
			p := member(t, f, "reset@example.com")
			s := account.Session{Digest: "digest", AccountID: p.ID, CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(time.Hour), CredentialVersion: 1}
			must(t, f.StartSession(t.Context(), s, seen("logged_in")))
			r := open(t, f, p)
			wantOneWinner(t, atOnce(16, func(int) error { return reset(t, r, p, now) }), account.ErrLinkUsed, account.ErrLinkExpired)
			l, _, err := f.Login(t.Context(), p.Email)
			must(t, err)
			if l.CredentialVersion != 2 || !l.PasswordHash.Equal(hash.Reveal()) {
				t.Errorf("login is %+v", l)
			}
			session, profile, err := f.OpenSession(t.Context(), p.ID, "digest")
			must(t, err)
			if session.Open(profile, now) {
				t.Error("a session outlived the reset")
			}
			want(t, reset(t, r, p, now), account.ErrLinkUsed)
		})
		t.Run("a reset is refused when it expired, was replaced, or the password changed meanwhile", func(t *testing.T) {
			p := member(t, f, "stale@example.com")
			_, _, err := f.Reset(t.Context(), p.ID)
			want(t, err, account.ErrLinkExpired)
			first := open(t, f, p)
			second := open(t, f, p)
			want(t, reset(t, first, p, now), account.ErrLinkExpired)
			want(t, reset(t, second, p, second.ExpiresAt), account.ErrLinkExpired)
			s := account.Session{Digest: "keep", AccountID: p.ID, CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(time.Hour), CredentialVersion: 1}
			must(t, f.StartSession(t.Context(), s, seen("logged_in")))
			must(t, f.ChangePassword(t.Context(), p, "keep", hash, mail(message.PasswordChanged, p.Email.String()), seen("password_changed"), now))
			want(t, reset(t, second, p, now), account.ErrLinkExpired)
			session, profile, err := f.OpenSession(t.Context(), p.ID, "keep")
			must(t, err)
			if !session.Open(profile, now) {
				t.Error("the session that changed the password is over")
			}
			want(t, f.ChangePassword(t.Context(), p, "keep", hash, mail(message.PasswordChanged, "x"), seen("password_changed"), now), account.ErrBusy)
		})
		t.Run("a disabled account gets no new password, and its reset is still open when it is enabled again", func(t *testing.T) {
			p := member(t, f, "disabled@example.com")
			s := account.Session{Digest: "keep", AccountID: p.ID, CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(time.Hour), CredentialVersion: 1}
			must(t, f.StartSession(t.Context(), s, seen("logged_in")))
			r := open(t, f, p)
			off, err := f.SetStatus(t.Context(), p, account.Disabled, store.Deed{Kind: "disabled", At: now, By: "operator", Reason: "test"})
			must(t, err)
			want(t, reset(t, r, p, now), account.ErrDisabled)
			want(t, f.ChangePassword(t.Context(), p, "keep", hash, mail(message.PasswordChanged, "x"), seen("password_changed"), now), account.ErrDisabled)
			l, _, err := f.Login(t.Context(), p.Email)
			must(t, err)
			if l.CredentialVersion != 1 || l.PasswordHash.Equal(hash.Reveal()) {
				t.Error("the password has changed")
			}
			_, err = f.SetStatus(t.Context(), off, account.Active, store.Deed{Kind: "enabled", At: now, By: "operator", Reason: "test"})
			must(t, err)
			must(t, reset(t, r, p, now))
		})
	})
}

func TestSessions(t *testing.T) {
	onEachEngine(t, func(t *testing.T, f Fixture) {
		p := member(t, f, "sessions@example.com")
		for i, digest := range []string{"one", "two", "three", "old"} {
			s := account.Session{
				Digest: digest, AccountID: p.ID, CreatedAt: now, LastSeenAt: now.Add(time.Duration(i) * time.Minute),
				ExpiresAt: now.Add(account.SessionLife), IP: "192.0.2.1", UserAgent: "test", CredentialVersion: 1,
			}
			if digest == "old" {
				s.LastSeenAt, s.ExpiresAt = now.Add(-time.Hour), now
			}
			must(t, f.StartSession(t.Context(), s, seen("logged_in")))
		}
		digests := func() string {
			open, err := f.Sessions(t.Context(), p, now.Add(time.Hour))
			must(t, err)
			var all []string
			for _, s := range open {
				all = append(all, s.Digest)
			}
			return strings.Join(all, " ")
		}
		if got := digests(); got != "three two one" {
			t.Errorf("open sessions: %s", got)
		}
		one, profile, err := f.OpenSession(t.Context(), p.ID, "one")
		must(t, err)
		if profile != p || one.Digest != "one" {
			t.Errorf("got %+v of %+v", one, profile)
		}
		must(t, f.TouchSession(t.Context(), one, now.Add(10*time.Minute)))
		if got := digests(); got != "one three two" {
			t.Errorf("after a touch: %s", got)
		}
		must(t, ending(f.EndSession(t.Context(), p.ID, "two", now)))
		must(t, ending(f.EndSession(t.Context(), p.ID, "two", now)))
		_, _, err = f.OpenSession(t.Context(), p.ID, "two")
		want(t, err, account.ErrSessionUnknown)
		ended := one
		ended.Digest = "two"
		must(t, f.TouchSession(t.Context(), ended, now))
		must(t, f.EndOtherSessions(t.Context(), p.ID, "one", now))
		if got := digests(); got != "one" {
			t.Errorf("after ending the others: %s", got)
		}
	})
}

func TestOutbox(t *testing.T) {
	claim := func(t *testing.T, f Fixture, at time.Time) []message.Message {
		var all []message.Message
		for shard := range 16 {
			got, err := f.ClaimMessages(t.Context(), at, shard, time.Minute, 10)
			must(t, err)
			all = append(all, got...)
		}
		return all
	}
	onEachEngine(t, func(t *testing.T, f Fixture) {
		m := mail(message.VerifyEmail, "outbox@example.com")
		must(t, f.QueueMessage(t.Context(), m))
		if got := claim(t, f, now.Add(9*time.Second)); len(got) != 0 {
			t.Error("a message was claimed while its writer had it")
		}
		due := now.Add(10 * time.Second)
		won := make([]int, 16)
		for _, err := range atOnce(16, func(i int) error {
			for shard := range 16 {
				got, err := f.ClaimMessages(t.Context(), due, shard, time.Minute, 10)
				if err != nil {
					return err
				}
				won[i] += len(got)
			}
			return nil
		}) {
			must(t, err)
		}
		sum := 0
		for _, n := range won {
			sum += n
		}
		if sum != 1 {
			t.Errorf("the message was claimed %d times at once", sum)
		}
		got := claim(t, f, due.Add(time.Minute))
		if len(got) != 1 || got[0].Attempts != 2 || got[0].To != m.To || strings.Join(got[0].Refs, " ") != "a b" {
			t.Fatalf("after the lease: %+v", got)
		}
		must(t, f.MessageFailed(t.Context(), got[0], now.Add(time.Hour)))
		if len(claim(t, f, now.Add(59*time.Minute))) != 0 {
			t.Error("it was claimed before its time")
		}
		if len(claim(t, f, now.Add(time.Hour))) != 1 {
			t.Error("it was not claimed at its time")
		}
		must(t, f.MessageDelivered(t.Context(), m))
		must(t, f.MessageFailed(t.Context(), m, now))
		if len(claim(t, f, now.Add(2*time.Hour))) != 0 {
			t.Error("a delivered message came back")
		}
		must(t, f.QueueMessage(t.Context(), m))
		must(t, f.MessageDead(t.Context(), m, "refused", now))
		if len(claim(t, f, now.Add(2*time.Hour))) != 0 {
			t.Error("a dead message came back")
		}
	})
}

// ending is the error of what ends a session.
func ending(_ []message.Message, err error) error { return err }
