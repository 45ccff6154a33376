package apigw

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
)

// setupDeadline bounds what happens before the first request, and again within one when that failed.
const setupDeadline = 2500 * time.Millisecond

// Start builds the handler once and serves until Lambda ends the process. While setup fails, because a dependency is down,
// every request is answered 503 with Retry-After and setup is tried again.
func Start(setup func(context.Context) (http.Handler, error)) {
	l := &lazy{setup: setup}
	l.get(context.Background())
	lambda.Start(Wrap(l))
}

type lazy struct {
	setup   func(context.Context) (http.Handler, error)
	mu      sync.Mutex
	handler http.Handler
}

func (l *lazy) get(ctx context.Context) http.Handler {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.handler != nil {
		return l.handler
	}
	ctx, cancel := context.WithTimeout(ctx, setupDeadline)
	defer cancel()
	h, err := l.setup(ctx)
	if err != nil {
		slog.Error("setup failed", "error", err)
		return nil
	}
	l.handler = h
	return h
}

func (l *lazy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h := l.get(r.Context()); h != nil {
		h.ServeHTTP(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Retry-After", "5")
	w.WriteHeader(http.StatusServiceUnavailable)
	w.Write([]byte(`{"type":"urn:central:error:temporarily_unavailable","title":"Service unavailable","status":503,` +
		`"code":"temporarily_unavailable","detail":"Something we depend on does not answer. Try again in a few seconds."}`))
}
