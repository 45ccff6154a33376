package load

import (
	"context"
	"io"
	"math"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"phonon.in/central/bench/lab"
)

func TestAJourneyIsToldAsItWas(t *testing.T) {
	w := newFake(t, &fake{})
	r, told := w.arrive(t.Context(), 50, 200*time.Millisecond, firstArrival)
	if right, refused, late, wrong := r.count(); r.Ended != 10 || r.Dropped != 0 || right != 10*len(journey) || refused+late+wrong != 0 {
		t.Fatalf("%d ended, %d dropped, %d right, %d refused, %d late, %d wrong: %v", r.Ended, r.Dropped, right, refused, late, wrong, r.Wrong)
	}
	if n := r.Operations[readAccount].Latency.count(); n != 10*4 {
		t.Errorf("%d account reads, want four of each", n)
	}
	if checked, lost := w.check(t.Context(), told, 100); checked != 10 || lost != nil {
		t.Errorf("%d checked, lost: %v", checked, lost)
	}
	if r.broken() || r.Generator <= 0 || r.Used.all() <= 0 {
		t.Errorf("broken: %v, CPU of the generator %v, of the run %v", r.broken(), r.Generator, r.Used)
	}
}

// only lets what is not about a path pass to the real one.
func only(path string, instead func(w http.ResponseWriter, r *http.Request, next http.Handler)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == path {
				instead(w, r, next)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

func TestWhoWaitsBehindOthersIsCountedFromThePlannedTime(t *testing.T) {
	var one sync.Mutex
	w := newFake(t, &fake{wrap: only("/v1/signup", func(w http.ResponseWriter, r *http.Request, next http.Handler) { // 50 a second, and 200 come
		one.Lock()
		defer one.Unlock()
		<-time.After(20 * time.Millisecond)
		next.ServeHTTP(w, r)
	})})
	r, _ := w.arrive(t.Context(), 200, 150*time.Millisecond, firstArrival)
	if r.Ended != 30 {
		t.Fatalf("%d ended: %v", r.Ended, r.Wrong)
	}
	signups, logins := r.Operations[signUp].Latency, r.Operations[logIn].Latency
	if least, most := signups.quantile(0.1), signups.quantile(1); most < 400 || least > most/2 {
		t.Errorf("sign-ups took %.0f to %.0f ms: the last waited for 29 before it", least, most)
	}
	if most := logins.quantile(0.5); most > 200 {
		t.Errorf("log-ins took %.0f ms, and nobody waits there", most)
	}
}

func TestWhatGoesWrongIsCountedAsWhatItIs(t *testing.T) {
	answers := func(status int, retry string) func(http.ResponseWriter, *http.Request, http.Handler) {
		return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			if retry != "" {
				w.Header().Set("Retry-After", retry)
			}
			w.WriteHeader(status)
		}
	}
	for name, c := range map[string]struct {
		instead               func(http.ResponseWriter, *http.Request, http.Handler)
		right, refused, wrong int
	}{
		"a connection is closed":           {func(http.ResponseWriter, *http.Request, http.Handler) { panic(http.ErrAbortHandler) }, 2, 0, 1},
		"503 with Retry-After":             {answers(503, "2"), 2, 1, 0},
		"429 with Retry-After":             {answers(429, "60"), 2, 1, 0},
		"503 without":                      {answers(503, ""), 2, 0, 1},
		"500 with Retry-After":             {answers(500, "2"), 2, 0, 1},
		"another status that is a success": {answers(202, ""), 2, 0, 1},
		"no JSON": {func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			w.Write([]byte("<html>"))
		}, 2, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			w := newFake(t, &fake{wrap: only("/v1/login", c.instead)})
			r, _ := w.arrive(t.Context(), 100, 20*time.Millisecond, firstArrival)
			right, refused, late, wrong := r.count()
			if n := 2; right != n*c.right || refused != n*c.refused || late != 0 || wrong != n*c.wrong || r.Ended != 0 || r.Dropped != n {
				t.Errorf("%d right, %d refused, %d late, %d wrong, %d ended, %d dropped", right, refused, late, wrong, r.Ended, r.Dropped)
			}
			if r.Operations[logIn].Latency.count() != 0 || r.Operations[readAccount] != nil {
				t.Error("a log-in that failed has a latency, or the journey went on")
			}
			if !r.broken() || c.wrong > 0 != (len(r.Wrong) > 0) {
				t.Errorf("broken: %v, told: %q", r.broken(), r.Wrong)
			}
		})
	}
}

