package peers

import (
	"fmt"
	"math"
	"strings"

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
	of := func(load string) float64 { return d.own(theirLeast, load) / d.own(oursLeast, load) }
	return math.Min(of(open), of(closed))
}

// own is what the server used for a log-in beside the hash: that of the variant with the cheapest hash that it takes, less that hash alone.
func (d Data) own(variant, load string) float64 {
	return d.figures(variant, logIn, load).server - d.hashAlone(variant)
}

// hashAlone is the CPU time of a variant's hash, or NaN where it was not measured.
func (d Data) hashAlone(variant string) float64 {
	alone := d.HashMs[d.Hash[variant]]
	if len(alone) == 0 {
		return math.NaN()
	}
	return alone.Median()
}

// What is to be reached.
const (
	mostYardsticks = 0.45
	leastRatio     = 2.4
	leastOwnRatio  = 5
)

func (d Data) goals() []report.Goal {
	whole := d.figures(ours, logIn, closed).both() / d.YardstickMs.Median()
	hash := fmt.Sprintf("the hash alone takes %s there", decimals(d.hashAlone(ours)/d.YardstickMs.Median(), 2))
	return []report.Goal{
		verdict(report.Goal{Figure: "whole log-in with its database, beside Kratos, in yardsticks", Goal: "at most 0.45", Reached: decimals(whole, 2), Met: whole <= mostYardsticks, Why: hash}),
		atLeast("CPU of a whole log-in, times below Kratos as it comes", d.ratio(asItComes), leastRatio, "see the table of log-ins"),
		atLeast("the same, where Kratos has Central's hash", d.ratio(equal), leastRatio, "with one hash for both it cannot be: "+hash),
		atLeast("CPU of a log-in's server without the hash, times below Kratos", d.ownRatio(), leastOwnRatio, fmt.Sprintf(
			"at the steady rate Kratos takes %s ms for itself and the functions %s, one after the other %s and %s",
			decimals(d.own(theirLeast, open), 1), decimals(d.own(oursLeast, open), 1), decimals(d.own(theirLeast, closed), 1), decimals(d.own(oursLeast, closed), 1))),
	}
}

func atLeast(figure string, reached, least float64, why string) report.Goal {
	return verdict(report.Goal{Figure: figure, Goal: fmt.Sprintf("at least %.1f", least), Reached: decimals(reached, 1), Met: reached >= least, Why: why})
}

// verdict has a goal say why it was not reached, and only then. What could not be measured is not reached.
func verdict(g report.Goal) report.Goal {
	switch {
	case g.Met:
		g.Why = ""
	case g.Reached == none:
		g.Why = "too many operations failed for a figure"
	}
	return g
}

// text says what was compared with what: nobody else's figures are like these without it.
func (d Data) text() string {
	edge := d.figures(ours, logIn, open).edge
	return strings.Join([]string{
		fmt.Sprintf(`Ory Kratos %s, the newest that its Go module has, on PostgreSQL %s, and Central in a local run: on one machine, in one run, in turn and the order turned round each time.`, d.Kratos, d.Postgres) +
			" The data of both is in memory, so that nobody's disk is measured. One yardstick was " + decimals(d.YardstickMs.Median(), 1) + " ms.",
		"What is not alike:\n\n" +
			`- **Kratos** is used as programs use it: two requests for each operation, a flow and what was entered. PostgreSQL is as Debian configures it, the pool of connections as in Kratos' quick start. Off are mails (an account is there at once), the look-up of leaked passwords, and second factors.
- **Central**'s log-in is one request, from a browser that has logged in before. It counts limits, reads what sign-ups are open, and writes a session and the account's log. Its sign-up is a captcha, whose work is left out since people's machines do it, and a form; it delivers a mail, and the account begins with the link in it, which has its own row.
- Central's server is its functions, as they run on Lambda. Its database is the local run's engine on SQLite, and no DynamoDB. What is AWS's in production (API Gateway, the side of Lambda that hands over events, SES) took the local run ` + decimals(edge, 1) + ` ms of CPU for each log-in beside that, and is in no figure.
- A peer with **its cheapest hash** shows what it uses itself. Central takes nothing cheaper than 8 MiB and one pass, which costs ` + decimals(d.hashAlone(oursLeast), 1) + ` ms of CPU alone; Kratos takes 8 KiB, which costs ` + decimals(d.hashAlone(theirLeast), 2) + `. Less that, a log-in's server uses ` +
			decimals(d.own(oursLeast, open), 1) + ` ms at Central and ` + decimals(d.own(theirLeast, open), 1) + ` at Kratos at the steady rate, and ` + decimals(d.own(oursLeast, closed), 1) + ` and ` + decimals(d.own(theirLeast, closed), 1) + ` one after the other.`,
	}, "\n\n")
}
