package work

import (
	"fmt"

	"phonon.in/central/bench/lab"
	"phonon.in/central/bench/report"
)

// The goals of this part.
const (
	ownGoal       = 1.0  // ms of CPU of a log-in without its hash
	yardstickGoal = 0.45 // of a whole log-in
	edgeGoal      = 0.7  // of a handler of events
)

// Report shows each request beside one that does nothing, the password's hash, and the way of an event through the adapter.
func (d Data) Report() report.Section {
	s := report.Section{Title: "A warm request", Text: d.text(), Tables: []report.Table{d.requests(), d.Edge.table()}}
	s.Goals = d.goals()
	return s
}

func (d Data) text() string {
	return fmt.Sprintf("CPU time of a function's process for one request, user and system, from the event until it asks for the next: %d people went from sign-up to a case through the binaries as they "+
		"are released, on the engines of a local run, one request at a time. *Without hashes* is the same code where a hash costs nothing; objects and kB are what it allocates. Beside each journey "+
		"a function on aws-lambda-go that answers a constant got an event: %.2f ms, which is the loop alone. A hash of a password (argon2id, 19 MiB, t=2) takes %.1f ms, **%.2f yardsticks**. Means.",
		len(d.LogIn().CPUMs), d.BareMs.Mean(), d.HashMs.Median(), d.HashMs.Median()/d.YardstickMs.Median())
}

func (d Data) requests() report.Table {
	t := report.Table{Head: []string{"request", "hashes", "CPU ms", "without hashes", "× the bare loop", "objects", "kB"}}
	for _, s := range d.Steps {
		t.Rows = append(t.Rows, []string{
			s.Name, fmt.Sprint(s.Hashes), two(s.CPUMs.Mean()), two(s.OwnMs.Mean()), fmt.Sprintf("%.1f", s.OwnMs.Mean()/d.BareMs.Mean()),
			fmt.Sprintf("%.0f", s.Allocs.Median()), fmt.Sprintf("%.0f", s.Bytes.Median()/1000),
		})
	}
	return t
}

func two(v float64) string { return fmt.Sprintf("%.2f", v) }

// ratio is of a way of an event to that through a handler of events, in the same run.
func (e Edge) ratio(s lab.Samples) float64 { return s.Median() / e.EventsUs.Median() }

func (e Edge) table() report.Table {
	t := report.Table{
		Caption: "An event of 2 KB whose body is 1 KB of JSON, from bytes to bytes, in one process:",
		Head:    []string{"", "CPU µs", "ratio"},
	}
	for _, row := range []struct {
		name string
		took lab.Samples
	}{
		{"a handler of `events.APIGatewayV2HTTPRequest` with `encoding/json`", e.EventsUs},
		{"`shared/apigw`, the same JSON in an `http.Handler`", e.AdapterUs},
		{"`shared/apigw` and `shared/httpapi`: strict JSON, headers, deadline, log line", e.WholeUs},
		{"`json.Valid` of the event: the least that looking at it can cost", e.ScanUs},
	} {
		t.Rows = append(t.Rows, []string{row.name, fmt.Sprintf("%.1f", row.took.Median()), two(e.ratio(row.took))})
	}
	return t
}

func (d Data) goals() []report.Goal {
	own, whole, edge := d.LogIn().OwnMs.Mean(), d.LogIn().CPUMs.Mean()/d.YardstickMs.Median(), d.Edge.ratio(d.Edge.AdapterUs)
	return []report.Goal{
		{Figure: "CPU of a warm log-in without the hash", Goal: "<= 1.0 ms", Reached: two(own) + " ms", Met: own <= ownGoal, Why: whyOwn},
		{Figure: "whole log-in in yardsticks", Goal: "<= 0.45", Reached: two(whole), Met: whole <= yardstickGoal, Why: whyWhole},
		{Figure: "adapter and JSON of a body of 1 KB, to a handler of events", Goal: "<= 0.7", Reached: two(edge), Met: edge <= edgeGoal, Why: whyEdge},
	}
}

// Why a goal is missed, where it is.
const (
	whyOwn   = "the loop of aws-lambda-go alone is a quarter of it, and most of the rest are the calls of DynamoDB, by the AWS SDK and net/http; a client of our own would spare a part of that, and is not worth owning"
	whyWhole = "the machine was slower at memory than at computing: argon2id needs both, the yardstick computes alone"
	whyEdge  = "an http.Request is made of the event, so that all handlers are those of net/http"
)
