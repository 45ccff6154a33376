package main

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"phonon.in/central/cmd/local/events"
	"phonon.in/central/cmd/local/gateway"
	"phonon.in/central/cmd/local/home"
	"phonon.in/central/cmd/local/inspector"
	"phonon.in/central/cmd/local/lambda"
	"phonon.in/central/cmd/local/product"
	"phonon.in/central/cmd/local/services"
	"phonon.in/central/cmd/local/template"
)

// build builds all functions. One that does not compile is noted, and its requests fail, until it does.
func (l *local) build(ctx context.Context) {
	l.builder = &lambda.Builder{Root: l.options.root, Out: filepath.Join(l.options.root, ".local", "bin"), Race: l.options.race, Log: l.journal, Say: l.journal.Say}
	if l.options.race {
		l.builder.Out = filepath.Join(l.builder.Out, "race")
	}
	l.watcher = lambda.NewWatcher(l.builder, "functions", "shared", "web", "go.mod", "go.sum")
	var names []string
	for _, f := range l.template.Functions {
		names = append(names, f.Name)
	}
	late := time.AfterFunc(patience, func() { l.journal.Say("Building the functions …") })
	defer late.Stop()
	l.broken = l.builder.Build(ctx, names)
}

// ordered is what the services are made for.
func (l *local) ordered() services.Config {
	o := l.options
	return services.Config{
		Template: l.template, Root: o.root, Data: o.data, Home: l.home, Sender: mailFrom, Getenv: o.getenv, Installation: l.installation(), Log: l.journal.Beside,
		Wrong: l.journal.Wrong, Published: func(topic, text string) { l.events.Published(topic, text) }, Stop: l.ctx, MayWait: !o.enginesOnly,
	}
}

func (l *local) watch() services.Watch {
	return services.Watch{Traces: l.requests, Used: l.used, Created: l.events.Created, Hangs: l.hangs, Kill: l.kill}
}

// connect puts functions, events, schedules and gateway on top of the running services.
func (l *local) connect(ctx context.Context) error {
	pools := l.functions()
	l.events = &events.Delivery{
		Dir: filepath.Join(l.options.data, "events"), Scanned: "incoming", Traces: l.requests, Admission: lambda.EventsAtOnce(), Faults: l.services.Faults,
		Wrong: l.journal.Wrong, Retry: l.options.retry, Stop: l.ctx,
	}
	for _, f := range pools {
		l.events.Subscribe(f)
	}
	if err := os.MkdirAll(l.events.Dir, 0o700); err != nil {
		return err
	}
	if err := l.startScanner(ctx); err != nil {
		return err
	}
	if err := l.services.Serve(l.options.address, l.options.port, l.watch()); err != nil {
		return err
	}
	if err := l.announce(); err != nil {
		return err
	}
	for _, f := range pools {
		f.Env = l.services.Environment()
		f.Env["TMPDIR"] = l.temporary()
		if len(f.Spec.Uploads) > 0 && len(f.Spec.Routes) == 0 && f.Endpoint == "" {
			f.Warm()
		}
	}
	if l.services.S3Later() {
		l.notes = append(l.notes, "uploads wait until their S3 engine is fetched and built, this once")
		l.bringing.Go(func() { l.bringStorage(l.ctx) })
	} else if err := l.openStorage(ctx); err != nil {
		return err
	}
	l.open(pools)
	return nil
}

// functions are those of the template: run here, or where options.lambda leads; none where only the engines are wanted.
func (l *local) functions() (pools []*lambda.Function) {
	if l.options.enginesOnly && l.options.lambda == "" {
		return nil
	}
	for _, spec := range l.template.Functions {
		f := &lambda.Function{Spec: spec, Stack: stack, Log: l.journal.Prefixed(spec.Name + " | ")}
		if l.options.enginesOnly {
			f.Endpoint = l.options.lambda
		} else {
			f.Binary, l.pools[spec.Name] = l.builder.Binary(spec.Name), f
		}
		pools = append(pools, f)
	}
	return pools
}

// open lets requests in, and begins what goes on by itself.
func (l *local) open(pools []*lambda.Function) {
	l.schedule = &events.Schedule{Functions: pools, Traces: l.requests, Wrong: l.journal.Wrong, Every: l.options.scheduleEvery}
	inspect := &inspector.Inspector{
		Run: l.running(), Box: l.services.Box, DB: l.services.DB, Tables: l.template.Tables, Traces: l.requests, Used: l.used, Faults: l.services.Faults, Schedule: l.schedule,
	}
	api := gateway.New(pools, l.requests, l.admitted, l.journal.Wrong)
	l.server = gateway.Server(home.Lead(l.home, inspect.Beside(api)))
	for _, one := range l.listeners {
		go l.server.Serve(one)
	}
	if l.options.product {
		l.bringing.Go(func() { l.sample().Run(l.ctx) })
	}
	l.schedule.Run(l.ctx, &l.ticking)
	if l.options.watch && !l.options.enginesOnly {
		l.watching.Go(func() { l.watcher.Run(l.ctx, l.pools, l.broken) })
	}
}

// sample is the sample product of this run.
func (l *local) sample() *product.Sample {
	env := l.running().Environment
	return &product.Sample{
		Root: l.options.root, Data: l.options.data, Central: l.url, Issuer: l.home, Port: l.options.port, Journal: l.journal,
		Settings: []string{
			"EVENTS_QUEUE_URL=" + env["EVENTS_QUEUE_URL"], "AWS_ENDPOINT_URL_SQS=" + env["AWS_ENDPOINT_URL_SQS"], "AWS_REGION=" + template.Region,
			"AWS_ACCESS_KEY_ID=" + l.services.Keys.ID, "AWS_SECRET_ACCESS_KEY=" + l.services.Keys.Secret,
		},
	}
}
