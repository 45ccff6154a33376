package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"phonon.in/central/cmd/local/xray"
)

// system is a run of the project in testdata.
type system struct {
	*local
	root, out string
	log       *syncBuffer
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

// newProject copies the project in testdata, with the engines of the real one.
func newProject(t *testing.T) (root string) {
	t.Helper()
	real, err := findRoot("")
	if err != nil {
		t.Fatal(err)
	}
	tools := filepath.Join(real, ".local", "tools")
	for _, engine := range []string{"dynoxide", "versitygw"} {
		if _, err := os.Stat(filepath.Join(tools, engine, engine)); err != nil {
			if os.Getenv("CENTRAL_ENGINES") == "required" {
				t.Fatalf("%[1]s is not installed; run tools/install.sh %[1]s", engine)
			}
			t.Skipf("%[1]s is not installed; run tools/install.sh %[1]s", engine)
		}
	}
	root = t.TempDir()
	if err := os.CopyFS(root, os.DirFS("testdata/project")); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(root, "go.mod.txt"), filepath.Join(root, "go.mod")); err != nil { // one module of this repository has that name
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(root, ".local"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(tools, filepath.Join(root, ".local", "tools")); err != nil {
		t.Fatal(err)
	}
	return root
}

// startSystem starts a run in the project at root. change may change its options.
func startSystem(t *testing.T, root string, change func(*options)) *system {
	t.Helper()
	s := &system{root: root, out: filepath.Join(root, "out"), log: &syncBuffer{}}
	o, err := readOptions([]string{"--root", root, "--set", "Out=" + s.out}, func(name string) string {
		return map[string]string{"PORT": "0"}[name]
	}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	o.watch, o.retry = false, []time.Duration{time.Millisecond, time.Millisecond}
	if change != nil {
		change(&o)
	}
	if s.local, err = begin(t.Context(), o, s.log); err != nil {
		t.Fatalf("%v\n%s", err, s.log)
	}
	t.Cleanup(s.stop)
	return s
}

// said is what people see, but for what a busy machine makes them wait for.
func (s *system) said() string {
	return strings.ReplaceAll(s.log.String(), "Building the functions …\n", "")
}

func (s *system) call(t *testing.T, method, path, body string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(text)
}

func (s *system) json(t *testing.T, path string, into any) {
	t.Helper()
	resp, text := s.call(t, "GET", path, "")
	if err := json.Unmarshal([]byte(text), into); err != nil || resp.StatusCode != 200 {
		t.Fatalf("%s: %d %v %s", path, resp.StatusCode, err, text)
	}
}

// eventually waits until something outside this process has happened.
func eventually(t *testing.T, what string, happened func() bool) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !happened() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("did not happen: " + what)
		}
	}
}

