package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"sync"
	"time"
)

// function is a pool of processes of one Lambda. It grows while requests overlap, up to a cap beyond which they wait.
type function struct {
	spec   FunctionSpec
	binary string
	extra  map[string]string // endpoints of the engines
	log    io.Writer
	slots  chan struct{}

	mu         sync.Mutex
	idle       []*worker
	generation int
	closed     bool
}

const maxWorkers = 32

func newFunction(spec FunctionSpec, binary string, extra map[string]string, log io.Writer) *function {
	return &function{spec: spec, binary: binary, extra: extra, log: log, slots: make(chan struct{}, maxWorkers)}
}

// outcome of an invocation, with what the trace wants to know.
type outcome struct {
	payload   []byte
	failed    string
	timedOut  bool
	coldStart bool
	trace     string
}

// invoke runs one event.
func (f *function) invoke(ctx context.Context, payload []byte, trace string) outcome {
	select {
	case f.slots <- struct{}{}:
		defer func() { <-f.slots }()
	case <-ctx.Done():
		return outcome{failed: "the client went away", trace: trace}
	}
	w, generation, cold, err := f.take()
	if err != nil {
		return outcome{failed: err.Error(), trace: trace}
	}
	i := &invocation{id: randomHex(16), trace: trace, payload: payload, deadline: time.Now().Add(f.spec.Timeout), result: make(chan result, 1)}
	r, late := w.run(i)
	if r.failed != "" {
		fmt.Fprintf(f.log, "%s\n", r.failed)
	}
	f.giveBack(w, generation, late)
	return outcome{payload: r.payload, failed: r.failed, timedOut: late, coldStart: cold, trace: trace}
}

func (f *function) take() (w *worker, generation int, cold bool, err error) {
	f.mu.Lock()
	for len(f.idle) > 0 {
		w, f.idle = f.idle[len(f.idle)-1], f.idle[:len(f.idle)-1]
		if w.alive() {
			defer f.mu.Unlock()
			return w, f.generation, false, nil
		}
	}
	generation = f.generation
	f.mu.Unlock()
	w, err = startWorker(f, f.log)
	return w, generation, true, err
}

func (f *function) giveBack(w *worker, generation int, late bool) {
	f.mu.Lock()
	keep := w.alive() && !late && generation == f.generation && !f.closed
	if keep {
		f.idle = append(f.idle, w)
	}
	f.mu.Unlock()
	if !keep {
		go w.stop()
	}
}

// replace makes the next request start a new binary. Processes that are busy finish their request first.
func (f *function) replace() {
	f.mu.Lock()
	f.generation++
	old := f.idle
	f.idle = nil
	f.mu.Unlock()
	for _, w := range old {
		go w.stop()
	}
}

func (f *function) close() {
	f.mu.Lock()
	f.closed = true
	old := f.idle
	f.idle = nil
	f.mu.Unlock()
	var all sync.WaitGroup
	for _, w := range old {
		all.Go(w.stop)
	}
	all.Wait()
}

func randomHex(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return hex.EncodeToString(b)
}

// newTrace makes an X-Ray trace id; the SDK sends it with every call that the invocation makes.
func newTrace() string {
	return fmt.Sprintf("Root=1-%08x-%s;Parent=%s;Sampled=1", time.Now().Unix(), randomHex(12), randomHex(8))
}
