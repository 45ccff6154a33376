package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"phonon.in/central/cmd/local/child"
)

// engine is a child process that serves HTTP on a port of 127.0.0.1, or something else where up says so. It is started again when it ends by itself.
type engine struct {
	name     string
	endpoint string
	ready    string                         // path that answers once it is up
	up       func(ctx context.Context) bool // instead, where it does not speak HTTP
	command  func() *exec.Cmd
	log      io.Writer
	wrong    func(format string, args ...any) // tells people

	mu      sync.Mutex
	cmd     *exec.Cmd
	stopped bool
	ended   chan struct{} // closed when it has ended for good
}

const engineStart = 30 * time.Second

// start starts the engine and waits until it answers.
func (e *engine) start(ctx context.Context) error {
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
		e.up = func(ctx context.Context) bool { return answers(ctx, e.endpoint+e.ready) }
	}
	for !e.up(ctx) {
		select {
		case <-exited:
			close(e.ended)
			return fmt.Errorf("%s ended while it started; its log is %s", e.name, logName(e.log))
		case <-ctx.Done():
			e.cmd.Process.Kill()
			close(e.ended)
			return fmt.Errorf("%s does not answer: %w", e.name, ctx.Err())
		case <-tick.C:
		}
	}
	go e.keep(exited)
	return nil
}

func (e *engine) launch() (exited chan struct{}, err error) {
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
func (e *engine) keep(exited chan struct{}) {
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

// stop ends the engine in order.
func (e *engine) stop() {
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

// installation knows where the engines are installed, and installs what is missing.
type installation struct {
	root string
	log  io.Writer
}

func (l *local) installation() installation {
	return installation{l.options.root, l.journal.Spoken()}
}

func (i installation) path(parts ...string) string {
	return filepath.Join(append([]string{i.root, ".local", "tools"}, parts...)...)
}

func (i installation) install(ctx context.Context, what string) error {
	cmd := exec.CommandContext(ctx, "bash", filepath.Join(i.root, "tools", "install.sh"), what)
	cmd.Stdout, cmd.Stderr = i.log, i.log
	// What it has started ends with it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	if err := cmd.Run(); err != nil && ctx.Err() != nil {
		return ctx.Err()
	} else if err != nil {
		return fmt.Errorf("%s could not be installed (tools/install.sh %s): %w", what, what, err)
	}
	return nil
}

// dynamoDB makes the engine for DynamoDB: dynoxide, or DynamoDB Local on a platform for which that is not published; note says so.
func (i installation) dynamoDB(ctx context.Context, data string, log io.Writer) (e *engine, note string, err error) {
	port, err := freePort()
	if err != nil {
		return nil, "", err
	}
	e = &engine{endpoint: "http://127.0.0.1:" + port, ready: "/", log: log}
	binary, jars := i.path("dynoxide", "dynoxide"), i.path("dynamodb-local")
	if !exists(binary) {
		if err := i.install(ctx, "dynoxide"); err != nil {
			return nil, "", err
		}
	}
	if exists(binary) {
		e.name = "dynoxide"
		e.command = func() *exec.Cmd {
			return plainCommand(binary, "serve", "--port", port, "--db-path", filepath.Join(data, "dynamo.db"))
		}
		return e, "", nil
	}
	java, err := exec.LookPath("java")
	if err != nil {
		return nil, "", errors.New("DynamoDB: dynoxide is not published for this platform, and DynamoDB Local in its place needs Java, which is not installed")
	}
	if !exists(jars) {
		if err := i.install(ctx, "dynamodb-local"); err != nil {
			return nil, "", err
		}
	}
	e.name = "DynamoDB Local"
	e.command = func() *exec.Cmd {
		return plainCommand(java, "-cp", filepath.Join(jars, "*"), "software.amazon.dynamodb.services.local.main.ServerRunner",
			"-dbPath", data, "-sharedDb", "-disableTelemetry", "-port", port)
	}
	return e, "DynamoDB is DynamoDB Local on Java, since dynoxide is not published for this platform; it listens on all interfaces", nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func (i installation) s3Binary() string { return i.path("versitygw", "versitygw") }

// s3 makes the engine for S3, versitygw, and builds it where it is missing.
func (i installation) s3(ctx context.Context, data string, c keyPair, log io.Writer) (*engine, error) {
	if !exists(i.s3Binary()) {
		if err := i.install(ctx, "versitygw"); err != nil {
			return nil, err
		}
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	return &engine{
		name: "versitygw", endpoint: "http://127.0.0.1:" + port, ready: "/healthz", log: log,
		command: func() *exec.Cmd {
			cmd := plainCommand(i.s3Binary(), "--port", port, "--dir", filepath.Join(data, "s3"), "--region", localRegion)
			cmd.Env = append(cmd.Env, "AWS_ACCESS_KEY_ID="+c.id, "AWS_SECRET_ACCESS_KEY="+c.secret)
			return cmd
		},
	}, nil
}

// plainCommand gets the machine's environment without what is meant for AWS clients.
func plainCommand(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "AWS_") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	return cmd
}
