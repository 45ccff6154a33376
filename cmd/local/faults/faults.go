// Package faults lets calls of AWS go wrong on demand (docs/faults.md), as AWS Fault Injection Service does and in more ways: it says which call
// goes wrong in which mode, and how a service answers then.
package faults

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"phonon.in/central/cmd/local/wire"
)

// Fault lets calls of one service go wrong.
type Fault struct {
	Service   string  `json:"service"`
	Mode      string  `json:"mode"`
	Operation string  `json:"operation,omitempty"` // regular expression; "" is every operation
	Table     string  `json:"table,omitempty"`     // regular expression for the names of its tables
	Function  string  `json:"function,omitempty"`  // that calls; "" is any, and who is none
	Rate      float64 `json:"rate,omitempty"`      // share of the calls; 0 is all
	Seed      uint64  `json:"seed,omitempty"`      // of the chance of Rate; 0 is another one each time
	Nth       int     `json:"nth,omitempty"`       // only the n-th call that fits, counted from 1
	Count     int     `json:"count,omitempty"`     // so many calls, then no more; 0 is without end
	Ms        int     `json:"ms,omitempty"`        // of a delay
	Seen      int     `json:"seen"`                // calls that fit
	Hits      int     `json:"hits"`                // of them, those that went wrong

	operation, table *regexp.Regexp
	chance           *rand.Rand
}

var (
	services = []string{wire.DynamoDB, wire.S3, wire.SES, wire.SNS, wire.Voice, wire.Secrets, wire.Calls, wire.Captcha, wire.Scanner}
	modes    = []string{
		"throttle", "500", "conflict", "reset", "reset_after", "delay", "slow", "blackhole", "duplicate", "stale", "kill", "kill_after", "held", "refused", "off",
	}
	// scannerModes are what can become of a scan, which is no call.
	scannerModes = []string{"500", "delay", "blackhole", "duplicate", "off"}
)

// Faults has at most one fault for each service, operation, table and function; of those that strike by chance one for each mode.
type Faults struct {
	Sender string // the address that SES has not verified where it holds a mail

	mu  sync.Mutex
	all []*Fault
}

// Call is what is called, and by whom.
type Call struct {
	Service, Operation, Table, Function string
	Writes                              bool // of DynamoDB
	Stale                               bool // DynamoDB may answer with what was true a moment ago
}

// Set puts a fault in the place of that with the same service, operation, table and function. Those that strike by chance, in different ways, stand
// beside each other. Mode "off" removes those of the service that name this operation, or all of the service when it names none.
func (f *Faults) Set(text []byte) error {
	n := &Fault{}
	if err := json.Unmarshal(text, n); err != nil {
		return err
	}
	n.Seen, n.Hits = 0, 0
	switch {
	case !slices.Contains(services, n.Service):
		return fmt.Errorf("service must be one of %s", strings.Join(services, ", "))
	case !slices.Contains(modes, n.Mode):
		return fmt.Errorf("mode must be one of %s", strings.Join(modes, ", "))
	case (n.Mode == "held" || n.Mode == "refused") && failures[n.Service][n.Mode].code == "":
		return fmt.Errorf("mode %s is for what carries messages", n.Mode)
	case (n.Mode == "conflict" || n.Mode == "stale" || n.Table != "") && n.Service != wire.DynamoDB:
		return fmt.Errorf("conflict, stale and table are for %s", wire.DynamoDB)
	case n.Service == wire.Scanner && !slices.Contains(scannerModes, n.Mode):
		return fmt.Errorf("mode of %s must be one of %s", wire.Scanner, strings.Join(scannerModes, ", "))
	case n.Rate < 0 || n.Rate > 1:
		return fmt.Errorf("rate must be between 0 and 1")
	case n.Count < 0 || n.Nth < 0 || n.Nth > 0 && (n.Count > 0 || n.Rate > 0):
		return fmt.Errorf("count and nth must not be negative, and nth stands alone")
	case (n.Mode == "delay") != (n.Ms > 0) || n.Ms < 0:
		return fmt.Errorf("ms says how long a delay is, and is of nothing else")
	}
	var err error
	if n.operation, err = regexp.Compile(n.Operation); err != nil {
		return err
	}
	if n.table, err = regexp.Compile(n.Table); err != nil {
		return err
	}
	seed := n.Seed
	if seed == 0 {
		seed = rand.Uint64()
	}
	n.chance = rand.New(rand.NewPCG(seed, 0))
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = slices.DeleteFunc(f.all, func(old *Fault) bool {
		if n.Mode == "off" {
			return old.Service == n.Service && (n.Operation == "" || old.Operation == n.Operation)
		}
		beside := old.Rate > 0 && n.Rate > 0 && old.Mode != n.Mode
		return old.Service == n.Service && old.Operation == n.Operation && old.Table == n.Table && old.Function == n.Function && !beside
	})
	if n.Mode != "off" {
		f.all = append(f.all, n)
	}
	return nil
}

// Clear takes all faults back.
func (f *Faults) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = nil
}

// List is what is set, and how often it has struck.
func (f *Faults) List() []Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := make([]Fault, 0, len(f.all))
	for _, r := range f.all {
		all = append(all, *r)
	}
	return all
}

// Hit returns in which mode a call goes wrong, "" for none, and by how much a delay delays it. The first fault that strikes counts.
func (f *Faults) Hit(c Call) (mode string, delay time.Duration) {
	if c.Operation == "" {
		return "", 0
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.all {
		if r.fits(c) && r.strikes() {
			return r.Mode, time.Duration(r.Ms) * time.Millisecond
		}
	}
	return "", 0
}

func (r *Fault) fits(c Call) bool {
	return r.Service == c.Service && (r.Function == "" || r.Function == c.Function) && r.operation.MatchString(c.Operation) &&
		r.table.MatchString(c.Table) && (r.Mode != "conflict" || c.Writes) && (r.Mode != "stale" || c.Stale)
}

func (r *Fault) strikes() bool {
	r.Seen++
	if r.Nth > 0 && r.Seen != r.Nth || r.Count > 0 && r.Hits >= r.Count || r.Rate > 0 && r.chance.Float64() >= r.Rate {
		return false
	}
	r.Hits++
	return true
}
