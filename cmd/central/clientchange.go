package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/token"
)

const addHelp = `Registers a client. A product with a server proves itself by a secret, which is shown once, or by a key of its own (--auth
private_key_jwt --jwks file); an app or a page alone proves itself by nothing (--auth none).

  central client add --name "Click to call" --redirect https://calls.example.com/callback --post-logout https://calls.example.com/ \
    --backchannel https://calls.example.com/logout --initiate-login https://calls.example.com/login --scope openid,profile,email,kyc --needs details,kyc

With the first client the keys are made that ID tokens are signed with, where there are none yet.`

func (c *cli) clientAdd() *cobra.Command {
	var f clientFlags
	cmd := &cobra.Command{Use: "add", Short: "Register a client", Long: addHelp, Args: cobra.NoArgs}
	f.on(cmd)
	cmd.RunE = c.action(func(ctx context.Context, _ []string) error {
		if f.name == "" || len(f.redirects) == 0 {
			return badUsage("--name and --redirect are needed")
		}
		sys, s, err := c.openClients(ctx)
		if err != nil {
			return err
		}
		now := c.now().UTC().Truncate(time.Second)
		client, err := f.apply(cmd, oidc.Client{ID: oidc.ClientID(token.NewID()), CreatedAt: now, UpdatedAt: now}, true)
		if err != nil {
			return err
		}
		client, secret := withSecret(client)
		if err := client.Check(sys.publicURL); err != nil {
			return said(err)
		}
		if err := c.confirm(ctx, fmt.Sprintf("In the %s this will register %s, which people are sent back to at %s.", sys.title, client.Name, strings.Join(client.RedirectURIs, " "))); err != nil {
			return err
		}
		if err := c.firstKeys(ctx, sys); err != nil {
			return err
		}
		if client, err = s.AddClient(ctx, client); err != nil {
			return said(err)
		}
		return c.showClient(client, sys, secret)
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

func (c *cli) showClient(client oidc.Client, sys *system, secret token.Secret) error {
	v := viewClient(client, sys.publicURL)
	if !secret.IsZero() {
		v.Secret = secret.Reveal()
	}
	return c.show(v, v.text)
}

func (c *cli) clientSet() *cobra.Command {
	var f clientFlags
	cmd := &cobra.Command{
		Use: "set <client>", Short: "Change a client", Args: one("which client"),
		Long: "Changes a client. What is not said stays; a list that is said is the whole list, and \"\" empties it.\n\n--jwks replaces its keys: put the next one beside the present one, and take that away later.",
	}
	f.on(cmd)
	cmd.RunE = c.action(func(ctx context.Context, args []string) error {
		sys, s, was, err := c.openClient(ctx, args[0])
		if err != nil {
			return err
		}
		client, err := f.apply(cmd, was, false)
		if err != nil {
			return err
		}
		client, secret := withSecret(client)
		if err := client.Check(sys.publicURL); err != nil {
			return said(err)
		}
		changes := differences(viewClient(was, sys.publicURL), viewClient(client, sys.publicURL))
		if len(changes) == 0 && !cmd.Flags().Changed("jwks") {
			return badUsage("what is to be changed? See central client set --help")
		}
		plan := append([]string{fmt.Sprintf("This will change %s (%s) in the %s, from the next request on:", was.Name, was.ID, sys.title)}, changes...)
		return c.changeClient(ctx, sys, s, client, secret, plan...)
	})
	return cmd
}

// changeClient asks, writes and shows.
func (c *cli) changeClient(ctx context.Context, sys *system, s *store.Store, client oidc.Client, secret token.Secret, plan ...string) error {
	if err := c.confirm(ctx, plan...); err != nil {
		return err
	}
	client.UpdatedAt = c.now().UTC().Truncate(time.Second)
	client, err := s.ChangeClient(ctx, client)
	if err != nil {
		return said(err)
	}
	return c.showClient(client, sys, secret)
}

func (c *cli) clientSecret() *cobra.Command {
	var done, leaked bool
	cmd := &cobra.Command{
		Use: "secret <client>", Short: "Replace a client's secret, with nobody locked out", Args: one("which client"),
		Long: `Makes a new secret beside the present one, shown once; both are accepted. When the product uses the new one, --done refuses the old one.
With --leaked the old one is refused at once: the product cannot log anybody in until it has the new one.`,
	}
	cmd.Flags().BoolVar(&done, "done", false, "the product has the new one: refuse the old one")
	cmd.Flags().BoolVar(&leaked, "leaked", false, "the old one got out: refuse it at once")
	cmd.RunE = c.action(func(ctx context.Context, args []string) error {
		if done && leaked {
			return badUsage("--done and --leaked are two ways; take one")
		}
		sys, s, client, err := c.openClient(ctx, args[0])
		if err != nil {
			return err
		}
		client, secret, plan, err := replaceSecret(client, done, leaked)
		if err != nil {
			return err
		}
		return c.changeClient(ctx, sys, s, client, secret, fmt.Sprintf("%s (%s) in the %s: %s", client.Name, client.ID, sys.title, plan))
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

// clientDisable is `client disable` or `client enable`.
func (c *cli) clientDisable(disable bool) *cobra.Command {
	use, short, plan := "enable", "Let a disabled client log people in again", "it logs people in again."
	if disable {
		use, short, plan = "disable", "End what a client may, until it is enabled", "NOBODY LOGS IN WITH IT ANY MORE, and its tokens are refused, from the next request on. Sessions here stay."
	}
	cmd := &cobra.Command{Use: use + " <client>", Short: short, Args: one("which client")}
	cmd.RunE = c.action(func(ctx context.Context, args []string) error {
		sys, s, client, err := c.openClient(ctx, args[0])
		if err != nil {
			return err
		}
		if client.Disabled == disable {
			return c.showClient(client, sys, token.Secret{})
		}
		client.Disabled = disable
		return c.changeClient(ctx, sys, s, client, token.Secret{}, fmt.Sprintf("%s (%s) in the %s: %s", client.Name, client.ID, sys.title, plan))
	})
	return cmd
}

func (c *cli) clientRemove() *cobra.Command {
	cmd := &cobra.Command{Use: "remove <client>", Short: "Remove a client for good", Args: one("which client")}
	cmd.RunE = c.action(func(ctx context.Context, args []string) error {
		sys, s, client, err := c.openClient(ctx, args[0])
		if err != nil {
			return err
		}
		plan := fmt.Sprintf("This will remove %s (%s) from the %s FOR GOOD: its tokens are refused from the next request on, and its id never comes back.", client.Name, client.ID, sys.title)
		if err := c.confirm(ctx, plan); err != nil {
			return err
		}
		if err := s.RemoveClient(ctx, client.ID); err != nil {
			return said(err)
		}
		client.Disabled = true
		return c.showClient(client, sys, token.Secret{})
	})
	return cmd
}
