// Package start measures how long a function takes from exec to its first request for an event, and what it weighs: beside an empty
// handler, and beside the same function as Go builds it by itself.
package start

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"phonon.in/central/bench/lab"
	"phonon.in/central/shared/token"
)

// Data is what was measured, in turn, in one run.
type Data struct {
	Empty     Binary   `json:"empty"`     // a handler that does nothing
	Functions []Binary `json:"functions"` // as they are released
	Plain     []Binary `json:"plain"`     // some of them, built without flags
	First     []First  `json:"first"`     // what the first caller waits for
}

// Binary is a program and its starts.
type Binary struct {
	Name  string `json:"name"`
	Bytes int64  `json:"bytes"` // of the binary: for arm64, of Plain for this machine
	Zip   int64  `json:"zip"`   // of the archive with it
	// From exec to the first request for an event, in ms: with the binary in the page cache, and with none of it there.
	Warm lab.Samples `json:"warm"`
	Cold lab.Samples `json:"cold"`
	// When it asked, of the warm starts: CPU used in ms, and resident memory in MB.
	CPU      lab.Samples `json:"cpu"`
	Resident lab.Samples `json:"resident"`

	file string
}

// First is a start that an event waits for, with TLS to AWS and all root certificates of the machine: ms from exec to the request for the
// event, and to the answer.
type First struct {
	Name   string      `json:"name"`
	Next   lab.Samples `json:"next"`
	Answer lab.Samples `json:"answer"`

	file    string
	event   []byte
	status  int // of the answer
	operate int // operations of DynamoDB
}

// effort is how much a run does.
type effort struct {
	functions, plain  []string
	warm, cold, first int
}

// some show what a quick run can: of the functions the most used ones, the largest, the smallest.
var some = []string{"feedback", "login", "otp", "signup"}

func efforts(root string, quick bool) (effort, error) {
	if quick {
		return effort{functions: some, warm: 15, cold: 7, first: 7}, nil
	}
	all, err := functionNames(root)
	return effort{functions: all, plain: []string{"signup", "otp", "login"}, warm: 81, cold: 41, first: 41}, err
}

// Measure builds everything, and then starts it in turn.
func Measure(ctx context.Context, l *lab.Lab) (Data, error) {
	e, err := efforts(l.Root, l.Quick)
	if err != nil {
		return Data{}, err
	}
	var d Data
	if d.Empty, err = weigh(ctx, l, "empty", filepath.Join(l.Root, "bench", "start", "empty")); err != nil {
		return Data{}, err
	}
	for _, name := range e.functions {
		one, err := weigh(ctx, l, name, filepath.Join(l.Root, "functions", name))
		if err != nil {
			return Data{}, err
		}
		d.Functions = append(d.Functions, one)
	}
	for _, name := range e.plain {
		one := Binary{Name: name, file: filepath.Join(l.Dir, name+"-plain")}
		l.Step("%s, as Go builds it by itself", name)
		if err := errors.Join(build(ctx, filepath.Join(l.Root, "functions", name), hostArch, one.file, nil), one.weigh(ctx, one.file)); err != nil {
			return Data{}, err
		}
		d.Plain = append(d.Plain, one)
	}
	signing, err := newSigning()
	if err != nil {
		return Data{}, err
	}
	if err := d.starts(ctx, l, e, surrounding{signing: signing}); err != nil {
		return Data{}, err
	}
	return d, d.firsts(ctx, l, e, signing)
}

// weigh builds a package for arm64, for its size, and for this machine, to be started.
func weigh(ctx context.Context, l *lab.Lab, name, folder string) (Binary, error) {
	l.Step("build %s", name)
	b := Binary{Name: name, file: filepath.Join(l.Dir, name)}
	arm := b.file
	if hostArch != "arm64" {
		arm = b.file + "-arm64"
		if err := build(ctx, folder, "arm64", arm, lab.Released); err != nil {
			return Binary{}, err
		}
	}
	if err := build(ctx, folder, hostArch, b.file, lab.Released); err != nil {
		return Binary{}, err
	}
	return b, b.weigh(ctx, arm)
}

