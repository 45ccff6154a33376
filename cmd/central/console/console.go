// Package console is one call of the program as the operator meets it: the flags that every command has, what is asked, what is shown,
// and the exit code.
package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"phonon.in/central/shared/fault"
)

// Exit codes, which --help promises.
const (
	Good  = 0
	Wrong = 1 // something is wrong, and the output names it
	Usage = 2 // the command line was not understood
)

// Console is one call of the program.
type Console struct {
	In       io.Reader
	Out, Err io.Writer
	Now      func() time.Time
	Terminal bool // Err is a terminal
	JSON     bool // --json

	yes        bool
	understood bool     // the command line was right: what fails from here on is no wrong usage
	after      []func() // what has to be ended with the command
}

// Flags gives a root the flags of every command.
func (c *Console) Flags(root *cobra.Command) {
	root.SetOut(c.Out)
	root.SetErr(c.Err)
	flags := root.PersistentFlags()
	flags.BoolVar(&c.JSON, "json", false, "print JSON")
	flags.BoolVar(&c.yes, "yes", false, "do not ask before changing data")
}

// Action is what a command does once its line was understood.
func (c *Console) Action(do func(ctx context.Context, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		c.understood = true
		return do(cmd.Context(), args)
	}
}

// After ends something with the command.
func (c *Console) After(end func()) { c.after = append(c.after, end) }

// Run runs one command line and returns the exit code.
func (c *Console) Run(ctx context.Context, root *cobra.Command, args []string) int {
	root.SetArgs(args)
	command, err := root.ExecuteContextC(ctx)
	for _, end := range c.after {
		end()
	}
	var wrong usageError
	switch {
	case err == nil:
		return Good
	case !c.understood || errors.As(err, &wrong):
		c.fail(err)
		if errors.Is(err, errMissing) && !c.JSON {
			fmt.Fprintln(c.Err)
			command.SetOut(c.Err)
			command.Help()
		}
		return Usage
	case ctx.Err() != nil:
		c.fail(errors.New("it was interrupted"))
	case !errors.Is(err, ErrFound):
		c.fail(err)
	}
	return Wrong
}

// fail says what went wrong: on the error output, and with --json as {"error": "..."} on the output, so that a program finds it there.
func (c *Console) fail(err error) {
	text := err.Error()
	if f, ok := errors.AsType[*fault.Error](err); ok {
		text = fmt.Sprintf("%s (%v)", f.Detail, err)
	}
	if c.JSON {
		c.encode(map[string]string{"error": text})
		return
	}
	fmt.Fprintln(c.Err, "central:", text)
}
