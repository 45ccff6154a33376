package commands

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"phonon.in/central/cmd/central/console"
	"phonon.in/central/cmd/central/cost"
)

const costHelp = `Computes the bill of one month in USD from what each step of the journey was counted to use: requests, Lambda GB-seconds,
DynamoDB units, mails, SMS, calls, S3. The prices are constants with their source in cmd/central/cost/prices.go, the counts in
counted.json, which a test compares with what a local run does.

How many people come and how far they go are flags; their defaults are assumptions. Free tiers, support and taxes are not in it.

--idle is a month in which nobody comes: what the stack has (counted in template.yaml) and what runs each minute, at list prices and after the
free tiers of an account that has nothing else. --edge adds edge.yaml, --zone a zone of Route 53.`

// Cost is `central cost`.
func Cost(c *console.Console) *cobra.Command {
	in := cost.Defaults()
	var idle, edge, zone bool
	var people []string // flags that say how many come
	cmd := &cobra.Command{Use: "cost", Short: "Compute the monthly bill", Long: costHelp, Args: cobra.NoArgs}
	f := cmd.Flags()
	for _, flag := range []struct {
		to         *float64
		name, what string
	}{
		{&in.Signups, "signups", "`number` of people who sign up in the month"},
		{&in.VerifiedShare, "verified-share", "`share` of them who follow the mailed link"},
		{&in.PhoneShare, "phone-share", "`share` of those who prove a number"},
		{&in.KYCShare, "kyc-share", "`share` of those who hand in their documents"},
		{&in.LandlineShare, "landline-share", "`share` of numbers that are called"},
		{&in.Codes, "codes", "`number` of codes for each number"},
		{&in.Mails, "mails", "`number` of mails for each sign-up"},
		{&in.Documents, "documents", "`number` of documents of a case"},
		{&in.DocumentMB, "document-mb", "`size` of a document in MB"},
		{&in.Scanned, "scanned-share", "`share` of the documents that GuardDuty scans: 1 with MalwareScan=on"},
		{&in.Logins, "logins", "`number` of later log-ins of each verified account in the month"},
		{&in.Months, "months", "`number` of months whose accounts and documents are stored"},
		{&in.SMSUSD, "sms-usd", "`price` of one SMS"},
		{&in.CallUSD, "call-usd", "`price` of one call"},
		{&in.AlarmMetrics, "alarm-metrics", "`number` of metrics that alarms look at"},
	} {
		f.Float64Var(flag.to, flag.name, *flag.to, flag.what)
		people = append(people, flag.name)
	}
	f.BoolVar(&idle, "idle", false, "a month in which nobody comes")
	f.BoolVar(&edge, "edge", false, "with --idle: CloudFront and its firewall in front")
	f.BoolVar(&zone, "zone", false, "with --idle: a zone of Route 53")
	cmd.RunE = c.Action(func(context.Context, []string) error {
		if idle {
			if i := slices.IndexFunc(people, f.Changed); i >= 0 {
				return console.BadUsage("with --idle nobody comes: --%s changes nothing", people[i])
			}
			b := cost.Idle(edge, zone)
			return c.Show(b, func(w io.Writer) { printIdle(w, b) })
		}
		if edge || zone {
			return console.BadUsage("--edge and --zone are of --idle")
		}
		b, err := cost.Monthly(in)
		if err != nil {
			return console.Misused(err)
		}
		return c.Show(b, func(w io.Writer) { printBill(w, b) })
	})
	return cmd
}

func printBill(w io.Writer, b cost.Bill) {
	each := func(usd float64) string {
		if b.Completed == 0 {
			return "-"
		}
		return fmt.Sprintf("%.6f", usd/b.Completed)
	}
	fmt.Fprintln(w, "SERVICE\tUNIT\tUNITS\tUSD\tUSD PER COMPLETED ACCOUNT")
	for _, l := range b.Lines {
		fmt.Fprintf(w, "%s\t%s\t%.0f\t%.2f\t%s\n", l.Service, l.Unit, l.Units, l.USD, each(l.USD))
	}
	fmt.Fprintf(w, "total\t\t\t%.2f\t%s\n", b.TotalUSD, each(b.TotalUSD))
	fmt.Fprintf(w, "without messages\t\t\t%.2f\t%s\n", b.TotalUSD-b.MessagesUSD, each(b.TotalUSD-b.MessagesUSD))
	fmt.Fprintf(w, "\n%.0f sign-ups, %.0f completed accounts; %.2f USD for a million sign-ups\n", b.Input.Signups, b.Completed, b.PerMillionSignups)
	fmt.Fprintln(w, "Prices are list prices of us-east-1 (ap-south-1: 5 to 15 % more); shares and later log-ins are assumptions.")
}

func printIdle(w io.Writer, b cost.IdleBill) {
	fmt.Fprintln(w, "SERVICE\tUNIT\tUNITS\tUSD\tUSD AFTER FREE TIERS")
	for _, l := range b.Lines {
		fmt.Fprintf(w, "%s\t%s\t%.6g\t%.2f\t%.2f\n", l.Service, l.Unit, l.Units, l.USD, l.AfterFreeUSD)
	}
	fmt.Fprintf(w, "total\t\t\t%.2f\t%.2f\n", b.TotalUSD, b.AfterFreeUSD)
	fmt.Fprintln(w, "\nNobody comes, and nothing is stored. Prices are list prices of us-east-1 (ap-south-1: 5 to 15 % more).")
}
