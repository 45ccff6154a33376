package start

import (
	"fmt"
	"slices"

	"phonon.in/central/bench/lab"
	"phonon.in/central/bench/report"
)

const text = "Built as for Lambda (`make build`), sizes for arm64; archives are packed as `sam` packs them. A start is from exec to the first request for an event, in\n" +
	"turn with an empty handler of aws-lambda-go that is built alike: medians. Runtime API, Secrets Manager and a DynamoDB without items are on the same machine and answer at once; on AWS\n" +
	"the microVM, the download and the network come on top. Cold is without the binary in the page cache."

// Report makes the tables of sizes and starts.
func (d Data) Report() report.Section {
	s := report.Section{Name: "start", Title: "Binaries and start", Text: text}
	s.Tables = []report.Table{d.functions()}
	if len(d.Plain) > 0 {
		s.Tables = append(s.Tables, d.plain())
	}
	s.Tables = append(s.Tables, d.first())
	s.Plots = []report.Plot{d.bars()}
	s.Goals = d.goals()
	return s
}

// functions is the table that a test holds the sizes of binaries to.
func (d Data) functions() report.Table {
	t := report.Table{Head: []string{"function", "MB", "zip MB", "start ms", "÷ empty", "cold ms", "÷ empty", "CPU ms", "resident MB"}}
	t.Rows = append(t.Rows, d.row("an empty handler", d.Empty))
	for _, f := range d.Functions {
		t.Rows = append(t.Rows, d.row("`"+f.Name+"`", f))
	}
	return t
}

func (d Data) row(name string, b Binary) []string {
	return []string{
		name, mb(b.Bytes), mb(b.Zip), tenths(b.Warm.Median()), hundredths(d.warm(b)), tenths(b.Cold.Median()), hundredths(d.cold(b)),
		tenths(b.CPU.Median()), tenths(b.Resident.Median()),
	}
}

// warm and cold are how much longer a binary takes to start than the empty handler.
func (d Data) warm(b Binary) float64 { return b.Warm.Median() / d.Empty.Warm.Median() }
func (d Data) cold(b Binary) float64 { return b.Cold.Median() / d.Empty.Cold.Median() }

func (d Data) plain() report.Table {
	t := report.Table{
		Caption: "The same beside what `go build` makes without any flag, for this machine:",
		Head:    []string{"function", "plain MB", "start ms", "÷ ours", "cold ms", "÷ ours", "CPU ms", "÷ ours"},
	}
	for _, p := range d.Plain {
		i := slices.IndexFunc(d.Functions, func(f Binary) bool { return f.Name == p.Name })
		ours := d.Functions[i]
		t.Rows = append(t.Rows, []string{
			p.Name, mb(p.Bytes), tenths(p.Warm.Median()), hundredths(p.Warm.Median() / ours.Warm.Median()),
			tenths(p.Cold.Median()), hundredths(p.Cold.Median() / ours.Cold.Median()), tenths(p.CPU.Median()), hundredths(p.CPU.Median() / ours.CPU.Median()),
		})
	}
	return t
}

func (d Data) first() report.Table {
	t := report.Table{
		Caption: "What the first caller waits for, with TLS to DynamoDB and Secrets Manager, and all root certificates of the machine to choose from; `account` answers after one call of each:",
		Head:    []string{"function", "asks for the event, ms", "answered, ms", "between, ms"},
	}
	for _, f := range d.First {
		between := make(lab.Samples, len(f.Answer))
		for i := range between {
			between[i] = f.Answer[i] - f.Next[i]
		}
		name := f.Name
		if name == "empty" {
			name = "an empty handler"
		}
		t.Rows = append(t.Rows, []string{name, tenths(f.Next.Median()), tenths(f.Answer.Median()), tenths(between.Median())})
	}
	return t
}

func (d Data) bars() report.Plot {
	p := report.Plot{Name: "start", Title: "Start of each function, in starts of an empty handler", Y: "warm, ÷ empty"}
	for _, f := range d.Functions {
		p.Bars = append(p.Bars, report.Bar{Name: f.Name, Value: d.warm(f)})
	}
	return p
}

func (d Data) goals() []report.Goal {
	var goals []report.Goal
	add := func(figure string, most, reached float64, unit, why string) {
		goals = append(goals, report.Goal{
			Figure: figure, Goal: fmt.Sprintf("≤ %.1f%s", most, unit), Reached: hundredths(reached) + unit, Met: reached <= most, Why: why,
		})
	}
	all := func(of func(Binary) float64) (values lab.Samples) {
		for _, f := range d.Functions {
			values = append(values, of(f))
		}
		return values
	}
	var zips lab.Samples
	for _, f := range d.Functions {
		if f.Name == "otp" {
			add("start of `otp` in starts of an empty handler", 2, d.warm(f), "", whyOTP)
		}
		if f.Name != "render" {
			zips = append(zips, float64(f.Zip)/1e6)
		}
	}
	add("start of the median function in starts of an empty handler", 1.7, all(d.warm).Median(), "", whySDK)
	add("the same without the page cache", 1.5, all(d.cold).Median(), "", whyCold)
	add("zip of the largest function, apart from `render`", 5.5, zips.Max(), " MB", whyMost)
	add("zip of the median function, apart from `render`", 3.4, zips.Median(), " MB", whyZip)
	return goals
}

// Why a goal is missed, where it is.
const (
	whyOTP  = "the clients of SNS and of End User Messaging come on top of what all functions have"
	whyMost = "what the largest function has that others lack is listed below its table"
	whySDK  = "what is left is the core of the AWS SDK, DynamoDB's client with its connection, and the secret that is read before the first request"
	whyCold = "the binary of the median function is 1.6 times that of the empty handler, and starts by touching all of the SDK's packages"
	whyZip  = "the AWS SDK and the tables of x/text, which the standard library has once more"
)

func mb(bytes int64) string       { return fmt.Sprintf("%.2f", float64(bytes)/1e6) }
func tenths(f float64) string     { return fmt.Sprintf("%.1f", f) }
func hundredths(f float64) string { return fmt.Sprintf("%.2f", f) }
