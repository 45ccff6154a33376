package messages

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"phonon.in/central/cmd/central/console"
	"phonon.in/central/cmd/central/holder"
	"phonon.in/central/cmd/central/where"
	"phonon.in/central/shared/account"
	"phonon.in/central/shared/event"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/topic"
)

const replayHelp = `Publishes events again, from the log that each account has of the last 400 days: for a product that lost some, or is new. An event goes out
with the id and time that it had, so products that know it drop it. The topic's other subscribers get it, too.

What is still due, such as a decision that may be taken back, is left alone: it goes out by itself. Interrupted, the command may be
repeated. Who did it and why is kept with the activity of each account.

With --since it reads through the table of accounts: a hundred thousand accounts are about half a gigabyte, some minutes of reading and one US cent.`

// replay is what `events replay` is asked for.
type replay struct {
	who, since, typ, reason string
	dry                     bool
}

// replayed is what it did.
type replayed struct {
	console.Audit
	Events   int                `json:"events"`
	Accounts int                `json:"accounts"`
	Types    map[event.Type]int `json:"types"`
}

func eventsReplayCommand(c *where.Call) *cobra.Command {
	var r replay
	cmd := &cobra.Command{
		Use: "replay --account <who> | --since <day>", Short: "Publish events again", Args: cobra.NoArgs, Long: replayHelp + "\n\n" + holder.Help,
	}
	f := cmd.Flags()
	f.StringVar(&r.who, "account", "", "those about one account: `who`")
	f.StringVar(&r.since, "since", "", "those about all accounts, since a `day` (2026-12-01, UTC) or time (RFC 3339)")
	f.StringVar(&r.typ, "type", "", "those of one `type` alone, such as kyc.approved")
	f.StringVar(&r.reason, "reason", "", "`why`, for the record")
	f.BoolVar(&r.dry, "dry-run", false, "say what would be done, and do nothing")
	cmd.RunE = c.Action(func(ctx context.Context, _ []string) error {
		since, typ, err := r.read()
		if err != nil {
			return err
		}
		sys, told, err := toReplay(ctx, c, r.who, since)
		if err != nil {
			return err
		}
		if sys.Events == "" || sys.PublicURL == "" {
			return console.BadUsage("which topic, and of which origin? Use --events-topic and --public-url")
		}
		now := c.Now()
		told = slices.DeleteFunc(told, func(e store.Told) bool { return e.Due.After(now) || typ != "" && e.Type != typ })
		slices.SortStableFunc(told, func(a, b store.Told) int { return a.Time.Compare(b.Time) })
		return republish(ctx, c, sys, told, r)
	})
	return cmd
}

func (r replay) read() (since time.Time, typ event.Type, err error) {
	known := true
	switch {
	case (r.who == "") == (r.since == ""):
		return since, "", console.BadUsage("name an account with --account, or a day with --since")
	case r.reason == "" && !r.dry:
		return since, "", console.BadUsage("--reason is needed: the record says why")
	}
	if r.typ != "" {
		if typ, known = event.TypeNamed(r.typ); !known {
			return since, "", console.BadUsage("--type is %q, not one of %v", r.typ, event.Types)
		}
	}
	if r.since != "" {
		if since, err = time.Parse(time.DateOnly, r.since); err != nil {
			if since, err = time.Parse(time.RFC3339, r.since); err != nil {
				return since, "", console.BadUsage("--since is %q, not a day such as 2026-12-01, nor a time such as 2026-12-01T10:00:00Z", r.since)
			}
		}
	}
	return since, typ, nil
}

// toReplay finds the system and the events: those about one account, or those about all since a time.
func toReplay(ctx context.Context, c *where.Call, who string, since time.Time) (*where.System, []store.Told, error) {
	if who != "" {
		sys, s, p, err := holder.Open(ctx, c, who)
		if err != nil {
			return nil, nil, err
		}
		told, err := s.EventsOf(ctx, p.ID, c.Now())
		return sys, told, err
	}
	sys, err := c.Open(ctx)
	if err != nil {
		return nil, nil, err
	}
	var all []store.Told
	progress := c.Progress("items read", 0)
	err = sys.Store().ScanEvents(ctx, since, c.Now(), func(found []store.Told, read int) {
		all = append(all, found...)
		progress.Add(read)
	})
	progress.End()
	return sys, all, err
}

func republish(ctx context.Context, c *where.Call, sys *where.System, told []store.Told, r replay) error {
	accounts := map[account.ID]bool{}
	done := replayed{Types: map[event.Type]int{}, Events: len(told)}
	for _, e := range told {
		accounts[e.Account] = true
		done.Types[e.Type]++
	}
	done.Accounts = len(accounts)
	done.Audit = console.Audit{
		At: c.Now().UTC(), Action: "events replay", System: sys.Title, By: sys.Operator, Reason: r.reason, DryRun: r.dry, Changed: len(told) > 0 && !r.dry,
	}
	if r.who != "" && len(told) > 0 {
		done.Account = told[0].Account
	}
	text := func(w io.Writer) {
		fmt.Fprintf(w, "%d events of %d accounts\n", done.Events, done.Accounts)
		for _, typ := range event.Types {
			if n := done.Types[typ]; n > 0 {
				fmt.Fprintf(w, "%s\t%d\n", typ, n)
			}
		}
		if r.dry {
			fmt.Fprintln(w, "nothing was published (--dry-run)")
		}
	}
	if !done.Changed {
		return c.Show(done, text)
	}
	plan := fmt.Sprintf("This will publish %d events of %d accounts again, in the %s. Products that know them drop them.", done.Events, done.Accounts, sys.Title)
	if err := c.Confirm(ctx, plan); err != nil {
		return err
	}
	if err := publish(ctx, c, sys, told, store.Deed{Kind: "events_replayed", By: sys.Operator, Reason: r.reason, At: done.At}); err != nil {
		return err
	}
	return c.Show(done, text)
}

// publish publishes events in their order. The record of an account is written before its first.
func publish(ctx context.Context, c *where.Call, sys *where.System, told []store.Told, deed store.Deed) error {
	s, out := sys.Store(), topic.New(sys.SNS(), sys.Events, sys.PublicURL)
	noted := map[account.ID]bool{}
	progress := c.Progress("events", len(told))
	defer progress.End()
	for i, e := range told {
		if !noted[e.Account] {
			if err := s.NoteDeed(ctx, e.Account, deed); err != nil {
				return fmt.Errorf("%d of %d are published; repeat it: %w", i, len(told), err)
			}
			noted[e.Account] = true
		}
		if err := out.Publish(ctx, e.Event); err != nil {
			return fmt.Errorf("%d of %d are published; repeat it: %w", i, len(told), err)
		}
		progress.Step()
	}
	return nil
}
