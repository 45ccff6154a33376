package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/store"
)

// audit is what a change of an account leaves on the output: one line for people, one JSON value with --json.
type audit struct {
	At      time.Time      `json:"at"`
	Action  string         `json:"action"`
	Account account.ID     `json:"account"`
	System  string         `json:"system"`
	By      string         `json:"by"`
	Reason  string         `json:"reason,omitempty"`
	Changed bool           `json:"changed"`
	DryRun  bool           `json:"dryRun,omitempty"`
	Counts  map[string]int `json:"counts,omitempty"`
	Kept    []string       `json:"kept,omitempty"`
}

func (a audit) text(w io.Writer) {
	state := "done"
	switch {
	case a.DryRun:
		state = "nothing was changed (--dry-run)"
	case !a.Changed:
		state = "it was so already: nothing was changed"
	}
	fmt.Fprintf(w, "%s  %s of %s by %s: %s\n", day(a.At), a.Action, a.Account, a.By, state)
	for _, k := range a.Kept {
		fmt.Fprintln(w, "kept: "+k)
	}
}

// statusCommand is `account disable` or `account enable`.
func (c *cli) statusCommand(to account.Status) *cobra.Command {
	use, kind, plan := "disable", "account_disabled", "Its sessions end at once, and logging in answers account_disabled."
	if to == account.Active {
		use, kind, plan = "enable", "account_enabled", "Its holder can log in again."
	}
	var reason string
	var dry bool
	cmd := &cobra.Command{
		Use: use + " <who>", Short: strings.ToUpper(use[:1]) + use[1:] + " an account", Args: one("which account"),
		Long: strings.ToUpper(use[:1]) + use[1:] + "s an account. " + plan + " Who did it and why is kept with the account's activity.\n\n" + whoHelp,
	}
	cmd.Flags().StringVar(&reason, "reason", "", "`why`, for the record")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "say what would be done, and do nothing")
	cmd.RunE = c.action(func(ctx context.Context, args []string) error {
		if reason == "" && to == account.Disabled {
			return badUsage("--reason is needed: the record says why an account was disabled")
		}
		sys, s, p, err := c.openAccount(ctx, args[0])
		if err != nil {
			return err
		}
		if store.Erased(p) {
			return fmt.Errorf("the account %s was erased", p.ID)
		}
		done := audit{
			At: c.now().UTC(), Action: use, Account: p.ID, System: sys.title, By: sys.operator, Reason: reason, DryRun: dry,
			Changed: p.Status != to && !dry,
		}
		if !done.Changed {
			return c.show(done, done.text)
		}
		if err := c.confirm(ctx, fmt.Sprintf("This will %s the account %s (%s) in the %s. %s", use, p.ID, masked(p.Email), sys.title, plan)); err != nil {
			return err
		}
		if err := setStatus(ctx, s, p, to, store.Deed{Kind: kind, By: sys.operator, Reason: reason, At: done.At}); err != nil {
			return err
		}
		return c.show(done, done.text)
	})
	return cmd
}

// setStatus changes the status. A disabled account's sessions are over by that alone; their items go too, so that they stay over when the
// account is enabled again.
func setStatus(ctx context.Context, s *store.Store, p account.Profile, to account.Status, deed store.Deed) error {
	if _, err := s.SetStatus(ctx, p, to, deed); err != nil {
		return err
	}
	if to == account.Active {
		return nil
	}
	return s.SweepSessions(ctx, p.ID, "")
}
