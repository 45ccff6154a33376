package outbox

import (
	"context"
	"errors"
	"sync"
	"time"
)

// A sweep looks at every shard, a few side by side. The lease is longer than a sweep may run, so that a message is never
// sent by two sweeps at once.
const (
	shards   = 16
	parallel = 4
	batch    = 25
	lease    = 2 * time.Minute

	// enough is what one message may take: its carrier and its mark. With less time left a sweep begins no other.
	enough = 5 * time.Second
)

// Report counts what a sweep did.
type Report struct{ Sent, Failed, Held, Dead int }

func (r *Report) add(other Report) {
	r.Sent, r.Failed, r.Held, r.Dead = r.Sent+other.Sent, r.Failed+other.Failed, r.Held+other.Held, r.Dead+other.Dead
}

func (r *Report) count(what Outcome) {
	switch what {
	case Sent:
		r.Sent++
	case Failed:
		r.Failed++
	case Held:
		r.Held++
	case Dead:
		r.Dead++
	}
}

// Sweep delivers what is due, shard by shard, until nothing is left or the deadline of ctx is near. What fails in one shard does
// not stop the others; the error joins what the store could not do.
func (o *Outbox) Sweep(ctx context.Context, now time.Time) (Report, error) {
	var (
		mu    sync.Mutex
		total Report
		errs  []error
		work  sync.WaitGroup
	)
	queue := make(chan int, shards)
	for shard := range shards {
		queue <- shard
	}
	close(queue)
	for range parallel {
		work.Go(func() {
			for shard := range queue {
				r, err := o.sweepShard(ctx, now, shard)
				mu.Lock()
				total.add(r)
				errs = append(errs, err)
				mu.Unlock()
			}
		})
	}
	work.Wait()
	return total, errors.Join(errs...)
}

// sweepShard ends when nothing is due any more. It ends early when a batch was held before and is held again: what is held comes last and in
// turn, so a few show whether the operator has mended what holds them, and the other shards need the time.
func (o *Outbox) sweepShard(ctx context.Context, now time.Time, shard int) (Report, error) {
	var total Report
	for timeLeft(ctx) {
		due, err := o.Store.ClaimMessages(ctx, now, shard, lease, batch)
		still := 0
		for _, m := range due {
			if !timeLeft(ctx) {
				return total, err // the leases of the rest end by themselves
			}
			what, failure := o.Deliver(ctx, now, m)
			total.count(what)
			err = errors.Join(err, failure)
			if what == Held && m.Held != "" {
				still++
			}
		}
		if err != nil || len(due) < batch || still == len(due) {
			return total, err
		}
	}
	return total, nil
}

func timeLeft(ctx context.Context) bool {
	end, bounded := ctx.Deadline()
	return ctx.Err() == nil && (!bounded || time.Until(end) > enough)
}
