package load

import (
	"context"
	"math"
	"os"
	"time"

	"phonon.in/central/bench/lab"
)

// Rate is what came of people who arrived at one rate.
type Rate struct {
	PerSecond  float64                  `json:"perSecond"` // people who begin a journey
	Arriving   float64                  `json:"arriving"`  // seconds in which they did
	Seconds    float64                  `json:"seconds"`   // until the last journey had ended
	Ended      int                      `json:"ended"`     // journeys that came to their end
	Dropped    int                      `json:"dropped"`   // journeys that did not, for whatever reason
	Operations map[operation]*Operation `json:"operations"`
	Used       Used                     `json:"used"`      // by the run
	Generator  float64                  `json:"generator"` // CPU seconds of who made the load
	Wrong      []string                 `json:"wrong,omitempty"`
	Checked    int                      `json:"checked"` // people of whom was looked up afterwards what they had been told
	Lost       []string                 `json:"lost,omitempty"`
}

// The load is too high where more is refused, or takes longer.
const (
	mostErrors = 0.01
	mostMs     = 3000
)

func (r Rate) latency() histogram {
	var all []histogram
	for _, o := range r.Operations {
		all = append(all, o.Latency)
	}
	return joined(all...)
}

// count adds up all operations: requests that were answered as they should be, refused, late and wrong.
func (r Rate) count() (right, refused, late, wrong int) {
	for _, o := range r.Operations {
		right, refused, late, wrong = right+o.Latency.count(), refused+o.Refused, late+o.Late, wrong+o.Wrong
	}
	return right, refused, late, wrong
}

func (r Rate) errors() float64 {
	right, refused, late, wrong := r.count()
	if right+refused+late+wrong == 0 {
		return 1
	}
	return float64(refused+late+wrong) / float64(right+refused+late+wrong)
}

func (r Rate) broken() bool { return r.errors() > mostErrors || r.latency().quantile(0.99) > mostMs }

// plan is how rates rise.
type plan struct {
	first, factor float64
	seconds       time.Duration
	most          int  // rates
	checked       int  // people of each
	beyond        bool // at the end, twice the rate that broke it
}

func planOf(quick bool) plan {
	if quick {
		return plan{first: 4, factor: 2.5, seconds: 2 * time.Second, most: 3, checked: 5}
	}
	return plan{first: 2, factor: 1.5, seconds: 10 * time.Second, most: 9, checked: 40, beyond: true}
}

// firstArrival is the number of the first person who makes the journey; visitors and members have smaller ones.
const firstArrival = 200_000

// ramp lets people arrive at rising rates until the run breaks.
func (w *world) ramp(ctx context.Context, l *lab.Lab, p plan) (all []Rate, err error) {
	next := firstArrival
	at := func(rate float64, seconds time.Duration) error {
		r, t := w.arrive(ctx, rate, seconds, next)
		next += r.Ended + r.Dropped
		r.Checked, r.Lost = w.check(ctx, t, p.checked)
		all = append(all, r)
		right, refused, late, wrong := r.count()
		l.Step("%.1f people a second: %d answers, %d refused, %d late, %d wrong, %d lost, p99 %.0f ms", rate, right, refused, late, wrong, len(r.Lost), r.latency().quantile(0.99))
		return ctx.Err()
	}
	if err := at(p.first, time.Second); err != nil { // starts processes
		return nil, err
	}
	all = nil
	rate := p.first
	for range p.most {
		if err := at(math.Round(rate*10)/10, p.seconds); err != nil {
			return nil, err
		}
		if all[len(all)-1].broken() {
			break
		}
		rate *= p.factor
	}
	if worst := all[len(all)-1]; p.beyond && worst.broken() {
		err = at(2*worst.PerSecond, p.seconds)
	}
	return all, err
}

// arrive lets people begin journeys at a steady rate, whatever becomes of those before, and waits for the last. The first has number from.
func (w *world) arrive(ctx context.Context, rate float64, seconds time.Duration, from int) (Rate, *tally) {
	before, own := spentBy(w.pid), lab.CPU(os.Getpid())
	began := time.Now()
	t := newTally()
	gap := time.Duration(float64(time.Second) / rate)
	r := lab.Open(ctx, rate, seconds, func(ctx context.Context, n int) error {
		return w.live(ctx, w.newPerson(from+n), began.Add(time.Duration(n)*gap), t)
	})
	return Rate{
		PerSecond: rate, Arriving: seconds.Seconds(), Seconds: r.Seconds, Ended: r.Done, Dropped: r.Errors, Operations: t.all, Wrong: t.wrong,
		Used: spentBy(w.pid).since(before), Generator: (lab.CPU(os.Getpid()) - own).Seconds(),
	}, t
}
