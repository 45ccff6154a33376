package load

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"phonon.in/central/bench/lab"
)

// Sizes compares what operations cost with few accounts in the tables and with many.
type Sizes struct {
	Small Size `json:"small"`
	Large Size `json:"large"`
}

// Size is what operations cost with so many accounts in the tables.
type Size struct {
	Accounts int                   `json:"accounts"`
	Costs    map[operation][]Batch `json:"costs"` // of each round
}

func newSize(accounts int) Size { return Size{accounts, map[operation][]Batch{}} }

// Batch is what some requests of one kind cost, one after the other.
type Batch struct {
	Requests   int                `json:"requests"`
	CPU        map[string]float64 `json:"cpu"` // seconds, by the kind of process
	ReadUnits  float64            `json:"readUnits"`
	WriteUnits float64            `json:"writeUnits"`
}

// compared are the operations in the order in which a round makes them: a case is read once there is one.
var compared = []operation{signUp, verify, logIn, readAccount, sendCode, prove, saveDetails, saveCase, readCase}

// A round lets some people do everything, and read more often: CPU time is counted in ticks of 10 ms.
const (
	roundPeople = 10
	roundReads  = 10 // of each
)

// rounds are how many there are. Each account is logged in to once, so that every log-in is an account's first.
func rounds(quick bool) int {
	if quick {
		return 3
	}
	return 20
}

const small = 1000

func large(quick bool) int {
	if quick {
		return 10_000
	}
	return 100_000
}

// round measures each operation once. People have the accounts from number from on, spread over the table.
func (w *world) round(ctx context.Context, s *Size, from int) error {
	var members, strangers []*person
	for n := from; n < from+roundPeople; n++ {
		members = append(members, w.member(spread(n, s.Accounts)))
		strangers = append(strangers, w.newPerson(firstArrival+n))
	}
	defer func() {
		for _, p := range append(members, strangers...) {
			p.leave()
		}
	}()
	for _, o := range compared {
		who, times := members, 1
		switch o {
		case signUp, verify:
			who = strangers
		case readAccount, readCase:
			times = roundReads
		}
		b, err := w.batch(ctx, who, o, times)
		if err != nil {
			return fmt.Errorf("%s: %w", o, err)
		}
		s.Costs[o] = append(s.Costs[o], b)
	}
	return nil
}

// spread is the n-th of so many accounts in an order that leaps through the table and comes to each once: 7919 is a prime.
func spread(n, accounts int) int { return n * 7919 % accounts }

// batch lets people make a request so many times each, one after the other, and counts what that cost.
func (w *world) batch(ctx context.Context, who []*person, o operation, times int) (Batch, error) {
	for _, p := range who {
		if err := w.prepare(ctx, p, o); err != nil {
			return Batch{}, err
		}
	}
	before := spentBy(w.pid)
	for range times {
		for _, p := range who {
			if err := w.do(ctx, p, o); err != nil {
				return Batch{}, err
			}
		}
	}
	b := Batch{Requests: times * len(who), CPU: spentBy(w.pid).since(before).Kinds}
	seen, err := w.newest(ctx)
	if err != nil {
		return b, err
	}
	return b, b.count(seen, o)
}

// count adds the units of the newest requests of an operation. It errors where there are not as many as were made, or no unit was counted.
func (b *Batch) count(seen []asked, o operation) error {
	left := b.Requests
	for _, a := range seen {
		if left == 0 || a.Method != routes[o].method || a.Path != routes[o].path {
			continue
		}
		left--
		for _, c := range a.Calls {
			b.ReadUnits, b.WriteUnits = b.ReadUnits+c.ReadUnits, b.WriteUnits+c.WriteUnits
		}
	}
	if left > 0 {
		return fmt.Errorf("the run shows %d requests fewer than were made", left)
	}
	if b.ReadUnits == 0 {
		return errors.New("no read unit was counted, and each request reads")
	}
	return nil
}

// filledRun starts a run with that many accounts in tables like those of w. end stops it and removes its data.
func (w *world) filledRun(ctx context.Context, l *lab.Lab, accounts int) (run *world, end func(), err error) {
	l.Step("%d accounts are written", accounts)
	data, err := os.MkdirTemp(filepath.Dir(w.data), "central-bench-")
	if err != nil {
		return nil, nil, err
	}
	if err = w.fill(ctx, l, data, accounts); err == nil {
		run, err = open(ctx, l, data)
	}
	if err != nil {
		os.RemoveAll(data)
		return nil, nil, err
	}
	return run, func() { run.run.Stop(); os.RemoveAll(data) }, nil
}

// sizes measures two new runs side by side, in turn. Before that fifty log in at once to the one with few accounts.
func (w *world) sizes(ctx context.Context, l *lab.Lab) (s Sizes, waves []Wave, err error) {
	s.Small, s.Large = newSize(small), newSize(large(l.Quick))
	few, end, err := w.filledRun(ctx, l, s.Small.Accounts)
	if err != nil {
		return s, nil, err
	}
	defer end()
	many, endMany, err := w.filledRun(ctx, l, s.Large.Accounts)
	if err != nil {
		return s, nil, err
	}
	defer endMany()
	if waves, err = few.waves(ctx, l); err != nil {
		return s, nil, err
	}
	next := map[*world]int{few: together * len(waves), many: together * len(waves)}
	round := func(w *world, size *Size) func() error {
		return func() error {
			err := w.round(ctx, size, next[w])
			next[w] += roundPeople
			return errors.Join(err, ctx.Err())
		}
	}
	// A first round starts processes and does not count.
	scrap, more := newSize(s.Small.Accounts), newSize(s.Large.Accounts)
	if err := lab.Interleave(1, round(few, &scrap), round(many, &more)); err != nil {
		return s, nil, err
	}
	n := 0
	told := func() error {
		n++
		l.Step("round %d of %d with few accounts and with many", n, rounds(l.Quick))
		return nil
	}
	err = lab.Interleave(rounds(l.Quick), round(few, &s.Small), told, round(many, &s.Large))
	return s, waves, err
}
