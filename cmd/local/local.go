package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"

	"phonon.in/central/cmd/local/template"
)

const (
	mailFrom     = "no-reply@central.local" // the one identity that the local SES has verified
	drainTimeout = 15 * time.Second
)

// registeredHere are texts of SMS that need no registration to run, so that all of them are seen.
var registeredHere = map[string]string{
	"SmsTemplateIdHi": "1007000000000000001", "SmsChangedTemplateId": "1007000000000000002", "SmsChangedTemplateIdHi": "1007000000000000003",
}

// local is one run: everything that is started, and ended in reverse order.
type local struct {
	options   options
	out       io.Writer // progress, and what people should read
	functions console   // what the functions print
	lock      *os.File

	url       string
	listener  net.Listener
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
	unchanged map[string]stamp
}

// start starts everything and returns when requests are answered. out gets progress and messages.
func start(ctx context.Context, o options, out io.Writer) (*local, error) {
	l := &local{options: o, out: out, requests: newTraces(), used: newPermissions(), pools: map[string]*function{}}
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

// prepare takes what only one run can have: the data and the port. It reads the template.
func (l *local) prepare() error {
	o := l.options
	if err := os.MkdirAll(filepath.Join(o.data, "log"), 0o700); err != nil {
		return err
	}
	var err error
	// The system lets go of the lock when the process ends, however it ends: a file that was left behind does no harm.
	if l.lock, err = os.OpenFile(filepath.Join(o.data, "lock"), os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return err
	}
	if err := syscall.Flock(int(l.lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return fmt.Errorf("another local run uses the data in %s; end it, or choose another folder with --data", o.data)
	}
	address := "127.0.0.1:" + strconv.Itoa(o.port)
	if o.enginesOnly { // the port belongs to who uses the engines, such as sam local
		address = "127.0.0.1:0"
	}
	if l.listener, err = net.Listen("tcp", address); err != nil {
		if errors.Is(err, syscall.EADDRINUSE) {
			return fmt.Errorf("port %d is in use; choose another one, for example PORT=%d", o.port, o.port+100)
		}
		return err
	}
	l.url = "http://" + l.listener.Addr().String()
	if o.fresh {
		for _, name := range []string{"dynamo.db", "dynamo.db-wal", "dynamo.db-shm", "shared-local-instance.db", "s3", "messages.jsonl", "events", "secret.json"} {
			if err := os.RemoveAll(filepath.Join(o.data, name)); err != nil {
				return err
			}
		}
	}
	parameters := map[string]string{"Environment": "local", "PublicUrl": l.url, "MailFrom": mailFrom, "SupportEmail": "help@central.example.com"}
	maps.Copy(parameters, registeredHere)
	if o.enginesOnly {
		parameters["PublicUrl"] = "http://127.0.0.1:" + strconv.Itoa(o.port)
	}
	maps.Copy(parameters, o.set)
	if l.template, err = template.Read(o.template, parameters); err != nil {
		return err
	}
	l.functions.to = l.out
	if o.quiet {
		if l.functions.to, err = l.logFile("functions"); err != nil {
			return err
		}
	}
	return nil
}

func (l *local) logFile(name string) (*os.File, error) {
	return os.OpenFile(filepath.Join(l.options.data, "log", name+".log"), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
}

// build builds all functions. One that does not compile is noted, and its requests fail, until it does.
func (l *local) build(ctx context.Context) {
	l.builder = &builder{root: l.options.root, out: filepath.Join(l.options.root, ".local", "bin"), race: l.options.race, log: l.out}
	if l.options.race {
		l.builder.out = filepath.Join(l.builder.out, "race")
	}
	if l.options.quiet {
		l.builder.log = io.Discard
	}
	w := &watcher{builder: l.builder}
	l.unchanged = w.snapshot()
	var names []string
	for _, f := range l.template.Functions {
		names = append(names, f.Name)
	}
	failed := l.builder.buildAll(ctx, names)
	for _, name := range slices.Sorted(maps.Keys(failed)) {
		if l.options.quiet {
			fmt.Fprintf(l.out, "build %s failed\n%v\n", name, failed[name])
		}
		l.notes = append(l.notes, "the function "+name+" does not compile")
	}
}

// connect puts functions, events, schedules and gateway on top of the running services.
func (l *local) connect(ctx context.Context) error {
	var pools []*function
	if !l.options.enginesOnly {
		for _, spec := range l.template.Functions {
			f := &function{spec: spec, binary: l.builder.binary(spec.Name), log: l.functions.prefixed(spec.Name + " | ")}
			pools, l.pools[spec.Name] = append(pools, f), f
		}
	}
	l.events = &events{
		dir: filepath.Join(l.options.data, "events"), s3: l.services.s3, requests: l.requests, log: l.out, retry: l.options.retry, stop: l.ctx,
	}
	if l.options.enginesOnly && l.options.lambda != "" {
		for _, spec := range l.template.Functions {
			pools = append(pools, &function{spec: spec, lambda: l.options.lambda, log: l.functions.prefixed(spec.Name + " | ")})
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
	for _, f := range pools {
		f.extra = l.services.environment()
	}
	if err := l.events.resume(ctx); err != nil {
		return err
	}
	l.schedule = &schedule{functions: pools, requests: l.requests, every: l.options.scheduleEvery}
	inspect := &inspector{
		box: l.services.box, db: l.services.db, tables: l.template.Tables, requests: l.requests, used: l.used, faults: l.services.faults, schedule: l.schedule,
	}
	mux := http.NewServeMux()
	mux.Handle("/_local", inspect.handler())
	mux.Handle("/_local/", inspect.handler())
	gateway := &gateway{routes: newRoutes(pools), requests: l.requests}
	l.server = &http.Server{
		Handler: besideGateway(mux, gateway), MaxHeaderBytes: maxRequestHeader, ReadHeaderTimeout: integrationTimeout,
	}
	go l.server.Serve(l.listener)
	l.schedule.run(l.ctx, &l.ticking)
	if l.options.watch && !l.options.enginesOnly {
		w := &watcher{builder: l.builder, functions: l.pools, every: 400 * time.Millisecond}
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
	} else if l.listener != nil {
		l.listener.Close()
	}
	wait(ctx, l.ticking.Wait)
	if l.events != nil {
		wait(ctx, l.events.running.Wait)
	}
	l.watching.Wait()
	var all sync.WaitGroup
	for _, f := range l.pools {
		all.Go(func() { wait(ctx, f.close) })
	}
	all.Wait()
	if l.services != nil {
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
	for _, n := range l.notes {
		fmt.Fprintln(notes, "Note:", n)
	}
	if l.options.enginesOnly {
		l.services.exports(out, l)
		return
	}
	fmt.Fprintf(out, "Pages and API  %s\nMail, SMS, calls, tables, traces  %s/_local\nCtrl-C ends it; the data stays in %s\n", l.url, l.url, l.options.data)
}
