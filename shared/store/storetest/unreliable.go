package storetest

import (
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"phonon.in/central/shared/awsenv"
	"phonon.in/central/shared/store"
)

// Unreliable is a connection on which calls go wrong by chance.
type Unreliable struct {
	*store.Store
	process func() *store.Store
	mu      sync.Mutex
	chance  *rand.Rand
	rate    float64
	hits    int
	struck  map[string]int
	calls   map[string]int
}

// ways are what may become of a call that goes wrong. The last two take effect all the same. Conflicts are of writes.
var ways = []string{"500", "throttle", "conflict", "reset", "reset_after", "500_after"}

// Unreliable returns the same store behind a connection on which this share of the calls goes wrong, before their effect or after it. The
// store's client tries each call so many times.
func (f Fixture) Unreliable(t testing.TB, rate float64, seed uint64, attempts int) *Unreliable {
	t.Helper()
	target, err := url.Parse(f.endpoint)
	if err != nil {
		t.Fatal(err)
	}
	u := &Unreliable{chance: rand.New(rand.NewPCG(seed, 0)), rate: rate, struck: map[string]int{}, calls: map[string]int{}}
	forward := httputil.NewSingleHostReverseProxy(target)
	forward.Transport = &http.Transport{MaxIdleConnsPerHost: 64}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { u.serve(w, r, forward) }))
	t.Cleanup(func() {
		proxy.CloseClientConnections()
		proxy.Close()
	})
	u.process = func() *store.Store {
		options := client(proxy.URL).Options()
		options.Retryer, options.RetryMaxAttempts = awsenv.Retryer(), attempts
		return store.New(dynamodb.New(options), f.Users, f.Tokens)
	}
	u.Store = u.process()
	return u
}

// Process returns the store of another process, which has repetitions of its own.
func (u *Unreliable) Process() *store.Store { return u.process() }

// Struck counts the calls that went wrong, by the way in which they did. It fails the test when none did in one of them.
func (u *Unreliable) Struck(t testing.TB) (n int) {
	t.Helper()
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, way := range ways {
		n += u.struck[way]
		if u.struck[way] == 0 {
			t.Errorf("no call went wrong by %s", way)
		}
	}
	t.Logf("%d calls went wrong: %v", n, u.struck)
	return n
}

// Calls counts the calls since it was asked last, by operation.
func (u *Unreliable) Calls() (since map[string]int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	since, u.calls = u.calls, map[string]int{}
	return since
}

func (u *Unreliable) way(operation string, writes bool) string {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.calls[operation]++
	if u.chance.Float64() >= u.rate {
		return ""
	}
	way := ways[u.hits%len(ways)] // in turn, so that none is missing
	if way == "conflict" && !writes {
		u.hits++
		way = ways[u.hits%len(ways)]
	}
	u.hits++
	u.struck[way]++
	return way
}

func (u *Unreliable) serve(w http.ResponseWriter, r *http.Request, forward http.Handler) {
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	transaction := operation == "TransactWriteItems"
	switch way := u.way(operation, transaction || operation == "UpdateItem" || operation == "PutItem"); way {
	case "":
		forward.ServeHTTP(w, r)
	case "conflict":
		if !transaction {
			refuse(w, http.StatusBadRequest, "TransactionConflictException")
			return
		}
		goWrong(w, r, Conflict, forward)
	case "500":
		goWrong(w, r, ServerError, forward)
	case "throttle":
		refuse(w, http.StatusBadRequest, "ThrottlingException")
	case "reset":
		panic(http.ErrAbortHandler)
	case "reset_after":
		goWrong(w, r, LostAnswer, forward)
	case "500_after":
		forward.ServeHTTP(httptest.NewRecorder(), r)
		goWrong(w, r, ServerError, forward)
	}
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.WriteHeader(status)
	w.Write([]byte(`{"__type":"com.amazonaws.dynamodb.v20120810#` + code + `","message":"made to fail"}`))
}
