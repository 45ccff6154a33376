package clients

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"phonon.in/central/cmd/central/console"
	"phonon.in/central/cmd/central/where"
	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/token"
)

const addHelp = `Registers a client. A product with a server proves itself by a secret, which is shown once, or by a key of its own (--auth
private_key_jwt --jwks file); an app or a page alone proves itself by nothing (--auth none).

  central client add --name "Click to call" --redirect https://calls.example.com/callback --post-logout https://calls.example.com/ \
    --backchannel https://calls.example.com/logout --initiate-login https://calls.example.com/login --scope openid,profile,email,kyc --needs details,kyc

With the first client the keys are made that ID tokens are signed with, where there are none yet.`

func addCommand(c *where.Call) *cobra.Command {
	var f clientFlags
	cmd := &cobra.Command{Use: "add", Short: "Register a client", Long: addHelp, Args: cobra.NoArgs}
	f.on(cmd)
	cmd.RunE = c.Action(func(ctx context.Context, _ []string) error {
		if f.name == "" || len(f.redirects) == 0 {
			return console.BadUsage("--name and --redirect are needed")
		}
		sys, s, err := openClients(ctx, c)
		if err != nil {
			return err
		}
		now := c.Now().UTC().Truncate(time.Second)
		client, err := f.apply(cmd, oidc.Client{ID: oidc.ClientID(token.NewID()), CreatedAt: now, UpdatedAt: now}, true)
		if err != nil {
			return err
		}
		client, secret := withSecret(client)
		if err := client.Check(sys.PublicURL); err != nil {
			return said(err)
		}
		if err := c.Confirm(ctx, fmt.Sprintf("In the %s this will register %s, which people are sent back to at %s.", sys.Title, client.Name, strings.Join(client.RedirectURIs, " "))); err != nil {
			return err
		}
		if err := firstKeys(ctx, c, sys); err != nil {
			return err
		}
		if client, err = s.AddClient(ctx, client); err != nil {
			return said(err)
		}
		return showClient(c, client, sys, secret)
	})
	return cmd
}

// withSecret gives a client that proves itself by a secret its first.
func withSecret(c oidc.Client) (oidc.Client, token.Secret) {
	if !provenBySecret(c) || len(c.Secrets) > 0 {
		return c, token.Secret{}
	}
	plain, digest := oidc.NewSecret()
	c.Secrets = []string{digest}
	return c, plain
}

func showClient(c *where.Call, client oidc.Client, sys *where.System, secret token.Secret) error {
	v := viewClient(client, sys.PublicURL)
	if !secret.IsZero() {
		v.Secret = secret.Reveal()
	}
	return c.Show(v, v.text)
}

func setCommand(c *where.Call) *cobra.Command {
	var f clientFlags
	cmd := &cobra.Command{
		Use: "set <client>", Short: "Change a client", Args: console.One("which client"),
		Long: "Changes a client. What is not said stays; a list that is said is the whole list, and \"\" empties it.\n\n--jwks replaces its keys: put the next one beside the present one, and take that away later.",
	}
	f.on(cmd)
	cmd.RunE = c.Action(func(ctx context.Context, args []string) error {
		sys, s, was, err := openClient(ctx, c, args[0])
		if err != nil {
			return err
		}
		client, err := f.apply(cmd, was, false)
		if err != nil {
			return err
		}
		client, secret := withSecret(client)
		if err := client.Check(sys.PublicURL); err != nil {
			return said(err)
		}
		changes := differences(viewClient(was, sys.PublicURL), viewClient(client, sys.PublicURL))
		if len(changes) == 0 && !cmd.Flags().Changed("jwks") {
			return console.BadUsage("what is to be changed? See central client set --help")
		}
		plan := append([]string{fmt.Sprintf("This will change %s (%s) in the %s, from the next request on:", was.Name, was.ID, sys.Title)}, changes...)
		return changeClient(ctx, c, sys, s, client, secret, plan...)
	})
	return cmd
}

// changeClient asks, writes and shows.
func changeClient(ctx context.Context, c *where.Call, sys *where.System, s *store.Store, client oidc.Client, secret token.Secret, plan ...string) error {
	if err := c.Confirm(ctx, plan...); err != nil {
		return err
	}
	client.UpdatedAt = c.Now().UTC().Truncate(time.Second)
	client, err := s.ChangeClient(ctx, client)
	if err != nil {
		return said(err)
	}
	return showClient(c, client, sys, secret)
}

