package work

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"phonon.in/central/bench/lab"
)

// counting is a file more in a function: it tells, when asked by a signal, what the process has allocated.
const counting = `package main

import (
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"syscall"
)

func init() {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGUSR1)
	go func() {
		out := os.NewFile(3, "memory")
		for range asked {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			fmt.Fprintln(out, m.Mallocs, m.TotalAlloc)
		}
	}()
}
`

// In the counted variant a hash costs nothing: what is left is the request's own.
const (
	hashed   = "return argon2.IDKey([]byte(p.normal.Reveal()), s.salt, s.time, s.memory, s.threads, uint32(len(s.key))), nil"
	unhashed = "return append(make([]byte, len(s.key)-1), byte(len(p.normal.Reveal()))), nil"
)

// builds are the binaries of one function: as it is released, and counted.
type builds struct{ released, counted string }

func build(ctx context.Context, l *lab.Lab, function string) (b builds, err error) {
	pkg := "./functions/" + function
	if b.released, err = l.Build(ctx, pkg); err != nil {
		return b, err
	}
	released := b.released + "-released"
	if err := os.Rename(b.released, released); err != nil {
		return b, err
	}
	overlay, err := overlay(l, function)
	if err != nil {
		return b, err
	}
	b.counted, err = l.Build(ctx, pkg, "-overlay", overlay)
	b.released = released
	return b, err
}

// overlay writes down which files the counted variant has in the place of others.
func overlay(l *lab.Lab, function string) (file string, err error) {
	hash := filepath.Join(l.Root, "shared", "password", "hash.go")
	text, err := os.ReadFile(hash)
	if err != nil {
		return "", err
	}
	if strings.Count(string(text), hashed) != 1 {
		return "", fmt.Errorf("%s has no line %q any more: bench/work/build.go takes the hash out there", hash, hashed)
	}
	return replace(l, function, map[string]string{
		filepath.Join(l.Root, "functions", function, "counting.go"): counting,
		hash: strings.Replace(string(text), hashed, unhashed, 1),
	})
}

// replace writes an overlay of the go command, with these texts in the place of files.
func replace(l *lab.Lab, name string, files map[string]string) (file string, err error) {
	replaced := map[string]string{}
	for path, text := range files {
		copied := filepath.Join(l.Dir, name+"-"+filepath.Base(path))
		if err := os.WriteFile(copied, []byte(text), 0o644); err != nil {
			return "", err
		}
		replaced[path] = copied
	}
	list, err := json.Marshal(map[string]any{"Replace": replaced})
	if err != nil {
		return "", err
	}
	file = filepath.Join(l.Dir, name+"-overlay.json")
	return file, os.WriteFile(file, list, 0o644)
}

// buildOf builds a package of this module, with the same flags.
func buildOf(ctx context.Context, l *lab.Lab, pkg string, flags ...string) (string, error) {
	out := filepath.Join(l.Dir, "bin", filepath.Base(pkg))
	cmd := exec.CommandContext(ctx, "go", slices.Concat([]string{"build", "-o", out}, lab.Released, flags, []string{pkg})...)
	cmd.Dir, cmd.Env = filepath.Join(l.Root, "bench"), append(os.Environ(), "CGO_ENABLED=0")
	if said, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build %s: %w\n%s", pkg, err, said)
	}
	return out, nil
}
