// Package work measures what a request costs a warm function: CPU time and memory that is allocated, of the real binaries on the real engines.
package work

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"phonon.in/central/bench/lab"
	"phonon.in/central/shared/awsenv/secret"
	"phonon.in/central/shared/token"
)

// Data is what was measured. Times are in milliseconds of CPU, user and system.
type Data struct {
	YardstickMs lab.Samples `json:"yardstickMs"` // one bcrypt hash of cost 10
	HashMs      lab.Samples `json:"hashMs"`      // one hash of a password, in turn with it
	BareMs      lab.Samples `json:"bareMs"`      // a request to a function on aws-lambda-go that does nothing
	Steps       []Step      `json:"steps"`
	Edge        Edge        `json:"edge"`
}

// Step is one kind of request, one sample for each person.
type Step struct {
	Name   string      `json:"name"`
	Hashes int         `json:"hashes"`
	CPUMs  lab.Samples `json:"cpuMs"`  // as it is released
	OwnMs  lab.Samples `json:"ownMs"`  // of the counted variant, where hashes cost nothing
	Allocs lab.Samples `json:"allocs"` // objects
	Bytes  lab.Samples `json:"bytes"`
}

// LogIn is the log-in of a known device, as others measure one. It is zero where none was measured.
func (d Data) LogIn() Step {
	for _, s := range d.Steps {
		if s.Name == logInStep {
			return s
		}
	}
	return Step{}
}

// warmUp is how many people come before those who are measured: connections open, tables and pools fill.
const warmUp = 3

// Measure has people go from sign-up to a case: every second one through the released binaries, the others through the counted ones.
func Measure(ctx context.Context, l *lab.Lab) (d Data, err error) {
	people, hashes := 100, 25
	if l.Quick {
		people, hashes = 15, 5
	}
	if d.Edge, err = measureEdge(ctx, l); err != nil {
		return d, err
	}
	s, err := open(ctx, l)
	if err != nil {
		return d, err
	}
	defer s.close()
	for _, one := range steps {
		d.Steps = append(d.Steps, Step{Name: one.name, Hashes: one.hashes})
	}
	for n := range warmUp + people {
		if n%10 == 0 {
			l.Step("%d of %d people are on their way from sign-up to a case", n, people)
		}
		if n == warmUp {
			d.forget()
		}
		if err := s.both(ctx, n, &d); err != nil {
			return d, err
		}
	}
	l.Step("hashes beside the yardstick")
	d.YardstickMs, d.HashMs, err = measureHash(ctx, l, hashes)
	return d, err
}

// forget drops what was measured of who warmed up.
func (d *Data) forget() {
	d.BareMs = nil
	for i, s := range d.Steps {
		d.Steps[i] = Step{Name: s.Name, Hashes: s.Hashes}
	}
}

// site is the warm processes of all functions, in both variants, on the engines of a local run.
type site struct {
	local             *lab.Local
	keys              token.Keyring
	terms             string
	bare              *worker
	released, counted map[string]*worker
	log               *os.File
}

func open(ctx context.Context, l *lab.Lab) (s *site, err error) {
	l.Step("a local run begins")
	s = &site{released: map[string]*worker{}, counted: map[string]*worker{}}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if s.local, err = lab.StartLocal(ctx, l, "--schedule-every", "1h"); err != nil {
		return s, err
	}
	if s.log, err = os.Create(filepath.Join(l.Dir, "functions.log")); err != nil {
		return s, err
	}
	bare, err := buildOf(ctx, l, "./work/bare")
	if err != nil {
		return s, err
	}
	if s.bare, err = start(ctx, bare, nil, s.log); err != nil {
		return s, err
	}
	if s.terms, err = s.woken(); err != nil {
		return s, err
	}
	for _, one := range steps {
		if s.released[one.function] == nil {
			if err = s.start(ctx, l, one.function); err != nil {
				return s, err
			}
		}
	}
	return s, nil
}

// woken has the local run start each function once, so that it shows what environment it gives them, and returns the version of the terms.
func (s *site) woken() (terms string, err error) {
	for _, path := range []string{"/v1/verify", "/v1/sessions", "/v1/account", "/v1/otp/x", "/v1/kyc", "/", "/v1/terms"} {
		answer, err := http.Get(s.local.URL + path)
		if err != nil {
			return "", err
		}
		var said struct{ Version string }
		err = json.NewDecoder(answer.Body).Decode(&said)
		answer.Body.Close()
		if terms = said.Version; path == "/v1/terms" && err != nil {
			return "", err
		}
	}
	return terms, nil
}

