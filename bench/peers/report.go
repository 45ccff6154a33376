package peers

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"phonon.in/central/bench/lab"
	"phonon.in/central/bench/report"
)

// figures are what one operation cost. They are NaN where it failed more than once in a hundred times: an error costs something else.
type figures struct {
	done, errors           int
	perSecond              float64
	server, database, edge float64 // ms of CPU
	p50, p95, p99          float64 // ms of latency
}

func (d Data) figures(variant, operation, load string) figures {
	var f figures
	var s spent
	var latency lab.Samples
	var seconds float64
	for _, r := range d.Runs {
		if r.Variant != variant || r.Operation != operation || r.Load != load {
			continue
		}
		for _, w := range r.Windows {
			f.done, f.errors, seconds = f.done+w.Done, f.errors+w.Errors, seconds+w.Seconds
			latency = append(latency, w.Latency...)
			s.Server, s.Database, s.Edge = s.Server+w.Spent.Server, s.Database+w.Spent.Database, s.Edge+w.Spent.Edge
		}
	}
	if f.done == 0 || f.errors*100 > f.done+f.errors {
		nan := math.NaN()
		return figures{f.done, f.errors, nan, nan, nan, nan, nan, nan, nan}
	}
	each := func(of time.Duration) float64 { return ms(of) / float64(f.done) }
	f.perSecond, f.server, f.database, f.edge = float64(f.done)/seconds, each(s.Server), each(s.Database), each(s.Edge)
	f.p50, f.p95, f.p99 = latency.Quantile(0.5), latency.Quantile(0.95), latency.Quantile(0.99)
	return f
}

// both is what server and database used.
func (f figures) both() float64 { return f.server + f.database }

var titles = map[string]string{
	ours: "Central", oursLeast: "Central, its cheapest hash", asItComes: "Kratos as it comes", equal: "Kratos, Central's hash", theirLeast: "Kratos, its cheapest hash",
}

var order = []string{ours, equal, asItComes, oursLeast, theirLeast}

// Report is tables of log-in and sign-up, and what they come to.
func (d Data) Report() report.Section {
	return report.Section{
		Title: "Beside Ory Kratos",
		Text:  d.text(),
		Tables: []report.Table{
			d.costs(logIn, fmt.Sprintf("**Log-in**, %.0f a second at each", d.Rate)),
			d.costs(signUp, fmt.Sprintf("**Sign-up**, %.0f a second at each", d.Rate)),
			d.alone(),
		},
		Plots: []report.Plot{d.bars()},
		Goals: d.goals(),
	}
}

func (d Data) costs(operation, caption string) report.Table {
	t := report.Table{
		Caption: caption + ": ms of CPU for each, of the server (the functions; Kratos) and of the database (the engine of the local run; PostgreSQL); both in yardsticks; latency in ms.",
		Head:    []string{"", "hash", "server", "database", "yardsticks", "p50", "p95", "p99", "n", "errors"},
	}
	add := func(title, hash string, f figures) {
		t.Rows = append(t.Rows, []string{
			title, hash, decimals(f.server, 1), decimals(f.database, 1), decimals(f.both()/d.YardstickMs.Median(), 2),
			decimals(f.p50, 0), decimals(f.p95, 0), decimals(f.p99, 0), strconv.Itoa(f.done), strconv.Itoa(f.errors),
		})
	}
	for _, variant := range order {
		if f := d.figures(variant, operation, open); f.done+f.errors > 0 {
			add(titles[variant], d.Hash[variant], f)
		}
	}
	if operation == signUp {
		add("Central, the mailed link pressed", "none", d.figures(ours, prove, closed))
	}
	return t
}

func (d Data) alone() report.Table {
	t := report.Table{
		Caption: "**One after the other**, from one program: no two share the machine, and nothing waits.",
		Head:    []string{"", "a second", "server", "database", "yardsticks", "p50", "p95", "n", "errors"},
	}
	for _, operation := range []string{logIn, signUp} {
		for _, variant := range order {
			f := d.figures(variant, operation, closed)
			if f.done+f.errors == 0 {
				continue
			}
			t.Rows = append(t.Rows, []string{
				operation + ": " + titles[variant], decimals(f.perSecond, 1), decimals(f.server, 1), decimals(f.database, 1),
				decimals(f.both()/d.YardstickMs.Median(), 2), decimals(f.p50, 0), decimals(f.p95, 0), strconv.Itoa(f.done), strconv.Itoa(f.errors),
			})
		}
	}
	return t
}

func (d Data) bars() report.Plot {
	p := report.Plot{Name: "peers", Title: "CPU of one log-in, server and database", Y: "bcrypt-10 hashes"}
	for _, variant := range []string{ours, equal, asItComes} {
		if y := d.figures(variant, logIn, open).both() / d.YardstickMs.Median(); !math.IsNaN(y) {
			p.Bars = append(p.Bars, report.Bar{Name: titles[variant], Value: y})
		}
	}
	return p
}

// none stands where there is no figure.
const none = "–"

func decimals(v float64, n int) string {
	if math.IsNaN(v) {
		return none
	}
	return strconv.FormatFloat(v, 'f', n, 64)
}
