package units

import (
	"fmt"
	"math"
	"slices"

	"phonon.in/central/bench/report"
	"phonon.in/central/cmd/central/cost"
)

// Report is the table of units, and the bills that follow from it.
func (d Data) Report() report.Section {
	table := cost.Count(d.Requests)
	return report.Section{
		Title: "Units and bills",
		Text: fmt.Sprintf("Counted on the wire for %d people, from sign-up to a case that was handed in, and for what they do each month. Units are what DynamoDB bills, by its "+
			"rules; a test holds them to AWS's own engine. Round trips are calls of DynamoDB one after the other, until a message is handed on. Bytes are those of the bodies. "+
			"The same table is `cmd/central/cost/counted.json`, from which `central cost` computes; a test compares both with what the functions do.\n\n"+
			"Prices are AWS's list prices of us-east-1 without free tiers, as known on 23 November 2026 (`cmd/central/cost/prices.go`); ap-south-1 is 5 to 15 %% dearer. "+
			"Durations on Lambda are estimated, since nothing was measured there.", d.People),
		Tables: []report.Table{operations(table), onboarding(), month(), peers()},
		Plots:  []report.Plot{bills()},
		Goals:  goals(table),
	}
}

func operations(table []cost.Operation) report.Table {
	t := report.Table{
		Caption: "What one request or event takes",
		Head:    []string{"operation", "round trips", "calls", "read units", "write units", "KB sent", "KB received", "USD a million"},
	}
	prices := cost.PerMillion()
	for _, o := range table {
		t.Rows = append(t.Rows, []string{
			"`" + o.Name + "`", fmt.Sprint(o.Rounds), fmt.Sprint(o.Calls), fmt.Sprintf("%g", o.Reads), fmt.Sprintf("%g", o.Writes),
			fmt.Sprintf("%.1f", float64(o.Sent)/1000), fmt.Sprintf("%.1f", float64(o.Received)/1000), usd(cost.Sum(prices[o.Name])),
		})
	}
	return t
}

func onboarding() report.Table {
	requests, documents, browser, scanner := cost.Onboarding()
	t := report.Table{
		Caption: "A million completed onboardings, in USD: seventeen requests with two documents, what becomes of the documents, what a browser loads besides, and the scanner where it is on. Messages are apart, and so is a month's storage",
		Head:    []string{"service", "requests", "documents", "browser", "scanner"},
	}
	for _, name := range []string{"DynamoDB", "S3", "Lambda", "API Gateway", "CloudWatch", "X-Ray", "Data transfer", "GuardDuty"} {
		t.Rows = append(t.Rows, []string{name, usd(of(name, requests)), usd(of(name, documents)), usd(of(name, browser)), usd(of(name, scanner))})
	}
	t.Rows = append(t.Rows, []string{"together", usd(cost.Sum(requests)), usd(cost.Sum(documents)), usd(cost.Sum(browser)), usd(cost.Sum(scanner))})
	return t
}

func month() report.Table {
	t := report.Table{
		Caption: "A million active users in a month, in USD: two log-ins, thirty renewals of tokens, thirty reads of the account each",
		Head:    []string{"service", "USD"},
	}
	for _, s := range cost.ActiveMonth() {
		t.Rows = append(t.Rows, []string{s.Name, usd(s.USD)})
	}
	t.Rows = append(t.Rows, []string{"together", usd(cost.Sum(cost.ActiveMonth()))})
	return t
}

var users = []float64{1e4, 1e5, 1e6, 1e7, 1e8}

func peers() report.Table {
	t := report.Table{
		Caption: "The monthly bill beside others, in USD. Central has what stands in it and no free tiers; Cognito has its free users. A server of one's own is Ory Kratos with its defaults on " +
			"Fargate, behind an ALB, with RDS in two zones: list prices, and assumptions about peak and database (`cmd/central/cost/peers.go`)",
		Head: []string{"active users", "Central"},
	}
	for _, p := range cost.Plans {
		t.Head = append(t.Head, p.Name)
	}
	t.Head = append(t.Head, "self-hosted")
	for _, n := range users {
		row := []string{fmt.Sprintf("%.0f", n), usd(cost.Ours(n))}
		for _, p := range cost.Plans {
			row = append(row, usd(p.USD(n)))
		}
		t.Rows = append(t.Rows, append(row, usd(cost.SelfHosted(n))))
	}
	return t
}

func bills() report.Plot {
	p := report.Plot{Name: "bill-of-active-users", Title: "Monthly bill without messages", X: "monthly active users", Y: "USD", LogX: true, LogY: true}
	line := func(name string, of func(float64) float64, dashed bool) {
		l := report.Line{Name: name, Dashed: dashed}
		for e := 4.0; e <= 8; e += 0.5 {
			n := math.Round(math.Pow(10, e))
			if y := of(n); y > 0 { // what is free has no logarithm
				l.X, l.Y = append(l.X, n), append(l.Y, y)
			}
		}
		p.Lines = append(p.Lines, l)
	}
	line("Central", cost.Ours, false)
	for _, plan := range cost.Plans {
		line(plan.Name, plan.USD, false)
	}
	line("self-hosted", cost.SelfHosted, true)
	return p
}

// roundTrips are the goals for calls one after the other, and why there are more where there are.
var roundTrips = []struct {
	figure, operation string
	most              int
	why               string
}{
	{"authenticated read", "GET /v1/account", 1, inTurn}, {"sign-up", "POST /v1/signup", 3, inTurn}, {"code sent", "POST /v1/otp", 3, inTurn}, {"code verified", "POST /v1/otp/verify", 3, inTurn},
	{"log-in", "POST /v1/login", 2, "the second of the three is made beside the hash, which takes longer: nobody waits for it"},
}

const inTurn = "each needs what the one before says"

const mostOnboarding = 45 // USD for a million

func goals(table []cost.Operation) []report.Goal {
	var all []report.Goal
	for _, r := range roundTrips {
		i := slices.IndexFunc(table, func(o cost.Operation) bool { return o.Name == r.operation })
		if i < 0 {
			all = append(all, report.Goal{Figure: "round trips to DynamoDB: " + r.figure, Goal: fmt.Sprint(r.most), Reached: "-", Why: "it was not counted"})
			continue
		}
		g := report.Goal{Figure: "round trips to DynamoDB: " + r.figure, Goal: fmt.Sprint(r.most), Reached: fmt.Sprint(table[i].Rounds), Met: table[i].Rounds <= r.most}
		if !g.Met {
			g.Why = r.why
		}
		all = append(all, g)
	}
	requests, documents, _, _ := cost.Onboarding()
	sum := cost.Sum(requests, documents)
	g := report.Goal{Figure: "infrastructure of a million onboardings, without messages", Goal: fmt.Sprintf("%d USD", mostOnboarding), Reached: usd(sum) + " USD", Met: sum <= mostOnboarding}
	if !g.Met {
		g.Why = fmt.Sprintf("DynamoDB is %s USD of it, where the goal foresaw one write for each step: limits are counted, what belongs together is written in transactions, which cost twice, and a case that is handed in leaves traces; S3 takes %s to store, check and render two documents",
			usd(of("DynamoDB", requests)+of("DynamoDB", documents)), usd(of("S3", requests)+of("S3", documents)))
	}
	return append(all, g)
}

func of(name string, list []cost.Share) float64 {
	for _, s := range list {
		if s.Name == name {
			return s.USD
		}
	}
	return 0
}

func usd(v float64) string {
	switch {
	case v == 0:
		return "0"
	case v < 1000:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.0f", v)
}
