package cases

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"phonon.in/central/cmd/central/console"
	"phonon.in/central/cmd/central/where"
	"phonon.in/central/shared/kyc"
)

// recordView is one line of `case history`.
type recordView struct {
	At      time.Time   `json:"at"`
	Kind    string      `json:"kind"`
	By      string      `json:"by"` // "clock", or in what capacity and who
	From    kyc.Status  `json:"from"`
	To      kyc.Status  `json:"to"`
	Lane    kyc.Lane    `json:"lane,omitempty"`
	Outcome kyc.Outcome `json:"outcome,omitempty"`
	Reason  string      `json:"reason,omitempty"`
	Note    string      `json:"note,omitempty"`
	Codes   []string    `json:"codes,omitempty"` // of what was not accepted
	Step    int         `json:"step,omitempty"`
}

func recordViewOf(r kyc.Record) recordView {
	v := recordView{
		At: r.At, Kind: r.Kind, By: strings.TrimSpace(string(r.Actor.Kind) + " " + r.Actor.ID), From: r.From, To: r.To, Lane: r.Lane, Outcome: r.Outcome,
		Reason: r.Reason, Note: r.Note, Step: r.Step,
	}
	for _, p := range r.Parts {
		if !p.OK {
			v.Codes = append(v.Codes, p.Pointer+" "+p.Reason.Code)
		}
	}
	return v
}

func historyCommand(c *where.Call) *cobra.Command {
	cmd := &cobra.Command{
		Use: "history <reference|who>", Short: "List what happened to a KYC case, oldest first", Args: console.One("which case"),
		Long: "Lists everything that happened to a KYC case: who did it, when and why, and who looked at which page. What reviewers write to each other is\nin it. It changes nothing.\n\n" + caseHelp,
	}
	cmd.RunE = c.Action(func(ctx context.Context, args []string) error {
		_, s, _, k, err := openCase(ctx, c, args[0])
		if err != nil {
			return err
		}
		records, err := s.Records(ctx, k.AccountID, k.No)
		if err != nil {
			return err
		}
		views := make([]recordView, len(records))
		for i, r := range records {
			views[i] = recordViewOf(r)
		}
		return c.Show(views, func(w io.Writer) {
			if len(views) == 0 {
				fmt.Fprintln(w, "nothing is recorded")
				return
			}
			fmt.Fprintln(w, "AT\tWHAT\tBY\tSTATUS\tWHY")
			for _, v := range views {
				status := string(v.To)
				if v.From != v.To {
					status = string(v.From) + " > " + status
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", console.Day(v.At), v.Kind, v.By, status, strings.Join(slices.DeleteFunc(append([]string{v.Reason, v.Note}, v.Codes...), func(s string) bool { return s == "" }), "; "))
			}
		})
	})
	return cmd
}
