package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"phonon.in/central/cmd/central/console"
	"phonon.in/central/cmd/central/holder"
	"phonon.in/central/cmd/central/where"
	"phonon.in/central/shared/account"
	"phonon.in/central/shared/store"
)

// Reviewer is `central reviewer`, with what is below it.
func Reviewer(c *where.Call) *cobra.Command {
	return console.Group(&cobra.Command{Use: "reviewer", Short: "Who may decide on KYC cases"},
		reviewerChange(c, true), reviewerChange(c, false), reviewerList(c))
}

// reviewerChange is `reviewer add` or `reviewer remove`.
func reviewerChange(c *where.Call, add bool) *cobra.Command {
	use, short, plan := "remove", "Take the right to decide on cases away", "It may not see or decide on KYC cases of others any more, from its next request on."
	if add {
		use, short, plan = "add", "Let an account decide on cases", "It may see the KYC cases of others, with their documents, and decide on them."
	}
	var reason string
	var dry, lead bool
	cmd := &cobra.Command{
		Use: use + " <who>", Short: short, Args: console.One("which account"),
		Long: short + ". " + plan + "\nWho did it and why is kept with the account's activity.\n\n" + holder.Help,
	}
	cmd.Flags().StringVar(&reason, "reason", "", "`why`, for the record")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "say what would be done, and do nothing")
	if add {
		cmd.Flags().BoolVar(&lead, "lead", false, "it may see the desk's report, too")
	}
	cmd.RunE = c.Action(func(ctx context.Context, args []string) error {
		if reason == "" {
			return console.BadUsage("--reason is needed: the record says why")
		}
		sys, s, p, err := holder.Open(ctx, c, args[0])
		if err != nil {
			return err
		}
		done := console.Audit{At: c.Now().UTC(), Action: "reviewer " + use, Account: p.ID, System: sys.Title, By: sys.Operator, Reason: reason, DryRun: dry}
		if dry {
			return c.Show(done, done.Text)
		}
		if err := c.Confirm(ctx, fmt.Sprintf("The account %s (%s) in the %s: %s", p.ID, console.Masked(p.Email), sys.Title, plan)); err != nil {
			return err
		}
		if done.Changed, err = setReviewer(ctx, s, p, add, lead, store.Deed{By: sys.Operator, Reason: reason, At: done.At}); err != nil {
			return err
		}
		return c.Show(done, done.Text)
	})
	return cmd
}

// setReviewer returns false when it was so already.
func setReviewer(ctx context.Context, s *store.Store, p account.Profile, add, lead bool, deed store.Deed) (bool, error) {
	var err error
	if add {
		deed.Kind = "reviewer_added"
		err = s.AddReviewer(ctx, p.ID, lead, deed)
	} else {
		deed.Kind = "reviewer_removed"
		err = s.RemoveReviewer(ctx, p.ID, deed)
	}
	switch {
	case errors.Is(err, store.ErrReviewer), errors.Is(err, store.ErrNoReviewer):
		return false, nil
	case errors.Is(err, account.ErrDisabled):
		return false, fmt.Errorf("the account %s is disabled; nothing was changed", p.ID)
	}
	return err == nil, err
}

type reviewerView struct {
	Account account.ID     `json:"account"`
	Email   string         `json:"email"`
	Status  account.Status `json:"status"`
	Lead    bool           `json:"lead"`
	AddedAt time.Time      `json:"addedAt"`
	By      string         `json:"by"`
	Reason  string         `json:"reason"`
}

func reviewerList(c *where.Call) *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "List the reviewers, with who added them and why", Args: cobra.NoArgs}
	var reveal bool
	cmd.Flags().BoolVar(&reveal, "reveal", false, "show email addresses in full")
	cmd.RunE = c.Action(func(ctx context.Context, _ []string) error {
		sys, err := c.Open(ctx)
		if err != nil {
			return err
		}
		s := sys.Store()
		found, err := s.Reviewers(ctx)
		if err != nil {
			return err
		}
		views := make([]reviewerView, len(found))
		for i, r := range found {
			p, err := s.Profile(ctx, r.AccountID)
			if err != nil {
				return fmt.Errorf("the account %s: %w", r.AccountID, err)
			}
			views[i] = reviewerView{r.AccountID, console.Masked(p.Email), p.Status, r.Lead, r.AddedAt, r.By, r.Reason}
			if reveal {
				views[i].Email = p.Email.String()
			}
		}
		return c.Show(views, func(w io.Writer) {
			if len(views) == 0 {
				fmt.Fprintln(w, "no reviewers")
				return
			}
			fmt.Fprintln(w, "ACCOUNT\tEMAIL\tSTATUS\tLEAD\tSINCE\tBY\tREASON")
			for _, v := range views {
				fmt.Fprintf(w, "%s\t%s\t%s\t%v\t%s\t%s\t%s\n", v.Account, v.Email, v.Status, v.Lead, console.Day(v.AddedAt), v.By, v.Reason)
			}
		})
	})
	return cmd
}
