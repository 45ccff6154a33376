package clients

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"phonon.in/central/cmd/central/console"
	"phonon.in/central/cmd/central/fleet"
	"phonon.in/central/cmd/central/rotate"
	"phonon.in/central/cmd/central/where"
	"phonon.in/central/shared/jose"
)

const keysHelp = `The keys with which Central signs ID tokens and logout tokens: one of each algorithm signs, products verify with all that are published
(` + "`/oauth2/jwks`" + `).

A stack begins without keys; "central client add" makes the first with the first client. Rotate them once a year: the next keys are published at once and sign 48
hours later, when every product has them; the old ones stay published three hours more, while their tokens may be held. Nobody notices, and
nothing is left to be done.`

// Keys is `central keys`, with what is below it.
func Keys(c *where.Call) *cobra.Command {
	return console.Group(&cobra.Command{Use: "keys", Short: "The keys that ID tokens are signed with", Long: keysHelp}, keysListCommand(c), keysRotateCommand(c))
}

// keyView is a key as an operator sees it: never its private half.
type keyView struct {
	ID    string     `json:"kid"`
	Alg   string     `json:"alg"`
	State string     `json:"state"` // "signs", "next", "published", "over"
	From  time.Time  `json:"from"`
	Until *time.Time `json:"until"`
}

func viewKeys(set jose.Keyset, now time.Time) []keyView {
	views := []keyView{}
	for _, k := range set.Keys() {
		state := "published"
		signs, err := set.Signer(k.Alg, now)
		_, published := set.Published(k.ID, now)
		switch {
		case !published:
			state = "over"
		case err == nil && signs.ID == k.ID:
			state = "signs"
		case k.From.After(now):
			state = "next"
		}
		views = append(views, keyView{k.ID, k.Alg, state, k.From.UTC(), console.Optional(k.Until)})
	}
	return views
}

func printKeys(w io.Writer, views []keyView) {
	if len(views) == 0 {
		fmt.Fprintln(w, "no keys: no product can log anybody in. The first client makes them, and so does central keys rotate")
		return
	}
	fmt.Fprintln(w, "KEY\tALGORITHM\tSTATE\tSIGNS FROM\tPUBLISHED UNTIL")
	for _, v := range views {
		until := "-"
		if v.Until != nil {
			until = console.Day(*v.Until)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", v.ID, v.Alg, v.State, console.Day(v.From), until)
	}
}

func keysListCommand(c *where.Call) *cobra.Command {
	return &cobra.Command{Use: "list", Short: "List the keys, and which one signs", Args: cobra.NoArgs, RunE: c.Action(func(ctx context.Context, _ []string) error {
		sys, err := c.Open(ctx)
		if err != nil {
			return err
		}
		if sys.Signing == "" {
			return console.BadUsage("which secret has the keys? --signing-secret-id says it")
		}
		set, err := vault(c, sys).Keys(ctx)
		if err != nil {
			return err
		}
		views := viewKeys(set, c.Now())
		return c.Show(views, func(w io.Writer) { printKeys(w, views) })
	})}
}

func vault(c *where.Call, sys *where.System) *rotate.Vault {
	return &rotate.Vault{Client: sys.Secrets(), ID: sys.Signing, Pause: c.Pause}
}

func keysRotateCommand(c *where.Call) *cobra.Command {
	var leaked bool
	cmd := &cobra.Command{Use: "rotate", Short: "Publish the next keys, which sign in 48 hours", Long: keysHelp, Args: cobra.NoArgs}
	cmd.Flags().BoolVar(&leaked, "leaked", false, "a key got out: the new ones sign at once, and what the old ones signed is worth nothing")
	cmd.RunE = c.Action(func(ctx context.Context, _ []string) error {
		sys, r, err := keysRotation(ctx, c)
		if err != nil {
			return err
		}
		plan := "The next keys are published now and sign in 48 hours. Nobody notices."
		change := func(s jose.Keyset) (jose.Keyset, error) { return s.Rotate(c.Now()) }
		if leaked {
			plan = "ALL KEYS ARE REPLACED AT ONCE: products read the new ones when they meet the first token of them; ID tokens of the old ones verify no more. Sessions stay."
			change = func(jose.Keyset) (jose.Keyset, error) { return jose.Replace(c.Now()) }
		}
		if err := c.Confirm(ctx, fmt.Sprintf("In the %s: %s", sys.Title, plan)); err != nil {
			return err
		}
		set, err := r.ChangeKeys(ctx, change)
		if waits, ok := errors.AsType[*jose.RotatingError](err); ok {
			return fmt.Errorf("nothing was changed: the next keys are published already and sign from %s", console.Day(waits.Until))
		}
		if err != nil {
			return err
		}
		views := viewKeys(set, c.Now())
		return c.Show(views, func(w io.Writer) { printKeys(w, views) })
	})
	return cmd
}

func keysRotation(ctx context.Context, c *where.Call) (*where.System, *rotate.Rotation, error) {
	sys, f, err := c.OpenFleet(ctx, true)
	if err != nil {
		return nil, nil, err
	}
	if err := fleet.Unaliased(f.Functions); err != nil {
		return nil, nil, err
	}
	if sys.Signing == "" {
		return nil, nil, fmt.Errorf("the stack %s has no secret of signing keys: deploy the present template first", c.Stack)
	}
	return sys, &rotate.Rotation{Kind: rotate.Signing, Vault: vault(c, sys), Fleet: f, Say: func(what string) { fmt.Fprintln(c.Err, what) }}, nil
}

// firstKeys makes the first keys of a stack, with its first client. It does nothing where there are keys.
func firstKeys(ctx context.Context, c *where.Call, sys *where.System) error {
	if sys.Signing == "" {
		fmt.Fprintln(c.Err, "Whether there are keys to sign with was not looked at: --signing-secret-id says where.")
		return nil
	}
	set, err := vault(c, sys).Keys(ctx)
	if err != nil || len(set.Keys()) > 0 {
		return err
	}
	if c.Stack == "" {
		return errors.New("there are no keys to sign with, and nothing was registered: central keys rotate --stack makes them")
	}
	_, r, err := keysRotation(ctx, c)
	if err != nil {
		return err
	}
	fmt.Fprintln(c.Err, "There are no keys to sign with: the first are made.")
	_, err = r.ChangeKeys(ctx, func(s jose.Keyset) (jose.Keyset, error) { return s.Rotate(c.Now()) })
	return err
}
