// Command central is the operator's command line: it looks after a deployed system, or the local run, from outside. `central --help`
// lists what it can do.
package main

import (
	"context"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"phonon.in/central/cmd/central/commands"
	"phonon.in/central/cmd/central/commands/accounts"
	"phonon.in/central/cmd/central/commands/cases"
	"phonon.in/central/cmd/central/commands/clients"
	"phonon.in/central/cmd/central/commands/deployment"
	"phonon.in/central/cmd/central/commands/messages"
	"phonon.in/central/cmd/central/console"
	"phonon.in/central/cmd/central/where"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	here, _ := os.Getwd()
	c := &where.Call{
		Console: &console.Console{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Now: time.Now, Terminal: isTerminal(os.Stderr)},
		Getenv:  os.Getenv, Here: here, Web: &http.Client{Timeout: 2 * time.Minute}, Pause: pause,
	}
	code := c.Run(ctx, root(c), os.Args[1:])
	stop()
	os.Exit(code)
}

// pause waits, unless the command ends.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// isTerminal reports that somebody may be watching: progress is drawn for people only.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
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

// root is the program with all its commands.
func root(c *where.Call) *cobra.Command {
	top := &cobra.Command{
		Use: "central", Short: "The operator's command line of Central", Long: rootHelp,
		SilenceErrors: true, SilenceUsage: true,
	}
	c.Flags(top)
	return console.Group(top,
		commands.Doctor(c), accounts.Command(c), cases.Command(c), commands.Reviewer(c), clients.Command(c), clients.Keys(c), messages.Outbox(c), messages.Events(c),
		accounts.Export(c), commands.Terms(c), commands.Journey(c), commands.Seed(c), commands.Cost(c.Console),
		deployment.Release(c), deployment.Rollback(c), deployment.Rotate(c))
}