func (b *Binary) weigh(ctx context.Context, file string) (err error) {
	if b.Bytes, err = size(file); err != nil {
		return err
	}
	b.Zip, err = zipped(ctx, file)
	return err
}

// all are the binaries to start.
func (d *Data) all() []*Binary {
	list := []*Binary{&d.Empty}
	for i := range d.Functions {
		list = append(list, &d.Functions[i])
	}
	for i := range d.Plain {
		list = append(list, &d.Plain[i])
	}
	return list
}

func (d *Data) starts(ctx context.Context, l *lab.Lab, e effort, in surrounding) error {
	var warm, cold []func() error
	for _, b := range d.all() {
		warm = append(warm, func() error {
			r, err := once(ctx, b.file, in)
			b.Warm, b.CPU = append(b.Warm, ms(r.next)), append(b.CPU, ms(r.cpu))
			b.Resident = append(b.Resident, round(float64(r.rss)/1e6))
			return err
		})
		cold = append(cold, func() error {
			if err := lab.DropCache(b.file); err != nil {
				return err
			}
			r, err := once(ctx, b.file, in)
			b.Cold = append(b.Cold, ms(r.next))
			return err
		})
	}
	l.Step("%d starts of each of %d binaries", e.warm, len(warm))
	if err := lab.Interleave(e.warm, warm...); err != nil {
		return err
	}
	l.Step("%d starts of each without the page cache", e.cold)
	return lab.Interleave(e.cold, cold...)
}

// firsts measures what the first caller waits for: of the empty handler, and of GET /v1/account, which reads DynamoDB once.
func (d *Data) firsts(ctx context.Context, l *lab.Lab, e effort, signing string) error {
	account := filepath.Join(l.Dir, "account")
	if !slices.Contains(e.functions, "account") {
		if _, err := weigh(ctx, l, "account", filepath.Join(l.Root, "functions", "account")); err != nil {
			return err
		}
	}
	d.First = []First{
		{Name: "empty", file: d.Empty.file, event: []byte("{}")},
		{Name: "account", file: account, event: readAccount(), status: 401, operate: 1},
	}
	roots := filepath.Join(l.Dir, "roots.pem")
	certificate, err := certify(roots)
	if err != nil {
		return err
	}
	var variants []func() error
	for i := range d.First {
		variants = append(variants, func() error {
			return d.First[i].once(ctx, surrounding{signing: signing, event: d.First[i].event, certificate: certificate, roots: roots})
		})
	}
	l.Step("%d first requests of each", e.first)
	return lab.Interleave(e.first, variants...)
}

func (f *First) once(ctx context.Context, in surrounding) error {
	r, err := once(ctx, f.file, in)
	if err != nil {
		return err
	}
	var answer struct{ StatusCode int }
	if err := json.Unmarshal(r.body, &answer); err != nil || answer.StatusCode != f.status || r.dynamo != f.operate {
		return fmt.Errorf("start: %s answered %s after %d operations of DynamoDB, not %d after %d", f.Name, r.body, r.dynamo, f.status, f.operate)
	}
	f.Next, f.Answer = append(f.Next, ms(r.next)), append(f.Answer, ms(r.answer))
	return nil
}

// readAccount is API Gateway's event of GET /v1/account with the session of an account that DynamoDB does not have: a 401 comes after looking.
func readAccount() []byte {
	session, _ := token.NewSession(strings.Repeat("A", 26))
	event, _ := json.Marshal(map[string]any{
		"rawPath": "/v1/account", "headers": map[string]string{"authorization": "Bearer " + session.Reveal(), "host": "central.example.com"},
		"requestContext": map[string]any{"requestId": "bench", "http": map[string]string{"method": "GET", "sourceIp": "192.0.2.1"}},
	})
	return event
}

func ms(d time.Duration) float64 { return round(d.Seconds() * 1000) }

// round keeps three decimals: a microsecond, a kilobyte.
func round(f float64) float64 { return math.Round(f*1000) / 1000 }
