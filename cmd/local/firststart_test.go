package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// toolsGo runs tools/go.sh in a folder with a go.mod of two modules, none of which was fetched. The go that it finds answers `env`, and
// otherwise runs a line of shell.
func toolsGo(t *testing.T, version, shell string) (said string, code int) {
	t.Helper()
	root, err := findRoot("")
	if err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(root, "tools", "go.sh")
	if _, err := os.ReadFile(script); err != nil { // so that a change of it makes this test run again
		t.Fatal(err)
	}
	bin, folder := t.TempDir(), t.TempDir()
	fake := "#!/bin/bash\ncase \"$*\" in\n  'env GOVERSION') echo go" + version + " ;;\n  'env '*) echo /cache ;;\n  *) " + shell + " ;;\nesac\n"
	if err := os.WriteFile(filepath.Join(folder, "go.mod"), []byte("module x\n\ngo 1.26.0\n\nrequire example.com/One v1.0.0\n\nrequire (\n\texample.com/two v1.0.0\n)\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if version != "" {
		if err := os.WriteFile(filepath.Join(bin, "go"), []byte(fake), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("/bin/bash", script, "Central", folder, "build", "-v", "./x")
	cmd.Env = []string{"PATH=" + bin + ":/usr/bin:/bin"}
	if _, err := exec.LookPath("/usr/bin/go"); err == nil && version == "" {
		t.Skip("there is a go in /usr/bin")
	}
	text, err := cmd.CombinedOutput()
	if _, failed := err.(*exec.ExitError); err != nil && !failed {
		t.Fatal(err)
	}
	return string(text), cmd.ProcessState.ExitCode()
}

func TestTheFirstStartSaysWhatToDoWhenItCannot(t *testing.T) {
	for _, c := range []struct{ name, version, shell, says string }{
		{"no go", "", "", "Go is not installed: https://go.dev/dl, or your system's package golang, version 1.26.0 or later."},
		{"a go that cannot fetch another", "1.18.1", "", "Go 1.18.1 is too old: https://go.dev/dl has 1.26.0"},
		{"no network", "1.26.0", `echo 'x.go:1:2: example.com/two@v1.0.0: Get "https://proxy": dial tcp: lookup proxy: no such host' >&2; exit 1`, "Look at the network; behind a proxy set HTTPS_PROXY, or GOPROXY"},
		{"a mirror that refuses", "1.26.0", `echo 'go: example.com/two@v1.0.0: reading https://proxy: 403 Forbidden' >&2; exit 1`, "Modules could not be fetched from /cache."},
		{"modules switched off", "1.26.0", `echo 'x.go:1:2: module lookup disabled by GOPROXY=off' >&2; exit 1`, "run the same again."},
		{"a full disk", "1.26.0", `echo 'write /cache/x: no space left on device' >&2; exit 1`, "The disk is full. Go keeps what it fetches in /cache"},
		{"a go that is wanted newer and may not be fetched", "1.24.0", `echo 'go: go.mod requires go >= 1.26.0 (running go 1.24.0; GOTOOLCHAIN=local)' >&2; exit 1`, "This Go is 1.24.0, and it could not fetch a newer one"},
		{"sources that do not compile are said as they are", "1.26.0", `case "$*" in *build*) printf '# x\nx.go:1:2: undefined: y\n' >&2; exit 1;; esac`, "# x\nx.go:1:2: undefined: y\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			said, code := toolsGo(t, c.version, c.shell)
			if code != 1 || !strings.Contains(said, c.says) || strings.Count(said, "\n") > 3 {
				t.Errorf("exit %d\n%s", code, said)
			}
		})
	}
}

func TestTheFirstStartSaysWhatItHasFetchedAndCompiled(t *testing.T) {
	work := `case "$*" in *deps*) echo 'go: downloading example.com/One v1.0.0' >&2; printf 'a\nb\nc\n' ;; *build*) printf 'example.com/One\nx\n' >&2 ;; esac`
	said, code := toolsGo(t, "1.26.0", work)
	if code != 0 || !strings.HasPrefix(said, "Central: fetched 1 modules, compiled 2 packages, ") || strings.Count(said, "\n") != 1 {
		t.Errorf("exit %d\n%s", code, said)
	}
	for what, shell := range map[string]string{"nothing to do": "true", "an edit": `case "$*" in *build*) echo x >&2 ;; esac`} {
		if said, code := toolsGo(t, "1.26.0", shell); code != 0 || said != "" {
			t.Errorf("%s: exit %d\n%s", what, code, said)
		}
	}
}
