package accounts

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"phonon.in/central/cmd/central/console"
	"phonon.in/central/cmd/central/holder"
	"phonon.in/central/cmd/central/where"
	"phonon.in/central/shared/account"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/typed"
)

const listHelp = `Lists accounts, those whose address, number and id begin as the flags say. Addresses and numbers are masked without --reveal.

It reads through the table of accounts, which has no order: a hundred thousand accounts are about half a gigabyte, some minutes of
reading and one US cent. It ends with --limit accounts, and says how to go on from there. One account that can be named is found at once by
central account show.`

// accountList is what `account list` prints. Next names the account behind which --after goes on, "" at the end.
type accountList struct {
	Accounts []accountLine `json:"accounts"`
	Next     account.ID    `json:"next"`
}

type accountLine struct {
	ID        account.ID     `json:"id"`
	Email     string         `json:"email"`
	Phone     string         `json:"phone,omitempty"`
	Status    account.Status `json:"status"`
	KYC       string         `json:"kyc"`
	CreatedAt time.Time      `json:"createdAt"`
}

func listCommand(c *where.Call) *cobra.Command {
	var email, phone, id, after string
	var limit int
	var reveal bool
	cmd := &cobra.Command{Use: "list", Short: "List accounts by the beginning of address, number or id", Long: listHelp, Args: cobra.NoArgs}
	f := cmd.Flags()
	f.StringVar(&email, "email", "", "`beginning` of the address")
	f.StringVar(&phone, "phone", "", "`beginning` of the number, with or without +91")
	f.StringVar(&id, "id", "", "`beginning` of the id")
	f.StringVar(&after, "after", "", "go on behind the account with this `id`")
	f.IntVar(&limit, "limit", 50, "`number` of accounts, at most")
	f.BoolVar(&reveal, "reveal", false, "show addresses and numbers in full")
	cmd.RunE = c.Action(func(ctx context.Context, _ []string) error {
		q := store.Search{ID: strings.ToUpper(typed.Trim(id)), Email: strings.ToLower(typed.Trim(email))}
		var ok bool
		if q.Phones, ok = holder.Prefixes(phone); !ok {
			return console.BadUsage("--phone is %q, not the beginning of a number", phone)
		}
		if limit < 1 || limit > console.MostListed {
			return console.BadUsage("--limit is %d, not a number from 1 to %d", limit, console.MostListed)
		}
		sys, err := c.Open(ctx)
		if err != nil {
			return err
		}
		found, err := list(ctx, c, sys.Store(), q, account.ID(strings.ToUpper(after)), limit, reveal)
		if err != nil {
			return err
		}
		return c.Show(found, found.text)
	})
	return cmd
}

func list(ctx context.Context, c *where.Call, s *store.Store, q store.Search, after account.ID, limit int, reveal bool) (accountList, error) {
	items, err := s.ItemCount(ctx)
	if err != nil {
		return accountList{}, err
	}
	out := accountList{Accounts: []accountLine{}}
	progress := c.Progress("items", items)
	defer progress.End()
	err = s.ScanAccounts(ctx, q, after, func(found []account.Profile, read int) bool {
		progress.Add(read)
		for _, p := range found {
			if len(out.Accounts) == limit {
				out.Next = out.Accounts[limit-1].ID
				return false
			}
			out.Accounts = append(out.Accounts, lineOf(p, reveal))
		}
		return true
	})
	return out, err
}

func lineOf(p account.Profile, reveal bool) accountLine {
	line := accountLine{ID: p.ID, Email: console.Masked(p.Email), Status: p.Status, KYC: p.KYC, CreatedAt: p.CreatedAt}
	if !p.Phone.Number.IsZero() {
		line.Phone = p.Phone.Number.Masked()
	}
	if reveal {
		line.Email, line.Phone = p.Email.String(), p.Phone.Number.E164()
	}
	return line
}

func (l accountList) text(w io.Writer) {
	if len(l.Accounts) == 0 {
		fmt.Fprintln(w, "no accounts")
		return
	}
	fmt.Fprintln(w, "ID\tEMAIL\tPHONE\tSTATUS\tKYC\tCREATED")
	for _, a := range l.Accounts {
		phone := a.Phone
		if phone == "" {
			phone = "-"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", a.ID, a.Email, phone, a.Status, a.KYC, console.Day(a.CreatedAt))
	}
	if l.Next != "" {
		fmt.Fprintf(w, "There are more: --after %s\n", l.Next)
	}
}
