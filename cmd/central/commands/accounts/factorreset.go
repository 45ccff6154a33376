package accounts

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"phonon.in/central/cmd/central/console"
	"phonon.in/central/cmd/central/holder"
	"phonon.in/central/cmd/central/where"
	"phonon.in/central/shared/account"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/token"
)

const resetHelp = `Removes every second factor of an account whose owner has lost them and the recovery codes too: app, passkeys, recovery codes. It takes effect
after 24 hours, at the next log-in, which the password alone opens then and which ends all other sessions. At once the owner gets a mail with a
link that stops it. Make sure that it is the owner who asks: call the proven number. Who did it and why is kept with the account's activity.

`

func factorResetCommand(c *where.Call) *cobra.Command {
	var reason string
	var dry bool
	cmd := &cobra.Command{Use: "factor-reset <who>", Short: "Remove the second factors of an account, after 24 hours", Args: console.One("which account"), Long: resetHelp + holder.Help}
	cmd.Flags().StringVar(&reason, "reason", "", "`why`, for the record")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "say what would be done, and do nothing")
	cmd.RunE = c.Action(func(ctx context.Context, args []string) error {
		if reason == "" {
			return console.BadUsage("--reason is needed: the record says why")
		}
		sys, s, p, err := holder.Open(ctx, c, args[0])
		if err != nil {
			return err
		}
		if !p.Factors.Any() {
			return fmt.Errorf("the account %s has no second factor", p.ID)
		}
		done := console.Audit{At: c.Now().UTC(), Action: "account factor-reset", Account: p.ID, System: sys.Title, By: sys.Operator, Reason: reason, DryRun: dry}
		if dry {
			return c.Show(done, done.Text)
		}
		at := done.At.Add(account.FactorResetDelay)
		if err := c.Confirm(ctx, fmt.Sprintf("The account %s (%s) in the %s will have no second factor from %s on, unless its owner stops it.", p.ID, console.Masked(p.Email), sys.Title, console.Day(at))); err != nil {
			return err
		}
		if err := beginReset(ctx, s, p, store.Deed{Kind: "factor_reset_begun", By: sys.Operator, Reason: reason, At: done.At}); err != nil {
			return err
		}
		done.Changed = true
		return c.Show(done, done.Text)
	})
	return cmd
}

// beginReset notes the reset with the mail that tells the owner, which goes out within a minute.
func beginReset(ctx context.Context, s *store.Store, p account.Profile, deed store.Deed) error {
	read, err := s.Factors(ctx, p.ID)
	if err != nil {
		return err
	}
	id, at := token.NewID(), deed.At.Add(account.FactorResetDelay)
	m := message.Message{
		ID: token.NewID(), Kind: message.FactorReset, To: p.Email.String(), Locale: p.Locale, Refs: []string{string(p.ID), id}, Account: string(p.ID),
		CreatedAt: deed.At, NotAfter: at,
	}
	err = s.BeginFactorReset(ctx, p, read, id, at, deed, m)
	switch {
	case errors.Is(err, account.ErrBusy):
		return fmt.Errorf("the account %s changed meanwhile; nothing was done: try again", p.ID)
	case errors.Is(err, account.ErrDisabled):
		return fmt.Errorf("the account %s is disabled; nothing was done", p.ID)
	}
	return err
}
