package lambda

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"phonon.in/central/cmd/local/child"
)

// What Lambda allows for a function's start, and for the size of its answer.
const (
	initTimeout = 10 * time.Second
	maxResponse = 6 << 20
)

// ErrTimedOut is of a function that did not answer within its timeout.
var ErrTimedOut = errors.New("the function timed out")

var errNotTaken = errors.New("the process ended before it took the event") // the event may go to another process

// invocation is one event on its way through a worker.
type invocation struct {
	id, trace string
	payload   []byte
	timeout   time.Duration
	deadline  time.Time // set when a worker gets it
	result    chan result
}

// result is what came of an invocation. An error means that the function did not answer.
type result struct {
	payload []byte
	err     error
}

// worker is one process of a function, behind a Lambda Runtime API of its own. It handles one event at a time, as on Lambda.
type worker struct {
	arn        string // of the function
	cmd        *exec.Cmd
	server     *http.Server
	log        io.Writer
	generation int
	served     bool // guarded by the pool

	ready  chan struct{} // closed when the process first asks for an event
	once   sync.Once
	next   chan *invocation
	exited chan struct{}

	mu      sync.Mutex
	current *invocation
}

// startWorker starts the binary of a function and waits until it asks for its first event. environment gets the address of the Runtime API.
func startWorker(arn, binary string, environment func(api string) []string, log io.Writer) (*worker, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	w := &worker{arn: arn, log: log, ready: make(chan struct{}), next: make(chan *invocation), exited: make(chan struct{})}
	w.server = &http.Server{Handler: w.runtimeAPI()}
	go w.server.Serve(l)
	w.cmd = exec.Command(binary)
	w.cmd.Env = environment(l.Addr().String())
	w.cmd.Stdout, w.cmd.Stderr = log, log
	if err := child.Start(w.cmd); err != nil {
		w.server.Close()
		return nil, err
	}
	go w.watch()
	select {
	case <-w.ready:
		return w, nil
	case <-w.exited:
		return nil, fmt.Errorf("the process ended while it started: %s", w.cmd.ProcessState)
	case <-time.After(initTimeout):
		w.kill()
		return nil, fmt.Errorf("the process did not start within %s", initTimeout)
	}
}

// watch ends what waits for the process when it is gone. An answer that is still being read counts.
func (w *worker) watch() {
	w.cmd.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	w.server.Shutdown(ctx)
	w.server.Close()
	close(w.exited)
	w.finish("", result{err: fmt.Errorf("the process ended: %s", w.cmd.ProcessState)})
}

func (w *worker) runtimeAPI() http.Handler {
	const api = "/2018-06-01/runtime"
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+api+"/invocation/next", w.handNext)
	mux.HandleFunc("POST "+api+"/invocation/{id}/response", w.takeResponse)
	mux.HandleFunc("POST "+api+"/invocation/{id}/error", func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(io.LimitReader(r.Body, maxResponse))
		w.finish(r.PathValue("id"), result{err: fmt.Errorf("the function failed: %s", strings.TrimSpace(string(body)))})
		accepted(rw)
	})
	mux.HandleFunc("POST "+api+"/init/error", func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(io.LimitReader(r.Body, maxResponse))
		fmt.Fprintf(w.log, "the function cannot start: %s\n", body)
		accepted(rw)
	})
	return mux
}

func accepted(rw http.ResponseWriter) {
	rw.Header().Set("Content-Type", "application/json")
	rw.WriteHeader(http.StatusAccepted)
	io.WriteString(rw, `{"status":"OK"}`)
}

func (w *worker) handNext(rw http.ResponseWriter, r *http.Request) {
	w.once.Do(func() { close(w.ready) })
	select {
	case i := <-w.next:
		h := rw.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Lambda-Runtime-Aws-Request-Id", i.id)
		h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(i.deadline.UnixMilli(), 10))
		h.Set("Lambda-Runtime-Invoked-Function-Arn", w.arn)
		h.Set("Lambda-Runtime-Trace-Id", i.trace)
		rw.Write(i.payload)
	case <-r.Context().Done():
	}
}

func (w *worker) takeResponse(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxResponse+1))
	switch {
	case err != nil:
		w.finish(r.PathValue("id"), result{err: fmt.Errorf("the answer broke off: %w", err)})
	case len(body) > maxResponse:
		w.finish(r.PathValue("id"), result{err: errors.New("the answer is larger than 6 MB")})
	default:
		w.finish(r.PathValue("id"), result{payload: body})
	}
	accepted(rw)
}

// finish ends the current invocation; with id "" whichever it is. One that is not current any more is ignored: it timed out.
func (w *worker) finish(id string, r result) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if i := w.current; i != nil && (id == "" || id == i.id) {
		w.current = nil
		i.result <- r
	}
}

// run hands the event to the process and waits for its answer. A process that misses the deadline is killed, as on Lambda, and
// the error is ErrTimedOut.
func (w *worker) run(i *invocation) result {
	i.deadline = time.Now().Add(i.timeout)
	late := time.NewTimer(i.timeout)
	defer late.Stop()
	w.mu.Lock()
	w.current = i
	w.mu.Unlock()
	select {
	case w.next <- i:
	case <-w.exited:
		return result{err: errNotTaken}
	case <-late.C:
		w.kill()
		return result{err: ErrTimedOut}
	}
	select {
	case r := <-i.result:
		return r
	case <-late.C:
		w.kill()
		return result{err: ErrTimedOut}
	}
}

func (w *worker) alive() bool {
	select {
	case <-w.exited:
		return false
	default:
		return true
	}
}

func (w *worker) kill() { w.cmd.Process.Kill() }

// stop ends a process that has nothing to do.
func (w *worker) stop() {
	w.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-w.exited:
	case <-time.After(time.Second):
		w.kill()
		<-w.exited
	}
}
