// Package engine runs the programs that stand for AWS: dynoxide or DynamoDB Local for DynamoDB, versitygw for S3, ClamAV for GuardDuty. It installs
// what is missing, starts them again when they end, and makes the tables and buckets of the template.
package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"phonon.in/central/cmd/local/child"
)

// Engine is a child process that serves HTTP on a port of 127.0.0.1, or something else where up says so. It is started again when it ends by itself.
type Engine struct {
	Endpoint string // that it answers at

	name    string
	ready   string                         // path that answers once it is up
	up      func(ctx context.Context) bool // instead, where it does not speak HTTP
	command func() *exec.Cmd
	log     io.Writer
	wrong   func(format string, args ...any) // tells people

	mu      sync.Mutex
	cmd     *exec.Cmd
	stopped bool
	ended   chan struct{} // closed when it has ended for good
}

const engineStart = 30 * time.Second

// Start starts the engine and waits until it answers.
func (e *Engine) Start(ctx context.Context) error {
	e.ended = make(chan struct{})
	exited, err := e.launch()
	if err != nil {
		close(e.ended)
		return fmt.Errorf("%s: %w", e.name, err)
	}
	ctx, cancel := context.WithTimeout(ctx, engineStart)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	if e.up == nil {
		e.up = func(ctx context.Context) bool { return answers(ctx, e.Endpoint+e.ready) }
	}
	for !e.up(ctx) {
		select {
		case <-exited:
			close(e.ended)
			return fmt.Errorf("%s ended while it started; its log is %s", e.name, logName(e.log))
		case <-ctx.Done():
			e.Kill()
			close(e.ended)
			return fmt.Errorf("%s does not answer: %w", e.name, ctx.Err())
		case <-tick.C:
		}
	}
	go e.keep(exited)
	return nil
}

func (e *Engine) launch() (exited chan struct{}, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stopped {
		return nil, errors.New("it was stopped")
	}
	e.cmd = e.command()
	e.cmd.Stdout, e.cmd.Stderr = e.log, e.log
	if err := child.Start(e.cmd); err != nil {
		return nil, err
	}
	exited = make(chan struct{})
	go func(cmd *exec.Cmd) {
		cmd.Wait()
		close(exited)
	}(e.cmd)
	return exited, nil
}

const (
	firstPause = 100 * time.Millisecond
	lastPause  = 10 * time.Second
)

// keep starts the engine again when it ends by itself, after a pause that grows while it ends again and again.
func (e *Engine) keep(exited chan struct{}) {
	defer close(e.ended)
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		began := time.Now()
		<-exited
		if time.Since(began) > time.Minute {
			pause = firstPause
		}
		e.mu.Lock()
		stopped, state := e.stopped, e.cmd.ProcessState
		e.mu.Unlock()
		if stopped {
			return
		}
		e.wrong("%s ended (%s) and is started again; its own log is %s", e.name, state, logName(e.log))
		time.Sleep(pause)
		var err error
		if exited, err = e.launch(); err != nil {
			e.wrong("%s cannot be started again: %v", e.name, err)
			return
		}
	}
}

func logName(log io.Writer) string {
	if f, ok := log.(*os.File); ok {
		return f.Name()
	}
	return "that of the run"
}

// Kill ends the process at once, as a crash would; but for one that is stopped it is started again.
func (e *Engine) Kill() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.cmd.Process.Kill()
}

// Stop ends the engine in order.
func (e *Engine) Stop() {
	e.mu.Lock()
	e.stopped = true
	cmd := e.cmd
	e.mu.Unlock()
	if cmd == nil || cmd.Process == nil {
		return
	}
	cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-e.ended:
	case <-time.After(5 * time.Second):
		cmd.Process.Kill()
	}
}

func answers(ctx context.Context, url string) bool {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	return true
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}
