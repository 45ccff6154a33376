package deadline_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"phonon.in/central/shared/deadline"
)

func TestARequestAndWhatFollowsItEndWithinThreeSecondsHoweverManyCallsItMakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		ctx, cancel := deadline.Within(t.Context())
		defer cancel()
		calls := 0
		for ; ctx.Err() == nil; calls++ { // each takes 700 ms of the two seconds that it may
			call, done := context.WithTimeout(ctx, 2*time.Second)
			select {
			case <-call.Done():
			case <-time.After(700 * time.Millisecond):
			}
			done()
		}
		if took := time.Since(began); took != deadline.Work || calls != 4 {
			t.Errorf("%d calls in %s", calls, took)
		}
		for range 3 { // what is tidied up shares one time
			tidy, done := deadline.After(ctx, 700*time.Millisecond)
			<-tidy.Done()
			done()
		}
		if took := time.Since(began); took != deadline.Work+deadline.Tidy || took >= 3*time.Second {
			t.Errorf("all of it took %s", took)
		}
	})
}

func TestWhatFollowsHasItsOwnTimeWhereTheRequestEndsEarlyOrThereIsNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		request, end := deadline.Within(t.Context())
		alone, leave := context.WithCancel(t.Context())
		end() // what follows goes on
		leave()
		for name, ctx := range map[string]context.Context{"of a request": request, "of none": alone} {
			began := time.Now()
			tidy, done := deadline.After(ctx, time.Second)
			<-tidy.Done()
			done()
			if took := time.Since(began); took != time.Second {
				t.Errorf("%s: %s", name, took)
			}
		}
	})
}

func TestARequestEndsNoLaterThanItsLambda(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lambda, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		ctx, done := deadline.Within(lambda)
		defer done()
		if left := deadline.Left(ctx, time.Hour); left != time.Second {
			t.Errorf("%s are left", left)
		}
		if left := deadline.Left(context.Background(), time.Hour); left != time.Hour {
			t.Errorf("%s are left without an end", left)
		}
	})
}
