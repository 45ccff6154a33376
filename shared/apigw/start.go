package apigw

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
)

// setupDeadline bounds what happens before the first request, and again within one when that failed.
const setupDeadline = 2500 * time.Millisecond

// Start builds the handler once and serves until Lambda ends the process. EDGE says what stands before API Gateway, EDGE_SECRET_ID the
// secret that it sends. While setup fails, because a dependency is down, every request is answered 503 with Retry-After and setup is tried again.
func Start(setup func(context.Context) (http.Handler, error), secrets EdgeSecrets) {
	l := &lazy{setup: func(ctx context.Context) (http.Handler, error) {
		edge, err := NewEdge(os.Getenv("EDGE"), os.Getenv("EDGE_SECRET_ID"), secrets)
		if err != nil {
			return nil, err
		}
		h, err := setup(ctx)
		if err != nil {
			return nil, err
		}
		return edge.Before(h), nil
	}}
	if n := processors(os.Getenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")); n > 0 {
		runtime.GOMAXPROCS(n)
	}
	l.get(context.Background())
	lambda.Start(Wrap(l))
}

// oneCPU is the memory in MB at which Lambda gives a function the time of one CPU, and less below
// (docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html).
const oneCPU = 1769

// processors is how many threads are to run Go code in a function of so much memory, or 0 where the runtime knows best. It sees two CPUs whatever
// their share is: handing work from one to the other and looking for some there was a sixth of the CPU time of a request.
func processors(memoryMB string) int {
	if mb, err := strconv.Atoi(memoryMB); err == nil && mb <= oneCPU {
		return 1
	}
	return 0
}

// common are the headers that httpapi would set: these answers come before there is an httpapi.
var common = map[string]string{
	"Content-Type": "application/problem+json", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
	"Strict-Transport-Security": "max-age=63072000; includeSubDomains", "Referrer-Policy": "no-referrer",
	"Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'", "Cross-Origin-Opener-Policy": "same-origin",
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
	unavailable(w)
}

// unavailable answers while something that the function needs before any request cannot be had.
func unavailable(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "5")
	problem(w, http.StatusServiceUnavailable, `{"type":"urn:central:error:temporarily_unavailable","title":"Service Unavailable","status":503,`+
		`"code":"temporarily_unavailable","detail":"Something we depend on does not answer. Nothing was lost; try again in a few seconds."}`)
}

// problem answers for want of an httpapi.
func problem(w http.ResponseWriter, status int, body string) {
	for name, value := range common {
		w.Header().Set(name, value)
	}
	w.WriteHeader(status)
	w.Write([]byte(body))
}