func secretCommand(c *where.Call) *cobra.Command {
	var done, leaked bool
	cmd := &cobra.Command{
		Use: "secret <client>", Short: "Replace a client's secret, with nobody locked out", Args: console.One("which client"),
		Long: `Makes a new secret beside the present one, shown once; both are accepted. When the product uses the new one, --done refuses the old one.
With --leaked the old one is refused at once: the product cannot log anybody in until it has the new one.`,
	}
	cmd.Flags().BoolVar(&done, "done", false, "the product has the new one: refuse the old one")
	cmd.Flags().BoolVar(&leaked, "leaked", false, "the old one got out: refuse it at once")
	cmd.RunE = c.Action(func(ctx context.Context, args []string) error {
		if done && leaked {
			return console.BadUsage("--done and --leaked are two ways; take one")
		}
		sys, s, client, err := openClient(ctx, c, args[0])
		if err != nil {
			return err
		}
		client, secret, plan, err := replaceSecret(client, done, leaked)
		if err != nil {
			return err
		}
		return changeClient(ctx, c, sys, s, client, secret, fmt.Sprintf("%s (%s) in the %s: %s", client.Name, client.ID, sys.Title, plan))
	})
	return cmd
}

// replaceSecret returns the client with its secrets replaced, the new one, and what that means.
func replaceSecret(c oidc.Client, done, leaked bool) (oidc.Client, token.Secret, string, error) {
	switch {
	case !provenBySecret(c):
		return c, token.Secret{}, "", fmt.Errorf("%s proves itself by %s and has no secret", c.Name, c.Auth)
	case done && len(c.Secrets) < 2:
		return c, token.Secret{}, "", fmt.Errorf("%s has one secret: nothing was begun that could be ended", c.Name)
	case done:
		c.Secrets = c.Secrets[:1]
		return c, token.Secret{}, "the old secret is refused. Who still has only that is locked out.", nil
	case !leaked && len(c.Secrets) > 1:
		return c, token.Secret{}, "", fmt.Errorf("%s has two secrets already: --done first, when it uses the new one", c.Name)
	}
	plain, digest := oidc.NewSecret()
	if leaked {
		c.Secrets = []string{digest}
		return c, plain, "ALL ITS SECRETS ARE REFUSED AT ONCE, and a new one is made.", nil
	}
	c.Secrets = append([]string{digest}, c.Secrets...)
	return c, plain, "a new secret is made beside the old one. Both count until --done.", nil
}

// disableCommand is `client disable` or `client enable`.
func disableCommand(c *where.Call, disable bool) *cobra.Command {
	use, short, plan := "enable", "Let a disabled client log people in again", "it logs people in again."
	if disable {
		use, short, plan = "disable", "End what a client may, until it is enabled", "NOBODY LOGS IN WITH IT ANY MORE, and its tokens are refused, from the next request on. Sessions here stay."
	}
	cmd := &cobra.Command{Use: use + " <client>", Short: short, Args: console.One("which client")}
	cmd.RunE = c.Action(func(ctx context.Context, args []string) error {
		sys, s, client, err := openClient(ctx, c, args[0])
		if err != nil {
			return err
		}
		if client.Disabled == disable {
			return showClient(c, client, sys, token.Secret{})
		}
		client.Disabled = disable
		return changeClient(ctx, c, sys, s, client, token.Secret{}, fmt.Sprintf("%s (%s) in the %s: %s", client.Name, client.ID, sys.Title, plan))
	})
	return cmd
}

func removeCommand(c *where.Call) *cobra.Command {
	cmd := &cobra.Command{Use: "remove <client>", Short: "Remove a client for good", Args: console.One("which client")}
	cmd.RunE = c.Action(func(ctx context.Context, args []string) error {
		sys, s, client, err := openClient(ctx, c, args[0])
		if err != nil {
			return err
		}
		plan := fmt.Sprintf("This will remove %s (%s) from the %s FOR GOOD: its tokens are refused from the next request on, and its id never comes back.", client.Name, client.ID, sys.Title)
		if err := c.Confirm(ctx, plan); err != nil {
			return err
		}
		if err := s.RemoveClient(ctx, client.ID); err != nil {
			return said(err)
		}
		client.Disabled = true
		return showClient(c, client, sys, token.Secret{})
	})
	return cmd
}
