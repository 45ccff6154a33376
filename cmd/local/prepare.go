package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"phonon.in/central/cmd/local/template"
)

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
		return fmt.Errorf("another local run uses the data in %s%s; end it, or choose another folder with --data and another port with --port", o.data, whose(o.data))
	}
	file := filepath.Join(o.data, "log", "run.log")
	l.journal.path = fromHere(file)
	if l.journal.log, err = os.OpenFile(file, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600); err != nil {
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
		for _, name := range []string{"dynamo.db", "dynamo.db-wal", "dynamo.db-shm", "shared-local-instance.db", "s3", "messages.jsonl", "events", "secret.json"} {
			if err := os.RemoveAll(filepath.Join(o.data, name)); err != nil {
				return err
			}
		}
	}
	parameters := map[string]string{"Environment": "local", "PublicUrl": l.url, "MailFrom": mailFrom}
	if o.enginesOnly {
		parameters["PublicUrl"] = "http://127.0.0.1:" + strconv.Itoa(o.port)
	}
	maps.Copy(parameters, o.set)
	l.template, err = template.Read(o.template, parameters)
	return err
}

// engineLog is the log of one engine, of this run alone.
func (l *local) engineLog(name string) io.Writer {
	f, err := os.OpenFile(filepath.Join(l.options.data, "log", name+".log"), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return l.journal
	}
	return f
}

// fromHere is the shorter name of a file: from the working directory, or from the root.
func fromHere(file string) string {
	here, err := os.Getwd()
	if err != nil {
		return file
	}
	if short, err := filepath.Rel(here, file); err == nil && len(short) < len(file) {
		return short
	}
	return file
}

func (l *local) installation() installation {
	return installation{l.options.root, &lines{to: speech{l.journal}}}
}
