// Package clients has the commands for the products that log people in with Central, and for the keys that they verify with.
package clients

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"phonon.in/central/cmd/central/console"
	"phonon.in/central/cmd/central/where"
	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/store"
)

const clientHelp = `The clients of Central as an OpenID Provider: the products, and others, that log people in with it. docs/products.md has what their
developers need.

What is changed counts from the next request on. A client is named by its id or its name.`

// Command is `central client`, with what is below it.
func Command(c *where.Call) *cobra.Command {
	return console.Group(&cobra.Command{Use: "client", Short: "The products that log people in with Central", Long: clientHelp},
		addCommand(c), listCommand(c), showCommand(c), setCommand(c), secretCommand(c), disableCommand(c, true), disableCommand(c, false), removeCommand(c))
}

// clientView is a client as an operator sees it. Secret is there once, when it was made.
type clientView struct {
	ID        oidc.ClientID `json:"id"`
	Name      string        `json:"name"`
	Disabled  bool          `json:"disabled"`
	Party     string        `json:"party"` // "first", "third"
	Native    bool          `json:"native"`
	Auth      string        `json:"auth"`
	Secrets   int           `json:"secrets"` // how many are accepted
	Keys      []string      `json:"keys"`    // the ids of its public keys
	Redirects []string      `json:"redirects"`
	PostLogs  []string      `json:"postLogouts"`
	Backch    string        `json:"backchannel"`
	Login     string        `json:"initiateLogin"`
	Product   string        `json:"product"`
	Origins   []string      `json:"origins"`
	Scopes    []string      `json:"scopes"`
	Needs     []string      `json:"needs"`
	IDToken   string        `json:"idTokenAlg"`
	Access    string        `json:"accessToken"`
	Audience  string        `json:"audience"`
	PKCE      string        `json:"pkce"`
	PAR       bool          `json:"par"`
	DPoP      bool          `json:"dpop"`
	FAPI      bool          `json:"fapi2"`
	Offline   bool          `json:"offline"`
	Pairwise  bool          `json:"pairwise"`
	Claims    bool          `json:"claimsInIdToken"`
	MaxAge    int           `json:"maxAgeSeconds"`
	CreatedAt time.Time     `json:"createdAt"`
	UpdatedAt time.Time     `json:"updatedAt"`
	Secret    string        `json:"secret,omitempty"`
	Issuer    string        `json:"issuer"`
}

func viewClient(c oidc.Client, issuer string) clientView {
	party := "third"
	if c.FirstParty {
		party = "first"
	}
	return clientView{
		ID: c.ID, Name: c.Name, Disabled: c.Disabled, Party: party, Native: c.Native, Auth: string(c.Auth), Secrets: len(c.Secrets), Keys: keyIDs(c.JWKS),
		Redirects: c.RedirectURIs, PostLogs: c.PostLogoutURIs, Backch: c.BackchannelURI, Login: c.InitiateLoginURI, Product: c.Product, Origins: c.Origins, Scopes: c.Scopes, Needs: c.Needs,
		IDToken: c.IDTokenAlg, Access: string(c.AccessToken), Audience: c.Audience, PKCE: string(c.PKCE), PAR: c.PAR, DPoP: c.DPoP, FAPI: c.FAPI,
		Offline: c.Offline, Pairwise: c.Pairwise, Claims: c.ClaimsInIDToken, MaxAge: int(c.DefaultMaxAge / time.Second), CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt, Issuer: issuer,
	}
}

func keyIDs(jwks []byte) []string {
	var set struct{ Keys []struct{ Kid string } }
	_ = json.Unmarshal(jwks, &set) // what was registered is a key set
	var ids []string
	for _, k := range set.Keys {
		ids = append(ids, k.Kid)
	}
	return ids
}

// line is one thing that is said of a client.
type line struct{ name, value string }

func (v clientView) lines() []line {
	list := func(all []string) string {
		if len(all) == 0 {
			return "-"
		}
		return strings.Join(all, " ")
	}
	text := func(s string) string { return list(strings.Fields(s)) }
	return []line{
		{"client", string(v.ID)}, {"name", v.Name}, {"disabled", fmt.Sprint(v.Disabled)}, {"party", v.Party}, {"native", fmt.Sprint(v.Native)},
		{"proves itself by", v.Auth}, {"secrets", fmt.Sprint(v.Secrets)}, {"keys", list(v.Keys)}, {"redirect URIs", list(v.Redirects)}, {"after log-out", list(v.PostLogs)},
		{"back channel", text(v.Backch)}, {"begins a log-in", text(v.Login)}, {"tile", text(v.Product)}, {"origins", list(v.Origins)}, {"scopes", list(v.Scopes)}, {"needs", list(v.Needs)},
		{"ID token", v.IDToken}, {"access token", strings.TrimSpace(v.Access + " " + v.Audience)}, {"PKCE", v.PKCE}, {"pushed requests", fmt.Sprint(v.PAR)}, {"DPoP", fmt.Sprint(v.DPoP)},
		{"FAPI 2.0", fmt.Sprint(v.FAPI)}, {"offline_access", fmt.Sprint(v.Offline)}, {"pairwise sub", fmt.Sprint(v.Pairwise)}, {"claims in ID token", fmt.Sprint(v.Claims)},
		{"max age", (time.Duration(v.MaxAge) * time.Second).String()},
	}
}

