package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"phonon.in/central/cmd/local/engine"
	"phonon.in/central/cmd/local/iam"
	"phonon.in/central/cmd/local/journal"
	"phonon.in/central/cmd/local/template"
	"phonon.in/central/cmd/local/xray"
)

const (
	mailFrom     = "no-reply@central.local" // the one identity that the local SES has verified
	drainTimeout = 15 * time.Second
	patience     = 3 * time.Second // of people who see nothing
)

// registeredHere are texts of SMS that need no registration to run, so that all of them are seen.
var registeredHere = map[string]string{
	"SmsTemplateIdHi": "1007000000000000001", "SmsChangedTemplateId": "1007000000000000002", "SmsChangedTemplateIdHi": "1007000000000000003",
}

// local is one run: everything that is started, and ended in reverse order.
type local struct {
	options options
	journal *journal.Journal
	lock    *os.File

	url       string         // of the gateway
	home      string         // the origin of the pages: url, unless PublicUrl is set
	listeners []net.Listener // the first is at url
	template  *template.Template
	services  *services
	pools     map[string]*function
	builder   *builder
	requests  *xray.Traces
	admitted  *admission // of requests
	used      *iam.Permissions
	events    *events
	scanner   *engine.Scanner // nil where there is none
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
	l := &local{options: o, journal: journal.New(out, o.verbose), requests: xray.New(), admitted: requestsAtOnce(), used: iam.New(), pools: map[string]*function{}}
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
	building, giveUp := context.WithCancel(ctx)
	defer giveUp()
	go func() {
		var err error
		if l.services, err = startServices(ctx, l); err != nil {
			giveUp() // nothing will run
		}
		engines <- err
	}()
	if !l.options.enginesOnly {
		l.build(building)
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
	for _, folder := range []string{filepath.Join(o.data, "log"), l.temporary()} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return err
		}
	}
	var err error
	// The system lets go of the lock when the process ends, however it ends: a file that was left behind does no harm.
	if l.lock, err = os.OpenFile(filepath.Join(o.data, "lock"), os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return err
	}
	if err := syscall.Flock(int(l.lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return fmt.Errorf("another local run uses the data in %s%s; end it, or choose another folder with --data and another port with --port", o.data, whose(o.data))
	}
	if err := l.journal.Open(filepath.Join(o.data, "log", "run.log")); err != nil {
		return err
	}
	address := "127.0.0.1:" + strconv.Itoa(o.port)
	if o.enginesOnly { // the port belongs to who uses the engines, such as sam local
		address = "127.0.0.1:0"
	}
	if err := l.listen(address); err != nil {
		return err
	}
	if o.fresh {
		for _, name := range []string{"dynamo.db", "dynamo.db-wal", "dynamo.db-shm", "shared-local-instance.db", "s3", "messages.jsonl", "events", "product.json", "secret.json", "secret-signingsecret.json"} {
			if err := os.RemoveAll(filepath.Join(o.data, name)); err != nil {
				return err
			}
		}
	}
	parameters := map[string]string{"Environment": "local", "PublicUrl": l.url, "MailFrom": mailFrom, "SupportEmail": "help@central.example.com", "GrievanceContact": "Grievance Officer <grievance@central.example.com>"}
	maps.Copy(parameters, registeredHere)
	if o.enginesOnly {
		parameters["PublicUrl"] = "http://127.0.0.1:" + strconv.Itoa(o.port)
	}
	if !o.enginesOnly && l.installation().HasScanner() {
		parameters["MalwareScan"] = "on"
	}
	maps.Copy(parameters, o.set)
	l.home = parameters["PublicUrl"]
	l.template, err = template.Read(o.template, parameters)
	return err
}

// connect puts functions, events, schedules and gateway on top of the running services.
func (l *local) connect(ctx context.Context) error {
	var pools []*function
	if !l.options.enginesOnly {
		for _, spec := range l.template.Functions {
			f := &function{spec: spec, binary: l.builder.binary(spec.Name), log: l.journal.Prefixed(spec.Name + " | ")}
			pools, l.pools[spec.Name] = append(pools, f), f
		}
	}
	l.events = &events{
		dir: filepath.Join(l.options.data, "events"), requests: l.requests, admission: eventsAtOnce(), faults: l.services.faults, log: l.journal, retry: l.options.retry, stop: l.ctx,
	}
	if l.options.enginesOnly && l.options.lambda != "" {
		for _, spec := range l.template.Functions {
			pools = append(pools, &function{spec: spec, lambda: l.options.lambda, log: l.journal.Prefixed(spec.Name + " | ")})
		}
	}
	for _, f := range pools {
		for _, u := range f.spec.Uploads {
			l.events.targets = append(l.events.targets, eventTarget{Upload: u, function: f})
		}
		for _, topic := range f.spec.Topics {
			l.events.targets = append(l.events.targets, eventTarget{topic: topic, function: f})
		}
		for _, rule := range f.spec.Rules {
			l.events.targets = append(l.events.targets, eventTarget{rule: rule, function: f})
		}
	}
	if err := os.MkdirAll(l.events.dir, 0o700); err != nil {
		return err
	}
	if err := l.startScanner(ctx); err != nil {
		return err
	}
	l.events.scanner = l.scanner
	if err := l.services.serve(l); err != nil {
		return err
	}
	if err := l.announce(); err != nil {
		return err
	}
	for _, f := range pools {
		f.extra = l.services.environment()
		f.extra["TMPDIR"] = l.temporary()
		if len(f.spec.Uploads) > 0 && len(f.spec.Routes) == 0 && f.lambda == "" {
			f.warm()
		}
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
	gateway := &gateway{routes: newRoutes(pools), requests: l.requests, log: l.journal, admission: l.admitted}
	l.server = &http.Server{
		Handler: atHome(l.home, besideGateway(mux, gateway)), MaxHeaderBytes: maxRequestHeader, ReadHeaderTimeout: integrationTimeout,
	}
	for _, one := range l.listeners {
		go l.server.Serve(one)
	}
	if l.options.product {
		l.bringing.Go(func() { l.runProduct(l.ctx) })
	}
	l.schedule.run(l.ctx, &l.ticking)
	if l.options.watch && !l.options.enginesOnly {
		w := &watcher{builder: l.builder, functions: l.pools, every: 400 * time.Millisecond, broken: l.broken}
		l.watching.Go(func() { w.run(l.ctx, l.unchanged) })
	}
	return nil
}

// kill ends the process whose invocation a trace header names.
func (l *local) kill(trace string) {
	if f := l.pools[l.requests.Function(trace)]; f != nil {
		f.kill(xray.Root(trace))
	}
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
	if l.scanner != nil {
		l.scanner.Stop()
	}
	if l.services != nil {
		os.Remove(runFile(l.options.data))
		l.services.stop()
	}
	if l.lock != nil {
		l.lock.Close()
	}
}

func (l *local) installation() engine.Installation {
	return engine.Installation{Root: l.options.root, Said: l.journal.Spoken(), Wrong: l.journal.Wrong}
}

// temporary is the functions' folder for what may be lost. It outlives a run: what render has compiled is found there again.
func (l *local) temporary() string { return filepath.Join(l.options.root, ".local", "tmp") }

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
		fmt.Fprintf(out, "Central     %s\nIts inside  %s/_local  (mail, SMS, calls, tables, requests)\n", l.home, l.url)
		fmt.Fprintf(out, "The log is %s (--verbose shows it here). Ctrl-C ends it; the data stays.\n", l.journal.Path())
	}
	for _, n := range l.notes {
		fmt.Fprintln(notes, "Note:", n)
	}
}
