// Package sameness holds, in tests, that a stranger cannot tell two roads apart: by the answers, by what is done for them, or by their time.
package sameness

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Road makes the n-th request of one of the two. No two are for the same address, or from the same network. It is not part of the time.
type Road func(n int) *http.Request

// Work is what was done for an answer: calls of the store by operation, and hashes of passwords.
type Work struct {
	Calls  map[string]int
	Hashes int
}

// hashed is what one hash allocates: nothing else of a request comes near.
const hashed = 19 << 20

// Answers fails the test unless both roads get the same answer, for the same work. calls returns the calls of the store since it was asked
// last.
func Answers(t *testing.T, h http.Handler, calls func() map[string]int, one, other Road) Work {
	t.Helper()
	ask := func(r *http.Request) (string, Work) {
		var before, after runtime.MemStats
		calls()
		runtime.ReadMemStats(&before)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		runtime.ReadMemStats(&after)
		return shape(w), Work{calls(), int((after.TotalAlloc - before.TotalAlloc + hashed/2) / hashed)}
	}
	first, work := ask(one(0))
	second, same := ask(other(0))
	if first != second {
		t.Errorf("the answers differ:\n%s\n%s", first, second)
	}
	if fmt.Sprint(work) != fmt.Sprint(same) {
		t.Errorf("the work differs:\n%v\n%v", work, same)
	}
	return work
}

// shape is an answer with the length of each string in the place of what differs from request to request.
func shape(w *httptest.ResponseRecorder) string {
	var s strings.Builder
	fmt.Fprintln(&s, w.Code)
	for _, name := range slices.Sorted(func(yield func(string) bool) {
		for name := range w.Header() {
			if !yield(name) {
				return
			}
		}
	}) {
		for _, v := range w.Header()[name] {
			if name == "Set-Cookie" {
				name, rest, _ := strings.Cut(v, "=")
				value, attributes, _ := strings.Cut(rest, ";")
				v = fmt.Sprintf("%s=%d;%s", name, len(value), attributes)
			}
			fmt.Fprintf(&s, "%s: %s\n", name, v)
		}
	}
	var body any
	if json.Unmarshal(w.Body.Bytes(), &body) != nil {
		return s.String() + w.Body.String()
	}
	text, _ := json.Marshal(shortened(body)) // it was JSON
	return s.String() + string(text)
}

// shortened has lengths in the place of ids and addresses.
func shortened(v any) any {
	members, _ := v.(map[string]any)
	for name, v := range members {
		if text, is := v.(string); is && (name == "signupId" || name == "email") {
			members[name] = len(text)
		} else {
			members[name] = shortened(v)
		}
	}
	return v
}

const (
	samples   = 200
	mostApart = 0.195                // of the Kolmogorov-Smirnov distance: of two samples of the same, one pair in a thousand is further apart
	mostLate  = 3 * time.Millisecond // of the medians
	tries     = 3                    // whoever measures on a machine that does something else measures that

	mostFailed = 10 // of a sample, because an engine did not answer in time; they are no answers that anybody could compare
)

// Times fails the test unless 200 answers on each road, in turn, take times that cannot be told apart. What the machine does beside makes single
// pairs of samples differ, never three in a row as a difference between the roads would. It is skipped unless CENTRAL_SAMENESS is set: it wants a
// step of its own.
func Times(t *testing.T, h http.Handler, one, other Road) {
	t.Helper()
	if os.Getenv("CENTRAL_SAMENESS") == "" {
		t.Skip("times are compared where nothing else runs: make test-sameness")
	}
	roads := [2]Road{one, other}
	for try := range tries {
		took := measure(t, h, roads, 1+try*samples)
		apart, late := distance(took[0], took[1]), (middle(took[0]) - middle(took[1])).Abs()
		t.Logf("distance %.3f, medians %s and %s", apart, middle(took[0]), middle(took[1]))
		if apart < mostApart && late < mostLate {
			return
		}
	}
	t.Errorf("the roads can be told apart by their time, in each of %d samples", tries)
}

// measure takes a sample of each road, in turn, on each core. Requests are made one after the other.
func measure(t *testing.T, h http.Handler, roads [2]Road, from int) (took [2][]time.Duration) {
	var mu sync.Mutex
	var all sync.WaitGroup
	next := from
	pair := func() (pair [2]*http.Request, more bool) {
		mu.Lock()
		defer mu.Unlock()
		if next++; next > from+samples {
			return pair, false
		}
		return [2]*http.Request{roads[0](next), roads[1](next)}, true
	}
	ask := func(road int, r *http.Request) {
		w := httptest.NewRecorder()
		began := time.Now()
		h.ServeHTTP(w, r)
		late := time.Since(began)
		mu.Lock()
		defer mu.Unlock()
		switch {
		case w.Code == http.StatusTooManyRequests:
			t.Errorf("road %d met a limit: %s", road, w.Body)
		case w.Code < http.StatusInternalServerError:
			took[road] = append(took[road], late)
		}
	}
	for range runtime.NumCPU() {
		all.Go(func() {
			for requests, more := pair(); more; requests, more = pair() {
				first := rand.IntN(2)
				ask(first, requests[first])
				ask(1-first, requests[1-first])
			}
		})
	}
	all.Wait()
	for road := range took {
		if n := len(took[road]); n < samples-mostFailed {
			t.Fatalf("%d of %d requests of road %d were answered", n, samples, road)
		}
	}
	return took
}

// distance is that of Kolmogorov and Smirnov: the most by which the shares of the two samples below a time differ. It sorts them.
func distance(a, b []time.Duration) (most float64) {
	slices.Sort(a)
	slices.Sort(b)
	for _, x := range slices.Concat(a, b) {
		most = max(most, abs(below(a, x)-below(b, x)))
	}
	return most
}

// below is the share of a sorted sample that is x at most.
func below(sample []time.Duration, x time.Duration) float64 {
	n, _ := slices.BinarySearch(sample, x+1)
	return float64(n) / float64(len(sample))
}

func abs(x float64) float64 { return max(x, -x) }

func middle(sorted []time.Duration) time.Duration { return sorted[len(sorted)/2] }
