package load

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"phonon.in/central/bench/report"
)

// The goals.
const (
	mostRatio  = 1.05
	mostMemory = 256 << 20
)

// Report makes tables and plots of the rates, the log-ins at once and the sizes.
func (d Data) Report() report.Section {
	s := report.Section{Title: "Load", Text: d.words()}
	s.Tables = append(s.Tables, d.rateTable(), d.cpuTable(), d.operationTable(), d.journeyTable(), d.sizeTable(), d.waveTable())
	s.Plots = d.plots()
	s.Goals = []report.Goal{d.sizeGoal(), d.waveGoal()}
	return s
}

func (d Data) words() string {
	var b strings.Builder
	fmt.Fprintf(&b, "People arrive at a steady rate, whatever becomes of those before (an open model), each from a network of their own, and go from sign-up to a KYC case in %d requests: "+
		"sign-up, address verified, log-in, code sent and verified, details, KYC saved, and %d reads between. No document is uploaded: its pictures would be most of the work. Mail and code are read where the local run shows them; "+
		"the captcha is one that costs less. The latency of a sign-up counts from the moment at which it should have begun. Whoever is refused goes away.\n\n", len(journey), reads())
	fmt.Fprintf(&b, "Everything shares the machine: functions, what stands for API Gateway, Lambda and the senders of messages, the engine of DynamoDB, and who makes the load, which took %s of all CPU time. "+
		"So the rates are those of this machine, and say less than CPU per request. One bcrypt hash of cost 10 took %.1f ms of CPU before.\n\n", percent(d.generatorShare()), d.YardstickMs)
	b.WriteString(d.breaking())
	return b.String()
}

func reads() (n int) {
	for _, o := range journey {
		if o == readAccount || o == readCase {
			n++
		}
	}
	return n
}

func (d Data) generatorShare() float64 {
	var own, all float64
	for _, r := range d.Rates {
		own, all = own+r.Generator, all+r.Generator+r.Used.all()
	}
	return own / all
}

// breaking says at which rate it broke, and how.
func (d Data) breaking() string {
	checked, lost := 0, 0
	first := -1
	for i, r := range d.Rates {
		checked, lost = checked+r.Checked, lost+len(r.Lost)
		if first < 0 && r.broken() {
			first = i
		}
	}
	truth := fmt.Sprintf(" Of %d people was looked up afterwards, with a log-in from another browser, whether everything was there that they had been told: it was, for %d of them.", checked, checked-lost)
	if first < 0 {
		return fmt.Sprintf("It did not break (more than %s errors, or p99 above %d s) at %s people a second.", percent(mostErrors), mostMs/1000, number(d.Rates[len(d.Rates)-1].PerSecond)) + truth
	}
	last := d.Rates[len(d.Rates)-1]
	_, refused, late, wrong := last.count()
	return fmt.Sprintf("It broke (more than %s errors, or p99 above %d s) at %s people a second. Requests wait for a core then. When too many wait, the next gets 503 with Retry-After before anything of it has begun; so does one "+
		"that has its core and does not end within the time of an answer. At %s a second %d were refused so, %d waited in vain for a message, and %d got another wrong answer or none.",
		percent(mostErrors), mostMs/1000, number(d.Rates[first].PerSecond), number(last.PerSecond), refused, late, wrong) + truth
}

func (d Data) rateTable() report.Table {
	t := report.Table{Caption: "Rates: latency of all requests in ms", Head: []string{"people a second", "answers a second", "p50", "p95", "p99", "refused", "no message", "wrong", "journeys ended", "lost"}}
	for _, r := range d.Rates {
		h := r.latency()
		right, refused, late, wrong := r.count()
		t.Rows = append(t.Rows, []string{
			number(r.PerSecond), number(float64(right) / r.Seconds), number(h.quantile(0.5)), number(h.quantile(0.95)), number(h.quantile(0.99)),
			strconv.Itoa(refused), strconv.Itoa(late), strconv.Itoa(wrong), fmt.Sprintf("%d of %d", r.Ended, r.Ended+r.Dropped), fmt.Sprintf("%d of %d", len(r.Lost), r.Checked),
		})
	}
	return t
}

func (d Data) cpuTable() report.Table {
	t := report.Table{Caption: "The same: CPU per answer in ms", Head: []string{"people a second", "functions", "gateway, senders", "engine", "load itself", "share of the machine's CPUs"}}
	for _, r := range d.Rates {
		row := []string{number(r.PerSecond)}
		for _, kind := range []string{functions, gateway, engine} {
			row = append(row, fmt.Sprintf("%.2f", r.perAnswer(r.Used.Kinds[kind])))
		}
		busy := (r.Used.all() + r.Generator) / r.Seconds / float64(d.CPUs)
		t.Rows = append(t.Rows, append(row, fmt.Sprintf("%.2f", r.perAnswer(r.Generator)), percent(busy)))
	}
	return t
}

// perAnswer is CPU seconds as milliseconds of each right answer.
func (r Rate) perAnswer(seconds float64) float64 {
	right, _, _, _ := r.count()
	return seconds * 1000 / float64(right)
}

