package cases

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"phonon.in/central/cmd/central/console"
	"phonon.in/central/cmd/central/where"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/store"
)

// caseDeed is what an operator may do to a case.
type caseDeed struct {
	use, short, plan string
	kind             string // of the deed in the account's log
	do               func(k kyc.Case, operator, reason string, now time.Time) (kyc.Case, kyc.Record, error)
}

var (
	reopening = caseDeed{
		"reopen", "Bring a decided case before a reviewer again", "A reviewer who has not decided on it will look at it. If it was approved, it stays in force until then.", "case_reopened",
		func(k kyc.Case, operator, reason string, now time.Time) (kyc.Case, kyc.Record, error) {
			return k.ReopenBy(kyc.Actor{Kind: kyc.ByOperator, ID: operator}, reason, now)
		},
	}
	suspending = caseDeed{"suspend", "Put an approved case out of force", "The account is not verified any more, and the products are told so.", "case_suspended", kyc.Case.SuspendBy}
	resuming   = caseDeed{"resume", "Put a suspended case in force again", "The account is verified again, for as long as the case was approved, and the products are told so.", "case_resumed", kyc.Case.ResumeBy}
)

func changeCommand(c *where.Call, d caseDeed) *cobra.Command {
	var reason string
	var dry bool
	cmd := &cobra.Command{
		Use: d.use + " <reference|who>", Short: d.short, Args: console.One("which case"),
		Long: d.short + ". " + d.plan + "\nWho did it and why is kept with the case and with the account's activity.\n\n" + caseHelp,
	}
	cmd.Flags().StringVar(&reason, "reason", "", "`why`, for the record")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "say what would be done, and do nothing")
	cmd.RunE = c.Action(func(ctx context.Context, args []string) error {
		if reason == "" {
			return console.BadUsage("--reason is needed: the record says why")
		}
		sys, s, p, k, err := openCase(ctx, c, args[0])
		if err != nil {
			return err
		}
		done := console.Audit{At: c.Now().UTC(), Action: "case " + d.use, Account: p.ID, System: sys.Title, By: sys.Operator, Reason: reason, DryRun: dry}
		next, record, err := d.do(k, sys.Operator, reason, done.At)
		switch {
		case errors.Is(err, kyc.ErrNoRoad), errors.Is(err, kyc.ErrNotWaiting):
			return fmt.Errorf("case %d of the account %s is %s: there is nothing to %s. Nothing was changed", k.No, p.ID, k.Status, d.use)
		case err != nil:
			return err
		case d.use == resuming.use && p.Verified.CaseNo != 0:
			return fmt.Errorf("the account %s is verified by case %d: this one cannot be put in force beside it. Nothing was changed", p.ID, p.Verified.CaseNo)
		case dry:
			return c.Show(done, done.Text)
		}
		if err := c.Confirm(ctx, fmt.Sprintf("Case %d (%s, %s) of the account %s in the %s: %s", k.No, console.Dash(k.Reference), k.Status, p.ID, sys.Title, d.plan)); err != nil {
			return err
		}
		deed := store.Deed{Kind: d.kind, By: sys.Operator, Reason: reason, At: done.At}
		if err := s.MoveCase(ctx, k, next, record, s.Noting(deed)); err != nil {
			return err
		}
		done.Changed = true
		return c.Show(done, done.Text)
	})
	return cmd
}
