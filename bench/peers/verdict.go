package peers

import (
	"fmt"
	"math"

	"phonon.in/central/bench/report"
)

// ratio is how many times less CPU a log-in takes at Central than at a variant, server and database: the lesser of both kinds of load.
func (d Data) ratio(variant string) float64 {
	of := func(load string) float64 {
		return d.figures(variant, logIn, load).both() / d.figures(ours, logIn, load).both()
	}
	return math.Min(of(open), of(closed))
}

// ownRatio is the same of what the servers use beside the hash.
func (d Data) ownRatio() float64 {
	of := func(load string) float64 { return d.own(theirLeast, logIn, load) / d.own(oursLeast, logIn, load) }
	return math.Min(of(open), of(closed))
}

const leastRatio, leastOwnRatio = 2.4, 5

func (d Data) goals() []report.Goal {
	whole, own := d.ratio(asItComes), d.ownRatio()
	return []report.Goal{
		goal("CPU of a whole log-in, times below Kratos as it comes", whole, leastRatio, "see the table of log-ins"),
		goal("CPU of a log-in's server without the hash, times below Kratos", own, leastOwnRatio, "see the table of log-ins"),
	}
}

// goal is a ratio that is to be at least so much. One that could not be measured is not reached.
func goal(figure string, reached, least float64, why string) report.Goal {
	g := report.Goal{Figure: figure, Goal: fmt.Sprintf("at least %.1f", least), Reached: decimals(reached, 1), Met: reached >= least}
	if math.IsNaN(reached) {
		why = "too many operations failed for a figure"
	}
	if !g.Met {
		g.Why = why
	}
	return g
}

func (d Data) text() string {
	return "TODO"
}
