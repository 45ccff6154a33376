// Package storetest is the contract that every DynamoDB engine and the store on it must pass, and the place where other
// packages' tests get a store on a real engine.
package storetest

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
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Engine is one implementation of DynamoDB that runs as a child process.
type Engine struct {
	Name    string
	Install string // what to run when it is missing
	command func(root, port string) (*exec.Cmd, error)
}

// Dynoxide is the engine of the local run: a native binary on SQLite.
var Dynoxide = Engine{
	Name: "dynoxide", Install: "tools/install.sh dynoxide",
	command: func(root, port string) (*exec.Cmd, error) {
		binary := filepath.Join(root, ".local", "tools", "dynoxide", "dynoxide")
		if _, err := os.Stat(binary); err != nil {
			return nil, err
		}
		return exec.Command(binary, "serve", "--port", port), nil
	},
}

// DynamoDBLocal is AWS's own engine for one machine, on Java.
var DynamoDBLocal = Engine{
	Name: "DynamoDB Local", Install: "tools/install.sh dynamodb-local",
	command: func(root, port string) (*exec.Cmd, error) {
		jars := filepath.Join(root, ".local", "tools", "dynamodb-local")
		if _, err := os.Stat(jars); err != nil {
			return nil, err
		}
		return exec.Command("java", "-cp", jars+"/*", "software.amazon.dynamodb.services.local.main.ServerRunner",
			"-inMemory", "-sharedDb", "-disableTelemetry", "-port", port), nil
	},
}

type running struct {
	once     sync.Once
	endpoint string
	err      error
}

var started sync.Map // engine name -> *running

// start runs the engine once per test binary and returns its endpoint. The engine ends with the test binary.
func (e Engine) start(t testing.TB) string {
	t.Helper()
	entry, _ := started.LoadOrStore(e.Name, new(running))
	r := entry.(*running)
	r.once.Do(func() { r.endpoint, r.err = e.launch() })
	if r.err == nil {
		return r.endpoint
	}
	if errors.Is(r.err, os.ErrNotExist) && os.Getenv("CENTRAL_ENGINES") != "required" {
		t.Skipf("%s is not installed; run %s", e.Name, e.Install)
	}
	t.Fatalf("%s does not start; run %s: %v", e.Name, e.Install, r.err)
	return ""
}

func (e Engine) launch() (string, error) {
	port, err := freePort()
	if err != nil {
		return "", err
	}
	cmd, err := e.command(Root(), port)
	if err != nil {
		return "", err
	}
	var log strings.Builder
	cmd.Stdout, cmd.Stderr = &log, &log
	cmd.SysProcAttr = endWithParent()
	if err := cmd.Start(); err != nil {
		return "", err
	}
	exited := make(chan error, 1)
	go func() { exited <- cmd.Wait() }()
	endpoint := "http://127.0.0.1:" + port
	for deadline := time.After(startDeadline); ; {
		if answers(endpoint) {
			return endpoint, nil
		}
		select {
		case err := <-exited:
			return "", fmt.Errorf("%s ended: %v: %s", e.Name, err, log.String())
		case <-deadline:
			return "", fmt.Errorf("%s does not answer after %s: %s", e.Name, startDeadline, log.String())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

const startDeadline = 30 * time.Second

func answers(endpoint string) bool {
	resp, err := http.Get(endpoint)
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

// Root is the folder of the module, where template.yaml is.
func Root() string {
	dir, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		f, err := os.Open(filepath.Join(dir, "go.mod"))
		if err != nil {
			continue
		}
		line, _ := bufio.NewReader(f).ReadString('\n')
		f.Close()
		if strings.TrimSpace(line) == "module phonon.in/central" {
			return dir
		}
	}
	panic("storetest: not inside the module phonon.in/central")
}

func background(t testing.TB) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(t.Context()), 30*time.Second)
}

func endWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
