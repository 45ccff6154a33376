package main

import (
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
)

const (
	localRegion    = "ap-south-1"
	localAccount   = "123456789012"
	localAccessKey = "AKIALOCALLOCALLOCAL0"
	localSecretKey = "local-secret-that-opens-nothing-anywhere"
)

// engine is a child process that answers HTTP.
type engine struct {
	name     string
	endpoint string
	cmd      *exec.Cmd
	log      *tail
	exited   chan struct{}
}

const engineDeadline = 30 * time.Second

// startEngine starts a child on a free port and waits until it answers at path.
func startEngine(name, path string, command func(port string) *exec.Cmd) (*engine, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	e := &engine{name: name, endpoint: "http://127.0.0.1:" + port, cmd: command(port), log: &tail{}, exited: make(chan struct{})}
	e.cmd.Stdout, e.cmd.Stderr = e.log, e.log
	e.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	if err := startHere(e.cmd); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	go func() {
		e.cmd.Wait()
		close(e.exited)
	}()
	late := time.After(engineDeadline)
	for {
		if answer, err := http.Get(e.endpoint + path); err == nil {
			io.Copy(io.Discard, answer.Body)
			answer.Body.Close()
			return e, nil
		}
		select {
		case <-e.exited:
			return nil, fmt.Errorf("%s ended at once: %s", name, e.log)
		case <-late:
			e.stop()
			return nil, fmt.Errorf("%s does not answer: %s", name, e.log)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (e *engine) stop() {
	e.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-e.exited:
	case <-time.After(2 * time.Second):
		e.cmd.Process.Kill()
		<-e.exited
	}
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

// startDynamoDB starts dynoxide, or where it has no package for this system, AWS's DynamoDB Local. note says which one and why.
func startDynamoDB(tools, data string) (e *engine, note string, err error) {
	dynoxide := filepath.Join(tools, "dynoxide", "dynoxide")
	if _, err := os.Stat(dynoxide); err == nil {
		e, err = startEngine("dynoxide", "/", func(port string) *exec.Cmd {
			return exec.Command(dynoxide, "serve", "--port", port, "--db-path", filepath.Join(data, "dynamo.db"))
		})
		return e, "", err
	}
	jars := filepath.Join(tools, "dynamodb-local")
	if _, err := os.Stat(jars); err != nil {
		return nil, "", errors.New("no engine for DynamoDB is installed: run tools/install.sh")
	}
	folder := filepath.Join(data, "dynamodb-local")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, "", err
	}
	e, err = startEngine("DynamoDB Local", "/", func(port string) *exec.Cmd {
		return exec.Command("java", "-cp", jars+"/*", "software.amazon.dynamodb.services.local.main.ServerRunner",
			"-dbPath", folder, "-sharedDb", "-disableTelemetry", "-port", port)
	})
	return e, "DynamoDB is AWS's DynamoDB Local on Java: dynoxide has no package for this system. It starts in seconds and listens on all interfaces.", err
}

func startS3(data string) (*engine, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return startEngine("versitygw", "/healthz", func(port string) *exec.Cmd {
		return exec.Command(self, "s3-engine", "--port", port, "--dir", filepath.Join(data, "s3"))
	})
}

// tail keeps the end of what a process prints.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const tailLength = 4 << 10

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, b...)
	if extra := len(t.text) - tailLength; extra > 0 {
		t.text = append([]byte{}, t.text[extra:]...)
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.text))
}
