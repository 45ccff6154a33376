package main

import (
	"context"
	"os"
	"sync"
	"time"
)

const drainTimeout = 15 * time.Second

// stop ends everything: first what brings requests, then what answers them.
func (l *local) stop() {
	l.cancel()
	ctx, cancel := context.WithTimeout(context.Background(), drainTimeout)
	defer cancel()
	if l.server != nil {
		l.server.Shutdown(ctx)
		l.server.Close()
	} else {
		for _, one := range l.listeners {
			one.Close()
		}
	}
	wait(ctx, l.ticking.Wait)
	if l.services != nil {
		wait(ctx, l.services.Wait)
	}
	if l.events != nil {
		wait(ctx, l.events.Wait)
	}
	l.watching.Wait()
	l.bringing.Wait()
	var all sync.WaitGroup
	for _, f := range l.pools {
		all.Go(func() { wait(ctx, f.Close) })
	}
	all.Wait()
	if l.scanner != nil {
		l.scanner.Stop()
	}
	if l.services != nil {
		os.Remove(runFile(l.options.data))
		l.services.Stop()
	}
	if l.lock != nil {
		l.lock.Close()
	}
}

// wait waits for f until ctx ends.
func wait(ctx context.Context, f func()) {
	done := make(chan struct{})
	go func() {
		f()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
}
