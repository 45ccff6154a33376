// Command central is the operator's command line: it looks after a deployed system, or the local run, from outside. `central --help`
// lists what it can do.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	here, _ := os.Getwd()
	c := &cli{in: os.Stdin, out: os.Stdout, err: os.Stderr, getenv: os.Getenv, now: time.Now, terminal: isTerminal(os.Stderr), here: here}
	code := c.run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// isTerminal reports that somebody may be watching: progress is drawn for people only.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
