package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
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
	terminal bool                                      // err is a terminal
	here     string                                    // the working directory, from which a local run is looked for; "" looks nowhere
	cloud    func(context.Context) (aws.Config, error) // nil is the operator's own AWS
	web      *http.Client                              // for packages of code
	pause    func(context.Context, time.Duration) error

	json, yes  bool
	where      where
	understood bool     // the command line was right: what fails from here on is no wrong usage
	after      []func() // what has to be ended with the command
	discovered *system  // the local run that was found, once it was
}

// usageError is wrong usage that only the command itself can see.
type usageError struct{ error }

func badUsage(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// errMissing is a command without what it works on: its help follows.
var errMissing = errors.New("an argument is missing")

type missingError struct{ error }

func (missingError) Unwrap() error { return errMissing }

// errFound ends a command whose output has named what is wrong already.
var errFound = errors.New("something is wrong")

// run runs one command line and returns the exit code.
func (c *cli) run(ctx context.Context, args []string) int {
	root := c.root()
	root.SetArgs(args)
	command, err := root.ExecuteContextC(ctx)
	for _, end := range c.after {
		end()
	}
	var wrong usageError
	switch {
	case err == nil:
		return exitGood
	case !c.understood || errors.As(err, &wrong):
		c.fail(err)
		if errors.Is(err, errMissing) && !c.json {
			fmt.Fprintln(c.err)
			command.SetOut(c.err)
			command.Help()
		}
		return exitUsage
	case ctx.Err() != nil:
		c.fail(errors.New("it was interrupted"))
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

Without any of these it is the local run of this folder, or the one on port 3000 (PORT); where that has ended, its engines are started on
its data for the time of the command. A deployed system is never taken unless it is named. Which system was taken is said on the error
output.

Region and credentials are those of the AWS SDKs: AWS_PROFILE, AWS_REGION and their files. Endpoints are too: AWS_ENDPOINT_URL_DYNAMODB and
its kind.

What changes data says first what it will do and asks; --yes does not ask. --json prints one JSON value and nothing else.

Exit codes:
  0  good
  1  something is wrong, and the output names it
  2  wrong usage; a command that others follow is none: alone it prints its help`

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
	group(root, c.doctorCommand(), c.accountCommand(), c.caseCommand(), c.reviewerCommand(), c.clientCommand(), c.keysCommand(), c.outboxCommand(), c.eventsCommand(), c.exportCommand(), c.termsCommand(), c.journeyCommand(), c.seedCommand(), c.costCommand(),
		c.releaseCommand(), c.rollbackCommand(), c.rotateCommand())
	return root
}

// group makes a command that only has others below it. Alone it prints its help, as gh and kubectl do; with a name that it does not know
// it is wrong usage, and the error says what may have been meant.
func group(parent *cobra.Command, commands ...*cobra.Command) *cobra.Command {
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
		return badUsage("%q is no command of %q.%s See %s --help", args[0], cmd.CommandPath(), meant, cmd.CommandPath())
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

// one is the rule of a command that works on one thing. question asks for it.
func one(question string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch len(args) {
		case 0:
			return missingError{fmt.Errorf("%s? %s", question, cmd.UseLine())}
		case 1:
			return nil
		}
		return badUsage("%s takes one thing, not %d: %q. Quote what has blanks in it.", cmd.CommandPath(), len(args), args)
	}
}

// action is what a command does once its line was understood.
func (c *cli) action(do func(ctx context.Context, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		c.understood = true
		return do(cmd.Context(), args)
	}
}
