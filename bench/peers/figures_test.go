package peers

import (
	"math"
	"strings"
	"testing"
	"time"

	"phonon.in/central/bench/lab"
)

// measured is data in which everything took as long as it says here, in ms of CPU: server and database.
func measured(costs map[string][2]float64) Data {
	d := Data{
		Kratos: "v1", Postgres: "15", Rate: 3, YardstickMs: lab.Samples{60, 50, 40},
		HashMs: map[string]lab.Samples{"argon2id m=19456,t=2,p=1": {20}, "argon2id m=8192,t=1,p=1": {4}, "argon2id m=8,t=1,p=1": {0}, "bcrypt 12": {200}},
		Hash: map[string]string{
			ours: "argon2id m=19456,t=2,p=1", equal: "argon2id m=19456,t=2,p=1", oursLeast: "argon2id m=8192,t=1,p=1", theirLeast: "argon2id m=8,t=1,p=1", asItComes: "bcrypt 12",
		},
	}
	for variant, ms := range costs {
		for _, load := range []string{open, closed} {
			for range 2 {
				const done = 10
				used := func(each float64) time.Duration { return time.Duration(each * done * float64(time.Millisecond)) }
				d.note(variant, logIn, load, Window{
					Result: lab.Result{Done: done, Seconds: 2, Latency: lab.Samples{1, 2, 3}}, Spent: spent{Server: used(ms[0]), Database: used(ms[1]), Edge: used(7)},
				})
			}
		}
	}
	return d
}

var costs = map[string][2]float64{ours: {21, 1}, equal: {40, 4}, asItComes: {216, 4}, oursLeast: {5, 1}, theirLeast: {16, 4}}

func TestAKnownCostIsAKnownFigure(t *testing.T) {
	d := measured(costs)
	f := d.figures(ours, logIn, open)
	if f.done != 20 || f.errors != 0 || f.perSecond != 5 || f.server != 21 || f.database != 1 || f.edge != 7 || f.p50 != 2 {
		t.Errorf("%+v", f)
	}
	if d.ratio(asItComes) != 10 || d.ratio(equal) != 2 || d.ownRatio() != 16 {
		t.Errorf("ratios are %v, %v, %v, want 10, 2, 16", d.ratio(asItComes), d.ratio(equal), d.ownRatio())
	}
	for i, met := range []bool{true, true, false, true} {
		if g := d.goals()[i]; g.Met != met || (g.Why == "") != met {
			t.Errorf("%+v", g)
		}
	}
	s := d.Report()
	if row := strings.Join(s.Tables[0].Rows[0], " "); row != "Central argon2id m=19456,t=2,p=1 21.0 1.0 0.44 2 3 3 20 0" {
		t.Error(row)
	}
	if len(s.Plots[0].Bars) != 3 || s.Plots[0].Bars[2].Value != 4.4 {
		t.Errorf("%+v", s.Plots[0].Bars)
	}
}

func TestAPeerThatAnswersErrorsHasNoFigures(t *testing.T) {
	d := measured(costs)
	d.note(asItComes, logIn, open, Window{Result: lab.Result{Done: 10, Errors: 1, Seconds: 2, Latency: lab.Samples{1}}})
	f := d.figures(asItComes, logIn, open)
	if f.done != 30 || f.errors != 1 || !math.IsNaN(f.server) || !math.IsNaN(f.p50) {
		t.Errorf("%+v", f)
	}
	if g := d.goals()[1]; g.Met || g.Reached != none || !strings.Contains(g.Why, "failed") {
		t.Errorf("%+v", g)
	}
	s := d.Report()
	if row := strings.Join(s.Tables[0].Rows[2], " "); row != "Kratos as it comes bcrypt 12 – – – – – – 30 1" {
		t.Error(row)
	}
	if len(s.Plots[0].Bars) != 2 {
		t.Errorf("%+v", s.Plots[0].Bars)
	}
	if f := measured(nil).figures(ours, logIn, open); !math.IsNaN(f.server) {
		t.Errorf("what was never measured cost %v", f.server)
	}
}

func TestOneErrorInAHundredIsForgiven(t *testing.T) {
	d := measured(nil)
	d.note(ours, logIn, open, Window{Result: lab.Result{Done: 99, Errors: 1, Seconds: 1, Latency: lab.Samples{5}}, Spent: spent{Server: 99 * time.Millisecond}})
	if f := d.figures(ours, logIn, open); f.server != 1 || f.errors != 1 {
		t.Errorf("%+v", f)
	}
}

func TestHashesMustBeWhatTheyAreCalled(t *testing.T) {
	for kept, settings := range map[string]string{
		"$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$a2V5": "argon2id m=19456,t=2,p=1",
		"$2a$12$pmR3vUbOgiNiAZCS2O0TIuxfRKhVgJRv":    "bcrypt 12",
		"$pbkdf2-sha256$i=1$c2FsdA$a2V5":             "unknown",
		"":                                           "unknown",
	} {
		if got := settingsOf(kept); got != settings {
			t.Errorf("%s is %q, want %q", kept, got, settings)
		}
	}
	d := measured(nil)
	if err := d.checkHashes(); err != nil {
		t.Error(err)
	}
	d.Hash[equal] = "argon2id m=8192,t=1,p=1"
	if err := d.checkHashes(); err == nil || !strings.Contains(err.Error(), "not equal") {
		t.Errorf("a cheaper hash passed for an equal one: %v", err)
	}
	d.Hash[equal] = "unknown"
	if err := d.checkHashes(); err == nil {
		t.Error("an unknown hash passed")
	}
}
