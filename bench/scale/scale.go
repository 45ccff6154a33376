package scale

import (
	"context"

	"phonon.in/central/bench/lab"
	"phonon.in/central/cmd/central/cost"
)

// Data is what was simulated.
type Data struct {
	Seed uint64 `json:"seed"`
	Runs []Run  `json:"runs"`
}

// Run is one peak under one set of limits.
type Run struct {
	Peak   string `json:"peak"`
	Limits string `json:"limits"`
	Result Result `json:"result"`
}

// peak is a time when many come.
type peak struct {
	name string
	what string
	mix  []cost.Load
	rate float64 // units of the mix a second
}

const (
	morningRequests = 10_000    // a second
	waveSignups     = 1_000_000 // in an hour
)

func peaks() []peak {
	each := 0.0
	for _, l := range cost.Return() {
		each += l.Times
	}
	return []peak{
		{"morning", "people who are known come back: 10,000 requests a second, a log-in to fifteen renewals of tokens and fifteen reads of the account", cost.Return(), morningRequests / each},
		{"wave", "a million people sign up in an hour, go as far as `central cost` assumes, and load the pages from the API itself", cost.Wave(cost.Defaults()), waveSignups / 3600.0},
	}
}

// stream is a peak that grows from a twentieth to all of it, and stays.
func (p peak) stream(grows, stays int) Stream {
	return Stream{Mix: p.mix, Most: p.rate, Seconds: grows + stays, Rate: func(t float64) float64 {
		return p.rate * min(1, 0.05+0.95*t/float64(grows))
	}}
}

// Which limits a peak meets.
const (
	asTheyAre    = "as they are"
	ofTheAccount = "throttles of the template raised"
	allRaised    = "all raised"
)

func (p peak) limits(which string) Limits {
	raised := Raised(p.mix, p.rate)
	switch which {
	case allRaised:
		return raised
	case ofTheAccount:
		l := Default()
		l.Route, l.Routes = raised.Route, raised.Routes
		return l
	}
	return Default()
}

const seed = 20261127

// Measure simulates each peak with what AWS gives at first and the template as it is, and with what is to be asked for beforehand.
func Measure(ctx context.Context, l *lab.Lab) (Data, error) {
	grows, stays := 60, 120
	if l.Quick {
		grows, stays = 10, 20
	}
	d := Data{Seed: seed}
	for _, p := range peaks() {
		for _, which := range []string{asTheyAre, ofTheAccount, allRaised} {
			if err := ctx.Err(); err != nil {
				return d, err
			}
			l.Step("the %s, limits: %s", p.name, which)
			d.Runs = append(d.Runs, Run{p.name, which, Simulate(p.stream(grows, stays), p.limits(which), d.Seed)})
		}
	}
	return d, nil
}