func TestAnEndedMeasurementEndsItsJourneys(t *testing.T) {
	w := newFake(t, &fake{wrap: only("/v1/login", func(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
		io.Copy(io.Discard, r.Body) // or else the server would not notice that nobody waits any more
		<-r.Context().Done()
	})})
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	began := time.Now()
	r, _ := w.arrive(ctx, 100, time.Hour, firstArrival)
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("it went on for %s", took)
	}
	if _, refused, late, wrong := r.count(); refused+late+wrong != 0 || r.Ended != 0 {
		t.Errorf("%d refused, %d late, %d wrong, %d ended: they were ended by us", refused, late, wrong, r.Ended)
	}
	nobody := newFake(t, &fake{unmailed: true})
	ctx, cancel = context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if began = time.Now(); nobody.live(ctx, nobody.newPerson(1), began, newTally()) == nil || time.Since(began) > 2*time.Second {
		t.Error("who waits for a message does not end")
	}
}

func TestWhatWasPromisedAndIsNotThereIsLost(t *testing.T) {
	f := &fake{}
	w := newFake(t, f)
	_, told := w.arrive(t.Context(), 100, 50*time.Millisecond, firstArrival)
	n := 0
	for _, s := range f.people { // somebody of each kind, and one of whom all is there
		switch n++; n {
		case 1:
			s.verified = false
		case 2:
			s.number = ""
		case 3:
			s.name = ""
		case 4:
			s.pan = ""
		}
	}
	checked, lost := w.check(t.Context(), told, 100)
	if checked != 5 || len(lost) != 4 {
		t.Errorf("%d checked, %d lost, want 5, 4: %s", checked, len(lost), strings.Join(lost, "\n"))
	}
	// Nobody lost what nobody was told: the same account after nothing but its verified address.
	for p := range told.told {
		told.told[p] = verify
	}
	if _, lost = w.check(t.Context(), told, 100); len(lost) != 1 {
		t.Errorf("lost: %v, want the one that is not verified", lost)
	}
}

func TestFiftyAtOnceAreCountedOneByOne(t *testing.T) {
	f := &fake{}
	w := newFake(t, f)
	for i := range together - 3 {
		f.people[filled(spread(i, small))] = &state{verified: true}
	}
	if one := w.wave(t.Context(), 0); one.Succeeded != together-3 || len(one.Wrong) != 3 || len(one.Ms) != one.Succeeded || !strings.Contains(one.Wrong[0], "403") {
		t.Errorf("%+v", one)
	}
}

func TestQuantilesOfAHistogramAreRightWithinAClass(t *testing.T) {
	h := histogram{}
	for ms := 1; ms <= 1000; ms++ {
		h.add(float64(ms))
	}
	for q, want := range map[float64]float64{0.001: 1, 0.5: 500, 0.95: 950, 0.99: 990, 1: 1000} {
		if got := h.quantile(q); math.Abs(got/want-1) > step-1 {
			t.Errorf("quantile %g is %.1f ms, want about %.0f", q, got, want)
		}
	}
	if twice := joined(h, h); twice.count() != 2000 || h.count() != 1000 || twice.quantile(0.5) != h.quantile(0.5) {
		t.Error("what is joined is not the sum")
	}
	h = histogram{}
	if !math.IsNaN(h.quantile(0.5)) {
		t.Error("a histogram of nothing has a median")
	}
	if h.add(0); h.quantile(0.5) > 2*shortest {
		t.Errorf("nothing took %g ms", h.quantile(0.5))
	}
}

func TestRatesRiseUntilOneIsTooHigh(t *testing.T) {
	var signups atomic.Int32
	w := newFake(t, &fake{wrap: only("/v1/signup", func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if signups.Add(1) > 45 { // 30 to begin with, 3 and 9 at the first two rates
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		next.ServeHTTP(w, r)
	})})
	l, err := lab.New("load", t.TempDir(), true, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	all, err := w.ramp(t.Context(), l, plan{first: 30, factor: 3, seconds: 100 * time.Millisecond, most: 9, checked: 2, beyond: true})
	if err != nil {
		t.Fatal(err)
	}
	var rates []float64
	for _, r := range all {
		rates = append(rates, r.PerSecond)
	}
	if !slices.Equal(rates, []float64{30, 90, 270, 540}) {
		t.Fatalf("rates %v: the third is too high, and the last is twice that", rates)
	}
	if all[1].broken() || !all[2].broken() {
		t.Errorf("the second broke: %v, the third: %v", all[1].broken(), all[2].broken())
	}
}
