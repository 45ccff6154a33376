// Package cases has the commands that look after KYC cases.
package cases

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"phonon.in/central/cmd/central/console"
	"phonon.in/central/cmd/central/holder"
	"phonon.in/central/cmd/central/where"
	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/store"
)

const caseHelp = "A case is named by its reference number; an email address, a phone number or an id names the newest case of an account."

// Command is `central case`, with what is below it.
func Command(c *where.Call) *cobra.Command {
	return console.Group(&cobra.Command{Use: "case", Short: "KYC cases: list, show, export; reopen, suspend and resume one"},
		listCommand(c), showCommand(c), historyCommand(c), exportCommand(c), changeCommand(c, reopening), changeCommand(c, suspending), changeCommand(c, resuming))
}

// openCase finds the system that the flags mean, and a case in it.
func openCase(ctx context.Context, c *where.Call, who string) (*where.System, *store.Store, account.Profile, kyc.Case, error) {
	sys, s, p, err := holder.Open(ctx, c, who)
	if err != nil {
		return nil, nil, p, kyc.Case{}, err
	}
	cases, err := s.Cases(ctx, p.ID)
	if err != nil {
		return nil, nil, p, kyc.Case{}, err
	}
	if len(cases) == 0 {
		return nil, nil, p, kyc.Case{}, fmt.Errorf("the account %s has no KYC case", p.ID)
	}
	if reference, is := kyc.ParseReference(who); is {
		if i := slices.IndexFunc(cases, func(k kyc.Case) bool { return k.Reference == reference }); i >= 0 {
			return sys, s, p, cases[i], nil
		}
	}
	return sys, s, p, cases[len(cases)-1], nil
}

// caseView is what `case show` prints: without --reveal nothing that says whose case it is.
type caseView struct {
	Account     account.ID        `json:"account"`
	Reference   string            `json:"reference"`
	No          int               `json:"no"`
	Status      kyc.Status        `json:"status"`
	Lane        kyc.Lane          `json:"lane,omitempty"`
	EntityType  string            `json:"entityType"`
	Risk        kyc.Risk          `json:"risk,omitempty"`
	Round       int               `json:"round"`
	Version     int               `json:"version"`
	Final       bool              `json:"final"`
	DueAt       *time.Time        `json:"dueAt"` // when it is to be decided
	DueBy       *time.Time        `json:"dueBy"` // until when its holder answers
	HeldUntil   *time.Time        `json:"heldUntil"`
	LeasedBy    account.ID        `json:"leasedBy,omitempty"`
	LeasedUntil *time.Time        `json:"leasedUntil"`
	DecidedBy   account.ID        `json:"decidedBy,omitempty"`
	DecidedAt   *time.Time        `json:"decidedAt"`
	ValidUntil  *time.Time        `json:"validUntil"`
	NextTick    *time.Time        `json:"nextTick"` // when the clock looks at it
	CreatedAt   time.Time         `json:"createdAt"`
	UpdatedAt   time.Time         `json:"updatedAt"`
	Asked       map[string]string `json:"asked,omitempty"`  // code by pointer
	Fields      map[string]string `json:"fields,omitempty"` // with --reveal
	Documents   []caseDocument    `json:"documents"`
}

type caseDocument struct {
	ID          string       `json:"id"`
	Requirement string       `json:"requirement"`
	Type        string       `json:"documentType"`
	State       kyc.DocState `json:"state"`
	Code        string       `json:"code,omitempty"`
	FileName    string       `json:"fileName,omitempty"` // with --reveal
}

func caseViewOf(k kyc.Case, reveal bool) caseView {
	v := caseView{
		Account: k.AccountID, Reference: k.Reference, No: k.No, Status: k.Status, Lane: k.Lane, EntityType: k.EntityType, Risk: k.Risk, Round: k.Round,
		Version: k.Version, Final: k.Final, DueAt: console.Optional(k.DueAt), DueBy: console.Optional(k.DueBy), HeldUntil: console.Optional(k.HeldUntil), LeasedBy: k.Lease.By,
		LeasedUntil: console.Optional(k.Lease.Until), DecidedBy: k.DecidedBy, DecidedAt: console.Optional(k.DecidedAt), ValidUntil: console.Optional(k.ValidUntil),
		CreatedAt: k.CreatedAt, UpdatedAt: k.UpdatedAt, Documents: []caseDocument{},
	}
	if !k.Waits() {
		v.NextTick = console.Optional(k.NextTick())
	}
	if reveal {
		v.Fields = k.Fields
	}
	for pointer, reason := range k.Flags {
		if v.Asked == nil {
			v.Asked = map[string]string{}
		}
		v.Asked[pointer] = reason.Code
	}
	for _, d := range k.Documents {
		shown := caseDocument{ID: d.ID, Requirement: d.Requirement, Type: d.Type, State: d.State, Code: d.Reason.Code}
		if reveal {
			shown.FileName = d.FileName
		}
		v.Documents = append(v.Documents, shown)
	}
	return v
}

func (v caseView) text(w io.Writer) {
	line := func(name string, value any) {
		if t, is := value.(*time.Time); is {
			if value = ""; t != nil {
				value = console.Day(*t)
			}
		}
		if s := fmt.Sprint(value); s != "" {
			fmt.Fprintf(w, "%s\t%s\n", name, s)
		}
	}
	line("account", v.Account)
	line("reference", v.Reference)
	line("case", v.No)
	line("status", v.Status)
	line("lane", v.Lane)
	line("to be decided by", v.DueAt)
	line("held until", v.HeldUntil)
	line("to be answered by", v.DueBy)
	line("leased by", v.LeasedBy)
	line("entity type", v.EntityType)
	line("risk", v.Risk)
	line("submitted", fmt.Sprintf("%d times", v.Round))
	line("decided by", v.DecidedBy)
	line("decided", v.DecidedAt)
	line("valid until", v.ValidUntil)
	line("the clock looks at it", v.NextTick)
	line("created", console.Day(v.CreatedAt))
	line("changed", console.Day(v.UpdatedAt))
	for _, pointer := range slices.Sorted(maps.Keys(v.Asked)) {
		line("asked", pointer+" "+v.Asked[pointer])
	}
	for _, name := range slices.Sorted(maps.Keys(v.Fields)) {
		line("field "+name, v.Fields[name])
	}
	for _, d := range v.Documents {
		line("document "+d.ID, strings.TrimSpace(fmt.Sprintf("%s %s %s %s %s", d.State, d.Requirement, d.Type, d.Code, d.FileName)))
	}
}

func showCommand(c *where.Call) *cobra.Command {
	var reveal bool
	cmd := &cobra.Command{
		Use: "show <reference|who>", Short: "Show a KYC case", Args: console.One("which case"),
		Long: "Shows where a KYC case is, what it waits for, and what its documents have become. It changes nothing.\n\n" + caseHelp,
	}
	cmd.Flags().BoolVar(&reveal, "reveal", false, "show what was given and the names of files")
	cmd.RunE = c.Action(func(ctx context.Context, args []string) error {
		_, _, _, k, err := openCase(ctx, c, args[0])
		if err != nil {
			return err
		}
		v := caseViewOf(k, reveal)
		return c.Show(v, v.text)
	})
	return cmd
}
