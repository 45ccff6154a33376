package messages

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"phonon.in/central/cmd/central/console"
	"phonon.in/central/cmd/central/holder"
	"phonon.in/central/cmd/central/where"
	"phonon.in/central/shared/account"
	"phonon.in/central/shared/event"
	"phonon.in/central/shared/store"
)

// Events is `central events`, with what is below it.
func Events(c *where.Call) *cobra.Command {
	return console.Group(&cobra.Command{Use: "events", Short: "What the products beside Central were told"}, eventsListCommand(c), eventsReplayCommand(c))
}

// Told is one event of an account's log.
type Told struct {
	ID      string     `json:"id"`
	Type    event.Type `json:"type"`
	Account account.ID `json:"account"`
	CaseNo  int        `json:"caseNo,omitempty"`
	Time    time.Time  `json:"time"`
	Data    event.Data `json:"data"`
}

func ToldOf(told []store.Told) []Told {
	views := make([]Told, len(told))
	for i, e := range told {
		views[i] = Told{e.ID, e.Type, e.Account, e.CaseNo, e.Time, e.Data}
	}
	return views
}

func eventsListCommand(c *where.Call) *cobra.Command {
	var who string
	cmd := &cobra.Command{
		Use: "list --account <who>", Short: "List the events of an account", Args: cobra.NoArgs,
		Long: "Lists what the products were told of an account within the last 400 days, or are about to be told. It changes nothing.\n\n" + holder.Help,
	}
	cmd.Flags().StringVar(&who, "account", "", "`who` it is about")
	cmd.RunE = c.Action(func(ctx context.Context, _ []string) error {
		if who == "" {
			return console.BadUsage("--account is needed: whose events?")
		}
		_, s, p, err := holder.Open(ctx, c, who)
		if err != nil {
			return err
		}
		told, err := s.EventsOf(ctx, p.ID, c.Now())
		if err != nil {
			return err
		}
		views := ToldOf(told)
		return c.Show(views, func(w io.Writer) {
			if len(views) == 0 {
				fmt.Fprintln(w, "no events")
				return
			}
			fmt.Fprintln(w, "ID\tTYPE\tCASE\tTIME")
			for _, v := range views {
				fmt.Fprintf(w, "%s\t%s\t%d\t%s\n", v.ID, v.Type, v.CaseNo, console.Day(v.Time))
			}
		})
	})
	return cmd
}
