package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// withoutStorage is a project whose S3 engine is not installed. The script that installs it waits until somebody writes a line of shell to
// the pipe, and does what that says; $engine is the engine.
func withoutStorage(t *testing.T) (root string, installs func(shell string)) {
	t.Helper()
	root = newProject(t)
	shared := filepath.Join(root, ".local", "tools")
	tools, err := filepath.EvalSymlinks(shared)
	if err != nil {
		t.Fatal(err)
	}
	pipe := filepath.Join(root, "pipe")
	script := "set -e\nengine=" + filepath.Join(tools, "versitygw") + "\neval \"$(cat " + pipe + ")\"\n"
	for _, err := range []error{
		os.Remove(shared), os.Mkdir(shared, 0o700), os.Symlink(filepath.Join(tools, "dynoxide"), filepath.Join(shared, "dynoxide")),
		os.Mkdir(filepath.Join(root, "tools"), 0o700), os.WriteFile(filepath.Join(root, "tools", "install.sh"), []byte(script), 0o600), syscall.Mkfifo(pipe, 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return root, func(shell string) {
		if err := os.WriteFile(pipe, []byte(shell), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOnlyUploadsWaitForAnEngineThatIsStillBuilt(t *testing.T) {
	root, installs := withoutStorage(t)
	s := startSystem(t, root, nil)
	if resp, body := s.call(t, "GET", "/echo/version", ""); resp.StatusCode != 200 || body != "one" {
		t.Fatalf("%d %s", resp.StatusCode, body)
	}
	status := make(chan int, 1)
	go func() { status <- s.post(t, "incoming/early", "content", nil).StatusCode }()
	installs("ln -s $engine " + filepath.Join(root, ".local", "tools", "versitygw"))
	if got := <-status; got != http.StatusCreated {
		t.Errorf("the upload that waited was answered %d", got)
	}
	eventually(t, "the function hears of it", func() bool { return len(s.intakeEvents(t)) >= 1 })
	eventually(t, "people hear of it", func() bool { return s.said() == "Uploads work now.\n" })
}

func TestWithoutAnEngineOnlyUploadsAreRefused(t *testing.T) {
	root, installs := withoutStorage(t)
	s := startSystem(t, root, nil)
	installs("echo the network is down; exit 7")
	if status := s.post(t, "incoming/early", "content", nil).StatusCode; status != http.StatusServiceUnavailable {
		t.Errorf("status %d", status)
	}
	if resp, body := s.call(t, "GET", "/echo/version", ""); resp.StatusCode != 200 || body != "one" {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
	if said := s.log.String(); !strings.Contains(said, "the network is down\n") || !strings.Contains(said, "No upload works") {
		t.Errorf("people see %q", said)
	}
}

func TestARunThatIsEndedWhileAnEngineIsBuiltEndsAtOnce(t *testing.T) {
	root, _ := withoutStorage(t)
	s := startSystem(t, root, nil) // the script waits for ever
	s.stop()
	if said := s.said(); said != "" {
		t.Errorf("people see %q", said)
	}
}
