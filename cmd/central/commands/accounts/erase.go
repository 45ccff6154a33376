package accounts

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"phonon.in/central/cmd/central/console"
	"phonon.in/central/cmd/central/holder"
	"phonon.in/central/cmd/central/where"
	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/upload"
)

const eraseHelp = `Erases an account: what says whose it was goes, what the law has us keep stays.

First the account is disabled. Then go, in this order, its KYC cases, and the log of events; all versions of its documents; its sessions, codes, resets, sign-ups
and messages; and last, all at once, names, phone number and the claims on address and number. An erasing that was interrupted is
ended by the same command.

What stays: the id; the log of activity, with IP addresses, 400 days from each event (DPDP Rules 2025, rule 8(3)); what was consented to,
400 days from now (DPDP Act 2023, section 6(10)); and the counters against abuse, a day. Backups of the tables forget within 35 days.

An account with a case that was approved is under a legal hold: the identification of a customer may have to be kept. Then it is refused,
unless --override-hold comes with a --reason.`

// erasing is one account on its way out.
type erasing struct {
	*where.System
	store   *store.Store
	files   *upload.Bucket
	profile account.Profile
	objects []upload.Version
	cases   []kyc.Case
}

func eraseCommand(c *where.Call) *cobra.Command {
	var reason string
	var override, dry bool
	cmd := &cobra.Command{Use: "erase <who>", Short: "Erase an account", Long: eraseHelp + "\n\n" + holder.Help, Args: console.One("which account")}
	cmd.Flags().StringVar(&reason, "reason", "", "`why`, for the record")
	cmd.Flags().BoolVar(&override, "override-hold", false, "erase cases that were approved, too")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "say what would be done, and do nothing")
	cmd.RunE = c.Action(func(ctx context.Context, args []string) error {
		if override && reason == "" {
			return console.BadUsage("--override-hold needs a --reason")
		}
		e, err := prepareErasing(ctx, c, args[0])
		if err != nil {
			return err
		}
		done := console.Audit{
			At: c.Now().UTC(), Action: "erase", Account: e.profile.ID, System: e.Title, By: e.Operator, Reason: reason, DryRun: dry,
			Counts: map[string]int{"objectVersions": len(e.objects), "cases": len(e.cases)},
			Kept:   []string{"the id", "the log of activity, 400 days from each event", "consents, 400 days from now", "counters against abuse, a day"},
		}
		if err := e.checkHold(override); err != nil {
			return err
		}
		if store.Erased(e.profile) && len(e.objects) == 0 && len(e.cases) == 0 || dry {
			return c.Show(done, done.Text)
		}
		if err := c.Confirm(ctx, e.plan()...); err != nil {
			return err
		}
		// A reviewer may have approved the case while the operator was asked.
		if e.cases, err = e.store.Cases(ctx, e.profile.ID); err != nil {
			return err
		}
		if err := e.checkHold(override); err != nil {
			return err
		}
		if err := erase(ctx, c, e, &done); err != nil {
			return fmt.Errorf("the account may be disabled and partly erased; repeat the command, with the id %s: %w", e.profile.ID, err)
		}
		done.Changed = true
		return c.Show(done, done.Text)
	})
	return cmd
}

// EraseUnasked erases an account that was made to try something out.
func EraseUnasked(ctx context.Context, c *where.Call, who, reason string) error {
	e, err := prepareErasing(ctx, c, who)
	if err != nil {
		return err
	}
	return erase(ctx, c, e, &console.Audit{At: c.Now().UTC(), Action: "erase", Account: e.profile.ID, Reason: reason, Counts: map[string]int{}})
}

func prepareErasing(ctx context.Context, c *where.Call, who string) (*erasing, error) {
	sys, err := c.Open(ctx)
	if err != nil {
		return nil, err
	}
	if sys.Bucket == "" {
		return nil, console.BadUsage("which bucket has the documents? Use --uploads-bucket")
	}
	e := &erasing{System: sys, store: sys.Store(), files: upload.New(sys.S3(), sys.Bucket)}
	if e.profile, err = holder.Find(ctx, c, e.store, who); err != nil {
		return nil, err
	}
	if e.cases, err = e.store.Cases(ctx, e.profile.ID); err != nil {
		return nil, err
	}
	e.objects, err = objectsOf(ctx, e.files, e.profile.ID)
	return e, err
}

