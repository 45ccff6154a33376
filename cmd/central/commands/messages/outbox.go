// Package messages has the commands that look after what goes out: mails, SMS, calls, and events for the products.
package messages

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"phonon.in/central/cmd/central/console"
	"phonon.in/central/cmd/central/where"
	"phonon.in/central/shared/account"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/phone"
	"phonon.in/central/shared/store"
)

// Outbox is `central outbox`, with what is below it.
func Outbox(c *where.Call) *cobra.Command {
	return console.Group(&cobra.Command{Use: "outbox", Short: "Mails, SMS, calls and events that are not delivered yet, or were given up"},
		outboxListCommand(c), outboxRetryCommand(c))
}

// Queued is a message in the outbox. It never has a link or a code: the outbox does not either.
type Queued struct {
	ID        string       `json:"id"`
	Kind      message.Kind `json:"kind"`
	To        string       `json:"to"`
	Attempts  int          `json:"attempts"`
	CreatedAt time.Time    `json:"createdAt"`
	NotAfter  time.Time    `json:"notAfter"`
	DueAt     *time.Time   `json:"dueAt"`
	Reason    string       `json:"reason,omitempty"`
}

func QueuedOf(q store.Queued, reveal bool) Queued {
	v := Queued{
		ID: q.ID, Kind: q.Kind, To: q.To, Attempts: q.Attempts, CreatedAt: q.CreatedAt, NotAfter: q.NotAfter, DueAt: console.Optional(q.DueAt), Reason: q.Reason,
	}
	if q.Kind == message.Event {
		v.To = "products"
	}
	if reveal || q.Kind == message.Event {
		return v
	}
	if email, err := account.ParseEmail(q.To); err == nil {
		v.To = console.Masked(email)
	} else {
		v.To = phone.FromStored(q.To, "").Masked()
	}
	return v
}

func outboxListCommand(c *where.Call) *cobra.Command {
	var dead, reveal bool
	cmd := &cobra.Command{
		Use: "list", Short: "List messages", Args: cobra.NoArgs,
		Long: `Lists the messages that wait, or with --dead those that were given up within the last 30 days. It changes nothing.
A reason that begins with "held" is for you to mend; the message then goes out by itself.`,
	}
	cmd.Flags().BoolVar(&dead, "dead", false, "list what was given up")
	cmd.Flags().BoolVar(&reveal, "reveal", false, "show addresses and numbers in full")
	cmd.RunE = c.Action(func(ctx context.Context, _ []string) error {
		sys, err := c.Open(ctx)
		if err != nil {
			return err
		}
		read := sys.Store().Waiting
		if dead {
			read = sys.Store().Dead
		}
		found, err := read(ctx)
		if err != nil {
			return err
		}
		slices.SortStableFunc(found, func(a, b store.Queued) int { return a.CreatedAt.Compare(b.CreatedAt) })
		views := make([]Queued, len(found))
		for i, q := range found {
			views[i] = QueuedOf(q, reveal)
		}
		return c.Show(views, func(w io.Writer) {
			if len(views) == 0 {
				fmt.Fprintln(w, "no messages")
				return
			}
			fmt.Fprintln(w, "ID\tKIND\tTO\tATTEMPTS\tCREATED\tUSEFUL UNTIL\tREASON")
			for _, v := range views {
				fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\t%s\t%s\n", v.ID, v.Kind, v.To, v.Attempts, console.Day(v.CreatedAt), console.Day(v.NotAfter), v.Reason)
			}
		})
	})
	return cmd
}

// retried is what became of the messages that were to be tried again.
type retried struct {
	Queued  []string `json:"queued"`
	Useless []string `json:"useless"` // their time has passed: they stay dead
	Gone    []string `json:"gone"`    // somebody else was faster
	DryRun  bool     `json:"dryRun,omitempty"`
}

func outboxRetryCommand(c *where.Call) *cobra.Command {
	var all, dry bool
	cmd := &cobra.Command{
		Use: "retry <id>... | --all-dead", Short: "Try dead messages again",
		Long: `Puts messages that were given up back into the outbox. They go out within a minute, and at least once: one that had arrived after all
arrives twice, with the same link or code. A message whose time has passed stays where it is: its link or code has expired.`,
	}
	cmd.Flags().BoolVar(&all, "all-dead", false, "all that were given up")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "say what would be done, and do nothing")
	cmd.RunE = c.Action(func(ctx context.Context, ids []string) error {
		if all == (len(ids) > 0) {
			return console.BadUsage("name the messages, or use --all-dead")
		}
		sys, err := c.Open(ctx)
		if err != nil {
			return err
		}
		s := sys.Store()
		dead, err := s.Dead(ctx)
		if err != nil {
			return err
		}
		chosen, err := choose(dead, ids)
		if err != nil {
			return err
		}
		return retry(ctx, c, sys.Title, s, chosen, dry)
	})
	return cmd
}

// choose finds the dead messages with these ids; all of them for none.
func choose(dead []store.Queued, ids []string) ([]store.Queued, error) {
	if len(ids) == 0 {
		return dead, nil
	}
	var chosen []store.Queued
	var unknown []string
	for _, id := range ids {
		i := slices.IndexFunc(dead, func(q store.Queued) bool { return q.ID == id })
		if i < 0 {
			unknown = append(unknown, id)
			continue
		}
		chosen = append(chosen, dead[i])
	}
	if len(unknown) > 0 {
		return nil, fmt.Errorf("no message that was given up is called %s; nothing was changed", strings.Join(unknown, ", "))
	}
	return chosen, nil
}

func retry(ctx context.Context, c *where.Call, system string, s *store.Store, chosen []store.Queued, dry bool) error {
	now := c.Now()
	done := retried{Queued: []string{}, Useless: []string{}, Gone: []string{}, DryRun: dry}
	var useful []store.Queued
	for _, q := range chosen {
		if now.Before(q.NotAfter) {
			useful = append(useful, q)
		} else {
			done.Useless = append(done.Useless, q.ID)
		}
	}
	if len(useful) > 0 && !dry {
		plan := fmt.Sprintf("This will try %d messages again in the %s; %d stay dead, as their time has passed.", len(useful), system, len(done.Useless))
		if err := c.Confirm(ctx, plan); err != nil {
			return err
		}
	}
	progress := c.Progress("messages", len(useful))
	for _, q := range useful {
		err := error(nil)
		if !dry {
			err = s.RetryMessage(ctx, q, now)
		}
		switch {
		case err == nil:
			done.Queued = append(done.Queued, q.ID)
		case errors.Is(err, store.ErrMessageUnknown):
			done.Gone = append(done.Gone, q.ID)
		default:
			progress.End()
			return fmt.Errorf("%d of %d are queued again: %w", len(done.Queued), len(useful), err)
		}
		progress.Step()
	}
	progress.End()
	return c.Show(done, func(w io.Writer) {
		verb := "queued again"
		if dry {
			verb = "would be queued again (--dry-run)"
		}
		fmt.Fprintf(w, "%d %s; %d stay dead, as their time has passed; %d were not there any more\n",
			len(done.Queued), verb, len(done.Useless), len(done.Gone))
	})
}
