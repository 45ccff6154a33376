// Package lab is what all measurements share: the machine they run on, its speed, its processes, and the ways to load a system.
package lab

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/bcrypt"
)

// Lab is the bench that one part measures on.
type Lab struct {
	Quick bool   // three minutes for all parts, where it is a quarter of an hour otherwise
	Root  string // of the repository
	Dir   string // scratch of this part, which exists and is empty

	part  string
	began time.Time
	out   io.Writer
}

// New makes the bench of a part. What goes on is said on out.
func New(part, root string, quick bool, out io.Writer) (*Lab, error) {
	dir := filepath.Join(root, ".local", "bench", part)
	if err := os.RemoveAll(dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { // whoever a peer's server runs as may look in
		return nil, err
	}
	return &Lab{Quick: quick, Root: root, Dir: dir, part: part, began: time.Now(), out: out}, nil
}

// Step says what is done now.
func (l *Lab) Step(format string, args ...any) {
	fmt.Fprintf(l.out, "%5.0f s  %-6s %s\n", time.Since(l.began).Seconds(), l.part, fmt.Sprintf(format, args...))
}

// Yardstick is the CPU time of one bcrypt hash of cost 10 on this machine now, the median of five: figures in this unit can be compared
// between machines.
func (l *Lab) Yardstick(ctx context.Context) (time.Duration, error) {
	var took Samples
	for range 5 {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		before := processCPU()
		if _, err := bcrypt.GenerateFromPassword([]byte("correct horse battery staple"), 10); err != nil {
			return 0, err
		}
		took = append(took, (processCPU() - before).Seconds())
	}
	return time.Duration(took.Median() * float64(time.Second)), nil
}

// Machine describes where figures were taken.
type Machine struct {
	CPU    string    `json:"cpu"`
	Cores  int       `json:"cores"`
	Arch   string    `json:"arch"`
	System string    `json:"system"`
	Go     string    `json:"go"`
	Commit string    `json:"commit"`
	At     time.Time `json:"at"`
	Load   float64   `json:"load"` // of the last minute before the run
	// YardstickMs is the CPU time of one bcrypt hash of cost 10, in milliseconds.
	YardstickMs float64 `json:"yardstickMs"`
}

// Released are the flags that functions are compiled with for Lambda: those of the Makefile.
var Released = []string{"-tags", "lambda.norpc,nethttpomithttp2", "-trimpath", "-buildvcs=false", "-ldflags=-s -w"}

// Build compiles a package of the main module for this machine as functions are compiled for Lambda, and returns the binary. Flags come
// after those of a release, so that they win.
func (l *Lab) Build(ctx context.Context, pkg string, flags ...string) (string, error) {
	out := filepath.Join(l.Dir, "bin", strings.ReplaceAll(strings.TrimPrefix(pkg, "./"), "/", "-"))
	args := slices.Concat([]string{"build", "-o", out}, Released, flags, []string{pkg})
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Env = l.Root, append(os.Environ(), "CGO_ENABLED=0")
	if said, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build %s: %w\n%s", pkg, err, said)
	}
	return out, nil
}
