package work

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// worker is one process of a function, kept warm, behind a Lambda Runtime API of its own. It gets one event at a time.
type worker struct {
	cmd     *exec.Cmd
	server  *http.Server
	asked   chan struct{} // it is idle, and asks for an event
	events  chan []byte
	answers chan answer
	exited  chan struct{}
	told    *bufio.Reader // what the binary of the counted variant tells of its memory
}

type answer struct {
	payload []byte
	err     error
}

// patience is for one invocation; those of the functions end within three seconds.
const patience = 10 * time.Second

// start runs a binary and returns when it asks for its first event. It gets the environment, with the Runtime API's address in it.
func start(ctx context.Context, binary string, environment []string, log io.Writer) (*worker, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	tells, told, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer told.Close()
	w := &worker{asked: make(chan struct{}), events: make(chan []byte), answers: make(chan answer), exited: make(chan struct{}), told: bufio.NewReader(tells)}
	w.server = &http.Server{Handler: w.api()}
	go w.server.Serve(l)
	w.cmd = exec.Command(binary)
	w.cmd.Env = append(environment, "AWS_LAMBDA_RUNTIME_API="+l.Addr().String()) // the last one of a name counts
	w.cmd.Stdout, w.cmd.Stderr, w.cmd.ExtraFiles = log, log, []*os.File{told}
	w.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := w.cmd.Start(); err != nil {
		w.server.Close()
		return nil, err
	}
	go func() { w.cmd.Wait(); tells.Close(); close(w.exited) }()
	if err := w.idle(ctx); err != nil {
		w.stop()
		return nil, fmt.Errorf("%s: %w", binary, err)
	}
	return w, nil
}

func (w *worker) api() http.Handler {
	mux := http.NewServeMux()
	n := 0
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", func(rw http.ResponseWriter, r *http.Request) {
		select {
		case w.asked <- struct{}{}:
		case <-r.Context().Done():
			return
		}
		select {
		case event := <-w.events:
			n++
			rw.Header().Set("Lambda-Runtime-Aws-Request-Id", strconv.Itoa(n))
			rw.Header().Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(patience).UnixMilli(), 10))
			rw.Write(event)
		case <-r.Context().Done():
		}
	})
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/{what}", func(rw http.ResponseWriter, r *http.Request) {
		var a answer
		if a.payload, a.err = io.ReadAll(r.Body); a.err == nil && r.PathValue("what") != "response" {
			a.err = fmt.Errorf("the function failed: %s", a.payload)
		}
		rw.WriteHeader(http.StatusAccepted)
		w.answers <- a
	})
	return mux
}

var errGone = errors.New("the process ended")

// idle waits until the process asks for an event: then it has done all that belongs to the one before.
func (w *worker) idle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case <-w.asked:
		return nil
	case <-w.exited:
		return errGone
	case <-ctx.Done():
		return ctx.Err()
	}
}

// invoke hands an event to the process, which is idle, and returns its answer, and the CPU time that the process took until it was idle again.
func (w *worker) invoke(ctx context.Context, event []byte) ([]byte, time.Duration, error) {
	before, err := w.cpu()
	if err != nil {
		return nil, 0, err
	}
	select {
	case w.events <- event:
	case <-w.exited:
		return nil, 0, errGone
	}
	var a answer
	select {
	case a = <-w.answers:
	case <-w.exited:
		return nil, 0, errGone
	case <-ctx.Done():
		return nil, 0, ctx.Err()
	}
	if err := w.idle(ctx); err != nil {
		return nil, 0, err
	}
	after, err := w.cpu()
	return a.payload, after - before, errors.Join(a.err, err)
}

// cpu is the CPU time of the process so far, to the nanosecond: clock_getcpuclockid(3) makes the id of its clock in the same way.
func (w *worker) cpu() (time.Duration, error) {
	var t unix.Timespec
	err := unix.ClockGettime(int32(^w.cmd.Process.Pid)<<3|2, &t)
	return time.Duration(t.Nano()), err
}

// memory is what the process has allocated so far. Only the counted variant tells.
func (w *worker) memory() (m memory, err error) {
	if err := w.cmd.Process.Signal(syscall.SIGUSR1); err != nil {
		return m, err
	}
	line, err := w.told.ReadString('\n')
	if err != nil {
		return m, err
	}
	_, err = fmt.Sscan(strings.TrimSpace(line), &m.objects, &m.bytes)
	return m, err
}

type memory struct{ objects, bytes uint64 }

func (w *worker) stop() {
	w.server.Close()
	w.cmd.Process.Kill()
	<-w.exited
}
