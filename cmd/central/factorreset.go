package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/token"
)

const resetHelp = `Removes every second factor of an account whose owner has lost them and the recovery codes too: app, passkeys, recovery codes. It takes effect
after 24 hours, at the next log-in, which the password alone opens then and which ends all other sessions. At once the owner gets a mail with a
link that stops it. Make sure that it is the owner who asks: call the proven number. Who did it and why is kept with the account's activity.

`

func (c *cli) factorResetCommand() *cobra.Command {
	var reason string
	var dry bool
	cmd := &cobra.Command{Use: "factor-reset <who>", Short: "Remove the second factors of an account, after 24 hours", Args: one("which account"), Long: resetHelp + whoHelp}
	cmd.Flags().StringVar(&reason, "reason", "", "`why`, for the record")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "say what would be done, and do nothing")
	cmd.RunE = c.action(func(ctx context.Context, args []string) error {
		if reason == "" {
			return badUsage("--reason is needed: the record says why")
		}
		sys, s, p, err := c.openAccount(ctx, args[0])
		if err != nil {
			return err
		}
		if !p.Factors.Any() {
			return fmt.Errorf("the account %s has no second factor", p.ID)
		}
		done := audit{At: c.now().UTC(), Action: "account factor-reset", Account: p.ID, System: sys.title, By: sys.operator, Reason: reason, DryRun: dry}
		if dry {
			return c.show(done, done.text)
		}
		at := done.At.Add(account.FactorResetDelay)
		if err := c.confirm(ctx, fmt.Sprintf("The account %s (%s) in the %s will have no second factor from %s on, unless its owner stops it.", p.ID, masked(p.Email), sys.title, day(at))); err != nil {
			return err
		}
		if err := beginReset(ctx, s, p, store.Deed{Kind: "factor_reset_begun", By: sys.operator, Reason: reason, At: done.At}); err != nil {
			return err
		}
		done.Changed = true
		return c.show(done, done.text)
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
