package peers

import (
	"context"
	"errors"
	"math"
	"time"

	"phonon.in/central/bench/lab"
)

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
	if err := b.inTurn(ctx, operation, open, variants, rounds, steady); err != nil {
		return err
	}
	return b.inTurn(ctx, operation, closed, variants, b.closedRounds, single)
}

func (b *bench) inTurn(ctx context.Context, operation, load string, variants map[string]func(context.Context) error, rounds int, drive func(func(context.Context, int) error) lab.Result) error {
	var turns []func() error
	for _, variant := range []string{ours, asItComes, oursLeast, equal, theirLeast} {
		if do, has := variants[variant]; has {
			turns = append(turns, func() error {
				b.Step("%s at %s, %s", operation, titles[variant], loads[load])
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
	for i, took := range w.Latency { // to the microsecond: more is not kept
		w.Latency[i] = math.Round(took*1000) / 1000
	}
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
