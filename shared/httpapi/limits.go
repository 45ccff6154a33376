package httpapi

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"phonon.in/central/shared/deadline"
	"phonon.in/central/shared/limit"
)

// Limits is the store of limits.
type Limits interface {
	// Take counts one use of each, or returns the fault too_many_requests and counts none.
	Take(ctx context.Context, now time.Time, uses ...limit.Use) ([]int, error)
	// Release gives back uses that Take counted.
	Release(ctx context.Context, now time.Time, uses ...limit.Use) error
}

// taken are the uses that a request has counted so far.
type taken struct {
	mu   sync.Mutex
	uses []limit.Use
}

// Take counts one use of each limit before the work that they guard and returns the counts reached, or the fault too_many_requests. A
// request that then fails for a reason of ours, or meets another limit, gives back what it took: it has done nothing.
func (c *Call) Take(ctx context.Context, uses ...limit.Use) ([]int, error) {
	counts, err := c.limits.Take(ctx, c.Now, uses...)
	if err != nil {
		return nil, err
	}
	c.taken.mu.Lock()
	defer c.taken.mu.Unlock()
	c.taken.uses = append(c.taken.uses, uses...)
	return counts, nil
}

// countBeside begins to count a use of the network's limit, if there is one, and returns what waits for it.
func (c *Call) countBeside(ctx context.Context, network *limit.Rule) (counted func() error) {
	if network == nil {
		return func() error { return nil }
	}
	done := make(chan error, 1)
	go func() {
		_, err := c.Take(ctx, network.By(c.Network))
		done <- err
	}()
	return func() error { return <-done }
}

// Release gives back uses, because what they guard against did not happen: a log-in with the right password.
func (c *Call) Release(ctx context.Context, uses ...limit.Use) error {
	c.taken.mu.Lock()
	c.taken.uses = slices.DeleteFunc(c.taken.uses, func(u limit.Use) bool { return slices.Contains(uses, u) })
	c.taken.mu.Unlock()
	return c.limits.Release(ctx, c.Now, uses...)
}

// Settle keeps counted what was taken, whatever becomes of the request: what it guards has happened, such as that a password was compared and is
// not right.
func (c *Call) Settle() {
	c.taken.mu.Lock()
	defer c.taken.mu.Unlock()
	c.taken.uses = nil
}

// giveBackMost is what giving back may take. The answer waits for it.
const giveBackMost = 700 * time.Millisecond

// giveBack gives back everything that a request took, where it was answered with a failure of ours or was told to wait.
func (c *Call) giveBack(ctx context.Context, status int) {
	if status >= http.StatusInternalServerError || status == http.StatusTooManyRequests {
		c.giveBackAll(ctx)
	}
}

// giveBackAll gives back everything that a request took.
func (c *Call) giveBackAll(ctx context.Context) {
	c.taken.mu.Lock()
	uses := c.taken.uses
	c.taken.uses = nil
	c.taken.mu.Unlock()
	if len(uses) == 0 {
		return
	}
	ctx, cancel := deadline.After(ctx, giveBackMost)
	defer cancel()
	if err := c.limits.Release(ctx, c.Now, uses...); err != nil {
		c.log.WarnContext(ctx, "uses of limits not given back", "error", err)
	}
}
