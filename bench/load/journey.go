package load

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"
)

// journey is the way from sign-up to a KYC case with its fields, and what pages read between.
var journey = []operation{
	signUp, verify, logIn, readAccount, sendCode, prove, readAccount, saveDetails, readAccount, readCase, saveCase, readAccount, readCase,
}

// live makes the journey of somebody who should have begun at a time, up to the first step that fails.
func (w *world) live(ctx context.Context, p *person, planned time.Time, t *tally) error {
	defer p.leave()
	for i, o := range journey {
		from := planned
		err := w.prepare(ctx, p, o)
		if i > 0 {
			from = time.Now()
		}
		if err == nil {
			err = w.do(ctx, p, o)
		}
		if ctx.Err() != nil { // the measurement was ended: nobody's fault
			return ctx.Err()
		}
		t.note(p, o, from, err)
		if err != nil {
			return err
		}
	}
	return nil
}

// Operation is what came of the requests of one kind.
type Operation struct {
	Refused int `json:"refused,omitempty"` // with a time to come again
	Late    int `json:"late,omitempty"`    // not asked: the message that it needs did not come in time
	Wrong   int `json:"wrong,omitempty"`   // any other answer than the right one, or none
	// Latency of the right answers, in milliseconds; of the first of a journey from the time at which it should have begun.
	Latency histogram `json:"latency"`
}

// tally counts what came of the requests of many, and remembers what each of them was told has been done.
type tally struct {
	mu    sync.Mutex
	all   map[operation]*Operation
	told  map[*person]operation
	wrong []string // some of them
}

func newTally() *tally {
	return &tally{all: map[operation]*Operation{}, told: map[*person]operation{}}
}

const mostWrong = 5

func (t *tally) note(p *person, o operation, from time.Time, err error) {
	took := time.Since(from)
	t.mu.Lock()
	defer t.mu.Unlock()
	of := t.all[o]
	if of == nil {
		of = &Operation{Latency: histogram{}}
		t.all[o] = of
	}
	switch {
	case err == nil:
		of.Latency.add(took.Seconds() * 1000)
		if o != readAccount && o != readCase {
			t.told[p] = o
		}
	case errors.Is(err, errRefused):
		of.Refused++
	case errors.Is(err, errNoMessage):
		of.Late++
	default:
		of.Wrong++
		if len(t.wrong) < mostWrong {
			t.wrong = append(t.wrong, strings.ReplaceAll(err.Error(), p.origin, ""))
		}
	}
}
