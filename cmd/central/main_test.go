package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"phonon.in/central/cmd/central/seed"
	"phonon.in/central/cmd/central/where"
	"phonon.in/central/shared/store"
)

// run is the local run that the tests of the system share; it starts with the first that asks for it.
var run struct {
	once   sync.Once
	err    error
	url    string
	cmd    *exec.Cmd
	log    bytes.Buffer
	folder string
}

func TestMain(m *testing.M) {
	code := m.Run()
	if run.cmd != nil {
		run.cmd.Process.Signal(syscall.SIGTERM)
		run.cmd.Wait()
	}
	if run.folder != "" {
		os.RemoveAll(run.folder)
	}
	os.Exit(code)
}

// local is a local run and its engines.
type local struct {
	url   string
	sys   *where.System
	store *store.Store
	db    *dynamodb.Client
	s3    *s3.Client
}

// startLocal starts the local run, once, and says how to reach it.
func startLocal(t *testing.T) local {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, ".local", "tools", "dynoxide", "dynoxide")); err != nil {
		if os.Getenv("CENTRAL_ENGINES") == "required" {
			t.Fatal("dynoxide is not installed; run tools/install.sh dynoxide")
		}
		t.Skip("dynoxide is not installed; run tools/install.sh dynoxide")
	}
	run.once.Do(func() { run.err = launch(root) })
	if run.err != nil {
		t.Fatalf("%v\n%s", run.err, run.log.String())
	}
	c := &where.Call{Getenv: nothing, Local: run.url}
	sys, err := c.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return local{run.url, sys, sys.Store(), sys.DynamoDB(), sys.S3()}
}

func launch(root string) error {
	folder, err := os.MkdirTemp(memory(), "central-cli-")
	if err != nil {
		return err
	}
	run.folder = folder
	for _, name := range []string{"local", "central"} {
		build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-o", filepath.Join(folder, name), ".")
		build.Dir, build.Env = filepath.Join(root, "cmd", name), append(os.Environ(), "CGO_ENABLED=0")
		if said, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("cmd/%s does not build: %w\n%s", name, err, said)
		}
	}
	port, err := freePorts(7)
	if err != nil {
		return err
	}
	run.url = "http://127.0.0.1:" + strconv.Itoa(port)
	run.cmd = exec.Command(filepath.Join(folder, "local"), "--root", root, "--data", filepath.Join(folder, "data"), "--no-watch", "--schedule-every", "1h")
	run.cmd.Env = append(os.Environ(), "PORT="+strconv.Itoa(port), "CAPTCHA=")
	run.cmd.Stdout, run.cmd.Stderr = &run.log, &run.log
	run.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := run.cmd.Start(); err != nil {
		run.cmd = nil
		return err
	}
	return answers(run.url+"/v1/health", 5*time.Minute) // the first build compiles everything
}

// answers waits until a URL answers 200.
func answers(url string, atMost time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), atMost)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if answer, err := http.Get(url); err == nil {
			io.Copy(io.Discard, answer.Body)
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%s does not answer", url)
		}
	}
}

// memory is a folder that is not on a disk, where there is one.
func memory() string {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		return "/dev/shm"
	}
	return ""
}

// freePorts finds a port with free ones after it: the engines of a local run are looked for there.
func freePorts(n int) (int, error) {
	for first := 4710; first < 4800; first += n {
		free := true
		for port := first; port < first+n; port++ {
			l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
			if err != nil {
				free = false
				break
			}
			l.Close()
		}
		if free {
			return first, nil
		}
	}
	return 0, fmt.Errorf("no %d free ports in a row", n)
}

// call asks the API, or /_local.
func (l local) call(t *testing.T, method, path, body string, into any) int {
	t.Helper()
	r, err := http.NewRequest(method, l.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if into != nil && len(text) > 0 {
		if err := json.Unmarshal(text, into); err != nil {
			t.Fatalf("%s: %v: %s", path, err, text)
		}
	}
	return answer.StatusCode
}

// items are those of both tables whose keys begin so, but for the counters of limits, which are gone within a day.
func (l local) items(t *testing.T, pk, sk string) (found []map[string]any) {
	t.Helper()
	var all map[string][]map[string]any
	l.call(t, "GET", "/_local/tables", "", &all)
	for _, items := range all {
		for _, i := range items {
			if strings.HasPrefix(fmt.Sprint(i["pk"]), pk) && strings.HasPrefix(fmt.Sprint(i["sk"]), sk) && !strings.HasPrefix(fmt.Sprint(i["pk"]), "limit#") {
				found = append(found, i)
			}
		}
	}
	return found
}

// demoAccounts makes n demo accounts, by the program itself: the race detector would make a captcha ten times the work.
func demoAccounts(t *testing.T, l local, n int) []seed.Account {
	t.Helper()
	cmd := exec.Command(filepath.Join(run.folder, "central"), "seed", "--local", l.url, "--accounts", strconv.Itoa(n), "--yes", "--json")
	cmd.Stderr = t.Output()
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var made []seed.Account
	if err := json.Unmarshal(out, &made); err != nil || len(made) != n {
		t.Fatalf("%v: %s", err, out)
	}
	return made
}

// central runs a command line against the local run.
func (l local) central(t *testing.T, input string, args ...string) result {
	t.Helper()
	return central(t, input, append(args, "--local", l.url)...)
}