func (v clientView) text(w io.Writer) {
	for _, l := range v.lines() {
		fmt.Fprintf(w, "%s\t%s\n", l.name, l.value)
	}
	fmt.Fprintf(w, "issuer\t%s\nregistered\t%s\nchanged\t%s\n", v.Issuer, console.Day(v.CreatedAt), console.Day(v.UpdatedAt))
	if v.Secret != "" {
		fmt.Fprintf(w, "SECRET\t%s\n\nThe secret is shown this once: put it where the product keeps its secrets.\n", v.Secret)
	}
}

// differences are the lines that a change changes, as "name: before -> after".
func differences(before, after clientView) []string {
	var all []string
	old := before.lines()
	for i, l := range after.lines() {
		if l != old[i] {
			all = append(all, fmt.Sprintf("  %s: %s -> %s", l.name, old[i].value, l.value))
		}
	}
	return all
}

// openClient finds a system, and a client in it by its id or name.
func openClient(ctx context.Context, c *where.Call, which string) (*where.System, *store.Store, oidc.Client, error) {
	sys, s, err := openClients(ctx, c)
	if err != nil {
		return nil, nil, oidc.Client{}, err
	}
	all, err := s.Clients(ctx)
	if err != nil {
		return nil, nil, oidc.Client{}, err
	}
	var found []oidc.Client
	for _, one := range all {
		if strings.EqualFold(string(one.ID), which) || strings.EqualFold(one.Name, which) {
			found = append(found, one)
		}
	}
	switch len(found) {
	case 0:
		return nil, nil, oidc.Client{}, fmt.Errorf("no client is called %q: central client list has all", which)
	case 1:
		return sys, s, found[0], nil
	}
	return nil, nil, oidc.Client{}, fmt.Errorf("%d clients are called %q: name one by its id", len(found), which)
}

// openClients finds a system whose issuer is known.
func openClients(ctx context.Context, c *where.Call) (*where.System, *store.Store, error) {
	sys, err := c.Open(ctx)
	if err != nil {
		return nil, nil, err
	}
	if sys.PublicURL == "" && sys.Local() {
		sys.PublicURL = "http://127.0.0.1"
	}
	if sys.PublicURL == "" {
		return nil, nil, console.BadUsage("what is the issuer? --public-url says the origin of the pages")
	}
	return sys, sys.Store(), nil
}

func listCommand(c *where.Call) *cobra.Command {
	return &cobra.Command{Use: "list", Short: "List the clients", Args: cobra.NoArgs, RunE: c.Action(func(ctx context.Context, _ []string) error {
		sys, s, err := openClients(ctx, c)
		if err != nil {
			return err
		}
		all, err := s.Clients(ctx)
		if err != nil {
			return err
		}
		views := make([]clientView, len(all))
		for i, one := range all {
			views[i] = viewClient(one, sys.PublicURL)
		}
		return c.Show(views, func(w io.Writer) {
			if len(views) == 0 {
				fmt.Fprintln(w, "no clients")
				return
			}
			fmt.Fprintln(w, "CLIENT\tNAME\tPARTY\tPROVES ITSELF BY\tNEEDS\tSTATE\tREDIRECT URIS")
			for _, v := range views {
				state := "on"
				if v.Disabled {
					state = "disabled"
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", v.ID, v.Name, v.Party, v.Auth, strings.Join(v.Needs, " "), state, strings.Join(v.Redirects, " "))
			}
		})
	})}
}

func showCommand(c *where.Call) *cobra.Command {
	return &cobra.Command{Use: "show <client>", Short: "Show all of a client", Args: console.One("which client"), RunE: c.Action(func(ctx context.Context, args []string) error {
		sys, _, found, err := openClient(ctx, c, args[0])
		if err != nil {
			return err
		}
		v := viewClient(found, sys.PublicURL)
		return c.Show(v, v.text)
	})}
}

// said makes an error of the store one that an operator understands.
func said(err error) error {
	switch {
	case errors.Is(err, oidc.ErrClientChanged), errors.Is(err, oidc.ErrClientUnknown):
		return errors.New("the client was changed or removed meanwhile, and nothing was done here: look at it, and repeat the command")
	case err == nil:
		return nil
	}
	if flaws, ok := errors.AsType[oidc.Flaws](err); ok {
		lines := make([]string, len(flaws))
		for i, f := range flaws {
			lines[i] = "  " + f.Field + " " + f.Reason
		}
		return errors.New("nothing was changed, because of this client\n" + strings.Join(lines, "\n"))
	}
	return err
}
