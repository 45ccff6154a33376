package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/phone"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/token"
)

var now = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

// onEachEngine runs one part of the contract on every engine, each time on fresh tables.
func onEachEngine(t *testing.T, part func(t *testing.T, f Fixture)) {
	for _, e := range []Engine{Dynoxide, DynamoDBLocal} {
		t.Run(e.Name, func(t *testing.T) { part(t, e.open(t)) })
	}
}

// atOnce runs n requests that all start together and returns their errors.
func atOnce(n int, request func(i int) error) []error {
	errs := make([]error, n)
	var start, done sync.WaitGroup
	start.Add(1)
	for i := range n {
		done.Go(func() {
			start.Wait()
			errs[i] = request(i)
		})
	}
	start.Done()
	done.Wait()
	return errs
}

// wantOneWinner fails unless exactly one of errs is nil and all others are the given fault.
func wantOneWinner(t *testing.T, errs []error, others ...error) {
	t.Helper()
	won := 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case !isAny(err, others):
			t.Errorf("a loser got %v, want one of %v", err, others)
		}
	}
	if won != 1 {
		t.Errorf("%d of %d won, want exactly 1", won, len(errs))
	}
}

func isAny(err error, targets []error) bool {
	for _, target := range targets {
		if errors.Is(err, target) {
			return true
		}
	}
	return false
}

