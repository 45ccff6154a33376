package cost

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9*math.Max(1, math.Abs(b)) }

func monthly(t *testing.T, in Input) Bill {
	t.Helper()
	b, err := Monthly(in)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (b Bill) line(service, unit string) Line {
	for _, l := range b.Lines {
		if l.Service == service && l.Unit == unit {
			return l
		}
	}
	return Line{}
}

func TestOneSignupIsCountedByHand(t *testing.T) {
	b := monthly(t, Input{Signups: 1e6, Mails: 1})
	// 16 files, 3 pages, captcha, sign-up; 7 single writes and a transaction of 2.
	if got := b.line("API Gateway", "requests").Units; !near(got, 21e6) {
		t.Errorf("%g requests", got)
	}
	if got := b.line("DynamoDB", "write units").Units; !near(got, 11e6) {
		t.Errorf("%g write units", got)
	}
	if got := b.line("SES", "mails").USD; !near(got, 100) {
		t.Errorf("%g USD of mails", got)
	}
	if b.Completed != 0 || b.PerCompletedUSD != 0 {
		t.Errorf("%+v", b)
	}
}

func TestMessagesFollowTheirPrices(t *testing.T) {
	in := Input{Signups: 1000, VerifiedShare: 1, PhoneShare: 0.5, Codes: 2, LandlineShare: 0.1, SMSUSD: 0.01, CallUSD: 0.1}
	b := monthly(t, in)
	if sms, calls := b.line("SMS", "SMS"), b.line("Voice", "calls of a minute"); !near(sms.Units, 900) || !near(sms.USD, 9) || !near(calls.USD, 10) {
		t.Errorf("%+v %+v", sms, calls)
	}
	if !near(b.MessagesUSD, 19) {
		t.Errorf("messages cost %g", b.MessagesUSD)
	}
}

func TestTheTotalIsTheSumAndGrowsWithPeople(t *testing.T) {
	small, large := Defaults(), Defaults()
	small.Signups = 10_000
	a, b := monthly(t, small), monthly(t, large)
	sum := 0.0
	for _, l := range b.Lines {
		sum += l.USD
	}
	if !near(sum, b.TotalUSD) || !near(b.PerMillionSignups, b.TotalUSD) || b.TotalUSD < 75*a.TotalUSD {
		t.Errorf("sum %g, total %g, small %g", sum, b.TotalUSD, a.TotalUSD)
	}
	if !near(b.PerCompletedUSD*b.Completed, b.TotalUSD) || b.MessagesUSD <= 0 || b.MessagesUSD >= b.TotalUSD {
		t.Errorf("%+v", b)
	}
}

func TestNonsenseIsRefused(t *testing.T) {
	for _, change := range []func(*Input){
		func(in *Input) { in.Signups = 0 }, func(in *Input) { in.KYCShare = 1.1 }, func(in *Input) { in.VerifiedShare = -0.1 },
		func(in *Input) { in.Documents = -1 }, func(in *Input) { in.SMSUSD = math.NaN() },
	} {
		in := Defaults()
		change(&in)
		if _, err := Monthly(in); err == nil {
			t.Errorf("%+v was taken", in)
		}
	}
}

// TestWhatStandsIsCountedInTheTemplate: a metric more is paid each month.
func TestWhatStandsIsCountedInTheTemplate(t *testing.T) {
	read := func(file string) string {
		text, err := os.ReadFile("../../../" + file)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	template, edge := read("template.yaml"), read("edge.yaml")
	count := func(text, pattern string) int { return len(regexp.MustCompile(pattern).FindAllString(text, -1)) }
	resources := func(kind string) []string {
		var all []string
		for _, r := range regexp.MustCompile(`(?m)^  \w+:\n(?:    .*\n|\n)*`).FindAllString(template, -1) {
			if strings.Contains(r, "    Type: "+kind+"\n") {
				all = append(all, r)
			}
		}
		return all
	}
	alarmed, shown, ours, boards := 0, 0, 0, resources("AWS::CloudWatch::Dashboard")
	for _, a := range resources("AWS::CloudWatch::Alarm") {
		alarmed += max(1, count(a, `MetricStat:`))
	}
	for _, b := range boards {
		shown = max(shown, count(b, `\["(AWS|Central)/`))
	}
	for _, s := range resources("AWS::SecretsManager::Secret") {
		if !strings.Contains(s, "Condition: HasEdge") {
			ours++
		}
	}
	for _, row := range []struct {
		what        string
		is, counted int
	}{
		{"metrics of alarms", alarmed, alarmMetrics},
		{"dashboards", len(boards), dashboards},
		{"metrics of the dashboard that has most", shown, dashboardMetrics},
		{"metrics from the log", len(resources("AWS::Logs::MetricFilter")), logMetrics},
		{"metrics that notify writes", count(read("functions/notify/sweep.go"), `obs\.Count\(`), sweepMetrics},
		{"metrics that clock writes", count(read("functions/clock/clock.go"), `obs\.Count\(`), clockMetrics},
		{"secrets", ours, secrets},
		{"rules of the firewall", count(edge, `(?m)^        - Name: `), edgeRules},
		{"lines that Lambda writes of each run", 2 - 2*count(template, `(?m)^    LoggingConfig: \{SystemLogLevel: WARN\}`), 0},
		{"runs of the clock an hour", 6 * count(template, `rate\(10 minutes\)`), clocksAMonth / 24 / 30},
		{"sweeps an hour", 60 * count(template, `rate\(1 minute\)`), sweepsAMonth / 24 / 30},
	} {
		if row.is != row.counted {
			t.Errorf("%d %s; the bill counts %d", row.is, row.what, row.counted)
		}
	}
}

func TestWhatNobodyUsesIsStillPaid(t *testing.T) {
	idle, all := Idle(false, false), Idle(true, true)
	sum, after := 0.0, 0.0
	for _, l := range idle.Lines {
		sum, after = sum+l.USD, after+l.AfterFreeUSD
		if l.AfterFreeUSD > l.USD || l.AfterFreeUSD < 0 {
			t.Errorf("%+v", l)
		}
	}
	if !near(sum, idle.TotalUSD) || !near(after, idle.AfterFreeUSD) || after >= sum {
		t.Errorf("%+v", idle)
	}
	// A zone, one more secret, an access list and its rules.
	if !near(all.TotalUSD-idle.TotalUSD, 0.5+0.4+5+edgeRules) || !near(all.AfterFreeUSD-idle.AfterFreeUSD, all.TotalUSD-idle.TotalUSD) {
		t.Errorf("%+v", all)
	}
	// By hand: 0.8 for the secrets and 0.216 for its reads, alarms, metrics and the dashboard, and what a sweep and a run of the clock is.
	byHand := 0.4*secrets + 0.216 + 0.1*alarmMetrics + 0.3*(sweepMetrics+clockMetrics) + 3*dashboards + 43200*(0.2e-6+8*0.125e-6+5e-6+0.8e-6*0.5+0.03*0.25*13.3334e-6) +
		4320*(0.2e-6+4*0.125e-6+0.3e-6*0.5+0.06*0.25*13.3334e-6)
	if !near(idle.TotalUSD, byHand) {
		t.Errorf("%g, by hand %g", idle.TotalUSD, byHand)
	}
	if quiet := monthly(t, Input{Signups: 1, AlarmMetrics: alarmMetrics}); quiet.TotalUSD < idle.TotalUSD {
		t.Errorf("a month with one person costs %g, one with none %g", quiet.TotalUSD, idle.TotalUSD)
	}
}

// TestFunctionsHaveTheMemoryOfTheTemplate holds the bill to what is deployed.
func TestFunctionsHaveTheMemoryOfTheTemplate(t *testing.T) {
	text, err := os.ReadFile("../../../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	memory := map[string]float64{}
	for _, resource := range regexp.MustCompile(`(?m)^  (\w+)Function:\n(?:    .*\n|\n)*`).FindAllStringSubmatch(string(text), -1) {
		if m := regexp.MustCompile(`(?m)^      MemorySize: (\d+)$`).FindStringSubmatch(resource[0]); m != nil {
			memory[strings.ToLower(resource[1])], _ = strconv.ParseFloat(m[1], 64)
		}
	}
	for function, mb := range memoryMB {
		if mb != memory[function] {
			t.Errorf("%s is counted with %g MB, and has %g", function, mb, memory[function])
		}
	}
	for _, o := range Counted() {
		if memoryMB[o.Function] == 0 {
			t.Errorf("%s: the memory of %s is not known", o.Name, o.Function)
		}
	}
}