// steady is the highest rate that it held.
func (d Data) steady() Rate {
	held := d.Rates[0]
	for _, r := range d.Rates {
		if !r.broken() {
			held = r
		}
	}
	return held
}

func (d Data) operationTable() report.Table {
	r := d.steady()
	t := report.Table{Caption: "Each request at " + number(r.PerSecond) + " people a second: latency in ms", Head: []string{"request", "answers", "p50", "p95", "p99"}}
	for _, o := range operations {
		if of := r.Operations[o]; of != nil && of.Latency.count() > 0 {
			h := of.Latency
			t.Rows = append(t.Rows, []string{string(o), strconv.Itoa(h.count()), number(h.quantile(0.5)), number(h.quantile(0.95)), number(h.quantile(0.99))})
		}
	}
	return t
}

func (d Data) journeyTable() report.Table {
	r := d.steady()
	t := report.Table{Caption: "Where the CPU of a journey goes at " + number(r.PerSecond) + " people a second, in ms", Head: []string{"", "CPU"}}
	add := func(name string, seconds float64) {
		t.Rows = append(t.Rows, []string{name, fmt.Sprintf("%.1f", seconds*1000/float64(r.Ended))})
	}
	for _, name := range slices.Sorted(maps.Keys(r.Used.Functions)) {
		if name != "intake" && name != "render" { // they wait for documents
			add("function "+name, r.Used.Functions[name])
		}
	}
	add("gateway, senders", r.Used.Kinds[gateway])
	add("engine", r.Used.Kinds[engine])
	return t
}

func (d Data) plots() []report.Plot {
	var rates []float64
	latency := []report.Line{{Name: "p50"}, {Name: "p95"}, {Name: "p99"}}
	through := []report.Line{{Name: "answered"}, {Name: "asked", Dashed: true}}
	cpu := []report.Line{{Name: functions}, {Name: gateway}, {Name: engine}}
	for _, r := range d.Rates {
		right, _, _, _ := r.count()
		if right == 0 { // there is nothing to draw
			continue
		}
		rates = append(rates, r.PerSecond)
		for i, q := range []float64{0.5, 0.95, 0.99} {
			latency[i].Y = append(latency[i].Y, r.latency().quantile(q))
		}
		through[0].Y = append(through[0].Y, float64(right)/r.Seconds)
		through[1].Y = append(through[1].Y, float64(len(journey))*r.PerSecond)
		for i := range cpu {
			cpu[i].Y = append(cpu[i].Y, r.perAnswer(r.Used.Kinds[cpu[i].Name]))
		}
	}
	for _, lines := range [][]report.Line{latency, through, cpu} {
		for i := range lines {
			lines[i].X = rates
		}
	}
	const x = "people who begin, a second"
	return []report.Plot{
		{Name: "load-latency", Title: "Latency of all requests", X: x, Y: "ms", LogY: true, Lines: latency},
		{Name: "load-throughput", Title: "Answers", X: x, Y: "a second", Lines: through},
		{Name: "load-cpu", Title: "CPU per answer", X: x, Y: "ms", Lines: cpu},
	}
}

// number has a digit after the point below ten.
func number(v float64) string {
	if v >= 10 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'f', 1, 64)
}

func percent(share float64) string { return strconv.FormatFloat(share*100, 'f', 0, 64) + " %" }

func (d Data) waveTable() report.Table {
	t := report.Table{
		Caption: fmt.Sprintf("%d valid log-ins at once from one office. Memory is that of all processes of the function: the sum of the most that each has had resident, and their proportional share (PSS) afterwards, in MB. "+
			"Beside them runs what the local run keeps warm for uploads: mostly render's PDF engine, which no log-in touches", together),
		Head: []string{"", "succeeded", "first after ms", "last after ms", "processes", "peak", "PSS", "peak of other functions"},
	}
	for i, w := range d.Waves {
		name := "again"
		if i == 0 {
			name = "processes start"
		}
		peak, pss := w.memory()
		t.Rows = append(t.Rows, []string{
			name, strconv.Itoa(w.Succeeded), number(w.Ms.Quantile(0)), number(w.Ms.Quantile(1)), strconv.Itoa(len(w.Processes)), strconv.FormatInt(peak>>20, 10), strconv.FormatInt(pss>>20, 10),
			strconv.FormatInt(w.Beside>>20, 10),
		})
	}
	return t
}

func (d Data) waveGoal() report.Goal {
	g := report.Goal{Figure: fmt.Sprintf("%d valid log-ins at once", together), Goal: "all succeed, <= 256 MB", Met: true}
	least, most := together, int64(0)
	for _, w := range d.Waves {
		peak, _ := w.memory()
		least, most = min(least, w.Succeeded), max(most, peak)
		for _, wrong := range w.Wrong {
			g.Why = wrong
		}
	}
	g.Reached = fmt.Sprintf("%d succeed, %d MB", least, most>>20)
	if least < together || most > mostMemory {
		g.Met = false
		if g.Why == "" {
			g.Why = "each process that hashes holds a hash's 19 MB, and the last one's until they are collected"
		}
	}
	return g
}
