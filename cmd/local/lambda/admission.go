package lambda

import (
	"context"
	"math"
	"runtime"
	"slices"
	"sync"
	"time"

	"phonon.in/central/cmd/local/xray"
)

// On Lambda each request has its share of a core, and whoever gets none is refused before anything of theirs has begun. Here all share the
// cores of this machine. One request runs for each, and one more while others wait for an engine; so many more wait. Of events, whose functions
// compute for longer, one runs for each core, and as many wait as there are.
const (
	waitingPerCore = 128

	// busyMost is how long a request counts as one that needs a core. It is the time of an answer: whoever runs for longer waits for something.
	busyMost = 3 * time.Second
)

// Admission stands for the concurrency of an account: it lets requests in, one after the other, while there are places. Their time begins when they are in.
type Admission struct {
	mu      sync.Mutex
	places  int             // that are free
	waiting []chan struct{} // closed when a place is theirs
	most    int             // that may wait

	leaving sync.Map // root of a trace -> func() that gives the place of that invocation back
}

// RequestsAtOnce is for requests: who comes while too many wait is refused.
func RequestsAtOnce() *Admission {
	return &Admission{places: runtime.NumCPU() + 1, most: waitingPerCore * runtime.NumCPU()}
}

// EventsAtOnce is for events, of which any number waits.
func EventsAtOnce() *Admission { return &Admission{places: runtime.NumCPU(), most: math.MaxInt} }

// Enter waits for a place for the invocation that a trace header names, and returns what gives it back. It is nil for who was refused, at once because too many
// wait, or because ctx ended: then nothing may be done.
func (a *Admission) Enter(ctx context.Context, trace string) (leave func()) {
	free := a.wait(ctx)
	if free == nil {
		return nil
	}
	root := xray.Root(trace)
	a.leaving.Store(root, free)
	return func() {
		a.leaving.Delete(root)
		free()
	}
}

// Hangs gives back the place of an invocation that is being kept waiting by a fault: it needs no core meanwhile.
func (a *Admission) Hangs(trace string) {
	if free, ok := a.leaving.Load(xray.Root(trace)); ok {
		free.(func())()
	}
}

func (a *Admission) wait(ctx context.Context) (leave func()) {
	a.mu.Lock()
	if a.places > 0 {
		a.places--
		a.mu.Unlock()
		return a.place()
	}
	if len(a.waiting) >= a.most {
		a.mu.Unlock()
		return nil
	}
	turn := make(chan struct{})
	a.waiting = append(a.waiting, turn)
	a.mu.Unlock()
	select {
	case <-turn:
		return a.place()
	case <-ctx.Done():
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if i := slices.Index(a.waiting, turn); i >= 0 {
		a.waiting = slices.Delete(a.waiting, i, i+1)
	} else { // its turn came in the same moment
		a.next()
	}
	return nil
}

// place is given back once, by its holder or by time.
func (a *Admission) place() (leave func()) {
	var once sync.Once
	free := func() {
		once.Do(func() {
			a.mu.Lock()
			defer a.mu.Unlock()
			a.next()
		})
	}
	late := time.AfterFunc(busyMost, free)
	return func() {
		late.Stop()
		free()
	}
}

// next gives a place to who waits longest. a.mu is held.
func (a *Admission) next() {
	if len(a.waiting) == 0 {
		a.places++
		return
	}
	close(a.waiting[0])
	a.waiting = a.waiting[1:]
}
