// Package accounts has the commands that look after the account of one person, and export its data.
package accounts

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
	"phonon.in/central/shared/store"
)

// Command is `central account`, with what is below it.
func Command(c *where.Call) *cobra.Command {
	return console.Group(&cobra.Command{Use: "account", Short: "List accounts; look at one, disable, enable or erase it, remove its second factors"},
		listCommand(c), showCommand(c), statusCommand(c, account.Disabled), statusCommand(c, account.Active), factorResetCommand(c), eraseCommand(c))
}

// accountView is what `account show` prints. It never has a hash, and email and phone only with --reveal.
type accountView struct {
	ID           account.ID     `json:"id"`
	Email        string         `json:"email"`
	Status       account.Status `json:"status"`
	Erased       bool           `json:"erased"`
	Type         account.Type   `json:"type,omitempty"`
	FirstName    string         `json:"firstName,omitempty"`
	LastName     string         `json:"lastName,omitempty"`
	CompanyName  string         `json:"companyName,omitempty"`
	Sector       string         `json:"sector,omitempty"`
	Phone        string         `json:"phone,omitempty"`
	PhoneKind    string         `json:"phoneKind,omitempty"`
	KYC          string         `json:"kyc"`
	KYCCase      int            `json:"kycCase"`
	Sessions     int            `json:"sessions"`
	LastActivity *eventView     `json:"lastActivity"`
	LastDeed     *eventView     `json:"lastDeed"` // of an operator
	CreatedAt    time.Time      `json:"createdAt"`
	UpdatedAt    time.Time      `json:"updatedAt"`
}

type eventView struct {
	Kind   string    `json:"kind"`
	At     time.Time `json:"at"`
	By     string    `json:"by,omitempty"`
	Reason string    `json:"reason,omitempty"`
}

func showCommand(c *where.Call) *cobra.Command {
	var reveal bool
	cmd := &cobra.Command{
		Use: "show <who>", Aliases: []string{"find"}, Short: "Show an account", Args: console.One("which account"),
		Long: "Shows an account: its profile, state of KYC, how many sessions are open, and what happened last. It changes nothing.\n\n" + holder.Help,
	}
	cmd.Flags().BoolVar(&reveal, "reveal", false, "show names, email address and phone number in full")
	cmd.RunE = c.Action(func(ctx context.Context, args []string) error {
		_, s, p, err := holder.Open(ctx, c, args[0])
		if err != nil {
			return err
		}
		v, err := view(ctx, c, s, p, reveal)
		if err != nil {
			return err
		}
		return c.Show(v, v.text)
	})
	return cmd
}

func view(ctx context.Context, c *where.Call, s *store.Store, p account.Profile, reveal bool) (accountView, error) {
	sessions, err := s.Sessions(ctx, p, c.Now())
	if err != nil {
		return accountView{}, err
	}
	events, err := s.Events(ctx, p.ID)
	if err != nil {
		return accountView{}, err
	}
	v := accountView{
		ID: p.ID, Email: console.Masked(p.Email), Status: p.Status, Erased: store.Erased(p), Type: p.Details.Type, Sector: p.Details.Sector,
		PhoneKind: string(p.Phone.Number.Kind()), KYC: p.KYC, KYCCase: p.KYCCase, Sessions: len(sessions),
		CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt,
	}
	if !p.Phone.Number.IsZero() {
		v.Phone = p.Phone.Number.Masked()
	}
	if reveal {
		v.Email, v.Phone = p.Email.String(), p.Phone.Number.E164()
		v.FirstName, v.LastName, v.CompanyName = p.Details.FirstName, p.Details.LastName, p.Details.CompanyName
	}
	for _, e := range events { // oldest first
		seen := &eventView{e.Kind, e.At, e.By, e.Reason}
		if v.LastActivity = seen; e.By != "" {
			v.LastDeed = seen
		}
	}
	return v, nil
}

func (v accountView) text(w io.Writer) {
	line := func(name string, value any) {
		if s := fmt.Sprint(value); s != "" {
			fmt.Fprintf(w, "%s\t%s\n", name, s)
		}
	}
	line("id", v.ID)
	line("email", v.Email)
	line("status", v.Status)
	if v.Erased {
		line("", "erased: nothing says any more whose it was")
	}
	line("type", v.Type)
	line("first name", v.FirstName)
	line("last name", v.LastName)
	line("company", v.CompanyName)
	line("sector", v.Sector)
	line("phone", v.Phone)
	line("kind of phone", v.PhoneKind)
	line("KYC", fmt.Sprintf("%s (case %d)", v.KYC, v.KYCCase))
	line("open sessions", v.Sessions)
	line("last activity", v.LastActivity)
	line("last deed of an operator", v.LastDeed)
	line("created", console.Day(v.CreatedAt))
	line("changed", console.Day(v.UpdatedAt))
}

func (e *eventView) String() string {
	switch {
	case e == nil:
		return "none"
	case e.By == "":
		return console.Day(e.At) + " " + e.Kind
	}
	return fmt.Sprintf("%s %s by %s: %s", console.Day(e.At), e.Kind, e.By, e.Reason)
}
