package load

import (
	"context"
	"net/http"
	"os"
	"path/filepath"

	"phonon.in/central/bench/lab"
	"phonon.in/central/shared/token"
)

// world is a system that people meet.
type world struct {
	origin string
	pid    int           // of the run; its functions and engines are below it
	keys   token.Keyring // of the run, to make captchas that cost less: half a second of computing each would measure the generator
	terms  string        // version of the terms in force
	data   string        // folder of the run

	run *lab.Local
}

// open starts a local run on the data in a folder, or on none. Nothing limits what a day of SMS may cost.
func open(ctx context.Context, l *lab.Lab, data string) (*world, error) {
	args := []string{"--set", "SmsDailyBudget=1000000"}
	if data != "" {
		args = append(args, "--data", data)
	}
	run, err := lab.StartLocal(ctx, l, args...)
	if err != nil {
		return nil, err
	}
	w := &world{origin: run.URL, pid: run.PID, run: run}
	if err := w.enter(ctx); err != nil {
		run.Stop()
		return nil, err
	}
	return w, nil
}

// enter learns what people have to know to sign up.
func (w *world) enter(ctx context.Context) error {
	visitor := w.newPerson(0)
	defer visitor.leave()
	var terms struct{ Version string }
	if err := visitor.call(ctx, http.MethodGet, "/v1/terms", nil, http.StatusOK, &terms); err != nil {
		return err
	}
	var about struct{ Data string }
	if err := visitor.call(ctx, http.MethodGet, "/_local/run", nil, http.StatusOK, &about); err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(about.Data, "secret.json"))
	if err != nil {
		return err
	}
	w.keys, err = token.ParseKeyring(text)
	w.terms, w.data = terms.Version, about.Data
	return err
}

// newPerson is person n of this world.
func (w *world) newPerson(n int) *person { return newPerson(w.origin, n) }

// member is person n, with the address of account n of those that were written.
func (w *world) member(n int) *person {
	p := w.newPerson(n)
	p.email = filled(n)
	return p
}

// asked is one request as the local run saw it, with the calls that it made.
type asked struct {
	Method, Path string
	Status       int
	Calls        []struct{ ReadUnits, WriteUnits float64 }
}

// newest returns what the run has seen last, the newest first.
func (w *world) newest(ctx context.Context) (all []asked, err error) {
	visitor := w.newPerson(0)
	defer visitor.leave()
	err = visitor.call(ctx, http.MethodGet, "/_local/requests", nil, http.StatusOK, &all)
	return all, err
}
