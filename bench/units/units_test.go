package units

import (
	"encoding/json"
	"os"
	"reflect"
	"testing"

	"phonon.in/central/cmd/central/cost"
)

func kept(t *testing.T) Data {
	t.Helper()
	text, err := os.ReadFile("../data/units.json")
	if err != nil {
		t.Fatal(err)
	}
	var d Data
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// TestThePageShowsTheTable: what the page shows and what the bill is computed from are the same figures.
func TestThePageShowsTheTable(t *testing.T) {
	counted := map[string]cost.Operation{}
	for _, o := range cost.Count(kept(t).Requests) {
		o.Sent, o.Received = 0, 0 // ids and times are not always as long
		counted[o.Name] = o
	}
	table := map[string]cost.Operation{}
	for _, o := range cost.Counted() {
		o.Sent, o.Received = 0, 0
		table[o.Name] = o
	}
	for name, o := range table {
		if counted[name] != o {
			t.Errorf("the table has\n%+v, and what was kept is\n%+v: make bench ARGS=\"--only units\"", o, counted[name])
		}
	}
	if len(counted) != len(table) {
		t.Errorf("%d operations were kept, the table has %d", len(counted), len(table))
	}
}

func TestTheReportIsTheSameEachTimeAndSaysWhyAGoalIsMissed(t *testing.T) {
	d := kept(t)
	r := d.Report()
	if !reflect.DeepEqual(r, d.Report()) || len(r.Goals) != 6 {
		t.Errorf("%+v", r.Goals)
	}
	for _, g := range append(r.Goals, Data{}.Report().Goals...) {
		if g.Met == (g.Why != "") {
			t.Errorf("%+v", g)
		}
	}
}
