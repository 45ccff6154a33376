// Package deployment has the commands that change what a deployed stack runs: back to a release, and on to another secret.
package deployment

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"phonon.in/central/cmd/central/console"
	"phonon.in/central/cmd/central/fleet"
	"phonon.in/central/cmd/central/release"
	"phonon.in/central/cmd/central/where"
)

const releaseHelp = `Keeps what the functions of a stack run now, so that one can go back to it: run it after each deployment.

Of each function a version is published, with code and settings as they are; an alias of one name on all of them, such as
release-20261126T101500Z, is the release. Where nothing has changed since the newest release, that one is it. The newest ten stay; older
ones go, and their versions with them. What people reach does not change.

--list shows what is kept, and which of it runs now: all functions have its code and its settings. What says where the data is and what
stands in front (USERS_TABLE, SECRET_ID, EDGE and their like) does not count: a rollback leaves it as it is.`

// Release is `central release`.
func Release(c *where.Call) *cobra.Command {
	var note string
	var list bool
	cmd := &cobra.Command{Use: "release", Short: "Keep what runs, to be able to go back to it", Long: releaseHelp, Args: cobra.NoArgs}
	cmd.Flags().StringVar(&note, "note", "", "`what` is new in it, for the list")
	cmd.Flags().BoolVar(&list, "list", false, "list what is kept, and keep nothing")
	cmd.RunE = c.Action(func(ctx context.Context, _ []string) error {
		switch {
		case list && note != "":
			return console.BadUsage("--list keeps nothing; --note is for what is kept")
		case len(note) > release.LongestNote || strings.ContainsFunc(note, func(r rune) bool { return r < ' ' || r > '~' }):
			return console.BadUsage("--note is up to %d letters, digits and signs of ASCII", release.LongestNote)
		}
		_, f, err := c.OpenFleet(ctx, !list)
		if err != nil {
			return err
		}
		members, err := f.Read(ctx)
		if err != nil {
			return err
		}
		if list {
			all := release.All(members)
			return c.Show(nonNil(all), func(w io.Writer) { printReleases(w, all) })
		}
		made, err := keeper(c, f).Keep(ctx, members, note)
		if err != nil {
			return err
		}
		return c.Show(made, func(w io.Writer) { printRelease(w, made) })
	})
	return cmd
}

// nonNil has JSON say [] where there is nothing.
func nonNil[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}

func printRelease(w io.Writer, made release.Made) {
	fmt.Fprintln(w, "FUNCTION\tVERSION\tCODE\t")
	for _, v := range made.Versions {
		fresh := "as before"
		if v.Fresh {
			fresh = "new"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", v.Function, v.Version, short(v.Code), fresh)
	}
	if made.Fresh {
		fmt.Fprintf(w, "kept as %s\n", made.Name)
	} else {
		fmt.Fprintf(w, "nothing has changed since %s\n", made.Name)
	}
	for _, name := range made.Dropped {
		fmt.Fprintf(w, "dropped %s\n", name)
	}
}

func printReleases(w io.Writer, all []release.Release) {
	if len(all) == 0 {
		fmt.Fprintln(w, "nothing is kept: central release keeps what runs, after each deployment")
		return
	}
	fmt.Fprintln(w, "RELEASE\tKEPT AT\tFUNCTIONS\tRUNS\tNOTE")
	for _, r := range all {
		functions, runs := fmt.Sprint(r.Functions), "-"
		if !r.Whole() {
			functions = fmt.Sprintf("%d of %d", r.Functions, r.Of)
		}
		if r.Runs {
			runs = "now"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", r.Name, console.Day(r.At), functions, runs, r.Note)
	}
}

func keeper(c *where.Call, f *fleet.Fleet) *release.Keeper {
	return &release.Keeper{Fleet: f, Now: c.Now, Say: func(id, what string) { fmt.Fprintf(c.Err, "%s %s\n", id, what) }}
}

// short is the beginning of a hash, enough to tell two apart.
func short(hash string) string { return hash[:min(len(hash), 10)] }
