// Package peers measures Central beside what people would run in its place, in the same run and on the same machine: Ory Kratos on
// PostgreSQL.
package peers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"phonon.in/central/bench/lab"
)

// Data is what was measured.
type Data struct {
	Kratos   string  `json:"kratos"` // version
	Postgres string  `json:"postgres"`
	Rate     float64 `json:"rate"` // of the open load, a second
	// YardstickMs is one bcrypt-10, measured in turn with what follows.
	YardstickMs lab.Samples `json:"yardstickMs"`
	// HashMs is the CPU time of each kind of hash alone, in turn, too: by its settings.
	HashMs map[string]lab.Samples `json:"hashMs"`
	// Hash is the settings of the hash of each variant, as they were found beside a password that it keeps.
	Hash map[string]string `json:"hash"`
	Runs []Run             `json:"runs"`
}

// Run is all windows of one operation of one variant under one kind of load.
type Run struct {
	Variant   string   `json:"variant"`
	Operation string   `json:"operation"`
	Load      string   `json:"load"`
	Windows   []Window `json:"windows"`
}

// Window is a load for some seconds, and the CPU time of all servers meanwhile.
type Window struct {
	lab.Result
	Spent spent `json:"spent"`
}

// spent is CPU time by who used it. Edge is what AWS does for Central in production, and here the local run: API Gateway, the side of Lambda
// that hands over events, SES, and the check of each call's signature and permissions.
type spent struct {
	Server   time.Duration `json:"server"`
	Database time.Duration `json:"database"`
	Edge     time.Duration `json:"edge,omitempty"`
}

func (s spent) minus(t spent) spent {
	return spent{s.Server - t.Server, s.Database - t.Database, s.Edge - t.Edge}
}

// Operations and loads.
const (
	signUp = "sign-up"
	prove  = "address proven"
	logIn  = "log-in"
	open   = "open"   // arrivals at a steady rate
	closed = "closed" // one after the other
)

// Variants.
const (
	ours       = "central"
	oursLeast  = "central-least" // with the cheapest hash that it takes
	asItComes  = "kratos"
	equal      = "kratos-equal" // with Central's hash
	theirLeast = "kratos-least"
)

// plan is how long and how often.
type plan struct {
	rate                          float64
	signUpRounds, logInRounds     int
	signUpFor, logInFor, single   time.Duration
	closedRounds, hashes, warmups int
}

func planOf(quick bool) plan {
	if quick {
		return plan{rate: 3, signUpRounds: 1, logInRounds: 1, signUpFor: 3 * time.Second, logInFor: 3 * time.Second, single: time.Second, closedRounds: 1, hashes: 10, warmups: 2}
	}
	return plan{rate: 3, signUpRounds: 2, logInRounds: 3, signUpFor: 8 * time.Second, logInFor: 10 * time.Second, single: 3 * time.Second, closedRounds: 2, hashes: 20, warmups: 4}
}

// bench is everything that runs.
type bench struct {
	*lab.Lab
	plan
	central *central
	light   *people // of Central, with the cheapest hash
	kratos  map[string]*kratos
	data    Data
}

// Measure starts both and loads them in turn: sign-ups, then log-ins of those who signed up.
func Measure(ctx context.Context, l *lab.Lab) (d Data, err error) {
	b := &bench{Lab: l, plan: planOf(l.Quick), kratos: map[string]*kratos{}}
	if _, b.data.Kratos, err = kratosBinary(l.Root); err != nil {
		return Data{}, err
	}
	if _, err := findPostgres(l.Root); err != nil {
		return Data{}, err
	}
	b.data.Rate, b.data.HashMs, b.data.Hash = b.rate, map[string]lab.Samples{}, map[string]string{}
	stop, err := b.start(ctx)
	defer func() { err = errors.Join(err, stop()) }()
	if err != nil {
		return Data{}, err
	}
	for _, step := range []func(context.Context) error{b.warmUp, b.signUps, b.proofs, b.logIns} {
		if err := step(ctx); err != nil {
			return Data{}, err
		}
	}
	return b.data, ctx.Err()
}

// start starts all servers; stop ends those that were started.
func (b *bench) start(ctx context.Context) (stop func() error, err error) {
	var started []func() error
	stop = func() error {
		var all error
		for i := range started {
			all = errors.Join(all, started[len(started)-1-i]())
		}
		return all
	}
	b.Step("starts Central")
	if b.central, err = startCentral(ctx, b.Lab); err != nil {
		return stop, err
	}
	started = append(started, func() error { b.central.run.Stop(); return nil })
	b.Step("starts PostgreSQL and Kratos %s three times, once for each hash", b.data.Kratos)
	folder, err := os.MkdirTemp(filepath.Dir(b.central.data), "central-bench-postgres-")
	if err != nil {
		return stop, err
	}
	started = append(started, func() error { return os.RemoveAll(folder) })
	databases := map[string]string{asItComes: "one", equal: "two", theirLeast: "three"}
	db, err := startPostgres(ctx, b.Lab, folder, databases[asItComes], databases[equal], databases[theirLeast])
	if err != nil {
		return stop, err
	}
	started = append(started, db.stop)
	if b.data.Postgres, err = db.version(ctx); err != nil {
		return stop, err
	}
	for variant, database := range databases {
		k, err := startKratos(ctx, b.Lab, db, variant, database)
		if err != nil {
			return stop, err
		}
		b.kratos[variant] = k
		started = append(started, k.stop)
	}
	return stop, nil
}

