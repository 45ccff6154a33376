package main

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

func TestAChangeIsBuiltWithoutDroppingRequests(t *testing.T) {
	root := newProject(t)
	s := startSystem(t, root, func(o *options) { o.watch, o.verbose = true, true })
	version := func() string {
		_, body := s.call(t, "GET", "/echo/version", "")
		return body
	}
	if version() != "one" {
		t.Fatal("it does not start with version one")
	}
	var stopped atomic.Bool
	var traffic sync.WaitGroup
	defer traffic.Wait()
	defer stopped.Store(true)
	for range 4 {
		traffic.Go(func() {
			for !stopped.Load() {
				if resp, body := s.call(t, "GET", "/echo/version", ""); resp.StatusCode != 200 {
					t.Errorf("%d %s", resp.StatusCode, body)
				}
			}
		})
	}
	edit := func(old, new string) {
		t.Helper()
		file := filepath.Join(root, "functions", "echo", "main.go")
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(strings.Replace(string(text), old, new, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	intake := func() string {
		binary, err := os.ReadFile(s.builder.Binary("intake"))
		if err != nil {
			t.Fatal(err)
		}
		return string(binary)
	}
	before := intake()
	edit(`"one"`, `"two"`)
	eventually(t, "version two answers", func() bool { return version() == "two" })
	edit(`"two"`, `two`)
	eventually(t, "the compiler's message is shown", func() bool { return strings.Contains(s.log.String(), "undefined: two") })
	if version() != "two" {
		t.Error("the old binary is not used any more")
	}
	edit(`= two`, `= "three"`)
	eventually(t, "version three answers", func() bool { return version() == "three" })
	if strings.Count(s.log.String(), "build intake") != 1 || intake() != before {
		t.Error("a function that did not change was built again")
	}
}

func TestAFunctionThatDoesNotCompileFailsAlone(t *testing.T) {
	root := newProject(t)
	if err := os.WriteFile(filepath.Join(root, "functions", "intake", "main.go"), []byte("package main\nfunc main() { nonsense }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := startSystem(t, root, nil)
	if !strings.Contains(s.log.String(), "undefined: nonsense") {
		t.Errorf("the log says %s", s.log)
	}
	if resp, body := s.call(t, "GET", "/echo/version", ""); resp.StatusCode != 200 || body != "one" {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
}
