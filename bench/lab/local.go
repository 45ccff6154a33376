package lab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Local is a local run of Central: its real binaries behind a local API Gateway, with engines for AWS.
type Local struct {
	URL string // of pages and API
	PID int    // of the gateway; functions and engines are below it: Tree
	Env map[string]string

	cmd    *exec.Cmd
	exited chan struct{}
}

// StartLocal builds the local run and starts it with data of its own on a free port. It returns when requests are answered, and errors with
// the end of the log where that does not happen.
func StartLocal(ctx context.Context, l *Lab, args ...string) (*Local, error) {
	binary := filepath.Join(l.Root, ".local", "bin", "local")
	build := exec.CommandContext(ctx, "go", "build", "-o", binary, "./cmd/local")
	build.Dir = l.Root
	if said, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("go build ./cmd/local: %w\n%s", err, said)
	}
	data, err := os.MkdirTemp(memory(l.Dir), "central-bench-")
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	r := &Local{URL: "http://127.0.0.1:" + port, exited: make(chan struct{})}
	r.cmd = exec.Command(binary, append([]string{"--root", l.Root, "--data", data, "--no-watch", "--port", port}, args...)...)
	r.cmd.Env = append(os.Environ(), "CAPTCHA=")
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	log, err := os.Create(filepath.Join(l.Dir, "local-"+port+".log"))
	if err != nil {
		return nil, err
	}
	r.cmd.Stdout, r.cmd.Stderr = log, log
	if err := r.cmd.Start(); err != nil {
		return nil, err
	}
	r.PID = r.cmd.Process.Pid
	go func() {
		r.cmd.Wait()
		log.Close()
		os.RemoveAll(data)
		close(r.exited)
	}()
	if err := r.ready(ctx); err != nil {
		r.Stop()
		text, _ := os.ReadFile(log.Name())
		return nil, fmt.Errorf("the local run: %w\n%s", err, last(string(text), 20))
	}
	return r, nil
}

// ready waits until the run describes itself.
func (r *Local) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute) // a first run builds everything
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-r.exited:
			return errors.New("it ended")
		case <-tick.C:
		}
		answer, err := http.Get(r.URL + "/_local/run")
		if err != nil {
			continue
		}
		var run struct {
			Environment map[string]string `json:"environment"`
		}
		err = json.NewDecoder(answer.Body).Decode(&run)
		answer.Body.Close()
		if err == nil && answer.StatusCode == http.StatusOK {
			r.Env = run.Environment
			return nil
		}
	}
}

// Stop ends the run and all below it, and removes its data.
func (r *Local) Stop() {
	r.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-r.exited:
	case <-time.After(20 * time.Second):
		r.cmd.Process.Kill()
		<-r.exited
	}
}

// Function lists the processes of a function that run now.
func (r *Local) Function(name string) []int {
	var found []int
	for _, pid := range Tree(r.PID) {
		program, _, _ := strings.Cut(Command(pid), " ")
		if filepath.Base(program) == name || filepath.Base(filepath.Dir(program)) == name {
			found = append(found, pid)
		}
	}
	return found
}

// memory is a folder that is no disk, where there is one: otherwise each commit of an engine would measure the disk.
func memory(otherwise string) string {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		return "/dev/shm"
	}
	return otherwise
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port), nil
}

func last(text string, lines int) string {
	all := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