func TestTheWholeRun(t *testing.T) {
	s := startSystem(t, newProject(t), nil)
	t.Run("an answer carries status, headers and cookies", func(t *testing.T) {
		resp, body := s.call(t, "PUT", "/echo/x?a=1", "{}")
		if resp.StatusCode != 201 || !slices.Equal(resp.Header["Set-Cookie"], []string{"a=1", "b=2"}) || !strings.Contains(body, `"routeKey":"ANY /echo/{proxy+}"`) {
			t.Errorf("%d %v %s", resp.StatusCode, resp.Header, body)
		}
	})
	for _, c := range []struct {
		name, method, path string
		status             int
		body               string
	}{
		{"an unknown path is the gateway's 404", "GET", "/nothing", 404, `{"message":"Not Found"}`},
		{"a crash is the gateway's 500", "GET", "/echo/crash", 500, `{"message":"Internal Server Error"}`},
		{"an error is the gateway's 500", "GET", "/echo/fail", 500, `{"message":"Internal Server Error"}`},
		{"after a crash the next request works", "GET", "/echo/version", 200, "one"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if resp, body := s.call(t, c.method, c.path, ""); resp.StatusCode != c.status || body != c.body {
				t.Errorf("%d %s", resp.StatusCode, body)
			}
		})
	}
	t.Run("a function that hangs is killed at its timeout and the gateway answers 503", func(t *testing.T) {
		began := time.Now()
		resp, body := s.call(t, "GET", "/echo/hang", "")
		if took := time.Since(began); resp.StatusCode != 503 || body != `{"message":"Service Unavailable"}` || took < 2*time.Second || took > 10*time.Second {
			t.Errorf("%d %s after %s", resp.StatusCode, body, took)
		}
	})
	t.Run("a body of more than 10 MB is the gateway's 413", func(t *testing.T) {
		if resp, body := s.call(t, "POST", "/echo/x", strings.Repeat(" ", 10<<20+1)); resp.StatusCode != 413 || body != `{"message":"Request Entity Too Large"}` {
			t.Errorf("%d %.100s", resp.StatusCode, body)
		}
	})
	t.Run("the environment is Lambda's and nothing of the machine's", func(t *testing.T) { checkEnvironment(t, s) })
	t.Run("the source address is the peer's, whatever a header claims", func(t *testing.T) {
		client := &http.Client{Transport: &http.Transport{DialContext: (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 9)}}).DialContext}}
		defer client.CloseIdleConnections()
		r, _ := http.NewRequest("GET", s.url+"/echo/x", nil)
		r.Header.Set("X-Forwarded-For", "203.0.113.1")
		resp, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if body, _ := io.ReadAll(resp.Body); !strings.Contains(string(body), `"sourceIp":"127.0.0.9"`) || !strings.Contains(string(body), `"x-forwarded-for":"203.0.113.1, 127.0.0.9"`) {
			t.Errorf("%s", body)
		}
	})
	t.Run("overlapping requests run in processes of their own", func(t *testing.T) { checkOverlap(t, s) })
	t.Run("a request's calls to AWS are traced", func(t *testing.T) { checkTrace(t, s) })
	t.Run("a schedule can be fired", func(t *testing.T) {
		if resp, body := s.call(t, "POST", "/_local/schedule", ""); resp.StatusCode != 200 || !strings.Contains(body, `{"function":"notify","status":200}`) {
			t.Fatalf("%d %s", resp.StatusCode, body)
		}
		if event, err := os.ReadFile(s.out + ".scheduled"); err != nil || !strings.Contains(string(event), `"detail-type":"Scheduled Event"`) {
			t.Errorf("%v %s", err, event)
		}
		if resp, body := s.call(t, "POST", "/_local/schedule?function=notify&at=2031-01-02T03:04:05Z", ""); resp.StatusCode != 200 {
			t.Fatalf("%d %s", resp.StatusCode, body)
		}
		if event, err := os.ReadFile(s.out + ".scheduled"); err != nil || !strings.Contains(string(event), `"time":"2031-01-02T03:04:05Z"`) {
			t.Errorf("%v %s", err, event)
		}
		if resp, body := s.call(t, "POST", "/_local/schedule?function=echo", ""); resp.StatusCode != 200 || strings.TrimSpace(body) != "[]" {
			t.Errorf("a function without a schedule: %d %s", resp.StatusCode, body)
		}
		if resp, _ := s.call(t, "POST", "/_local/schedule?at=tomorrow", ""); resp.StatusCode != 400 {
			t.Errorf("a time that is none: %d", resp.StatusCode)
		}
	})
	t.Run("presigned forms upload, and nothing else gets in", func(t *testing.T) { checkUploads(t, s) })
	t.Run("the tables are shown as plain JSON", func(t *testing.T) { checkTables(t, s) })
	t.Run("an engine that dies is started again, with its data", func(t *testing.T) {
		s.services.Engines[0].Kill()
		eventually(t, "the engine answers", func() bool {
			resp, text := s.call(t, "GET", "/_local/tables", "")
			return resp.StatusCode == 200 && strings.Contains(text, `"pk":"a"`)
		})
	})
	t.Run("faults strike as asked and end", func(t *testing.T) { checkFaults(t, s) })
}

func checkEnvironment(t *testing.T, s *system) {
	t.Setenv("CENTRAL_TEST_LEAK", "1")
	var list []string
	s.json(t, "/echo/environment", &list)
	env := map[string]string{}
	for _, v := range list {
		name, value, _ := strings.Cut(v, "=")
		env[name] = value
	}
	for name, want := range map[string]string{
		"AWS_LAMBDA_FUNCTION_NAME": "central-echo", "AWS_REGION": "ap-south-1", "TZ": ":UTC", "OUT": s.out, "_HANDLER": "bootstrap",
		"USERS_TABLE": "central-local-UsersTable", "AWS_ENDPOINT_URL_S3": s.services.Environment()["AWS_ENDPOINT_URL_S3"],
	} {
		if env[name] != want || want == "" {
			t.Errorf("%s is %q, not %q", name, env[name], want)
		}
	}
	for _, name := range []string{"HOME", "CENTRAL_TEST_LEAK", "USER", "PWD"} {
		if v, ok := env[name]; ok {
			t.Errorf("%s=%s leaks in", name, v)
		}
	}
}

func checkOverlap(t *testing.T, s *system) {
	var mu sync.Mutex
	pids := map[string]bool{}
	var all sync.WaitGroup
	began := time.Now()
	for range 50 {
		all.Go(func() {
			resp, _ := s.call(t, "GET", "/echo/slow", "")
			mu.Lock()
			defer mu.Unlock()
			if pids[resp.Header.Get("X-Pid")] = true; resp.StatusCode != 201 {
				t.Errorf("status %d", resp.StatusCode)
			}
		})
	}
	all.Wait()
	if len(pids) < 2 || len(pids) > 32 {
		t.Errorf("%d processes", len(pids))
	}
	if took := time.Since(began); took > 50*300*time.Millisecond/2 {
		t.Errorf("50 requests of 0.3 s took %s", took)
	}
}

func checkTrace(t *testing.T, s *system) {
	s.call(t, "GET", "/echo/calls", "")
	var all []xray.Request
	s.json(t, "/_local/requests", &all)
	r := all[0]
	if r.Method != "GET" || r.Path != "/echo/calls" || r.Status != 201 || r.Function != "echo" || len(r.Calls) != 1 {
		t.Fatalf("%+v", r)
	}
	if c := r.Calls[0]; c.Service != "dynamodb" || c.Operation != "DescribeTable" || c.Table != "central-local-UsersTable" || c.Status != 200 {
		t.Errorf("%+v", c)
	}
}