// checkHold refuses when a case was approved once, unless that is overridden.
func (e *erasing) checkHold(override bool) error {
	for _, k := range e.cases {
		if k.Identified() && !override {
			return fmt.Errorf("legal hold: case %d was approved, and what identified a customer may have to be kept; "+
				"--override-hold with a --reason erases it all the same. Nothing was changed", k.No)
		}
	}
	return nil
}

func (e *erasing) plan() []string {
	return []string{
		fmt.Sprintf("This will erase the account %s (%s) in the %s, for good:", e.profile.ID, console.Masked(e.profile.Email), e.Title),
		fmt.Sprintf("  %d versions of documents, %d KYC cases, all sessions, codes, sign-ups and messages;", len(e.objects), len(e.cases)),
		"  names, phone number, the password, and the claims on address and number.",
		"The id, the log of activity and the consents are kept for 400 days.",
	}
}

// erase does it. Each step may be repeated, and the address is let go of last: until then it finds the account. The cases go before the
// objects: without its item, a document that is being checked at this moment is thrown away, and not kept.
func erase(ctx context.Context, c *where.Call, e *erasing, done *console.Audit) error {
	p, err := e.disable(ctx, done)
	if err != nil {
		return err
	}
	if done.Counts["caseItems"], err = e.store.EraseCases(ctx, p.ID); err != nil {
		return err
	}
	if done.Counts["objectVersions"], err = eraseObjects(ctx, c, e); err != nil {
		return err
	}
	if done.Counts["tokenItems"], err = e.store.EraseTokens(ctx, p); err != nil {
		return err
	}
	if store.Erased(p) {
		return nil
	}
	return e.store.EraseProfile(ctx, p, store.Deed{Kind: "account_erased", By: e.Operator, Reason: done.Reason, At: done.At})
}

// eraseObjects lists again: more may have come while the operator was asked.
func eraseObjects(ctx context.Context, c *where.Call, e *erasing) (int, error) {
	all, err := objectsOf(ctx, e.files, e.profile.ID)
	if err != nil {
		return 0, err
	}
	progress := c.Progress("documents", len(all))
	defer progress.End()
	if err := e.files.RemoveAll(ctx, all, progress.Step); err != nil {
		return len(all), fmt.Errorf("remove the objects of the account: %w", err)
	}
	return len(all), nil
}

// disable keeps the holder from adding to what is being erased. What an upload that had begun brings after that, intake throws away.
func (e *erasing) disable(ctx context.Context, done *console.Audit) (account.Profile, error) {
	p := e.profile
	if p.Status != account.Disabled {
		deed := store.Deed{Kind: "account_disabled", By: e.Operator, Reason: "to be erased", At: done.At}
		if err := setStatus(ctx, e.store, p, account.Disabled, deed); err != nil {
			return p, err
		}
	}
	p, err := e.store.Profile(ctx, p.ID)
	if errors.Is(err, account.ErrNotFound) {
		return p, fmt.Errorf("the account %s is gone", e.profile.ID)
	}
	return p, err
}

// objectsOf lists every version of everything that was ever uploaded for an account, and of the pictures of its pages.
func objectsOf(ctx context.Context, files *upload.Bucket, id account.ID) ([]upload.Version, error) {
	incoming, err1 := files.Versions(ctx, "incoming/"+string(id)+"/")
	vault, err2 := files.Versions(ctx, "vault/"+string(id)+"/")
	pages, err3 := files.Versions(ctx, "pages/"+string(id)+"/")
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, fmt.Errorf("list the objects of the account: %w", err)
	}
	return slices.Concat(incoming, vault, pages), nil
}