func want(t *testing.T, err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Errorf("got %v, want %v", err, target)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func address(t *testing.T, s string) account.Email {
	t.Helper()
	e, err := account.ParseEmail(s)
	must(t, err)
	return e
}

func mail(kind message.Kind, to string) message.Message {
	return message.Message{ID: token.NewID(), Kind: kind, To: to, Locale: "en", Refs: []string{"a", "b"}, CreatedAt: now, NotAfter: now.Add(time.Hour)}
}

func newSignup(t *testing.T, to string) account.Signup {
	return account.Signup{
		ID: token.NewID(), Email: address(t, to), PasswordHash: token.NewSecret("$argon2id$test"),
		Consent:   account.Consent{Document: "terms", Version: "1", Locale: "en", AcceptedAt: now, IP: "192.0.2.1", UserAgent: "test"},
		CreatedAt: now, ExpiresAt: now.Add(account.SignupLife),
	}
}

func newProfile(e account.Email) account.Profile {
	return account.Profile{
		ID: account.ID(token.NewID()), Email: e, Locale: "en", Status: account.Active, KYC: "not_started",
		CredentialVersion: 1, Version: 1, CreatedAt: now, UpdatedAt: now,
	}
}

func seen(kind string) account.Activity {
	return account.Activity{Kind: kind, At: now, IP: "192.0.2.1", UserAgent: "test"}
}

// member signs up and verifies an account.
func member(t *testing.T, f Fixture, to string) account.Profile {
	t.Helper()
	p := newSignup(t, to)
	must(t, f.StartSignup(t.Context(), p, mail(message.VerifyEmail, to)))
	profile := newProfile(p.Email)
	must(t, f.CompleteSignup(t.Context(), p, profile, seen("account_created"), now))
	return profile
}

func complete(t *testing.T, s *store.Store, p account.Signup, at time.Time) error {
	return s.CompleteSignup(t.Context(), p, newProfile(p.Email), seen("account_created"), at)
}

func TestSignup(t *testing.T) {
	onEachEngine(t, func(t *testing.T, f Fixture) {
		t.Run("a sign-up comes back as it was written", func(t *testing.T) {
			p := newSignup(t, "back@example.com")
			must(t, f.StartSignup(t.Context(), p, mail(message.VerifyEmail, "back@example.com")))
			got, err := f.Signup(t.Context(), p.Email.Digest(), p.ID)
			must(t, err)
			if got != p {
				t.Errorf("got %+v, want %+v", got, p)
			}
			_, err = f.Signup(t.Context(), p.Email.Digest(), token.NewID())
			want(t, err, account.ErrLinkExpired)
		})
		t.Run("one sign-up completed by 16 at once makes one account", func(t *testing.T) {
			p := newSignup(t, "one@example.com")
			must(t, f.StartSignup(t.Context(), p, mail(message.VerifyEmail, "one@example.com")))
			wantOneWinner(t, atOnce(16, func(int) error { return complete(t, f.Store, p, now) }), account.ErrAlreadyVerified)
		})
		t.Run("a used sign-up stays used when its address is free again", func(t *testing.T) {
			p := newSignup(t, "closed@example.com")
			must(t, f.StartSignup(t.Context(), p, mail(message.VerifyEmail, "closed@example.com")))
			must(t, complete(t, f.Store, p, now))
			_, err := f.DB.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &f.Users, Key: map[string]types.AttributeValue{
				"pk": &types.AttributeValueMemberS{Value: "email#closed@example.com"}, "sk": &types.AttributeValueMemberS{Value: "login"},
			}})
			must(t, err)
			want(t, complete(t, f.Store, p, now), account.ErrAlreadyVerified)
		})
		t.Run("sixteen sign-ups for one address completed at once make one account", func(t *testing.T) {
			var all []account.Signup
			for range 16 {
				p := newSignup(t, "many@example.com")
				must(t, f.StartSignup(t.Context(), p, mail(message.VerifyEmail, "many@example.com")))
				all = append(all, p)
			}
			wantOneWinner(t, atOnce(16, func(i int) error { return complete(t, f.Store, all[i], now) }), account.ErrAlreadyVerified)
			l, found, err := f.Login(t.Context(), all[0].Email)
			must(t, err)
			if !found {
				t.Fatal("nobody has the address")
			}
			_, err = f.Profile(t.Context(), l.AccountID)
			must(t, err)
		})
		t.Run("an expired sign-up is refused while its item is still there", func(t *testing.T) {
			p := newSignup(t, "late@example.com")
			must(t, f.StartSignup(t.Context(), p, mail(message.VerifyEmail, "late@example.com")))
			want(t, complete(t, f.Store, p, p.ExpiresAt), account.ErrLinkExpired)
			if open, _ := f.OpenSignups(t.Context(), p.Email.Digest(), p.ExpiresAt); len(open) > 0 {
				t.Error("an expired sign-up is still offered")
			}
			must(t, complete(t, f.Store, p, p.ExpiresAt.Add(-time.Second)))
		})
		t.Run("a sign-up for an address with an account can never be completed", func(t *testing.T) {
			p := newSignup(t, "taken@example.com")
			p.Member = true
			must(t, f.StartSignup(t.Context(), p, mail(message.AlreadyMember, "taken@example.com")))
			if complete(t, f.Store, p, now) == nil {
				t.Error("it was completed")
			}
			if open, _ := f.OpenSignups(t.Context(), p.Email.Digest(), now); len(open) != 1 {
				t.Error("log-in could tell it from one that can be completed")
			}
			if _, found, _ := f.Login(t.Context(), p.Email); found {
				t.Error("the address was claimed")
			}
		})
		t.Run("all open sign-ups are found, the newest first; a used one is none", func(t *testing.T) {
			old, young, used := newSignup(t, "twice@example.com"), newSignup(t, "twice@example.com"), newSignup(t, "twice@example.com")
			young.CreatedAt = now.Add(time.Minute)
			young.Consent.AcceptedAt = young.CreatedAt
			for _, p := range []account.Signup{young, old, used, newSignup(t, "other@example.com")} {
				must(t, f.StartSignup(t.Context(), p, mail(message.VerifyEmail, "twice@example.com")))
			}
			must(t, complete(t, f.Store, used, now))
			open, err := f.OpenSignups(t.Context(), old.Email.Digest(), now.Add(time.Hour))
			must(t, err)
			if len(open) != 2 || open[0].ID != young.ID || open[1].ID != old.ID {
				t.Errorf("%+v", open)
			}
		})
	})
}

