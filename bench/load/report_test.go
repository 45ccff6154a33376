package load

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"phonon.in/central/bench/lab"
)

// measured is data of two rates, of which the second broke, and of tables where a log-in costs so many times as much in the large one.
func measured(ratio float64) Data {
	rate := func(perSecond float64, ms float64, refused int) Rate {
		h := histogram{}
		for range 100 {
			h.add(ms)
		}
		return Rate{
			PerSecond: perSecond, Arriving: 1, Seconds: 2, Ended: 7, Dropped: 1, Operations: map[operation]*Operation{signUp: {Latency: h, Refused: refused}},
			Used: Used{map[string]float64{functions: 0.5, gateway: 0.2, engine: 0.1}, map[string]float64{"login": 0.35, "account": 0.15}}, Generator: 0.2, Checked: 5,
		}
	}
	costs := func(factor float64) map[operation][]Batch {
		all := map[operation][]Batch{}
		for _, o := range compared {
			cpu := map[string]float64{functions: 0.02, gateway: 0.01, engine: 0.01}
			if o == logIn {
				cpu[functions] *= factor
			}
			all[o] = []Batch{{Requests: 10, CPU: cpu, ReadUnits: 30, WriteUnits: 10}}
		}
		return all
	}
	return Data{
		YardstickMs: 57, CPUs: 2, Rates: []Rate{rate(2, 20, 0), rate(20, 4000, 50)},
		Waves: []Wave{{Succeeded: together, Ms: lab.Samples{10, 900}, Processes: []Memory{{56 << 20, 50 << 20}, {60 << 20, 50 << 20}}}},
		Sizes: Sizes{Size{small, costs(1)}, Size{100_000, costs(ratio)}},
	}
}

func TestTheReportSaysWhatWasMeasured(t *testing.T) {
	s := measured(1).Report()
	for _, want := range []string{"which took 20 % of all CPU time", "It broke (more than 1 % errors, or p99 above 3 s) at 20 people a second", "At 20 a second 50 were refused so", "Of 10 people", "for 10 of them"} {
		if !strings.Contains(s.Text, want) {
			t.Errorf("the text lacks %q:\n%s", want, s.Text)
		}
	}
	rates := s.Tables[0].Rows
	if len(rates) != 2 || rates[0][0] != "2.0" || rates[0][1] != "50" || rates[1][5] != "50" || rates[1][8] != "7 of 8" || rates[1][9] != "0 of 5" {
		t.Errorf("%q", rates)
	}
	if cpu := s.Tables[1].Rows[0]; !reflect.DeepEqual(cpu, []string{"2.0", "5.00", "2.00", "1.00", "2.00", "25 %"}) {
		t.Errorf("%q", cpu)
	}
	if where := s.Tables[3].Rows; len(where) != 4 || !reflect.DeepEqual(where[:2], [][]string{{"function account", "21.4"}, {"function login", "50.0"}}) {
		t.Errorf("%q", where)
	}
	for _, table := range s.Tables {
		for _, row := range table.Rows {
			if len(row) != len(table.Head) {
				t.Errorf("%d cells below %d heads: %q", len(row), len(table.Head), row)
			}
		}
	}
	for _, p := range s.Plots {
		if _, err := p.SVG(); err != nil {
			t.Error(err)
		}
	}
	for _, g := range s.Goals {
		if !g.Met {
			t.Errorf("%+v", g)
		}
	}
}

func TestAGoalThatIsMissedSaysWhy(t *testing.T) {
	d := measured(1.2)
	if g := d.sizeGoal(); g.Met || !strings.HasPrefix(g.Reached, "1.100 at most (log-in, CPU)") || !strings.Contains(g.Why, "1.200") {
		t.Errorf("%+v", g)
	}
	d = measured(1)
	d.Sizes.Large.Costs[prove][0].WriteUnits = 14 // of 40 with the reads
	if g := d.sizeGoal(); g.Met || !strings.HasPrefix(g.Reached, "1.100 at most (code verified, units)") {
		t.Errorf("%+v", g)
	}
	for name, w := range map[string]Wave{
		"one fails":   {Succeeded: together - 1, Wrong: []string{"POST /v1/login: 503"}, Ms: lab.Samples{1}},
		"all fail":    {Wrong: []string{"POST /v1/login: 503"}},
		"much memory": {Succeeded: together, Ms: lab.Samples{1}, Processes: []Memory{{Peak: 257 << 20}}},
	} {
		d := measured(1)
		d.Waves = append(d.Waves, w)
		if g := d.Report().Goals[1]; g.Met || g.Why == "" {
			t.Errorf("%s: %+v", name, g)
		}
	}
}

func TestNothingIsReportedOfARateThatNobodyWasAnsweredAt(t *testing.T) {
	d := measured(1)
	d.Rates[1].Operations = map[operation]*Operation{signUp: {Latency: histogram{}, Wrong: 8}}
	s := d.Report()
	if len(s.Plots[0].Lines[0].X) != 1 {
		t.Errorf("%d rates are drawn, want one", len(s.Plots[0].Lines[0].X))
	}
	if row := s.Tables[0].Rows[1]; row[1] != "0.0" || row[4] != "NaN" || row[7] != "8" {
		t.Errorf("%q", row)
	}
	if !d.Rates[1].broken() || !(Rate{}).broken() {
		t.Error("a rate without an answer counts as one that was held")
	}
}

func TestWhatIsKeptMakesTheSameReport(t *testing.T) {
	d := measured(1.02)
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var again Data
	if err := json.Unmarshal(text, &again); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(d.Report(), again.Report()) {
		t.Error("the data makes another report once it was kept")
	}
}
