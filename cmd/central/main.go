// Command central is the operator's command line: it looks after a deployed system, or the local run, from outside. `central --help`
// lists what it can do.
package main

import (
	"context"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	here, _ := os.Getwd()
	c := &cli{in: os.Stdin, out: os.Stdout, err: os.Stderr, getenv: os.Getenv, now: time.Now, terminal: isTerminal(os.Stderr), here: here, web: &http.Client{Timeout: 2 * time.Minute}, pause: pause}
	code := c.run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// pause waits, unless the command ends.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// isTerminal reports that somebody may be watching: progress is drawn for people only.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
