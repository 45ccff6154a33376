package storetest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"phonon.in/central/shared/store"
)

// Fault says what goes wrong between the store and the engine.
type Fault int

const (
	LostAnswer Fault = iota // the effect happens, then the connection is reset
	Conflict                // a transaction is refused as in conflict with another
	Silence                 // no answer ever
	ServerError
)

// WithFault returns the same store behind a connection on which the first n calls of operation (such as
// "TransactWriteItems") go wrong. hits tells how many did.
func (f Fixture) WithFault(t testing.TB, operation string, fault Fault, n int64) (faulty *store.Store, hits *atomic.Int64) {
	t.Helper()
	target, err := url.Parse(f.endpoint)
	if err != nil {
		t.Fatal(err)
	}
	hits = new(atomic.Int64)
	forward := httputil.NewSingleHostReverseProxy(target)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.Header.Get("X-Amz-Target"), "."+operation) || hits.Load() >= n {
			forward.ServeHTTP(w, r)
			return
		}
		hits.Add(1)
		goWrong(w, r, fault, forward)
	}))
	t.Cleanup(func() {
		proxy.CloseClientConnections()
		proxy.Close()
	})
	return store.New(client(proxy.URL), f.Users, f.Tokens), hits
}

func goWrong(w http.ResponseWriter, r *http.Request, fault Fault, forward http.Handler) {
	switch fault {
	case LostAnswer:
		forward.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	case Silence:
		io.Copy(io.Discard, r.Body) // the server notices a client that goes away only once the body is read
		<-r.Context().Done()
	case Conflict:
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.WriteHeader(http.StatusBadRequest)
		w.Write([]byte(`{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException",` +
			`"Message":"Transaction cancelled","CancellationReasons":[{"Code":"TransactionConflict"},{"Code":"None"}]}`))
	case ServerError:
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.WriteHeader(http.StatusInternalServerError)
		w.Write([]byte(`{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"internal"}`))
	}
}
