package main

import (
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"phonon.in/central/cmd/local/engine"
	"phonon.in/central/cmd/local/events"
	"phonon.in/central/cmd/local/iam"
	"phonon.in/central/cmd/local/journal"
	"phonon.in/central/cmd/local/lambda"
	"phonon.in/central/cmd/local/services"
	"phonon.in/central/cmd/local/template"
	"phonon.in/central/cmd/local/xray"
)

const (
	stack    = "central"                // the functions' names begin with it
	mailFrom = "no-reply@central.local" // the one identity that the local SES has verified
	patience = 3 * time.Second          // of people who see nothing
)

// local is one run: everything that is started, and ended in reverse order.
type local struct {
	options options
	journal *journal.Journal
	lock    *os.File

	url       string         // of the gateway
	home      string         // the origin of the pages: url, unless PublicUrl is set
	listeners []net.Listener // the first is at url
	template  *template.Template
	services  *services.Services
	pools     map[string]*lambda.Function
	builder   *lambda.Builder
	requests  *xray.Traces
	admitted  *lambda.Admission // of requests
	used      *iam.Permissions
	events    *events.Delivery
	scanner   *engine.Scanner // nil where there is none
	schedule  *events.Schedule
	server    *http.Server
	notes     []string
	ctx       context.Context
	cancel    context.CancelFunc
	ticking   sync.WaitGroup
	watching  sync.WaitGroup
	bringing  sync.WaitGroup // what is built while the rest runs
	watcher   *lambda.Watcher
	broken    map[string]error // the functions that do not compile
}

// hangs lets others run while a fault keeps an invocation waiting.
func (l *local) hangs(trace string) {
	l.admitted.Hangs(trace)
	l.events.Admission.Hangs(trace)
}

// kill ends the process whose invocation a trace header names.
func (l *local) kill(trace string) {
	if f := l.pools[l.requests.Function(trace)]; f != nil {
		f.Kill(trace)
	}
}

func (l *local) installation() engine.Installation {
	return engine.Installation{Root: l.options.root, Said: l.journal.Spoken(), Wrong: l.journal.Wrong}
}

// temporary is the functions' folder for what may be lost. It outlives a run: what render has compiled is found there again.
func (l *local) temporary() string { return filepath.Join(l.options.root, ".local", "tmp") }
