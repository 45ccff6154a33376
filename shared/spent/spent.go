// Package spent measures what a request waits for: how long, and how often, by dependency.
package spent

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"
)

// Times are those of one request. Calls of one dependency that run side by side count the time once.
type Times struct {
	mu    sync.Mutex
	by    map[string]*times
	clock func() time.Time
}

type times struct {
	calls, open int
	since       time.Time // when the first of those that are open began
	took        time.Duration
}

type key struct{}

// Track returns a context whose calls are measured into the Times. now is the clock, time.Now but for tests.
func Track(ctx context.Context, now func() time.Time) (context.Context, *Times) {
	t := &Times{by: map[string]*times{}, clock: now}
	return context.WithValue(ctx, key{}, t), t
}

// On begins a call of a dependency, and returns what ends it. Without Track it measures nothing.
func On(ctx context.Context, dependency string) (done func()) {
	t, ok := ctx.Value(key{}).(*Times)
	if !ok {
		return func() {}
	}
	t.begin(dependency)
	return func() { t.end(dependency) }
}

func (t *Times) begin(dependency string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	of := t.by[dependency]
	if of == nil {
		of = &times{}
		t.by[dependency] = of
	}
	if of.open == 0 {
		of.since = t.clock()
	}
	of.calls, of.open = of.calls+1, of.open+1
}

func (t *Times) end(dependency string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	of := t.by[dependency]
	if of.open--; of.open == 0 {
		of.took += t.clock().Sub(of.since)
	}
}

// LogValue is a group of each dependency that was called, in the order of names: {"dynamodb": {"calls": 3, "ms": 12}}. A call that has not
// ended yet counts up to now.
func (t *Times) LogValue() slog.Value {
	t.mu.Lock()
	defer t.mu.Unlock()
	groups := make([]slog.Attr, 0, len(t.by))
	for _, name := range slices.Sorted(maps.Keys(t.by)) {
		of := *t.by[name]
		if of.open > 0 {
			of.took += t.clock().Sub(of.since)
		}
		groups = append(groups, slog.Group(name, slog.Int("calls", of.calls), slog.Int64("ms", of.took.Milliseconds())))
	}
	return slog.GroupValue(groups...)
}
