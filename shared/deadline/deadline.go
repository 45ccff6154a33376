// Package deadline is the time within which a request is answered. It is set once, at the edge, and travels with the request's context: each
// call of a dependency gets what is left of it, within a limit of its own. What has to be written all the same once it has passed shares one
// short time after it.
package deadline

import (
	"context"
	"time"
)

// An answer is due within three seconds. What is left of them is for the way there and back.
const (
	Work = 2400 * time.Millisecond // from the beginning of a request until its context ends
	Tidy = 400 * time.Millisecond  // after it, for everything that After bounds
)

type endKey struct{}

// Within begins the time of a request. A context that ends earlier stays as short as it is.
func Within(ctx context.Context) (context.Context, context.CancelFunc) { return Before(ctx, 0) }

// Before is Within with a margin that the context ends earlier by, whichever end it has.
func Before(ctx context.Context, margin time.Duration) (context.Context, context.CancelFunc) {
	end := time.Now().Add(Work)
	due := end
	if theirs, bounded := ctx.Deadline(); bounded && theirs.Before(end) {
		due = theirs
	}
	return context.WithDeadline(context.WithValue(ctx, endKey{}, end.Add(Tidy)), due.Add(-margin))
}

// After returns a context that outlives ctx, for what must not be left undone because a request failed or ran out of time. It ends after most,
// and within a request no later than Tidy after its end.
func After(ctx context.Context, most time.Duration) (context.Context, context.CancelFunc) {
	end := time.Now().Add(most)
	if last, within := ctx.Value(endKey{}).(time.Time); within && last.Before(end) {
		end = last
	}
	return context.WithDeadline(context.WithoutCancel(ctx), end)
}

// Left is what remains of the time of ctx, or most where it has more or no end.
func Left(ctx context.Context, most time.Duration) time.Duration {
	if end, bounded := ctx.Deadline(); bounded {
		return min(time.Until(end), most)
	}
	return most
}
