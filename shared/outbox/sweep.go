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
	shards      = 16
	parallel    = 4
	batch       = 25
	lease       = 2 * time.Minute
	minimumLeft = 5 * time.Second
)

// Report counts what a sweep did.
type Report struct{ Sent, Failed, Dead int }

// Sweep delivers what is due, shard by shard, until nothing is left or ctx is about to end. Errors of single shards do not stop the others.
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
		if err != nil {
			return r, err
		}
		for _, m := range due {
			if !timeLeft(ctx) {
				return r, nil // the lease ends by itself
			}
			what, err := o.settle(ctx, now, m)
			if err != nil {
				return r, err
			}
			switch what {
			case sent:
				r.Sent++
			case failed:
				r.Failed++
			case dead:
				r.Dead++
			}
		}
		if len(due) < batch {
			return r, nil
		}
	}
	return r, nil
}

func timeLeft(ctx context.Context) bool {
	end, bounded := ctx.Deadline()
	return ctx.Err() == nil && (!bounded || time.Until(end) > minimumLeft)
}
