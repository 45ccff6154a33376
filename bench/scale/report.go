package scale

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"phonon.in/central/bench/report"
)

// Report is what would be refused, and what is to be raised beforehand.
func (d Data) Report() report.Section {
	s := report.Section{
		Title: "When many come at once",
		Text: fmt.Sprintf("On paper, and simulated with random numbers from a seed: nothing of it was measured on AWS. What a request takes was counted; its time on Lambda is an estimate; "+
			"limits are those that AWS publishes (`bench/scale/limits.go`). Tests hold that the simulation and Erlang's formulas agree where these hold, and that a limit "+
			"which is too low is what refuses. **Morning**: %s. **Wave**: %s. All units are counted for one table, which is dearer than it is. A start of an environment takes %.0f ms. "+
			"The formulas see the mean of the peak; *ask for* has %.0f %% more. One account or address alone has what one partition has: %d write and %d read units a second.",
			peaks()[0].what, peaks()[1].what, coldMs, (headroom-1)*100, partitionWrites, partitionReads),
		Tables: []report.Table{Before(), d.outcomes(), messages()},
	}
	for _, p := range peaks() {
		s.Plots = append(s.Plots, d.refused(p.name), d.slowest(p.name))
	}
	return s
}

// Before is what is to be raised before a peak. docs/operations.md has it, too.
func Before() report.Table {
	t := report.Table{
		Caption: "What is needed, and what to ask for beforehand",
		Head:    []string{"limit", "is", "morning needs", "wave needs", "ask for"},
	}
	morning, wave := peaks()[0], peaks()[1]
	a, b := NeedOf(morning.mix, morning.rate), NeedOf(wave.mix, wave.rate)
	of := func(p peak) Limits { return p.limits(allRaised) }
	row := func(what string, is, needsA, needsB, ask float64) {
		want := "enough"
		if ask > is {
			want = number(ask)
		}
		t.Rows = append(t.Rows, []string{what, number(is), number(needsA), number(needsB), want})
	}
	row("API Gateway: requests a second of the account", gatewayRate, a.Requests, b.Requests, max(of(morning).GatewayRate, of(wave).GatewayRate))
	row("Lambda: environments at once", concurrency, float64(a.Environments), float64(b.Environments), max(of(morning).Concurrency, of(wave).Concurrency))
	row("Lambda: starts of one function at once", environmentBurst, a.Starts, b.Starts, environmentBurst)
	row("DynamoDB: write units of a table, warm", tableWrites, a.Writes, b.Writes, max(of(morning).Writes, of(wave).Writes))
	row("DynamoDB: read units of a table, warm", tableReads, a.Reads, b.Reads, max(of(morning).Reads, of(wave).Reads))
	row("DynamoDB: quota of a table on demand, write units", tableQuota, a.Writes, b.Writes, max(of(morning).Writes, of(wave).Writes))
	row("DynamoDB: quota of a table on demand, read units", tableQuota, a.Reads, b.Reads, max(of(morning).Reads, of(wave).Reads))
	row("SES: mails a second", mails, mailsOf(morning.mix, morning.rate), mailsOf(wave.mix, wave.rate), of(wave).Mails)
	row("SNS: texts a second", texts, textsOf(morning.mix, morning.rate), textsOf(wave.mix, wave.rate), of(wave).Texts)
	for _, f := range slices.Sorted(maps.Keys(reserved)) {
		needsA, needsB := Servers(a.Functions[f], refusedShare), Servers(b.Functions[f], refusedShare)
		row("template: environments of `"+f+"`, where they are reserved", reserved[f], float64(needsA), float64(needsB), round(headroom*float64(max(needsA, needsB))))
	}
	for _, path := range slices.Sorted(maps.Keys(merged(a.Routes, b.Routes))) {
		is, _ := Default().of(path)
		rateA, _ := of(morning).of(path)
		rateB, _ := of(wave).of(path)
		if max(rateA, rateB) > is {
			row("template: `"+path+"`", is, a.Routes[path], b.Routes[path], max(rateA, rateB))
		}
	}
	return t
}

func merged(a, b map[string]float64) map[string]float64 {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

func (d Data) outcomes() report.Table {
	t := report.Table{
		Caption: "Simulated: what becomes of them. Times are of the last second, of requests that were served",
		Head:    []string{"peak", "limits", "came", "served", "refused first of all by", "starts", "p50 ms", "p99 ms", "environments"},
	}
	for _, r := range d.Runs {
		last := r.Result.Seconds[len(r.Result.Seconds)-1]
		t.Rows = append(t.Rows, []string{
			r.Peak, r.Limits, number(float64(r.Result.Offered)), fmt.Sprintf("%.1f %%", 100*float64(r.Result.Served)/float64(r.Result.Offered)), causes(r.Result),
			number(float64(r.Result.Starts)), fmt.Sprintf("%.0f", last.P50), fmt.Sprintf("%.0f", last.P99), number(float64(last.Busy)),
		})
	}
	return t
}

func causes(r Result) string {
	var all []string
	for _, cause := range slices.SortedFunc(maps.Keys(r.Refused), func(a, b string) int { return r.Refused[b] - r.Refused[a] }) {
		if share := 100 * float64(r.Refused[cause]) / float64(r.Offered); share >= 0.05 {
			all = append(all, fmt.Sprintf("%s %.1f %%", cause, share))
		}
	}
	if len(all) == 0 {
		return "nothing"
	}
	return strings.Join(all, ", ")
}

func messages() report.Table {
	wave := peaks()[1]
	t := report.Table{
		Caption: "Messages wait in the outbox and are sent as fast as the carrier takes them: what is left after the hour of the wave",
		Head:    []string{"message", "come a second", "taken a second", "wait after the hour", "hours until the last is sent"},
	}
	add := func(what string, come, taken float64) {
		waiting, delay := Backlog(come, taken, 3600)
		t.Rows = append(t.Rows, []string{what, number(come), number(taken), number(waiting), fmt.Sprintf("%.1f", delay/3600)})
	}
	l := wave.limits(allRaised)
	add("mails, as AWS begins", mailsOf(wave.mix, wave.rate), mails)
	add("mails, raised", mailsOf(wave.mix, wave.rate), l.Mails)
	add("texts, as AWS begins", textsOf(wave.mix, wave.rate), texts)
	add("texts, raised", textsOf(wave.mix, wave.rate), l.Texts)
	return t
}

func (d Data) plot(peak, kind, title, y string, log bool, of func(Second) float64) report.Plot {
	p := report.Plot{Name: "peak-" + peak + "-" + kind, Title: title, X: "seconds", Y: y, LogY: log}
	for _, r := range d.Runs {
		if r.Peak != peak {
			continue
		}
		line := report.Line{Name: r.Limits, Dashed: r.Limits == ofTheAccount}
		for i, s := range r.Result.Seconds {
			if v := of(s); v > 0 || !log {
				line.X, line.Y = append(line.X, float64(i+1)), append(line.Y, v)
			}
		}
		p.Lines = append(p.Lines, line)
	}
	return p
}

func (d Data) refused(peak string) report.Plot {
	return d.plot(peak, "refused", "The "+peak+": requests refused", "a second", false, func(s Second) float64 { return float64(s.Refused) })
}

func (d Data) slowest(peak string) report.Plot {
	return d.plot(peak, "slowest", "The "+peak+": one request of a hundred takes longer", "ms", true, func(s Second) float64 { return s.P99 })
}

// number writes thousands apart, as people read them.
func number(v float64) string {
	if v < 10 && v != float64(int(v)) {
		return fmt.Sprintf("%.1f", v)
	}
	text := fmt.Sprintf("%.0f", v)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
