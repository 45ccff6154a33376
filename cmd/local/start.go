package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"phonon.in/central/cmd/local/home"
	"phonon.in/central/cmd/local/iam"
	"phonon.in/central/cmd/local/journal"
	"phonon.in/central/cmd/local/lambda"
	"phonon.in/central/cmd/local/services"
	"phonon.in/central/cmd/local/template"
	"phonon.in/central/cmd/local/xray"
)

// registeredHere are texts of SMS that need no registration to run, so that all of them are seen.
var registeredHere = map[string]string{
	"SmsTemplateIdHi": "1007000000000000001", "SmsChangedTemplateId": "1007000000000000002", "SmsChangedTemplateIdHi": "1007000000000000003",
}

// begin starts everything and returns when requests are answered. out gets what people should read.
func begin(ctx context.Context, o options, out io.Writer) (*local, error) {
	l := &local{options: o, journal: journal.New(out, o.verbose), requests: xray.New(), admitted: lambda.RequestsAtOnce(), used: iam.New(), pools: map[string]*lambda.Function{}}
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
		if l.services, err = services.Start(ctx, l.ordered()); err != nil {
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
	l.notes = append(l.notes, l.services.Notes...)
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
	if err := l.listen(); err != nil {
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

// listen takes the port of the run. That of engines alone belongs to who uses them, such as sam local.
func (l *local) listen() (err error) {
	if l.options.enginesOnly {
		first, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		l.listeners, l.url = []net.Listener{first}, "http://"+first.Addr().String()
		return nil
	}
	l.listeners, l.url, l.notes, err = home.Listen(l.options.port)
	if errors.Is(err, syscall.EADDRINUSE) {
		return portTaken(l.options.port)
	}
	return err
}
