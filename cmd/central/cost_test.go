package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"phonon.in/central/cmd/central/cost"
	"phonon.in/central/cmd/central/seed"
)

var update = flag.Bool("update", false, "write cost/counted.json anew")

// TestTheTableCountsWhatTheFunctionsDo holds the table of calls, units, round trips and bytes, which the bill is computed from, to what a local run
// writes down. Each call is made slow, so that those which are made side by side overlap.
func TestTheTableCountsWhatTheFunctionsDo(t *testing.T) {
	l := startLocal(t)
	if err := seed.AddProduct(t.Context(), l.store, time.Now()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.call(t, "DELETE", "/_local/faults", "", nil) })
	for _, f := range seed.Slowness {
		l.fault(t, f)
	}
	began := time.Now()
	var people sync.WaitGroup
	for n := range 2 {
		people.Go(func() {
			if err := seed.Use(t.Context(), l.url, 900+n, began, func(string) {}); err != nil {
				t.Error(err)
			}
		})
	}
	people.Wait()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	requests, err := cost.Seen(ctx, l.url, began)
	if err != nil {
		t.Fatal(err)
	}
	table := cost.Count(requests)
	if *update {
		if err := os.WriteFile("cost/counted.json", lines(t, table), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want := map[string]cost.Operation{}
	for _, o := range cost.Counted() {
		want[o.Name] = o
	}
	for _, o := range table {
		if w, ok := want[o.Name]; !ok || !alike(o, w) {
			t.Errorf("it is\n%+v, and in the table\n%+v. Where that is meant: go test ./cmd/central -run Table -update", o, w)
		}
		delete(want, o.Name)
	}
	for name := range want {
		t.Errorf("%s is in the table and did not happen", name)
	}
}

// alike compares all but bytes exactly, and these within a tenth: ids and times are not always as long.
func alike(a, b cost.Operation) bool {
	near := func(x, y int) bool { return math.Abs(float64(x-y)) <= 0.1*float64(max(x, y))+64 }
	bytes := near(a.Sent, b.Sent) && near(a.Received, b.Received)
	a.Sent, a.Received, b.Sent, b.Received = 0, 0, 0, 0
	return a == b && bytes
}

// lines writes one operation on each line.
func lines(t *testing.T, table []cost.Operation) []byte {
	var rows []string
	for _, o := range table {
		text, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, string(text))
	}
	return fmt.Appendf(nil, "[\n%s\n]\n", strings.Join(rows, ",\n"))
}
