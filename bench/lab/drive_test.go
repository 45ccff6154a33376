package lab

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestAnOpenLoadCountsFromThePlannedTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		busy := make(chan struct{}, 1) // one at a time, 200 ms each, and ten come in a second
		r := Open(t.Context(), 10, time.Second, func(context.Context, int) error {
			busy <- struct{}{}
			time.Sleep(200 * time.Millisecond)
			<-busy
			return nil
		})
		if r.Done != 10 || r.Errors != 0 || r.Seconds != 2 {
			t.Errorf("%d done, %d errors, %.1f s, want 10, none, 2 s", r.Done, r.Errors, r.Seconds)
		}
		if r.Latency.Min() != 200 || r.Latency.Max() != 1100 {
			t.Errorf("latency from %.0f to %.0f ms, want 200 to 1100: the last waited for the nine before it", r.Latency.Min(), r.Latency.Max())
		}
	})
}

func TestErrorsAreNoFigures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := Open(t.Context(), 100, time.Second, func(_ context.Context, n int) error {
			if n%4 == 0 {
				return errors.New("refused")
			}
			return nil
		})
		if r.Done != 75 || r.Errors != 25 || len(r.Latency) != 75 {
			t.Errorf("%d done, %d errors, %d latencies, want 75, 25, 75", r.Done, r.Errors, len(r.Latency))
		}
	})
}

func TestWhatFindsNoPlaceIsAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		time.AfterFunc(time.Minute, func() { close(release) })
		r := Open(t.Context(), inFlight+100, time.Second, func(context.Context, int) error { <-release; return nil })
		if r.Done != inFlight || r.Errors < 99 {
			t.Errorf("%d done, %d errors, want %d and the rest", r.Done, r.Errors, inFlight)
		}
	})
}

func TestAClosedLoadKeepsItsWorkersBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := Closed(t.Context(), 3, time.Second, func(context.Context, int) error { time.Sleep(100 * time.Millisecond); return nil })
		if r.Done < 30 || r.Done > 33 || r.Latency.Max() != 100 {
			t.Errorf("%d done, the slowest in %.0f ms, want 30 to 33 in 100", r.Done, r.Latency.Max())
		}
	})
}

func TestALoadEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		nothing := func(context.Context, int) error { time.Sleep(10 * time.Millisecond); return nil }
		if r := Open(ctx, 10, time.Hour, nothing); r.Seconds > 0.4 {
			t.Errorf("the open load went on for %.1f s", r.Seconds)
		}
		if r := Closed(ctx, 2, time.Hour, nothing); r.Seconds > 0.4 {
			t.Errorf("the closed load went on for %.1f s", r.Seconds)
		}
	})
}
