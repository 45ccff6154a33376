package load

import (
	"fmt"
	"strconv"

	"phonon.in/central/bench/lab"
	"phonon.in/central/bench/report"
)

// perRequest are the samples of a round's CPU of some kinds for each request, in milliseconds.
func perRequest(batches []Batch, of ...string) (all lab.Samples) {
	for _, b := range batches {
		sum := 0.0
		for _, kind := range of {
			sum += b.CPU[kind]
		}
		all = append(all, sum*1000/float64(b.Requests))
	}
	return all
}

// units are those of one request: read and write.
func units(batches []Batch) (read, write float64) {
	n := 0
	for _, b := range batches {
		read, write, n = read+b.ReadUnits, write+b.WriteUnits, n+b.Requests
	}
	return read / float64(n), write / float64(n)
}

// ratios are those of each round: its two runs came one after the other, so that what slows the machine for a while slows both.
func (s Sizes) ratios(o operation, of ...string) (all lab.Samples) {
	few, many := perRequest(s.Small.Costs[o], of...), perRequest(s.Large.Costs[o], of...)
	for i := range few {
		all = append(all, many[i]/few[i])
	}
	return all
}

func (s Sizes) ratio(o operation, of ...string) float64 { return s.ratios(o, of...).Median() }

func (d Data) sizeTable() report.Table {
	small, large := thousands(d.Sizes.Small.Accounts), thousands(d.Sizes.Large.Accounts)
	t := report.Table{
		Caption: fmt.Sprintf("One request with %s accounts in the tables and with %s: CPU in ms, the median of %d rounds in turn and of their ratios, and units of DynamoDB", small, large, len(d.Sizes.Small.Costs[logIn])),
		Head:    []string{"request", "functions", "gateway, senders", "engine", "ratio of functions", "ratio of all three", "read units", "write units"},
	}
	pair := func(a, b float64, format string) string { return fmt.Sprintf(format+" → "+format, a, b) }
	for _, o := range compared {
		a, b := d.Sizes.Small.Costs[o], d.Sizes.Large.Costs[o]
		ra, wa := units(a)
		rb, wb := units(b)
		row := []string{string(o)}
		for _, kind := range []string{functions, gateway, engine} {
			row = append(row, pair(perRequest(a, kind).Median(), perRequest(b, kind).Median(), "%.2f"))
		}
		t.Rows = append(t.Rows, append(row,
			fmt.Sprintf("%.3f", d.Sizes.ratio(o, functions)), fmt.Sprintf("%.3f", d.Sizes.ratio(o, functions, gateway, engine)), pair(ra, rb, "%.1f"), pair(wa, wb, "%.1f")))
	}
	return t
}

func thousands(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// sizeGoal is that of the request whose cost grows most.
func (d Data) sizeGoal() report.Goal {
	worst, name, of := 0.0, operation(""), ""
	note := func(ratio float64, o operation, what string) {
		if ratio > worst {
			worst, name, of = ratio, o, what
		}
	}
	for _, o := range compared {
		note(d.Sizes.ratio(o, functions, gateway, engine), o, "CPU")
		ra, wa := units(d.Sizes.Small.Costs[o])
		rb, wb := units(d.Sizes.Large.Costs[o])
		note((rb+wb)/(ra+wa), o, "units")
	}
	g := report.Goal{
		Figure: fmt.Sprintf("%s accounts against %s: CPU and units per operation", thousands(d.Sizes.Large.Accounts), thousands(d.Sizes.Small.Accounts)),
		Goal:   fmt.Sprintf("ratio <= %.2f", mostRatio), Reached: fmt.Sprintf("%.3f at most (%s, %s)", worst, name, of), Met: worst <= mostRatio,
	}
	if !g.Met {
		all := d.Sizes.ratios(name, functions, gateway, engine)
		g.Why = fmt.Sprintf("there it is %.3f for the functions, %.3f for the gateway and %.3f for the engine; half of the rounds are between %.3f and %.3f",
			d.Sizes.ratio(name, functions), d.Sizes.ratio(name, gateway), d.Sizes.ratio(name, engine), all.Quantile(0.25), all.Quantile(0.75))
	}
	return g
}
