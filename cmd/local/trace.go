package main

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// call is one call to AWS that an invocation made. Fault is the way in which it was made to go wrong on demand.
type call struct {
	Service   string  `json:"service"`
	Operation string  `json:"operation"`
	Table     string  `json:"table,omitempty"`
	Status    int     `json:"status"`
	Ms        float64 `json:"ms"`
	Fault     string  `json:"fault,omitempty"`
	use
}

// request is one HTTP request or event, with the calls it made in the order of their end.
type request struct {
	ID        string    `json:"id"`
	At        time.Time `json:"at"`
	Method    string    `json:"method"` // for events: S3 or SCHEDULE
	Path      string    `json:"path"`
	Function  string    `json:"function"`
	Status    int       `json:"status"` // 0 while it runs
	Ms        float64   `json:"ms"`
	ColdStart bool      `json:"coldStart"`
	Calls     []call    `json:"calls"`

	root  string
	ended bool
}

const keptRequests = 500

// traces keeps the newest requests.
type traces struct {
	mu     sync.Mutex
	all    []*request
	byRoot map[string]*request // those of all, and older ones that still run
}

func newTraces() *traces { return &traces{byRoot: map[string]*request{}} }

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// traceRoot is the part of a trace header that all calls of one invocation share.
func traceRoot(header string) string {
	for part := range strings.SplitSeq(header, ";") {
		if id, ok := strings.CutPrefix(strings.Trim(part, blanks), "Root="); ok {
			return id
		}
	}
	return ""
}

// begin opens a request and returns what ends it.
func (t *traces) begin(trace string, r request) (ended func(status int, cold bool)) {
	r.root, r.Calls = traceRoot(trace), []call{}
	began := time.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all = append(t.all, &r)
	t.byRoot[r.root] = &r
	if len(t.all) > keptRequests {
		if t.all[0].ended {
			delete(t.byRoot, t.all[0].root)
		}
		t.all = slices.Delete(t.all, 0, 1)
	}
	return func(status int, cold bool) {
		t.mu.Lock()
		defer t.mu.Unlock()
		r.Status, r.ColdStart, r.Ms, r.ended = status, cold, milliseconds(time.Since(began)), true
		if !slices.Contains(t.all, &r) {
			delete(t.byRoot, r.root)
		}
	}
}

// add notes a call of the invocation that the trace header names.
func (t *traces) add(header string, c call) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if r := t.byRoot[traceRoot(header)]; r != nil {
		c.FromMs = milliseconds(c.began.Sub(r.At))
		r.Calls = append(r.Calls, c)
	}
}

// function is the one whose invocation the trace header names, or "".
func (t *traces) function(header string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if r := t.byRoot[traceRoot(header)]; r != nil {
		return r.Function
	}
	return ""
}

// newest returns copies, the newest first.
func (t *traces) newest() []request {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := make([]request, 0, len(t.all))
	for _, r := range slices.Backward(t.all) {
		c := *r
		c.Calls = slices.Clone(r.Calls)
		list = append(list, c)
	}
	return list
}
