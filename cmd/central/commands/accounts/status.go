package accounts

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"phonon.in/central/cmd/central/console"
	"phonon.in/central/cmd/central/holder"
	"phonon.in/central/cmd/central/where"
	"phonon.in/central/shared/account"
	"phonon.in/central/shared/store"
)

// statusCommand is `account disable` or `account enable`.
func statusCommand(c *where.Call, to account.Status) *cobra.Command {
	use, kind, plan := "disable", "account_disabled", "Its sessions end at once, and logging in answers account_disabled."
	if to == account.Active {
		use, kind, plan = "enable", "account_enabled", "Its holder can log in again."
	}
	var reason string
	var dry bool
	cmd := &cobra.Command{
		Use: use + " <who>", Short: strings.ToUpper(use[:1]) + use[1:] + " an account", Args: console.One("which account"),
		Long: strings.ToUpper(use[:1]) + use[1:] + "s an account. " + plan + " Who did it and why is kept with the account's activity.\n\n" + holder.Help,
	}
	cmd.Flags().StringVar(&reason, "reason", "", "`why`, for the record")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "say what would be done, and do nothing")
	cmd.RunE = c.Action(func(ctx context.Context, args []string) error {
		if reason == "" && to == account.Disabled {
			return console.BadUsage("--reason is needed: the record says why an account was disabled")
		}
		sys, s, p, err := holder.Open(ctx, c, args[0])
		if err != nil {
			return err
		}
		if store.Erased(p) {
			return fmt.Errorf("the account %s was erased", p.ID)
		}
		done := console.Audit{
			At: c.Now().UTC(), Action: use, Account: p.ID, System: sys.Title, By: sys.Operator, Reason: reason, DryRun: dry,
			Changed: p.Status != to && !dry,
		}
		if !done.Changed {
			return c.Show(done, done.Text)
		}
		if err := c.Confirm(ctx, fmt.Sprintf("This will %s the account %s (%s) in the %s. %s", use, p.ID, console.Masked(p.Email), sys.Title, plan)); err != nil {
			return err
		}
		if err := setStatus(ctx, s, p, to, store.Deed{Kind: kind, By: sys.Operator, Reason: reason, At: done.At}); err != nil {
			return err
		}
		return c.Show(done, done.Text)
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
