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

var loads = map[string]string{open: "at a steady rate", closed: "one after the other"}

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
