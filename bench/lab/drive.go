package lab

import (
	"context"
	"sync"
	"time"
)

// Result is what came of a load.
type Result struct {
	Done    int     `json:"done"`   // answered as they should be
	Errors  int     `json:"errors"` // answered otherwise, or not begun because too many were on their way
	Seconds float64 `json:"seconds"`
	// Latency of those that were done, in milliseconds: with the open model from the time at which it should have begun.
	Latency Samples `json:"latency"`
}

// PerSecond is the throughput of what was done.
func (r Result) PerSecond() float64 { return float64(r.Done) / r.Seconds }

// inFlight bounds how many operations of an open load run at once: more than that a machine cannot hold, and they count as errors.
const inFlight = 2000

// Open calls do at a steady rate a second for a while, whatever becomes of the earlier calls: as people do who know nothing of each other.
// It returns when the last has ended.
func Open(ctx context.Context, rate float64, duration time.Duration, do func(ctx context.Context, n int) error) Result {
	var r recorder
	var running sync.WaitGroup
	slots := make(chan struct{}, inFlight)
	began := time.Now()
	gap := time.Duration(float64(time.Second) / rate)
	for n := 0; time.Duration(n)*gap < duration && ctx.Err() == nil; n++ {
		planned := began.Add(time.Duration(n) * gap)
		if !until(ctx, planned) {
			break
		}
		select {
		case slots <- struct{}{}:
		default:
			r.record(context.DeadlineExceeded, 0)
			continue
		}
		running.Go(func() {
			err := do(ctx, n)
			r.record(err, time.Since(planned))
			<-slots
		})
	}
	running.Wait()
	return r.result(began)
}

// Closed calls do from a number of workers, each again as soon as its last call has ended.
func Closed(ctx context.Context, workers int, duration time.Duration, do func(ctx context.Context, n int) error) Result {
	var r recorder
	var running sync.WaitGroup
	began := time.Now()
	numbers := make(chan int)
	go func() {
		defer close(numbers)
		for n := 0; time.Since(began) < duration; n++ {
			select {
			case numbers <- n:
			case <-ctx.Done():
				return
			}
		}
	}()
	for range workers {
		running.Go(func() {
			for n := range numbers {
				from := time.Now()
				err := do(ctx, n)
				r.record(err, time.Since(from))
			}
		})
	}
	running.Wait()
	return r.result(began)
}

func until(ctx context.Context, t time.Time) bool {
	timer := time.NewTimer(time.Until(t))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

type recorder struct {
	mu sync.Mutex
	r  Result
}

func (r *recorder) record(err error, took time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.r.Errors++
		return
	}
	r.r.Done++
	r.r.Latency = append(r.r.Latency, took.Seconds()*1000)
}

func (r *recorder) result(began time.Time) Result {
	r.r.Seconds = time.Since(began).Seconds()
	return r.r
}
