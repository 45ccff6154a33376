package cases

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"phonon.in/central/cmd/central/console"
	"phonon.in/central/cmd/central/where"
	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/store"
)

const caseListHelp = `Lists the KYC cases that wait for a reviewer, the most urgent lane first and in it what is due first. With --status it lists cases in that
status, also those that wait for their holder or for time to pass; what waits for nothing more is in no list. Names are shown with --reveal only.`

type caseLine struct {
	Reference  string     `json:"reference"`
	Account    account.ID `json:"account"`
	No         int        `json:"no"`
	Name       string     `json:"name,omitempty"`
	Status     kyc.Status `json:"status"`
	Lane       kyc.Lane   `json:"lane,omitempty"`
	DueAt      time.Time  `json:"dueAt"` // when it is to be decided; without a lane, when the clock looks at it
	Overdue    bool       `json:"overdue"`
	EntityType string     `json:"entityType"`
	Round      int        `json:"round"`
	LeasedBy   account.ID `json:"leasedBy,omitempty"`
}

func listCommand(c *where.Call) *cobra.Command {
	var lane, status string
	var overdue, reveal bool
	var limit int
	cmd := &cobra.Command{Use: "list", Short: "List the KYC cases that wait", Long: caseListHelp, Args: cobra.NoArgs}
	f := cmd.Flags()
	f.StringVar(&lane, "lane", "", "only this `lane`: "+strings.Join(laneNames(), ", "))
	f.BoolVar(&overdue, "overdue", false, "only what should have been decided by now")
	f.StringVar(&status, "status", "", "only this `status`, such as submitted, needs_info or approved")
	f.IntVar(&limit, "limit", 100, "`number` of cases, at most")
	f.BoolVar(&reveal, "reveal", false, "show names")
	cmd.RunE = c.Action(func(ctx context.Context, _ []string) error {
		switch {
		case lane != "" && !slices.Contains(laneNames(), lane):
			return console.BadUsage("--lane is %q, not one of %s", lane, strings.Join(laneNames(), ", "))
		case limit < 1 || limit > console.MostListed:
			return console.BadUsage("--limit is %d, not a number from 1 to %d", limit, console.MostListed)
		case status != "" && !slices.Contains(statusNames, status):
			return console.BadUsage("--status is %q, not one of %s", status, strings.Join(statusNames, ", "))
		}
		sys, err := c.Open(ctx)
		if err != nil {
			return err
		}
		lines, err := listCases(ctx, sys.Store(), c.Now(), kyc.Lane(lane), func(l caseLine) bool {
			return (!overdue || l.Overdue) && (status == "" && l.Lane != "" || status == string(l.Status))
		}, limit)
		if err != nil {
			return err
		}
		for i := range lines {
			if !reveal {
				lines[i].Name = ""
			}
		}
		return c.Show(lines, func(w io.Writer) { linesText(w, lines) })
	})
	return cmd
}

var statusNames = []string{
	string(kyc.Draft), string(kyc.Submitted), string(kyc.UnderReview), string(kyc.NeedsInfo), string(kyc.Approved), string(kyc.Expiring), string(kyc.Expired),
	string(kyc.Suspended), string(kyc.Rejected), string(kyc.Withdrawn),
}

func laneNames() (names []string) {
	for _, l := range kyc.Lanes() {
		names = append(names, string(l))
	}
	return names
}

// casesAtOnce is how many cases one read brings.
const casesAtOnce = 100

// listCases reads lane after lane, or the one, and then what waits for time to pass, until there are so many that are wanted.
func listCases(ctx context.Context, s *store.Store, now time.Time, only kyc.Lane, wanted func(caseLine) bool, most int) ([]caseLine, error) {
	type pages func(after string) ([]store.QueuedCase, string, error)
	var all []pages
	for _, lane := range kyc.Lanes() {
		if only == "" || only == lane {
			all = append(all, func(after string) ([]store.QueuedCase, string, error) { return s.Lane(ctx, lane, after, casesAtOnce) })
		}
	}
	if only == "" {
		ages := now.AddDate(100, 0, 0)
		all = append(all, func(after string) ([]store.QueuedCase, string, error) {
			return s.Ticking(ctx, ages, after, casesAtOnce)
		})
	}
	lines := []caseLine{}
	for _, read := range all {
		for after := ""; ; {
			found, next, err := read(after)
			if err != nil {
				return nil, err
			}
			for _, q := range found {
				if l := caseLineOf(q, now); wanted(l) && len(lines) < most {
					lines = append(lines, l)
				}
			}
			if after = next; after == "" || len(lines) == most {
				break
			}
		}
	}
	return lines, nil
}

func caseLineOf(q store.QueuedCase, now time.Time) caseLine {
	l := caseLine{
		Reference: q.Reference, Account: q.AccountID, No: q.No, Name: q.DisplayName, Status: q.Status, DueAt: q.DueAt, EntityType: q.EntityType, Round: q.Round,
	}
	if slices.Contains(kyc.Lanes(), q.Lane) {
		l.Lane, l.Overdue = q.Lane, q.DueAt.Before(now)
		if now.Before(q.LeaseUntil) {
			l.LeasedBy = q.LeaseBy
		}
	}
	return l
}

func linesText(w io.Writer, lines []caseLine) {
	if len(lines) == 0 {
		fmt.Fprintln(w, "no cases")
		return
	}
	fmt.Fprintln(w, "REFERENCE\tACCOUNT\tSTATUS\tLANE\tDUE\tENTITY TYPE\tROUND\tNAME")
	for _, l := range lines {
		due := console.Day(l.DueAt)
		if l.Overdue {
			due += " (overdue)"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s\n", console.Dash(l.Reference), l.Account, l.Status, console.Dash(string(l.Lane)), due, l.EntityType, l.Round, console.Dash(l.Name))
	}
}
