package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"phonon.in/central/shared/fault"
)

// Exit codes, which --help promises.
const (
	exitGood  = 0
	exitWrong = 1 // something is wrong, and the output names it
	exitUsage = 2 // the command line was not understood
)

// cli is one call of the program.
type cli struct {
	in       io.Reader
	out, err io.Writer
	getenv   func(string) string
	now      func() time.Time
	terminal bool // err is a terminal

	json, yes  bool
	where      where
	understood bool // the command line was right: what fails from here on is no wrong usage
}

// usageError is wrong usage that only the command itself can see.
type usageError struct{ error }

func badUsage(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// errFound ends a command whose output has named what is wrong already.
var errFound = errors.New("something is wrong")

// run runs one command line and returns the exit code.
func (c *cli) run(ctx context.Context, args []string) int {
	root := c.root()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	var wrong usageError
	switch {
	case err == nil:
		return exitGood
	case !c.understood || errors.As(err, &wrong):
		c.fail(err)
		return exitUsage
	case !errors.Is(err, errFound):
		c.fail(err)
	}
	return exitWrong
}

// fail says what went wrong: on the error output, and with --json as {"error": "..."} on the output, so that a program finds it there.
func (c *cli) fail(err error) {
	text := err.Error()
	if f, ok := errors.AsType[*fault.Error](err); ok {
		text = fmt.Sprintf("%s (%v)", f.Detail, err)
	}
	if c.json {
		c.encode(map[string]string{"error": text})
		return
	}
	fmt.Fprintln(c.err, "central:", text)
}

const rootHelp = `The operator's command line of Central: it looks after a deployed system, or the local run, from outside.

Which system is meant is said in one of three ways:
  --stack central-prod               a deployed stack; its resources tell the names of everything
  --local http://127.0.0.1:3000      the local run (make run)
  --users-table, --tokens-table, --uploads-bucket, ... or the variables USERS_TABLE, TOKENS_TABLE, UPLOADS_BUCKET,
  SECRET_ID, PUBLIC_URL, as the functions have them
A flag for one name also replaces what the stack or the local run says.

Region and credentials are those of the AWS SDKs: AWS_PROFILE, AWS_REGION and their files. Endpoints are too: AWS_ENDPOINT_URL_DYNAMODB and
its kind. The engines of a local run are looked for on the ports after its own; where those were taken, set these variables.

What changes data says first what it will do and asks; --yes does not ask. --json prints one JSON value and nothing else.

Exit codes:
  0  good
  1  something is wrong, and the output names it
  2  wrong usage`

func (c *cli) root() *cobra.Command {
	root := &cobra.Command{
		Use: "central", Short: "The operator's command line of Central", Long: rootHelp,
		SilenceErrors: true, SilenceUsage: true,
	}
	root.SetOut(c.out)
	root.SetErr(c.err)
	flags := root.PersistentFlags()
	flags.BoolVar(&c.json, "json", false, "print JSON")
	flags.BoolVar(&c.yes, "yes", false, "do not ask before changing data")
	c.where.flags(root)
	group(root, c.doctorCommand(), c.accountCommand(), c.reviewerCommand(), c.outboxCommand(), c.exportCommand(), c.termsCommand(), c.journeyCommand(), c.seedCommand(), c.costCommand())
	return root
}

// group makes a command that only has others below it. Alone, or with a name that it does not know, it is wrong usage.
func group(parent *cobra.Command, commands ...*cobra.Command) *cobra.Command {
	parent.AddCommand(commands...)
	parent.Args = cobra.ArbitraryArgs
	parent.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return badUsage("%q is no command of %q; see %s --help", args[0], cmd.CommandPath(), cmd.CommandPath())
		}
		var names []string
		for _, sub := range commands {
			names = append(names, sub.Name())
		}
		return badUsage("%s what? %s; see %s --help", cmd.CommandPath(), strings.Join(names, ", "), cmd.CommandPath())
	}
	return parent
}

// action is what a command does once its line was understood.
func (c *cli) action(do func(ctx context.Context, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		c.understood = true
		return do(cmd.Context(), args)
	}
}
