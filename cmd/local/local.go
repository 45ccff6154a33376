package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"phonon.in/central/cmd/local/template"
)

const (
	mailFrom     = "no-reply@central.local" // the one identity that the local SES has verified
	drainTimeout = 15 * time.Second
	patience     = 3 * time.Second // of people who see nothing
)

// local is one run: everything that is started, and ended in reverse order.
type local struct {
	options options
	journal *journal
	lock    *os.File

	url       string
	listeners []net.Listener // the first is at url
	template  *template.Template
	services  *services
	pools     map[string]*function
	builder   *builder
	requests  *traces
	used      *permissions
	events    *events
	schedule  *schedule
	server    *http.Server
	notes     []string
	ctx       context.Context
	cancel    context.CancelFunc
	ticking   sync.WaitGroup
	watching  sync.WaitGroup
	bringing  sync.WaitGroup // what is built while the rest runs
	unchanged map[string]stamp
	broken    map[string]bool // the functions that do not compile
}

// start starts everything and returns when requests are answered. out gets what people should read.
func start(ctx context.Context, o options, out io.Writer) (*local, error) {
	l := &local{options: o, journal: &journal{people: out, log: io.Discard, verbose: o.verbose}, requests: newTraces(), used: newPermissions(), pools: map[string]*function{}}
	l.ctx, l.cancel = context.WithCancel(context.WithoutCancel(ctx))
	err := l.start(ctx)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		l.stop()
		return nil, err
	}
	return l, nil
}

func (l *local) start(ctx context.Context) error {
	if err := l.prepare(); err != nil {
		return err
	}
	engines := make(chan error, 1)
	go func() {
		var err error
		l.services, err = startServices(ctx, l)
		engines <- err
	}()
	if !l.options.enginesOnly {
		l.build(ctx)
	}
	if err := <-engines; err != nil {
		return err
	}
	l.notes = append(l.notes, l.services.notes...)
	return l.connect(ctx)
}

// build builds all functions. One that does not compile is noted, and its requests fail, until it does.
func (l *local) build(ctx context.Context) {
	l.builder = &builder{root: l.options.root, out: filepath.Join(l.options.root, ".local", "bin"), race: l.options.race, log: l.journal}
	if l.options.race {
		l.builder.out = filepath.Join(l.builder.out, "race")
	}
	w := &watcher{builder: l.builder}
	l.unchanged = w.snapshot()
	var names []string
	for _, f := range l.template.Functions {
		names = append(names, f.Name)
	}
	late := time.AfterFunc(patience, func() { l.journal.say("Building the functions …") })
	defer late.Stop()
	l.broken = map[string]bool{}
	for name := range l.builder.buildAll(ctx, names) {
		l.broken[name] = true
	}
}

// connect puts functions, events, schedules and gateway on top of the running services.
func (l *local) connect(ctx context.Context) error {
	var pools []*function
	if !l.options.enginesOnly {
		for _, spec := range l.template.Functions {
			f := &function{spec: spec, binary: l.builder.binary(spec.Name), log: l.journal.prefixed(spec.Name + " | ")}
			pools, l.pools[spec.Name] = append(pools, f), f
		}
	}
	l.events = &events{
		dir: filepath.Join(l.options.data, "events"), requests: l.requests, log: l.journal, retry: l.options.retry, stop: l.ctx,
	}
	if l.options.enginesOnly && l.options.lambda != "" {
		for _, spec := range l.template.Functions {
			pools = append(pools, &function{spec: spec, lambda: l.options.lambda, log: l.journal.prefixed(spec.Name + " | ")})
		}
	}
	for _, f := range pools {
		for _, u := range f.spec.Uploads {
			l.events.targets = append(l.events.targets, eventTarget{Upload: u, function: f})
		}
		for _, topic := range f.spec.Topics {
			l.events.targets = append(l.events.targets, eventTarget{topic: topic, function: f})
		}
	}
	if err := os.MkdirAll(l.events.dir, 0o700); err != nil {
		return err
	}
	if err := l.services.serve(l); err != nil {
		return err
	}
	if err := l.announce(); err != nil {
		return err
	}
	for _, f := range pools {
		f.extra = l.services.environment()
	}
	if l.services.storage.later {
		l.notes = append(l.notes, "uploads wait until their S3 engine is fetched and built, this once")
		l.bringing.Go(func() { l.bringStorage(l.ctx) })
	} else if err := l.openStorage(ctx); err != nil {
		return err
	}
	l.schedule = &schedule{functions: pools, requests: l.requests, log: l.journal, every: l.options.scheduleEvery}
	inspect := &inspector{
		box: l.services.box, db: l.services.db, tables: l.template.Tables, requests: l.requests, used: l.used, faults: l.services.faults, schedule: l.schedule, running: l.running,
	}
	mux := http.NewServeMux()
	mux.Handle("/_local", inspect.handler())
	mux.Handle("/_local/", inspect.handler())
	gateway := &gateway{routes: newRoutes(pools), requests: l.requests, log: l.journal}
	l.server = &http.Server{
		Handler: atHome(l.url, besideGateway(mux, gateway)), MaxHeaderBytes: maxRequestHeader, ReadHeaderTimeout: integrationTimeout,
	}
	for _, one := range l.listeners {
		go l.server.Serve(one)
	}
	l.schedule.run(l.ctx, &l.ticking)
	if l.options.watch && !l.options.enginesOnly {
		w := &watcher{builder: l.builder, functions: l.pools, every: 400 * time.Millisecond, broken: l.broken}
		l.watching.Go(func() { w.run(l.ctx, l.unchanged) })
	}
	return nil
}

// besideGateway keeps the gateway's requests away from http.ServeMux, which would clean their paths by redirects.
func besideGateway(inspect, gateway http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p := r.URL.Path; p == "/_local" || len(p) > 8 && p[:8] == "/_local/" {
			inspect.ServeHTTP(w, r)
			return
		}
		gateway.ServeHTTP(w, r)
	})
}

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
	if l.events != nil {
		wait(ctx, l.events.running.Wait)
	}
	l.watching.Wait()
	l.bringing.Wait()
	var all sync.WaitGroup
	for _, f := range l.pools {
		all.Go(func() { wait(ctx, f.close) })
	}
	all.Wait()
	if l.services != nil {
		os.Remove(runFile(l.options.data))
		l.services.stop()
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

// banner says where everything is.
func (l *local) banner(out, notes io.Writer) {
	if l.options.enginesOnly {
		fmt.Fprint(out, l.exports())
	} else {
		fmt.Fprintf(out, "Central     %s\nIts inside  %s/_local  (mail, SMS, calls, tables, requests)\n", l.url, l.url)
		fmt.Fprintf(out, "The log is %s (--verbose shows it here). Ctrl-C ends it; the data stays.\n", l.journal.path)
	}
	for _, n := range l.notes {
		fmt.Fprintln(notes, "Note:", n)
	}
}
