package commands

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"phonon.in/central/cmd/central/console"
	"phonon.in/central/cmd/central/seed"
	"phonon.in/central/cmd/central/where"
)

const seedHelp = `Fills a local run with demo accounts in different stages and entity types, through its API as browsers would: sign up, follow the
mailed link, prove a number, hand in documents. All have the password "` + seed.Password + `". A product is registered, too: any program on this
machine may log people in as the client ` + seed.ProductID + `, without a secret, and get them back at http://127.0.0.1:<any port>/callback.

It refuses anything but a local run.`

const mostSeeds = 1000 // three in ten are called, and a day has a budget for calls

// Seed is `central seed`.
func Seed(c *where.Call) *cobra.Command {
	var accounts int
	var cases bool
	cmd := &cobra.Command{Use: "seed", Short: "Fill a local run with demo accounts", Long: seedHelp, Args: cobra.NoArgs}
	cmd.Flags().IntVar(&accounts, "accounts", 10, "`number` of accounts")
	cmd.Flags().BoolVar(&cases, "cases", false, "a KYC case in each state there is, and two reviewers, in place of --accounts")
	cmd.RunE = c.Action(func(ctx context.Context, _ []string) error {
		if c.Stack != "" || c.Names.Users != "" {
			return console.BadUsage("seed makes accounts in a local run only, and never on AWS")
		}
		if accounts < 1 || accounts > mostSeeds {
			return console.BadUsage("--accounts is %d, not a number from 1 to %d", accounts, mostSeeds)
		}
		sys, err := c.Open(ctx)
		if err != nil {
			return err
		}
		if !sys.Local() || sys.PublicURL == "" {
			return console.BadUsage("seed makes accounts in a local run that is up, and this is none: %s", sys.Title)
		}
		if cases {
			accounts = seed.ManyCases
		}
		if err := c.Confirm(ctx, fmt.Sprintf("This will make %d demo accounts in the %s.", accounts, sys.Title)); err != nil {
			return err
		}
		progress := c.Progress("accounts", accounts)
		var made []seed.Account
		if cases {
			made, err = seed.Cases(ctx, sys.PublicURL, sys.Store(), c.Now(), progress.Step)
		} else {
			made, err = seed.Run(ctx, sys.PublicURL, accounts, c.Now(), progress.Step)
		}
		progress.End()
		if err != nil {
			return err
		}
		if err := seed.AddProduct(ctx, sys.Store(), c.Now()); err != nil {
			return err
		}
		return c.Show(made, func(w io.Writer) {
			for _, a := range made {
				fmt.Fprintf(w, "%s\t%s\t%s\n", a.Email, a.Stage, a.EntityType)
			}
			for _, a := range made {
				if a.App != "" {
					fmt.Fprintf(w, "%s\tsecond step\tkey for an authenticator app: %s; or once: %s\n", a.Email, a.App, a.Recovery)
				}
			}
		})
	})
	return cmd
}
