package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"strings"
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
	use := func(n int) {
		t.Helper()
		if err := seed.Use(t.Context(), l.url, 900+n, time.Now(), func(string) {}); err != nil {
			t.Fatal(err)
		}
	}
	use(0) // starts the functions, which read once what they keep
	began := time.Now()
	wrong := []string{"not counted"}
	for n := 1; n <= 3 && len(wrong) > 0; n++ { // a machine that is busy makes one after the other what is made side by side
		use(n)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		requests, err := cost.Seen(ctx, l.url, began)
		cancel()
		if err != nil {
			t.Fatal(err)
		}
		table := cost.Count(requests)
		wrong = miscounted(table)
		if *update {
			if err := os.WriteFile("cost/counted.json", lines(t, table), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(wrong) > 0 && !*update {
		t.Errorf("where this is meant: go test ./cmd/central -run Table -update\n%s", strings.Join(wrong, "\n"))
	}
}

// miscounted says where what was counted is not what the table has.
func miscounted(counted []cost.Operation) (wrong []string) {
	want := map[string]cost.Operation{}
	for _, o := range cost.Counted() {
		want[o.Name] = o
	}
	for _, o := range counted {
		if w, ok := want[o.Name]; !ok || !alike(o, w) {
			wrong = append(wrong, fmt.Sprintf("it is\n%+v, and in the table\n%+v", o, w))
		}
		delete(want, o.Name)
	}
	for name := range want {
		wrong = append(wrong, name+" is in the table and did not happen")
	}
	return wrong
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
