// Package xray keeps the newest traces: each request and event with the calls to AWS that it made. As with AWS X-Ray a trace is known by the
// root in the header that the SDK sends along.
package xray

import (
	"slices"
	"sync"
	"time"
)

// Call is one call to AWS that an invocation made. Fault is the way in which it was made to go wrong on demand.
type Call struct {
	Service   string  `json:"service"`
	Operation string  `json:"operation"`
	Table     string  `json:"table,omitempty"`
	Status    int     `json:"status"`
	Ms        float64 `json:"ms"`
	Fault     string  `json:"fault,omitempty"`
	FromMs    float64 `json:"fromMs"` // since its request began; calls that overlap were made side by side
	Use
}

// Use is what a call took: the bytes of its bodies, and the units that DynamoDB bills for it.
type Use struct {
	Sent       int64   `json:"sent"`
	Received   int64   `json:"received"`
	ReadUnits  float64 `json:"readUnits,omitempty"`
	WriteUnits float64 `json:"writeUnits,omitempty"`
}

// Request is one HTTP request or event, with the calls it made in the order of their end.
type Request struct {
	ID        string    `json:"id"`
	At        time.Time `json:"at"`
	Method    string    `json:"method"` // for events: S3 or SCHEDULE
	Path      string    `json:"path"`
	Function  string    `json:"function"`
	Status    int       `json:"status"` // 0 while it runs
	Ms        float64   `json:"ms"`
	ColdStart bool      `json:"coldStart"`
	Calls     []Call    `json:"calls"`

	root  string
	ended bool
}

const keptRequests = 500

// Traces keeps the newest requests.
type Traces struct {
	mu     sync.Mutex
	all    []*Request
	byRoot map[string]*Request // those of all, and older ones that still run
}

// New is empty.
func New() *Traces { return &Traces{byRoot: map[string]*Request{}} }

// Begin opens a request and returns what ends it.
func (t *Traces) Begin(trace string, r Request) (ended func(status int, cold bool)) {
	r.root, r.Calls = Root(trace), []Call{}
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

// Add notes a call of the invocation that the trace header names, and when it was made: it ends now.
func (t *Traces) Add(header string, c Call, began time.Time) {
	c.Ms = milliseconds(time.Since(began))
	t.mu.Lock()
	defer t.mu.Unlock()
	if r := t.byRoot[Root(header)]; r != nil {
		c.FromMs = milliseconds(began.Sub(r.At))
		r.Calls = append(r.Calls, c)
	}
}

// Function is the one whose invocation the trace header names, or "".
func (t *Traces) Function(header string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if r := t.byRoot[Root(header)]; r != nil {
		return r.Function
	}
	return ""
}

// Newest returns copies, the newest first.
func (t *Traces) Newest() []Request {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := make([]Request, 0, len(t.all))
	for _, r := range slices.Backward(t.all) {
		c := *r
		c.Calls = slices.Clone(r.Calls)
		list = append(list, c)
	}
	return list
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
