package storetest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/token"
)

// Every history is of 32 clients at once, each of whose calls goes wrong once in ten times, before its effect or after it. The client of the
// store tries a call twice only, so that many outcomes stay unknown: then it may have happened, at any time, or not.
const (
	clients   = 32
	faultRate = 0.1
	twoTries  = 2
)

// answer is how an operation ended.
type answer int

const (
	done answer = iota
	refused
	unknown
)

// answered is done without an error, refused by one of the faults, and else unknown.
func answered(err error, refusals ...error) answer {
	switch {
	case err == nil:
		return done
	case isAny(err, refusals):
		return refused
	}
	return unknown
}

// object is a thing that several clients change: what it is at first, and what it may be after an operation that was answered so.
type object struct {
	first any
	after func(state, input any, out answer, seen any) (possible []any)
}

type input struct{ object, op any }

type output struct {
	answer
	seen any
}

// history is what the clients did, and what they were told.
type history struct {
	mu    sync.Mutex
	began time.Time
	all   []porcupine.Operation
	count map[answer]int
}

// run lets the clients do each of their operations, one after the other. op says on which object, what, and how it ended.
func run(each int, op func(client int, chance *rand.Rand) (input, func() output)) *history {
	h := &history{began: time.Now(), count: map[answer]int{}}
	var all sync.WaitGroup
	for c := range clients {
		all.Go(func() {
			chance := rand.New(rand.NewPCG(uint64(c), 1))
			for range each {
				in, do := op(c, chance)
				called := time.Since(h.began).Nanoseconds()
				out := do()
				h.note(porcupine.Operation{ClientId: c, Input: in, Call: called, Output: out, Return: time.Since(h.began).Nanoseconds()})
			}
		})
	}
	all.Wait()
	return h
}

