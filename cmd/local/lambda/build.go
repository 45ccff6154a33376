package lambda

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"phonon.in/central/cmd/local/id"
)

// Builder compiles the functions for this machine: each is the folder of its name below functions/.
type Builder struct {
	Root string                           // of the module
	Out  string                           // folder of the binaries
	Race bool                             // with the race detector
	Log  io.Writer                        // gets what was built, and how long it took
	Say  func(format string, args ...any) // tells people what does not compile
}

// Binary is where the executable of a function is.
func (b *Builder) Binary(name string) string { return filepath.Join(b.Out, name, "bootstrap") }

func (b *Builder) flags() []string {
	if b.Race { // without what only makes a release smaller: so tests with the race detector compile the same packages
		return []string{"-race", "-buildvcs=false"}
	}
	return []string{"-tags", "lambda.norpc,nethttpomithttp2", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w"}
}

func (b *Builder) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = b.Root
	cgo := "CGO_ENABLED=0"
	if b.Race {
		cgo = "CGO_ENABLED=1"
	}
	cmd.Env = append(os.Environ(), cgo, "GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH)
	return cmd
}

// Build builds the functions and returns what went wrong with each. A function that does not compile keeps its old binary.
func (b *Builder) Build(ctx context.Context, names []string) map[string]error {
	// What they share is compiled once, before the links run side by side. What fails here fails again below, with its message.
	packages := make([]string, len(names))
	for i, name := range names {
		packages[i] = "./functions/" + name
	}
	if len(names) > 1 {
		b.command(ctx, append(append([]string{"list", "-export"}, b.flags()...), packages...)...).Run()
	}
	failed := map[string]error{}
	var mu sync.Mutex
	var all sync.WaitGroup
	slots := make(chan struct{}, runtime.NumCPU())
	for _, name := range names {
		all.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			began := time.Now()
			err := b.buildOne(ctx, name)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				failed[name] = err
				if ctx.Err() == nil {
					b.Say("The function %s does not compile:\n%v", name, err)
				}
				return
			}
			fmt.Fprintf(b.Log, "build %-8s %s\n", name, time.Since(began).Round(10*time.Millisecond))
		})
	}
	all.Wait()
	return failed
}

// buildOne puts the new binary in the place of the old one at once: a process that runs the old one is not disturbed.
func (b *Builder) buildOne(ctx context.Context, name string) error {
	target := b.Binary(name)
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	next := target + "." + id.Hex(4) // another run may build beside this one
	// An unchanged binary is recognised by its build id, and not linked again.
	if err := link(target, next); err != nil {
		return err
	}
	defer os.Remove(next)
	cmd := b.command(ctx, append(append([]string{"build"}, b.flags()...), "-o", next, "./functions/"+name)...)
	if text, err := cmd.CombinedOutput(); err != nil {
		return errors.New(strings.TrimSpace(string(text) + "\n" + err.Error()))
	}
	return os.Rename(next, target)
}

// link copies the old binary, if there is one.
func link(from, to string) error {
	old, err := os.Open(from)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	defer old.Close()
	f, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, old)
	return errors.Join(err, f.Close())
}

// sum is the digest of a function's binary; "" when there is none.
func (b *Builder) sum(name string) string {
	f, err := os.Open(b.Binary(name))
	if err != nil {
		return ""
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return ""
	}
	return string(h.Sum(nil))
}

// dependencies lists, for each function, the folders of this module that it is made of.
func (b *Builder) dependencies(ctx context.Context) (map[string][]string, error) {
	cmd := b.command(ctx, "list", "-e", "-deps", "-tags", "lambda.norpc,nethttpomithttp2", "-json=ImportPath,Dir,Standard,Deps,Module", "./functions/...")
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	type pkg struct {
		ImportPath, Dir string
		Standard        bool
		Deps            []string
		Module          *struct{ Main bool }
	}
	ours, functions := map[string]string{}, map[string][]string{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := d.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		if p.Module == nil || !p.Module.Main {
			continue
		}
		ours[p.ImportPath] = p.Dir
		if filepath.Dir(p.Dir) == filepath.Join(b.Root, "functions") {
			functions[filepath.Base(p.Dir)] = append(p.Deps, p.ImportPath)
		}
	}
	for name, packages := range functions {
		var dirs []string
		for _, p := range packages {
			if dir, ok := ours[p]; ok {
				dirs = append(dirs, dir)
			}
		}
		functions[name] = dirs
	}
	return functions, nil
}
