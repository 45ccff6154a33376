package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"
)

// builder makes the functions' binaries, the same way as for Lambda but for this machine.
type builder struct {
	root, out string
	race      bool
	log       io.Writer
}

func (b builder) binary(name string) string { return filepath.Join(b.out, name, "bootstrap") }

// build builds one function. Its error holds what the compiler said.
func (b builder) build(ctx context.Context, name string) error {
	args := []string{"build", "-tags", "lambda.norpc", "-trimpath", "-ldflags", "-s -w", "-o", b.binary(name) + ".new"}
	cgo := "CGO_ENABLED=0"
	if b.race {
		args, cgo = append(args, "-race"), "CGO_ENABLED=1"
	}
	cmd := exec.CommandContext(ctx, "go", append(args, "./functions/"+name)...)
	cmd.Dir, cmd.Env = b.root, append(os.Environ(), cgo)
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("functions/%s does not build:\n%s", name, bytes.TrimSpace(said))
	}
	return os.Rename(b.binary(name)+".new", b.binary(name)) // a running process keeps the old file
}

// all builds all functions, as many at a time as there are CPUs.
func (b builder) all(ctx context.Context, names []string) error {
	slots := make(chan struct{}, runtime.NumCPU())
	errs := make([]error, len(names))
	var work sync.WaitGroup
	for i, name := range names {
		work.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			began := time.Now()
			if errs[i] = b.build(ctx, name); errs[i] == nil {
				fmt.Fprintf(b.log, "  built %-8s %.1f s\n", name, time.Since(began).Seconds())
			}
		})
	}
	work.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

const watchEvery = 700 * time.Millisecond

// watch rebuilds what a change of the sources touches: one function for a file under its folder, all for anything shared.
// While something does not build, the old binary goes on.
func (b builder) watch(ctx context.Context, names []string, built func(name string)) {
	seen := b.fingerprint()
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(watchEvery):
		}
		now := b.fingerprint()
		for _, name := range names {
			own, shared := "functions/"+name, "shared"
			if now[own] == seen[own] && now[shared] == seen[shared] {
				continue
			}
			began := time.Now()
			if err := b.build(ctx, name); err != nil {
				fmt.Fprintf(b.log, "%v\n  the old %s goes on\n", err, name)
				continue
			}
			fmt.Fprintf(b.log, "  rebuilt %s in %.1f s\n", name, time.Since(began).Seconds())
			built(name)
		}
		seen = now
	}
}

// fingerprint is one digest for shared/ (with go.mod) and one for each folder of functions/: of names, sizes and times.
func (b builder) fingerprint() map[string]string {
	sums := map[string]string{}
	note := func(group, path string) {
		filepath.WalkDir(filepath.Join(b.root, path), func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(p, "_test.go") {
				return nil
			}
			if info, err := d.Info(); err == nil {
				sum := sha256.Sum256(fmt.Appendf(nil, "%s %s %d %d", sums[group], p, info.Size(), info.ModTime().UnixNano()))
				sums[group] = hex.EncodeToString(sum[:])
			}
			return nil
		})
	}
	for _, path := range []string{"shared", "go.mod", "go.sum"} {
		note("shared", path)
	}
	folders, _ := os.ReadDir(filepath.Join(b.root, "functions"))
	for _, d := range folders {
		note("functions/"+d.Name(), "functions/"+d.Name())
	}
	return sums
}
