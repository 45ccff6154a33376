package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"phonon.in/central/cmd/central/seed"
)

const seedHelp = `Fills a local run with demo accounts in different stages and entity types, through its API as browsers would: sign up, follow the
mailed link, prove a number, hand in documents. All have the password "` + seed.Password + `". A product is registered, too: any program on this
machine may log people in as the client ` + seed.ProductID + `, without a secret, and get them back at http://127.0.0.1:<any port>/callback.

It refuses anything but a local run.`

const mostSeeds = 1000 // three in ten are called, and a day has a budget for calls

func (c *cli) seedCommand() *cobra.Command {
	var accounts int
	var cases bool
	cmd := &cobra.Command{Use: "seed", Short: "Fill a local run with demo accounts", Long: seedHelp, Args: cobra.NoArgs}
	cmd.Flags().IntVar(&accounts, "accounts", 10, "`number` of accounts")
	cmd.Flags().BoolVar(&cases, "cases", false, "a KYC case in each state there is, and two reviewers, in place of --accounts")
	cmd.RunE = c.action(func(ctx context.Context, _ []string) error {
		if c.where.stack != "" || c.where.names.users != "" {
			return badUsage("seed makes accounts in a local run only, and never on AWS")
		}
		if accounts < 1 || accounts > mostSeeds {
			return badUsage("--accounts is %d, not a number from 1 to %d", accounts, mostSeeds)
		}
		sys, err := c.open(ctx)
		if err != nil {
			return err
		}
		if sys.local == nil || sys.publicURL == "" {
			return badUsage("seed makes accounts in a local run that is up, and this is none: %s", sys.title)
		}
		if cases {
			accounts = seed.ManyCases
		}
		if err := c.confirm(ctx, fmt.Sprintf("This will make %d demo accounts in the %s.", accounts, sys.title)); err != nil {
			return err
		}
		progress := c.bar("accounts", accounts)
		var made []seed.Account
		if cases {
			made, err = seed.Cases(ctx, sys.publicURL, sys.store(), c.now(), progress.step)
		} else {
			made, err = seed.Run(ctx, sys.publicURL, accounts, c.now(), progress.step)
		}
		progress.end()
		if err != nil {
			return err
		}
		if err := seed.AddProduct(ctx, sys.store(), c.now()); err != nil {
			return err
		}
		return c.show(made, func(w io.Writer) {
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