func (h *history) note(o porcupine.Operation) {
	out := o.Output.(output)
	if out.answer == unknown {
		o.Return = math.MaxInt64 // it may still happen
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.count[out.answer]++
	h.all = append(h.all, o)
}

// linearizable fails the test unless all answers could have been given one after the other, by each object alone.
func (h *history) linearizable(t *testing.T, o object) {
	t.Helper()
	if h.count[done] == 0 || h.count[refused] == 0 {
		t.Errorf("nothing to judge: %v", h.count)
	}
	t.Logf("%d operations: %d done, %d refused, %d unknown", len(h.all), h.count[done], h.count[refused], h.count[unknown])
	if !h.possible(o) {
		t.Errorf("no order of the operations gives these answers: %+v", h.all)
	}
}

func (h *history) possible(o object) bool {
	model := porcupine.NondeterministicModel{
		Partition: func(all []porcupine.Operation) (parts [][]porcupine.Operation) {
			of := map[any][]porcupine.Operation{}
			for _, one := range all {
				of[one.Input.(input).object] = append(of[one.Input.(input).object], one)
			}
			for _, part := range of {
				parts = append(parts, part)
			}
			return parts
		},
		Init: func() []any { return []any{o.first} },
		Step: func(state, in, out any) (possible []any) {
			op, said := in.(input).op, out.(output)
			if said.answer != unknown {
				return o.after(state, op, said.answer, said.seen)
			}
			return append(o.after(state, op, done, nil), state)
		},
		DescribeOperation: func(in, out any) string { return fmt.Sprintf("%+v: %+v", in, out) },
	}
	return porcupine.CheckOperationsTimeout(model.ToModel(), h.all, time.Minute) == porcupine.Ok
}

func TestAHistoryThatCannotBeIsSeen(t *testing.T) {
	at := func(call, back int64, out answer) porcupine.Operation {
		return porcupine.Operation{ClientId: int(call), Input: input{object: "x"}, Call: call, Output: output{answer: out}, Return: back}
	}
	for name, c := range map[string]struct {
		all      []porcupine.Operation
		possible bool
	}{
		"one use, then a refusal":                             {[]porcupine.Operation{at(0, 1, done), at(2, 3, refused)}, true},
		"two uses":                                            {[]porcupine.Operation{at(0, 1, done), at(2, 3, done)}, false},
		"a refusal before the use":                            {[]porcupine.Operation{at(0, 1, refused), at(2, 3, done)}, false},
		"a refusal at the time of the use":                    {[]porcupine.Operation{at(0, 3, refused), at(1, 2, done)}, true},
		"a refusal after a use whose answer was lost":         {[]porcupine.Operation{at(0, 1, unknown), at(2, 3, refused)}, true},
		"a use after one that was lost and never happened":    {[]porcupine.Operation{at(0, 1, unknown), at(2, 3, done)}, true},
		"a refusal where nothing was used, nor may have been": {[]porcupine.Operation{at(0, 1, refused)}, false},
	} {
		h := &history{count: map[answer]int{}}
		for _, o := range c.all {
			h.note(o)
		}
		if h.possible(once(1)) != c.possible {
			t.Errorf("%s: possible is %v", name, !c.possible)
		}
	}
}

// once is an object that one operation uses up, or whose uses are counted up to a most.
func once(most int) object {
	return object{0, func(state, _ any, out answer, _ any) []any {
		n := state.(int)
		switch {
		case out == done && n < most:
			return []any{n + 1}
		case out == refused && n == most:
			return []any{n}
		}
		return nil
	}}
}

func TestHistoriesOfOneTimeThings(t *testing.T) {
	onEachEngine(t, func(t *testing.T, f Fixture) {
		t.Run("sign-up of one address", func(t *testing.T) {
			s := f.Unreliable(t, faultRate, 1, twoTries)
			var signups [8][clients]account.Signup
			for a := range signups {
				for c := range clients {
					p := newSignup(t, fmt.Sprintf("history%d@example.com", a))
					must(t, f.StartSignup(t.Context(), p, mail(message.VerifyEmail, p.Email.String())))
					signups[a][c] = p
				}
			}
			run(12, func(c int, chance *rand.Rand) (input, func() output) {
				a := chance.IntN(len(signups))
				p := signups[a][c]
				if chance.IntN(3) == 0 {
					return input{a, "look"}, func() output {
						l, found, err := s.Login(t.Context(), p.Email)
						return output{map[bool]answer{true: done, false: unknown}[err == nil], map[bool]any{true: l.AccountID, false: account.ID("")}[found]}
					}
				}
				profile := newProfile(p.Email)
				return input{a, profile.ID}, func() output {
					return output{answer: answered(s.CompleteSignup(t.Context(), p, profile, seen("account_created"), now), account.ErrAlreadyVerified)}
				}
			}).linearizable(t, object{account.ID(""), func(state, op any, out answer, saw any) []any {
				holder := state.(account.ID)
				switch claims, isClaim := op.(account.ID); {
				case !isClaim && (saw == nil || saw == holder):
					return []any{holder}
				case isClaim && out == done && holder == "":
					return []any{claims}
				case isClaim && out == refused && holder != "":
					return []any{holder}
				}
				return nil
			}})
			s.Struck(t)
		})
		t.Run("use of a token", func(t *testing.T) {
			s := f.Unreliable(t, faultRate, 2, twoTries)
			var resets [8]account.Reset
			var profiles [8]account.Profile
			for i := range resets {
				p := member(t, f, fmt.Sprintf("token%d@example.com", i))
				r := account.Reset{ID: token.NewID(), AccountID: p.ID, CredentialVersion: p.CredentialVersion, CreatedAt: now, ExpiresAt: now.Add(time.Hour)}
				must(t, f.StartReset(t.Context(), r, mail(message.ResetPassword, p.Email.String())))
				resets[i], profiles[i] = r, p
			}
			run(8, func(_ int, chance *rand.Rand) (input, func() output) {
				i := chance.IntN(len(resets))
				told := mail(message.PasswordChanged, profiles[i].Email.String())
				told.ID = token.NewID()
				return input{object: i}, func() output {
					err := s.CompleteReset(t.Context(), resets[i], profiles[i], token.NewSecret("hash"), told, seen("password_reset"), now)
					return output{answer: answered(err, account.ErrLinkUsed)}
				}
			}).linearizable(t, once(1))
			s.Struck(t)
		})
		t.Run("attempts on a code", func(t *testing.T) {
			s := f.Unreliable(t, faultRate, 3, twoTries)
			var challenges [8]account.Challenge
			for i := range challenges {
				p := member(t, f, fmt.Sprintf("code%d@example.com", i))
				challenges[i] = challengeOf(t, f, p.ID, newPhone())
			}
			run(12, func(_ int, chance *rand.Rand) (input, func() output) {
				i := chance.IntN(len(challenges))
				return input{object: i}, func() output {
					_, err := s.CountAttempt(t.Context(), challenges[i].AccountID, challenges[i].ID, now)
					return output{answer: answered(err, account.ErrChallengeSpent)}
				}
			}).linearizable(t, once(account.ChallengeAttempts))
			s.Struck(t)
		})
	})
}

// stand is what a case is, as far as its moves go.
type stand struct {
	version int
	status  kyc.Status
	by      account.ID
}

func standOf(c kyc.Case) stand { return stand{c.Version, c.Status, c.Lease.By} }

// cases are an object each: a move holds for the version that was read, and is refused once there is another.
func cases(first stand) object {
	return object{first, func(state, op any, out answer, saw any) []any {
		is := state.(stand)
		next, moves := op.(stand)
		switch {
		case !moves && (saw == nil || saw == is):
			return []any{is}
		case moves && out == done && next.version == is.version+1:
			return []any{next}
		case moves && out == refused && next.version != is.version+1:
			return []any{is}
		}
		return nil
	}}
}

// move is what a client may do with a case as it was read: the case that it becomes, and the write.
type move func(s *store.Store, read kyc.Case, client int) (next kyc.Case, write func() error, may bool)

func reviewerNo(n int) account.ID { return account.ID(fmt.Sprintf("REVIEWER%d", n)) }

func moved(t *testing.T, s *store.Store, read, next kyc.Case, r kyc.Record, err error) (kyc.Case, func() error, bool) {
	return next, func() error { return s.MoveCase(t.Context(), read, next, r) }, err == nil
}

// historyOfCases lets the clients read a case and do the first of the moves that it may make, in the order of its state.
func historyOfCases(t *testing.T, f Fixture, seed uint64, each int, moves ...move) {
	t.Helper()
	s := f.Unreliable(t, faultRate, seed, twoTries)
	var all [4]kyc.Case
	for i := range all {
		_, all[i] = handedIn(t, f, fmt.Sprintf("moves%d-%d@example.com", seed, i), kyc.NewReference())
	}
	var first sync.Map // what each client has read last
	h := run(each, func(c int, chance *rand.Rand) (input, func() output) {
		i := chance.IntN(len(all))
		if read, ok := first.LoadAndDelete(fmt.Sprint(c, i)); ok {
			for _, m := range moves {
				if next, write, may := m(s.Store, read.(kyc.Case), c); may {
					next.Version = read.(kyc.Case).Version + 1
					return input{i, standOf(next)}, func() output { return output{answer: answered(write(), account.ErrBusy)} }
				}
			}
		}
		return input{i, "look"}, func() output {
			found, err := s.OneCase(t.Context(), all[i].AccountID, all[i].No)
			if err != nil {
				return output{answer: unknown}
			}
			first.Store(fmt.Sprint(c, i), found)
			return output{done, standOf(found)}
		}
	})
	for i := range all { // all begin alike, but for their numbers
		if standOf(all[i]) != standOf(all[0]) {
			t.Fatalf("%+v and %+v", standOf(all[i]), standOf(all[0]))
		}
	}
	h.linearizable(t, cases(standOf(all[0])))
	s.Struck(t)
}

func TestHistoriesOfCases(t *testing.T) {
	onEachEngine(t, func(t *testing.T, f Fixture) {
		claims := func(s *store.Store, read kyc.Case, c int) (kyc.Case, func() error, bool) {
			if read.Lease.ID != "" {
				return kyc.Case{}, nil, false
			}
			next, r, err := read.ClaimBy(reviewerNo(c), token.NewID(), "", now)
			return moved(t, s, read, next, r, err)
		}
		releases := func(s *store.Store, read kyc.Case, _ int) (kyc.Case, func() error, bool) {
			next, r, err := read.Release(read.Lease.ID, read.Lease.By, now)
			return moved(t, s, read, next, r, err)
		}
		t.Run("claims", func(t *testing.T) { historyOfCases(t, f, 4, 24, claims, releases) })
		t.Run("transitions", func(t *testing.T) {
			edits := func(s *store.Store, read kyc.Case, c int) (kyc.Case, func() error, bool) {
				if read.Fields["pan"] != "ZZZPZ9999Z" {
					return kyc.Case{}, nil, false
				}
				next, err := read.Edit(kyc.Given{EntityType: "individual", Fields: map[string]string{"pan": fmt.Sprintf("ZZZPZ%04dZ", c)}}, account.Individual, now)
				return next, func() error { _, err := s.SaveCase(t.Context(), read, next); return err }, err == nil
			}
			submits := func(s *store.Store, read kyc.Case, _ int) (kyc.Case, func() error, bool) {
				next, r, err := read.Submit(person, read.Reference, now)
				return next, func() error { return s.SubmitCase(t.Context(), read, next, r, person, seen("kyc_submitted")) }, err == nil
			}
			withdraws := func(s *store.Store, read kyc.Case, c int) (kyc.Case, func() error, bool) {
				if c%2 == 0 {
					return kyc.Case{}, nil, false
				}
				next, r, err := read.Withdraw(now)
				return moved(t, s, read, next, r, err)
			}
			historyOfCases(t, f, 5, 24, withdraws, edits, submits, claims, releases)
		})
	})
}
