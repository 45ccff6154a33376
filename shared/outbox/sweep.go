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
type Report struct{ Sent, Failed, Dead int }

func (r *Report) count(what Outcome) {
	switch what {
	case Sent:
		r.Sent++
	case Failed:
		r.Failed++
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
				total.Sent, total.Failed, total.Dead = total.Sent+r.Sent, total.Failed+r.Failed, total.Dead+r.Dead
				errs = append(errs, err)
				mu.Unlock()
			}
		})
	}
	work.Wait()
	return total, errors.Join(errs...)
}

func (o *Outbox) sweepShard(ctx context.Context, now time.Time, shard int) (Report, error) {
	var r Report
	for timeLeft(ctx) {
		due, err := o.Store.ClaimMessages(ctx, now, shard, lease, batch)
		for _, m := range due {
			if !timeLeft(ctx) {
				return r, err // the leases of the rest end by themselves
			}
			what, failure := o.Deliver(ctx, now, m)
			r.count(what)
			err = errors.Join(err, failure)
		}
		if err != nil || len(due) < batch {
			return r, err
		}
	}
	return r, nil
}

func timeLeft(ctx context.Context) bool {
	end, bounded := ctx.Deadline()
	return ctx.Err() == nil && (!bounded || time.Until(end) > enough)
}
