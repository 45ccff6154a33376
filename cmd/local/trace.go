package main

import (
	"strings"
	"sync"
	"time"
)

// call is one call of AWS that an invocation made.
type call struct {
	Service   string  `json:"service"`
	Operation string  `json:"operation"`
	Table     string  `json:"table,omitempty"`
	Status    int     `json:"status"`
	Ms        float64 `json:"ms"`
}

// request is one HTTP request or event, with the calls it made in order.
type request struct {
	ID        string    `json:"id"`
	At        time.Time `json:"at"`
	Method    string    `json:"method"`
	Path      string    `json:"path"`
	Function  string    `json:"function"`
	Status    int       `json:"status"`
	Ms        float64   `json:"ms"`
	ColdStart bool      `json:"coldStart"`
	Calls     []call    `json:"calls"`
}

// traces keeps the newest requests.
type traces struct {
	mu   sync.Mutex
	all  []*request
	open map[string]*request // by X-Ray root
}

const keptRequests = 500

func newTraces() *traces { return &traces{open: map[string]*request{}} }

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// root is the part of a trace header that all calls of one invocation share.
func root(header string) string {
	for _, part := range strings.Split(header, ";") {
		if id, ok := strings.CutPrefix(strings.TrimSpace(part), "Root="); ok {
			return id
		}
	}
	return ""
}

// begin opens a trace and returns what closes it.
func (t *traces) begin(trace, id, method, path, function string) func(status int, cold bool) {
	r := &request{ID: id, At: time.Now().UTC(), Method: method, Path: path, Function: function, Calls: []call{}}
	t.mu.Lock()
	t.open[root(trace)] = r
	t.all = append(t.all, r)
	if len(t.all) > keptRequests {
		t.all = t.all[len(t.all)-keptRequests:]
	}
	t.mu.Unlock()
	return func(status int, cold bool) {
		t.mu.Lock()
		defer t.mu.Unlock()
		r.Status, r.ColdStart, r.Ms = status, cold, ms(time.Since(r.At))
		delete(t.open, root(trace))
	}
}

func (t *traces) add(header string, c call) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if r := t.open[root(header)]; r != nil {
		r.Calls = append(r.Calls, c)
	}
}

// newest returns copies, the newest first.
func (t *traces) newest() []request {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := make([]request, 0, len(t.all))
	for i := len(t.all) - 1; i >= 0; i-- {
		r := *t.all[i]
		r.Calls = append([]call{}, r.Calls...)
		list = append(list, r)
	}
	return list
}
