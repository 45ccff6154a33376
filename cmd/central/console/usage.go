package console

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// ErrFound ends a command whose output has named what is wrong already.
var ErrFound = errors.New("something is wrong")

// usageError is wrong usage that only the command itself can see.
type usageError struct{ error }

// BadUsage is wrong usage, in words.
func BadUsage(format string, args ...any) error { return Misused(fmt.Errorf(format, args...)) }

// Misused says that an error is wrong usage.
func Misused(err error) error { return usageError{err} }

// errMissing is a command without what it works on: its help follows.
var errMissing = errors.New("an argument is missing")

type missingError struct{ error }

func (missingError) Unwrap() error { return errMissing }

// Group makes a command that only has others below it. Alone it prints its help, as gh and kubectl do; with a name that it does not know
// it is wrong usage, and the error says what may have been meant.
func Group(parent *cobra.Command, commands ...*cobra.Command) *cobra.Command {
	parent.AddCommand(commands...)
	parent.Args = cobra.ArbitraryArgs
	parent.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		meant := ""
		if all := suggestions(cmd, args[0]); len(all) > 0 {
			meant = " Did you mean " + strings.Join(all, ", or ") + "?"
		}
		return BadUsage("%q is no command of %q.%s See %s --help", args[0], cmd.CommandPath(), meant, cmd.CommandPath())
	}
	return parent
}

// suggestions are the commands that somebody may have meant by a name: those called so elsewhere, or else those spelled nearly so.
func suggestions(cmd *cobra.Command, name string) []string {
	var all []string
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		if c.Name() == name || c.HasAlias(name) {
			all = append(all, c.CommandPath())
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	if walk(cmd.Root()); len(all) > 0 {
		return all
	}
	cmd.SuggestionsMinimumDistance = 2
	for _, near := range cmd.SuggestionsFor(name) {
		all = append(all, cmd.CommandPath()+" "+near)
	}
	return all
}

// One is the rule of a command that works on one thing. question asks for it.
func One(question string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch len(args) {
		case 0:
			return missingError{fmt.Errorf("%s? %s", question, cmd.UseLine())}
		case 1:
			return nil
		}
		return BadUsage("%s takes one thing, not %d: %q. Quote what has blanks in it.", cmd.CommandPath(), len(args), args)
	}
}
