// Package lambda is AWS Lambda for Go functions on one machine, without containers: it builds the functions, runs their binaries behind a Runtime API
// of its own, one event at a time in each process, and runs the new ones when sources change.
package lambda

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"sync"

	"phonon.in/central/cmd/local/id"
	"phonon.in/central/cmd/local/template"
	"phonon.in/central/cmd/local/xray"
)

// More requests than this wait for a free process. On Lambda the limit is 1000 processes; here they share a few cores.
const maxWorkers = 32

// Function is the pool of processes of one Lambda. It grows while requests overlap.
type Function struct {
	Spec     template.Function
	Stack    string            // that the function belongs to: its name on AWS begins with that
	Binary   string            // that is run; see Builder.Binary
	Env      map[string]string // besides that of the template: endpoints and credentials
	Endpoint string            // of the Lambda API that runs it instead; "" for processes of our own
	Log      io.Writer         // gets what the processes print

	mu         sync.Mutex
	idle       []*worker
	busy       map[string]*worker // by the root of the trace of what they do
	waiting    []chan grant
	starting   int
	running    int
	generation int
	closed     bool
	all        sync.WaitGroup
}

// grant is a worker for one event, or the reason why there is none.
type grant struct {
	worker *worker
	cold   bool
	err    error
}

// Outcome is what came of an event: the function's answer, or why there is none. Cold says that a process had to start for it.
type Outcome struct {
	Payload []byte
	Err     error
	Cold    bool
}

// Invoke runs one event, with a trace header for it. ctx bounds the wait for a free process and the answer; the function itself is bounded by its own timeout.
func (f *Function) Invoke(ctx context.Context, payload []byte, trace string) Outcome {
	if f.Endpoint != "" {
		return f.invokeElsewhere(ctx, payload)
	}
	for {
		g := f.acquire(ctx)
		if g.err != nil {
			fmt.Fprintf(f.Log, "%v\n", g.err)
			return Outcome{Err: g.err}
		}
		i := &invocation{id: id.UUID(), trace: trace, payload: payload, timeout: f.Spec.Timeout, result: make(chan result, 1)}
		done := make(chan result, 1)
		go func() {
			f.occupy(xray.Root(trace), g.worker)
			r := g.worker.run(i)
			f.occupy(xray.Root(trace), nil)
			f.release(g.worker, r.err)
			done <- r
		}()
		select {
		case r := <-done:
			if r.err == errNotTaken {
				continue
			}
			if r.err != nil {
				fmt.Fprintf(f.Log, "%v\n", r.err)
			}
			return Outcome{r.payload, r.err, g.cold}
		case <-ctx.Done():
			return Outcome{Err: ErrTimedOut, Cold: g.cold}
		}
	}
}

func (f *Function) acquire(ctx context.Context) grant {
	f.mu.Lock()
	for len(f.idle) > 0 {
		w := f.idle[len(f.idle)-1]
		f.idle = f.idle[:len(f.idle)-1]
		if w.alive() {
			g := f.grant(w)
			f.mu.Unlock()
			return g
		}
	}
	turn := make(chan grant, 1)
	f.waiting = append(f.waiting, turn)
	f.grow()
	f.mu.Unlock()
	select {
	case g := <-turn:
		return g
	case <-ctx.Done():
		go func() { // its turn will still come
			if g := <-turn; g.worker != nil {
				f.release(g.worker, nil)
			}
		}()
		return grant{err: ErrTimedOut}
	}
}

// grant marks a worker as used. f.mu is held.
func (f *Function) grant(w *worker) grant {
	cold := !w.served
	w.served = true
	return grant{worker: w, cold: cold}
}

// grow starts a process for each request that waits, within bounds: a few at a time, so that those that run keep their core.
// f.mu is held.
func (f *Function) grow() {
	for f.starting < len(f.waiting) && f.running+f.starting < f.most() && f.starting < 2*runtime.NumCPU() && !f.closed {
		f.starting++
		f.all.Add(1)
		go f.start(f.generation)
	}
}

// most is how many processes there may be. One that is given gigabytes uses them, and cores.
func (f *Function) most() int {
	if f.Spec.MemoryMB > 2048 {
		return min(maxWorkers, runtime.NumCPU())
	}
	return maxWorkers
}

// Warm starts a process before there is an event, for functions that hear of events alone: some are slow to start.
func (f *Function) Warm() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.starting++
	f.all.Add(1)
	go f.start(f.generation)
}

func (f *Function) start(generation int) {
	defer f.all.Done()
	w, err := startWorker(f.arn(), f.Binary, f.environment, f.Log)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.starting--
	if err != nil {
		if generation == f.generation && len(f.waiting) > 0 {
			f.waiting[0] <- grant{err: fmt.Errorf("%s: %w", f.Spec.Name, err)}
			f.waiting = f.waiting[1:]
		}
		f.grow()
		return
	}
	w.generation = generation
	f.running++
	f.all.Add(1)
	go func() {
		defer f.all.Done()
		<-w.exited
		f.mu.Lock()
		defer f.mu.Unlock()
		f.running--
		f.grow()
	}()
	f.offer(w)
}

// occupy notes which worker an invocation has; nil for one that has ended.
func (f *Function) occupy(root string, w *worker) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if w == nil {
		delete(f.busy, root)
		return
	}
	if f.busy == nil {
		f.busy = map[string]*worker{}
	}
	f.busy[root] = w
}

// Kill ends the process that has the invocation of a trace header, in the middle of it, and waits until it is gone.
func (f *Function) Kill(trace string) {
	f.mu.Lock()
	w := f.busy[xray.Root(trace)]
	f.mu.Unlock()
	if w != nil {
		w.kill()
		<-w.exited
	}
}

func (f *Function) release(w *worker, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err == ErrTimedOut { // it was killed, and may not have ended yet
		return
	}
	f.offer(w)
}

// offer gives a free worker to who waits longest. f.mu is held.
func (f *Function) offer(w *worker) {
	switch {
	case !w.alive():
	case f.closed || w.generation != f.generation:
		go w.stop()
	case len(f.waiting) > 0:
		f.waiting[0] <- f.grant(w)
		f.waiting = f.waiting[1:]
	default:
		f.idle = append(f.idle, w)
	}
	f.grow()
}

// replace makes requests from now on use the new binary. Processes that are busy finish their request first.
func (f *Function) replace() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.generation++
	for _, w := range f.idle {
		go w.stop()
	}
	f.idle = nil
	f.grow()
}

// Close ends all processes, those that are busy after their request.
func (f *Function) Close() {
	f.mu.Lock()
	f.closed = true
	for _, w := range f.idle {
		go w.stop()
	}
	f.idle = nil
	for _, turn := range f.waiting {
		turn <- grant{err: fmt.Errorf("%s: the local run ends", f.Spec.Name)}
	}
	f.waiting = nil
	f.mu.Unlock()
	f.all.Wait()
}