// warmUp sees that each works before anything is measured, and that the hashes are what they should be.
func (b *bench) warmUp(ctx context.Context) error {
	b.Step("tries everything once")
	for range b.warmups {
		if err := b.central.signUp(ctx); err != nil {
			return fmt.Errorf("central: %w", err)
		}
	}
	for variant, k := range b.kratos {
		for range b.warmups {
			if err := errors.Join(k.signUp(ctx), k.logIn(ctx)); err != nil {
				return fmt.Errorf("%s: %w", variant, err)
			}
		}
	}
	return nil
}

// signUps loads each with sign-ups.
func (b *bench) signUps(ctx context.Context) error {
	all := map[string]func(context.Context) error{ours: b.central.signUp}
	for variant, k := range b.kratos {
		all[variant] = k.signUp
	}
	return b.both(ctx, signUp, all, b.signUpRounds, b.signUpFor)
}

// both loads each variant at the same rate, and then with one operation after the other.
func (b *bench) both(ctx context.Context, operation string, variants map[string]func(context.Context) error, rounds int, during time.Duration) error {
	steady := func(do func(context.Context, int) error) lab.Result { return lab.Open(ctx, b.rate, during, do) }
	single := func(do func(context.Context, int) error) lab.Result { return lab.Closed(ctx, 1, b.single, do) }
	b.Step("%s, %.0f a second at each of %d, in turn", operation, b.rate, len(variants))
	if err := b.inTurn(ctx, operation, open, variants, rounds, steady); err != nil {
		return err
	}
	b.Step("%s, one after the other at each of %d, in turn", operation, len(variants))
	return b.inTurn(ctx, operation, closed, variants, b.closedRounds, single)
}

func (b *bench) inTurn(ctx context.Context, operation, load string, variants map[string]func(context.Context) error, rounds int, drive func(func(context.Context, int) error) lab.Result) error {
	var turns []func() error
	for _, variant := range []string{ours, asItComes, oursLeast, equal, theirLeast} {
		if do, has := variants[variant]; has {
			turns = append(turns, func() error {
				b.window(variant, operation, load, func() lab.Result { return drive(func(ctx context.Context, _ int) error { return do(ctx) }) })
				return ctx.Err()
			})
		}
	}
	turns = append(turns, func() error { return b.yardstick(ctx) })
	return lab.Interleave(rounds, turns...)
}

// window loads one variant, and notes what its servers used meanwhile.
func (b *bench) window(variant, operation, load string, drive func() lab.Result) {
	used := b.central.spent
	if k, ok := b.kratos[variant]; ok {
		used = k.spent
	}
	before := used()
	w := Window{Result: drive()}
	w.Spent = used().minus(before)
	b.data.note(variant, operation, load, w)
}

func (d *Data) note(variant, operation, load string, w Window) {
	for i := range d.Runs {
		if r := &d.Runs[i]; r.Variant == variant && r.Operation == operation && r.Load == load {
			r.Windows = append(r.Windows, w)
			return
		}
	}
	d.Runs = append(d.Runs, Run{variant, operation, load, []Window{w}})
}

// proofs presses the links of all who signed up at Central, one after the other, and gives half of them the cheapest hash.
func (b *bench) proofs(ctx context.Context) error {
	b.Step("presses the links that were mailed")
	c := b.central
	everyone := c.made
	links := make([]string, len(everyone))
	for i, p := range everyone {
		var err error
		if links[i], err = c.link(ctx, p); err != nil {
			return err
		}
	}
	var failed error
	b.window(ours, prove, closed, func() lab.Result {
		return each(len(everyone), func(n int) error {
			err := c.prove(ctx, everyone[n], links[n])
			failed = errors.Join(failed, err)
			return err
		})
	})
	if failed != nil {
		return failed
	}
	b.light = c.split()
	for _, p := range b.light.made {
		if err := c.lighten(ctx, p); err != nil {
			return err
		}
	}
	// Log-ins are those of people in the browser that they have logged in with before.
	for _, who := range []*people{c.people, b.light} {
		for range who.made {
			if err := c.logInOne(ctx, who); err != nil {
				return err
			}
		}
	}
	return nil
}

// each does something n times, one after the other.
func each(n int, do func(n int) error) (r lab.Result) {
	began := time.Now()
	for i := range n {
		from := time.Now()
		if do(i) != nil {
			r.Errors++
			continue
		}
		r.Done, r.Latency = r.Done+1, append(r.Latency, ms(time.Since(from)))
	}
	r.Seconds = time.Since(began).Seconds()
	return r
}

func ms(d time.Duration) float64 { return d.Seconds() * 1000 }

// logIns loads each with log-ins of those who signed up.
func (b *bench) logIns(ctx context.Context) error {
	if err := b.readHashes(ctx); err != nil {
		return err
	}
	all := map[string]func(context.Context) error{
		ours:      b.central.logIn,
		oursLeast: func(ctx context.Context) error { return b.central.logInOne(ctx, b.light) },
	}
	for variant, k := range b.kratos {
		all[variant] = k.logIn
	}
	return b.both(ctx, logIn, all, b.logInRounds, b.logInFor)
}
