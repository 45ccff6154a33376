package lambda

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"phonon.in/central/cmd/local/xray"
)

func TestWhoIsLetInRunsWithFewOthersInTurnAndWhoIsNotIsRefusedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &Admission{places: 4, most: 40}
		var mu sync.Mutex
		running, highest, refused := 0, 0, 0
		var order []int
		began := time.Now()
		for i := range 50 {
			go func() {
				leave := a.wait(t.Context())
				mu.Lock()
				if leave == nil {
					refused++
					mu.Unlock()
					if time.Since(began) != 0 {
						t.Error("somebody was refused late")
					}
					return
				}
				running++
				highest, order = max(highest, running), append(order, i)
				mu.Unlock()
				time.Sleep(time.Duration(100+i) * time.Millisecond) // no two end together
				mu.Lock()
				running--
				mu.Unlock()
				leave()
			}()
			synctest.Wait() // it is in the queue
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if highest != 4 || refused != 6 || len(order) != 44 || !slices.IsSorted(order) || a.places != 4 {
			t.Errorf("%d at once, %d refused, in the order %v, %d places are free", highest, refused, order, a.places)
		}
	})
}

func TestWhoWaitsForSomethingThatHangsKeepsNobodyOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &Admission{places: 1, most: 1}
		hangs := a.wait(t.Context())
		began := time.Now()
		next := a.wait(t.Context())
		if took := time.Since(began); took != busyMost {
			t.Errorf("the next waited %s", took)
		}
		hangs() // its place is given already
		next()
		if a.places != 1 {
			t.Errorf("%d places", a.places)
		}
	})
}

func TestWhomAFaultKeepsWaitingKeepsNobodyOut(t *testing.T) {
	a := &Admission{places: 1}
	trace := xray.NewHeader()
	leave := a.Enter(t.Context(), trace)
	a.Hangs(xray.NewHeader()) // somebody else
	if a.Enter(t.Context(), xray.NewHeader()) != nil {
		t.Fatal("two have the one place")
	}
	a.Hangs(trace)
	a.Hangs(trace)
	leave()
	if a.places != 1 {
		t.Errorf("%d places", a.places)
	}
}

func TestWhoGoesAwayWhileWaitingLeavesTheTurnToTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &Admission{places: 1, most: 2}
		first := a.wait(t.Context())
		gone, leave := context.WithCancel(t.Context())
		go func() {
			if a.wait(gone) != nil {
				t.Error("somebody was let in who had gone")
			}
		}()
		synctest.Wait()
		second := make(chan func())
		go func() { second <- a.wait(t.Context()) }()
		synctest.Wait()
		leave()
		synctest.Wait()
		first()
		(<-second)()
		if a.places != 1 || len(a.waiting) != 0 {
			t.Errorf("%d places, %d wait", a.places, len(a.waiting))
		}
	})
}
