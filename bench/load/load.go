// Package load measures what many people at once do to a local run: people who arrive at rising rates until it breaks, fifty who log in at
// once, and a table that is a hundred times as large.
package load

import (
	"context"
	"runtime"

	"phonon.in/central/bench/lab"
)

// Data is what was measured.
type Data struct {
	YardstickMs float64 `json:"yardstickMs"` // CPU of one bcrypt hash of cost 10, before
	CPUs        int     `json:"cpus"`
	Rates       []Rate  `json:"rates"`
	Waves       []Wave  `json:"waves"`
	Sizes       Sizes   `json:"sizes"`
}

// Measure loads three local runs: one that is empty, and two whose tables differ in size.
func Measure(ctx context.Context, l *lab.Lab) (d Data, err error) {
	yardstick, err := l.Yardstick(ctx)
	if err != nil {
		return d, err
	}
	d.YardstickMs, d.CPUs = yardstick.Seconds()*1000, runtime.NumCPU()
	l.Step("a local run starts")
	w, err := open(ctx, l, "")
	if err != nil {
		return d, err
	}
	defer w.run.Stop()
	if d.Rates, err = w.ramp(ctx, l, planOf(l.Quick)); err != nil {
		return d, err
	}
	d.Sizes, d.Waves, err = w.sizes(ctx, l)
	return d, err
}