func TestPhone(t *testing.T) {
	number := phone.FromStored("+919876543210", phone.Mobile)
	start := func(t *testing.T, f Fixture, p account.Profile, n phone.Number) account.Challenge {
		c := account.Challenge{ID: token.NewID(), AccountID: p.ID, Number: n, Channel: phone.SMS, CreatedAt: now, ExpiresAt: now.Add(account.ChallengeLife)}
		must(t, f.StartChallenge(t.Context(), c, mail(message.PhoneCodeSMS, n.E164())))
		return c
	}
	onEachEngine(t, func(t *testing.T, f Fixture) {
		t.Run("of 200 attempts at once exactly five are counted", func(t *testing.T) {
			p := member(t, f, "attempts@example.com")
			c := start(t, f, p, number)
			counted := 0
			for _, err := range atOnce(200, func(int) error {
				_, err := f.CountAttempt(t.Context(), p.ID, c.ID, now)
				return err
			}) {
				if err == nil {
					counted++
				} else if !errors.Is(err, account.ErrChallengeSpent) {
					t.Errorf("got %v", err)
				}
			}
			if counted != account.ChallengeAttempts {
				t.Errorf("%d attempts were counted", counted)
			}
			_, err := f.CountAttempt(t.Context(), p.ID, c.ID, now)
			want(t, err, account.ErrChallengeSpent)
		})
		t.Run("an attempt is refused when the challenge is unknown, replaced, expired or used", func(t *testing.T) {
			p := member(t, f, "refused@example.com")
			_, err := f.CountAttempt(t.Context(), p.ID, token.NewID(), now)
			want(t, err, account.ErrChallengeExpired)
			old := start(t, f, p, number)
			c := start(t, f, p, number)
			_, err = f.CountAttempt(t.Context(), p.ID, old.ID, now)
			want(t, err, account.ErrChallengeReplaced)
			_, err = f.CountAttempt(t.Context(), p.ID, c.ID, c.ExpiresAt)
			want(t, err, account.ErrChallengeExpired)
			got, err := f.CountAttempt(t.Context(), p.ID, c.ID, now)
			must(t, err)
			if got.Attempts != 1 || got.Number != number {
				t.Errorf("got %+v", got)
			}
			must(t, f.VerifyPhone(t.Context(), got, p, seen("phone_verified"), nil, now))
			_, err = f.CountAttempt(t.Context(), p.ID, c.ID, now)
			want(t, err, account.ErrChallengeUsed)
		})
		t.Run("one challenge used by 16 at once verifies once", func(t *testing.T) {
			p := member(t, f, "once@example.com")
			c := start(t, f, p, number)
			wantOneWinner(t, atOnce(16, func(int) error {
				told := []message.Message{mail(message.PhoneChanged, "once@example.com"), mail(message.PhoneChangedSMS, "+919812300009")}
				return f.VerifyPhone(t.Context(), c, p, seen("phone_verified"), told, now)
			}), account.ErrChallengeUsed, account.ErrBusy)
			queued := 0
			for _, i := range f.Items(t) {
				if kind := plain(i)["kind"]; kind == string(message.PhoneChanged) || kind == string(message.PhoneChangedSMS) {
					queued++
				}
			}
			if queued != 2 {
				t.Errorf("of 16 at once, one told its two; %d are queued", queued)
			}
		})
		t.Run("the claim on a number goes with its last account", func(t *testing.T) {
			p := member(t, f, "moves@example.com")
			for _, n := range []string{"+919812300001", "+919812300002", "+919812300001", "+919812300002"} {
				p, err := f.Profile(t.Context(), p.ID)
				must(t, err)
				c := start(t, f, p, phone.FromStored(n, phone.Mobile))
				must(t, f.VerifyPhone(t.Context(), c, p, seen("phone_verified"), nil, now))
			}
			for _, i := range f.Items(t) {
				if item := plain(i); item["pk"] == "phone#+919812300001" {
					t.Errorf("the claim is still there: %v", item)
				}
			}
		})
		t.Run("a number belongs to five accounts at most, and is free again when one changes it", func(t *testing.T) {
			shared := phone.FromStored("+919812345678", phone.Mobile)
			var people []account.Profile
			var challenges []account.Challenge
			for i := range 8 {
				p := member(t, f, fmt.Sprintf("shared%d@example.com", i))
				people, challenges = append(people, p), append(challenges, start(t, f, p, shared))
			}
			got := 0
			var holder account.Profile
			for i, err := range atOnce(8, func(i int) error {
				return f.VerifyPhone(t.Context(), challenges[i], people[i], seen("phone_verified"), nil, now)
			}) {
				if err == nil {
					got++
					holder = people[i]
				} else {
					want(t, err, account.ErrPhoneInUse)
				}
			}
			if got != 5 {
				t.Errorf("%d accounts have the number", got)
			}
			holder, err := f.Profile(t.Context(), holder.ID)
			must(t, err)
			must(t, f.VerifyPhone(t.Context(), start(t, f, holder, number), holder, seen("phone_verified"), nil, now))
			for i, p := range people {
				now, err := f.Profile(t.Context(), p.ID)
				must(t, err)
				if now.Phone.Number.IsZero() {
					must(t, f.VerifyPhone(t.Context(), challenges[i], now, seen("phone_verified"), nil, challenges[i].CreatedAt))
					return
				}
			}
		})
	})
}

