package deployment

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"phonon.in/central/cmd/central/console"
	"phonon.in/central/cmd/central/fleet"
	"phonon.in/central/cmd/central/release"
	"phonon.in/central/cmd/central/where"
)

const rollbackHelp = `Goes back to a release that central release has kept: to the newest one that differs from what runs, or to the one that --to names.

It says for each function what would change (never the value of a variable) and asks. What runs is kept first. Then code, environment, memory
and timeout of the functions that differ are restored side by side, in seconds; the others are not touched. What says where the data is and
what stands in front (USERS_TABLE, SECRET_ID, EDGE and their like) stays as it is, and so does all that is not a function: policies, routes,
tables, alarms. Where it was interrupted, or a function failed, repeat it: it goes on, and never further back; that is --to.

CloudFormation does not know of it. So once you have deployed what mends the fault, say

  central rollback --undo --stack ...

Each part of a function that is still what the rollback put there becomes again what it was before; what was deployed since is left alone.
Where you have deployed the older commit itself instead, or what runs shall stay: --accept. Until one of the two doctor warns.

A function that takes signed code alone (a code signing configuration that enforces it) cannot be restored: deploy the older commit, signed.`

type rollbackFlags struct {
	to           string
	undo, accept bool
}

// rolled is what a rollback did, for JSON.
type rolled struct {
	release.Plan
	Done    bool    `json:"done"`
	Seconds float64 `json:"seconds"`
}

// Rollback is `central rollback`.
func Rollback(c *where.Call) *cobra.Command {
	var flags rollbackFlags
	cmd := &cobra.Command{Use: "rollback", Short: "Go back to a release", Long: rollbackHelp, Args: cobra.NoArgs}
	cmd.Flags().StringVar(&flags.to, "to", "", "`release` to go back to (central release --list)")
	cmd.Flags().BoolVar(&flags.undo, "undo", false, "after a deployment: give back what the rollback still holds")
	cmd.Flags().BoolVar(&flags.accept, "accept", false, "what runs now stays: forget what ran before")
	cmd.RunE = c.Action(func(ctx context.Context, _ []string) error {
		if flags.undo && flags.accept || flags.to != "" && (flags.undo || flags.accept) {
			return console.BadUsage("--to, --undo and --accept are three things; take one")
		}
		_, f, err := c.OpenFleet(ctx, true)
		if err != nil {
			return err
		}
		if err := fleet.Unaliased(f.Functions); err != nil {
			return err
		}
		members, err := f.Read(ctx)
		if err != nil {
			return err
		}
		switch k := keeper(c, f); {
		case flags.accept:
			return acceptRollback(ctx, c, k, members)
		case flags.undo:
			return undoRollback(ctx, c, k, members)
		default:
			return rollback(ctx, c, k, members, flags.to)
		}
	})
	return cmd
}

func rollback(ctx context.Context, c *where.Call, k *release.Keeper, members []fleet.Member, to string) error {
	plan, err := release.Back(members, to)
	if err != nil {
		return err
	}
	if len(plan.Steps) == 0 {
		return showRolled(c, plan, 0, plan.To+" runs already: nothing was changed. Another: --to (central release --list)")
	}
	lines := []string{fmt.Sprintf("This will take %s of the stack %s back to %s:", functions(len(plan.Steps)), c.Stack, plan.To)}
	if plan.Continues {
		lines[0] = fmt.Sprintf("A rollback to %s was interrupted. This will finish it, with %s of the stack %s:", plan.To, functions(len(plan.Steps)), c.Stack)
	}
	if err := c.Confirm(ctx, append(lines, changes(plan)...)...); err != nil {
		return err
	}
	begun := c.Now()
	if err := k.Rollback(ctx, plan); err != nil {
		return fmt.Errorf("%w\nRepeat the command: it goes on where it stopped", err)
	}
	return showRolled(c, plan, c.Now().Sub(begun), fmt.Sprintf("%s runs. After the deployment that mends the fault: central rollback --undo --stack %s", plan.To, c.Stack))
}

func undoRollback(ctx context.Context, c *where.Call, k *release.Keeper, members []fleet.Member) error {
	plan, err := release.Forward(members)
	if err != nil {
		return err
	}
	lines := []string{fmt.Sprintf("This will give %s of the stack %s back what ran before the rollback, and forget the rollback:", functions(len(plan.Steps)), c.Stack)}
	if len(plan.Steps) == 0 {
		lines[0] = fmt.Sprintf("Nothing is left of the rollback in the stack %s. This will forget it:", c.Stack)
	}
	if err := c.Confirm(ctx, append(lines, changes(plan)...)...); err != nil {
		return err
	}
	begun := c.Now()
	if err := k.Undo(ctx, plan); err != nil {
		return fmt.Errorf("%w\nRepeat the command: it goes on where it stopped", err)
	}
	return showRolled(c, plan, c.Now().Sub(begun), "the rollback is undone")
}

func acceptRollback(ctx context.Context, c *where.Call, k *release.Keeper, members []fleet.Member) error {
	to, open := release.Opened(members)
	if !open {
		return fmt.Errorf("there is no rollback that could be accepted")
	}
	plan := release.Plan{To: to}
	if err := c.Confirm(ctx, fmt.Sprintf("This will forget what the functions of the stack %s ran before the rollback to %s. What they run now stays.", c.Stack, to)); err != nil {
		return err
	}
	if err := k.Accept(ctx, members); err != nil {
		return err
	}
	return showRolled(c, plan, 0, "what runs now stays")
}

func functions(n int) string {
	if n == 1 {
		return "1 function"
	}
	return fmt.Sprintf("%d functions", n)
}

// changes says what a plan changes, function by function.
func changes(p release.Plan) []string {
	var lines []string
	for _, s := range p.Steps {
		var parts []string
		if s.Code {
			parts = append(parts, fmt.Sprintf("code %s to %s", short(s.From), short(s.To)))
		}
		if len(s.Environment) > 0 {
			parts = append(parts, "environment "+strings.Join(s.Environment, " "))
		}
		if s.Memory {
			parts = append(parts, "memory")
		}
		if s.Timeout {
			parts = append(parts, "timeout")
		}
		lines = append(lines, "  "+s.Function+": "+strings.Join(parts, "; "))
	}
	for _, rest := range []struct {
		names []string
		what  string
	}{
		{p.Same, "not touched, as nothing of them differs"}, {p.LeftAlone, "left alone, as they were deployed since"},
		{p.Missing, "not in this release, as keeping it was interrupted or they are newer: left alone"},
	} {
		if len(rest.names) > 0 {
			lines = append(lines, "  "+strings.Join(rest.names, ", ")+": "+rest.what)
		}
	}
	return lines
}

func showRolled(c *where.Call, p release.Plan, took time.Duration, said string) error {
	p.Steps = nonNil(p.Steps)
	r := rolled{Plan: p, Done: true, Seconds: took.Round(100 * time.Millisecond).Seconds()}
	return c.Show(r, func(w io.Writer) {
		if len(p.Steps) > 0 {
			fmt.Fprintf(w, "%s in %.1f seconds. ", functions(len(p.Steps)), r.Seconds)
		}
		fmt.Fprintln(w, said)
	})
}
