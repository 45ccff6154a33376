package console

import (
	"fmt"
	"io"
	"time"

	"phonon.in/central/shared/account"
)

// Audit is what a change of an account leaves on the output: one line for people, one JSON value with --json.
type Audit struct {
	At      time.Time      `json:"at"`
	Action  string         `json:"action"`
	Account account.ID     `json:"account"`
	System  string         `json:"system"`
	By      string         `json:"by"`
	Reason  string         `json:"reason,omitempty"`
	Changed bool           `json:"changed"`
	DryRun  bool           `json:"dryRun,omitempty"`
	Counts  map[string]int `json:"counts,omitempty"`
	Kept    []string       `json:"kept,omitempty"`
}

// Text prints it for people.
func (a Audit) Text(w io.Writer) {
	state := "done"
	switch {
	case a.DryRun:
		state = "nothing was changed (--dry-run)"
	case !a.Changed:
		state = "it was so already: nothing was changed"
	}
	fmt.Fprintf(w, "%s  %s of %s by %s: %s\n", Day(a.At), a.Action, a.Account, a.By, state)
	for _, k := range a.Kept {
		fmt.Fprintln(w, "kept: "+k)
	}
}
