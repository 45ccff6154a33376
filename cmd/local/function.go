package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"

	"phonon.in/central/cmd/local/id"
	"phonon.in/central/cmd/local/template"
	"phonon.in/central/cmd/local/xray"
)

// More requests than this wait for a free process. On Lambda the limit is 1000 processes; here they share a few cores.
const maxWorkers = 32

// function is the pool of processes of one Lambda. It grows while requests overlap.
type function struct {
	spec   template.Function
	binary string
	extra  map[string]string // of the environment: endpoints and credentials
	lambda string            // endpoint of the Lambda API that runs it; "" for processes of our own
	log    io.Writer

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

// outcome is what came of an event.
type outcome struct {
	result
	cold bool
}

// invoke runs one event. ctx bounds the wait for a free process and the answer; the function itself is bounded by its own timeout.
func (f *function) invoke(ctx context.Context, payload []byte, trace string) outcome {
	if f.lambda != "" {
		return f.invokeElsewhere(ctx, payload)
	}
	for {
		g := f.acquire(ctx)
		if g.err != nil {
			fmt.Fprintf(f.log, "%v\n", g.err)
			return outcome{result{err: g.err}, false}
		}
		i := &invocation{id: id.UUID(), trace: trace, payload: payload, timeout: f.spec.Timeout, result: make(chan result, 1)}
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
				fmt.Fprintf(f.log, "%v\n", r.err)
			}
			return outcome{r, g.cold}
		case <-ctx.Done():
			return outcome{result{err: errTimedOut}, g.cold}
		}
	}
}

func (f *function) acquire(ctx context.Context) grant {
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
		return grant{err: errTimedOut}
	}
}

// grant marks a worker as used. f.mu is held.
func (f *function) grant(w *worker) grant {
	cold := !w.served
	w.served = true
	return grant{worker: w, cold: cold}
}

// grow starts a process for each request that waits, within bounds: a few at a time, so that those that run keep their core.
// f.mu is held.
func (f *function) grow() {
	for f.starting < len(f.waiting) && f.running+f.starting < f.most() && f.starting < 2*runtime.NumCPU() && !f.closed {
		f.starting++
		f.all.Add(1)
		go f.start(f.generation)
	}
}

// most is how many processes there may be. One that is given gigabytes uses them, and cores.
func (f *function) most() int {
	if f.spec.MemoryMB > 2048 {
		return min(maxWorkers, runtime.NumCPU())
	}
	return maxWorkers
}

// warm starts a process before there is an event, for functions that hear of events alone: some are slow to start.
func (f *function) warm() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.starting++
	f.all.Add(1)
	go f.start(f.generation)
}

func (f *function) start(generation int) {
	defer f.all.Done()
	w, err := startWorker(f.binary, f.environment, f.log)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.starting--
	if err != nil {
		if generation == f.generation && len(f.waiting) > 0 {
			f.waiting[0] <- grant{err: fmt.Errorf("%s: %w", f.spec.Name, err)}
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
func (f *function) occupy(root string, w *worker) {
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

// kill ends the process that an invocation has, in the middle of it, and waits until it is gone.
func (f *function) kill(root string) {
	f.mu.Lock()
	w := f.busy[root]
	f.mu.Unlock()
	if w != nil {
		w.kill()
		<-w.exited
	}
}

func (f *function) release(w *worker, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err == errTimedOut { // it was killed, and may not have ended yet
		return
	}
	f.offer(w)
}

// offer gives a free worker to who waits longest. f.mu is held.
func (f *function) offer(w *worker) {
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
func (f *function) replace() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.generation++
	for _, w := range f.idle {
		go w.stop()
	}
	f.idle = nil
	f.grow()
}

// close ends all processes, those that are busy after their request.
func (f *function) close() {
	f.mu.Lock()
	f.closed = true
	for _, w := range f.idle {
		go w.stop()
	}
	f.idle = nil
	for _, turn := range f.waiting {
		turn <- grant{err: fmt.Errorf("%s: the local run ends", f.spec.Name)}
	}
	f.waiting = nil
	f.mu.Unlock()
	f.all.Wait()
}

// environment is what Lambda gives a function, and nothing of this machine's own but whom it trusts: a product on it may have a certificate of its own.
func (f *function) environment(api string) []string {
	name := "central-" + f.spec.Name
	env := map[string]string{
		"AWS_LAMBDA_FUNCTION_NAME": name, "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": strconv.Itoa(f.spec.MemoryMB), "AWS_LAMBDA_RUNTIME_API": api,
		"AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand", "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/" + name,
		"AWS_LAMBDA_LOG_STREAM_NAME": "local", "AWS_EXECUTION_ENV": "AWS_Lambda_provided.al2023",
		"_HANDLER": "bootstrap", "LAMBDA_TASK_ROOT": filepath.Dir(f.binary), "LAMBDA_RUNTIME_DIR": "/var/runtime",
		"AWS_REGION": localRegion, "AWS_DEFAULT_REGION": localRegion,
		"TZ": ":UTC", "LANG": "en_US.UTF-8", "PATH": "/usr/local/bin:/usr/bin/:/bin:/opt/bin",
	}
	for _, more := range []map[string]string{f.spec.Env, f.extra} {
		for name, v := range more {
			env[name] = v
		}
	}
	for _, name := range []string{"SSL_CERT_FILE", "SSL_CERT_DIR"} {
		if v := os.Getenv(name); v != "" {
			env[name] = v
		}
	}
	list := make([]string, 0, len(env))
	for name, v := range env {
		list = append(list, name+"="+v)
	}
	return list
}