func TestLocale(t *testing.T) {
	onEachEngine(t, func(t *testing.T, f Fixture) {
		p := member(t, f, "locale@example.com")
		saved, err := f.SaveLocale(t.Context(), p.ID, "hi", now)
		must(t, err)
		wanted := p
		wanted.Locale, wanted.Version = "hi", p.Version+1
		if saved != wanted {
			t.Errorf("got %+v, want %+v", saved, wanted)
		}
		stranger := account.ID(token.NewID())
		_, err = f.SaveLocale(t.Context(), stranger, "hi", now)
		want(t, err, account.ErrNotFound)
		if _, err := f.Profile(t.Context(), stranger); !errors.Is(err, account.ErrNotFound) {
			t.Errorf("an account came out of nothing: %v", err)
		}
	})
}

func TestFailures(t *testing.T) {
	down := fault.Down(nil)
	onEachEngine(t, func(t *testing.T, f Fixture) {
		t.Run("an answer lost after the commit is no failure", func(t *testing.T) {
			s, hits := f.WithFault(t, "TransactWriteItems", LostAnswer, 2)
			p := newSignup(t, "lost@example.com")
			must(t, s.StartSignup(t.Context(), p, mail(message.VerifyEmail, "lost@example.com")))
			must(t, complete(t, s, p, now))
			if hits.Load() != 2 {
				t.Errorf("%d answers were lost, want 2", hits.Load())
			}
			want(t, complete(t, f.Store, p, now), account.ErrAlreadyVerified)
		})
		t.Run("a conflict is tried again", func(t *testing.T) {
			s, hits := f.WithFault(t, "TransactWriteItems", Conflict, 3)
			must(t, s.StartSignup(t.Context(), newSignup(t, "conflict@example.com"), mail(message.VerifyEmail, "conflict@example.com")))
			if hits.Load() != 3 {
				t.Errorf("%d conflicts, want 3", hits.Load())
			}
		})
		t.Run("endless conflicts, errors and silence end as temporarily unavailable within three seconds", func(t *testing.T) {
			for _, how := range []Fault{Conflict, ServerError, Silence} {
				s, _ := f.WithFault(t, "TransactWriteItems", how, 1_000_000)
				began := time.Now()
				want(t, s.StartSignup(t.Context(), newSignup(t, "down@example.com"), mail(message.VerifyEmail, "down@example.com")), down)
				if took := time.Since(began); took > 3*time.Second {
					t.Errorf("fault %d took %s", how, took)
				}
			}
		})
	})
}
