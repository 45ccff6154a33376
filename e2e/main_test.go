// Package e2e drives the whole system over HTTP as strangers would, through the local run with its real binaries.
package e2e

import (
	"bytes"
	"cmp"
	"flag"
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

// system is the local run that all tests share.
var system *localRun

type localRun struct {
	url, port, data string
	other           string // a second run on the same database, or ""
	local           string // where messages are shown: url and "/_local", but for sam local
	cmd             *exec.Cmd
	log             *syncBuffer
	exited          chan struct{}
}

func TestMain(m *testing.M) { os.Exit(runAll(m)) }

func runAll(m *testing.M) int {
	if url := os.Getenv("CENTRAL_URL"); url != "" { // a run that is up already, or a deployed one
		system = &localRun{url: url, other: os.Getenv("CENTRAL_OTHER_URL"), local: cmp.Or(os.Getenv("CENTRAL_LOCAL_URL"), url+"/_local")}
		return m.Run()
	}
	data, err := os.MkdirTemp(memory(), "central-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(data)
	if err := build(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if system, err = start(data, freePort()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer system.stop()
	code := m.Run()
	if race := strings.Contains(system.log.String(), "DATA RACE"); race || code != 0 {
		fmt.Fprintln(os.Stderr, system.log.String())
		if race {
			fmt.Fprintln(os.Stderr, "e2e: the race detector found something in a function")
			return 1
		}
	}
	if leaks := marks.found(system.log.String()); len(leaks) > 0 {
		fmt.Fprintf(os.Stderr, "e2e: %d times something secret or personal is in the log; the first: %s\n", len(leaks), leaks[0])
		return 1
	}
	if len(marks.seen) > 0 && !strings.Contains(system.log.String(), `"msg":"request"`) {
		fmt.Fprintln(os.Stderr, "e2e: the log has no line of a request: nothing was looked for in it")
		return 1
	}
	if code == 0 && flag.Lookup("test.run").Value.String() == "" { // all of it ran
		return held(comparePermissions(system.url))
	}
	return code
}

func held(table string, wrong []string, err error) int {
	if err != nil {
		wrong = append(wrong, err.Error())
	}
	fmt.Println(table)
	for _, w := range wrong {
		fmt.Fprintln(os.Stderr, "e2e: least privilege: "+w)
	}
	return min(len(wrong), 1)
}

// memory is a folder that is not on a disk, where there is one: a slow disk would make each commit wait for it.
func memory() string {
	const shm = "/dev/shm"
	if info, err := os.Stat(shm); err == nil && info.IsDir() {
		return shm
	}
	return ""
}

func projectRoot() string {
	dir, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	return filepath.Dir(dir)
}

func localBinary() string { return filepath.Join(projectRoot(), ".local", "bin", "local") }

func build() error {
	cmd := exec.Command("go", "build", "-o", localBinary(), ".")
	cmd.Dir = filepath.Join(projectRoot(), "cmd", "local")
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("e2e: cmd/local does not build: %w\n%s", err, said)
	}
	return nil
}

func freePort() string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// start starts the local run with race-detecting binaries and waits until it is up.
func start(data, port string, args ...string) (*localRun, error) {
	url := "http://127.0.0.1:" + port
	r := &localRun{url: url, local: url + "/_local", port: port, data: data, log: &syncBuffer{}, exited: make(chan struct{})}
	args = append([]string{"--root", projectRoot(), "--data", data, "--race", "--verbose", "--schedule-every", "1s"}, args...)
	r.cmd = exec.Command(localBinary(), args...)
	r.cmd.Env = append(os.Environ(), "PORT="+port, "CAPTCHA=")
	r.cmd.Stdout, r.cmd.Stderr = r.log, r.log
	if err := r.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		r.cmd.Wait()
		close(r.exited)
	}()
	deadline := time.After(5 * time.Minute) // the first build compiles everything
	for {
		if answer, err := http.Get(r.url + "/v1/health"); err == nil {
			io.Copy(io.Discard, answer.Body)
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return r, nil
			}
		}
		select {
		case <-r.exited:
			return nil, fmt.Errorf("e2e: the local run ended: %s", r.log)
		case <-deadline:
			r.stop()
			return nil, fmt.Errorf("e2e: the local run did not start: %s", r.log)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (r *localRun) stop() {
	if r.cmd == nil {
		return
	}
	r.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-r.exited:
	case <-time.After(20 * time.Second):
		r.cmd.Process.Kill()
		<-r.exited
	}
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