// start starts both variants of a function, with the environment that the local run gives it.
func (s *site) start(ctx context.Context, l *lab.Lab, function string) error {
	l.Step("%s is built, released and counted", function)
	b, err := build(ctx, l, function)
	if err != nil {
		return err
	}
	running := s.local.Function(function)
	if len(running) == 0 {
		return fmt.Errorf("the local run has no process of %s", function)
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", running[0]))
	if err != nil {
		return err
	}
	environment := strings.Split(strings.TrimRight(string(text), "\x00"), "\x00")
	if err := s.readKeys(ctx, environment); err != nil {
		return err
	}
	if s.released[function], err = start(ctx, b.released, environment, s.log); err != nil {
		return err
	}
	s.counted[function], err = start(ctx, b.counted, environment, s.log)
	return err
}

// readKeys reads the run's secret as a function does, by the environment of the first that has one.
func (s *site) readKeys(ctx context.Context, environment []string) error {
	i := slices.IndexFunc(environment, func(v string) bool { return strings.HasPrefix(v, "SECRET_ID=") })
	if i < 0 || s.terms == "" || s.hasKeys() {
		return nil
	}
	for _, v := range environment {
		if name, value, _ := strings.Cut(v, "="); strings.HasPrefix(name, "AWS_") {
			defer setenv(name, value)()
		}
	}
	read, err := secret.Read(ctx, strings.TrimPrefix(environment[i], "SECRET_ID="))
	s.keys = read.Keys
	return err
}

// setenv sets a variable, and returns what puts back what was there: the next part's run would take these endpoints for its own.
func setenv(name, value string) (back func()) {
	before, had := os.LookupEnv(name)
	os.Setenv(name, value)
	return func() {
		if had {
			os.Setenv(name, before)
		} else {
			os.Unsetenv(name)
		}
	}
}

func (s *site) hasKeys() bool { return fmt.Sprint(s.keys) != fmt.Sprint(token.Keyring{}) }

// both has two people take all steps, one through each variant, and a bare request beside each.
func (s *site) both(ctx context.Context, n int, d *Data) error {
	order := []map[string]*worker{s.released, s.counted}
	if n%2 == 1 {
		slices.Reverse(order)
	}
	for i, workers := range order {
		p := s.person(2*n + i)
		for at, one := range steps {
			w, counts := workers[one.function], workers[one.function] == s.counted[one.function]
			if err := s.take(ctx, w, counts, p, one, &d.Steps[at]); err != nil {
				return fmt.Errorf("%s: %w", one.name, err)
			}
		}
		event, err := p.event(request{method: "GET", path: "/"})
		if err != nil {
			return err
		}
		_, took, err := s.bare.invoke(ctx, event)
		if err != nil {
			return err
		}
		d.BareMs = append(d.BareMs, took.Seconds()*1000)
	}
	return nil
}

func (s *site) person(n int) *person {
	return &person{
		n: n, keys: s.keys, terms: s.terms, email: fmt.Sprintf("person%d-%s@example.com", n, strings.ToLower(token.NewID())), ip: fmt.Sprintf("100.64.%d.%d", n/250, n%250+1),
	}
}

// take is one person's step through one process.
func (s *site) take(ctx context.Context, w *worker, counts bool, p *person, one step, into *Step) error {
	r, err := one.made(p)
	if err != nil {
		return err
	}
	event, err := p.event(r)
	if err != nil {
		return err
	}
	var before memory
	if counts {
		if before, err = w.settled(); err != nil {
			return err
		}
	}
	payload, took, err := w.invoke(ctx, event)
	if err != nil {
		return err
	}
	if counts {
		after, err := w.memory()
		if err != nil {
			return err
		}
		into.OwnMs = append(into.OwnMs, took.Seconds()*1000)
		into.Allocs = append(into.Allocs, float64(after.objects-before.objects))
		into.Bytes = append(into.Bytes, float64(after.bytes-before.bytes))
	} else {
		into.CPUMs = append(into.CPUMs, took.Seconds()*1000)
	}
	var a reply
	if err := json.Unmarshal(payload, &a); err != nil {
		return err
	}
	_ = json.Unmarshal([]byte(a.Body), &a.fields) // a page is no JSON
	if a.StatusCode != one.status {
		return fmt.Errorf("answered %d, want %d: %.300s", a.StatusCode, one.status, a.Body)
	}
	if one.learn != nil {
		one.learn(p, a)
	}
	return nil
}

// settled is memory once telling it has allocated what it does.
func (w *worker) settled() (memory, error) {
	if _, err := w.memory(); err != nil {
		return memory{}, err
	}
	return w.memory()
}

func (s *site) close() {
	for _, all := range []map[string]*worker{s.released, s.counted, {"bare": s.bare}} {
		for _, w := range all {
			if w != nil {
				w.stop()
			}
		}
	}
	if s.log != nil {
		s.log.Close()
	}
	if s.local != nil {
		s.local.Stop()
	}
}
