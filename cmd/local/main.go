// Command local runs the whole of Central on one machine: the functions' real binaries behind a local Lambda Runtime API and
// API Gateway, in front of engines that speak the AWS protocols. Nothing of it needs an AWS account or Docker.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

const usage = `Run Central on this machine.

  local [flags]

What you get: pages and API on http://127.0.0.1:3000, and on /_local every mail, SMS and call, the tables, and what each
request did. Data is kept under .local/ until you say --fresh. Ctrl-C stops it.

Flags:
`

const moreUsage = `
Environment:
  PORT                       port of pages and API (3000)
  CAPTCHA=off                no captcha, here and nowhere else
  AWS_ENDPOINT_URL_DYNAMODB, _S3, _SES, _SNS, _PINPOINT_SMS_VOICE_V2, _SECRETS_MANAGER
                             use this endpoint and start no engine of our own for the service
`

type options struct {
	root, data, port            string
	fresh, quiet, race, engines bool
	scheduleEvery               time.Duration
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "s3-engine" {
		exit(s3Engine(os.Args[2:]))
	}
	o := readOptions()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	exit(run(ctx, o))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "central:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func readOptions() options {
	var o options
	flag.Usage = func() {
		fmt.Fprint(flag.CommandLine.Output(), usage)
		flag.PrintDefaults()
		fmt.Fprint(flag.CommandLine.Output(), moreUsage)
	}
	flag.StringVar(&o.root, "root", "", "root of the project (found from here upwards)")
	flag.StringVar(&o.data, "data", "", "folder of the data (.local in the root)")
	flag.BoolVar(&o.fresh, "fresh", false, "forget all data first")
	flag.BoolVar(&o.quiet, "quiet", false, "print only what went wrong")
	flag.BoolVar(&o.race, "race", os.Getenv("RACE") == "1", "build the functions with the race detector")
	flag.BoolVar(&o.engines, "engines-only", false, "start only the engines and print their endpoints")
	flag.DurationVar(&o.scheduleEvery, "schedule-every", 0, "fire schedules this often instead of as the template says")
	flag.Parse()
	if o.port = os.Getenv("PORT"); o.port == "" {
		o.port = "3000"
	}
	return o
}

// findRoot looks for template.yaml from here upwards.
func findRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "template.yaml")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("no template.yaml here or above: start in the project, or say --root")
		}
		dir = filepath.Dir(dir)
	}
}

func (o options) out() io.Writer {
	if o.quiet {
		return io.Discard
	}
	return os.Stdout
}

// paths fills in what was not said and makes the folders.
func (o *options) paths() (err error) {
	if o.root == "" {
		if o.root, err = findRoot(); err != nil {
			return err
		}
	}
	if o.root, err = filepath.Abs(o.root); err != nil {
		return err
	}
	if o.data == "" {
		o.data = filepath.Join(o.root, ".local")
	}
	if o.data, err = filepath.Abs(o.data); err != nil {
		return err
	}
	if o.fresh {
		for _, name := range []string{"dynamo.db", "dynamo.db-shm", "dynamo.db-wal", "dynamodb-local", "s3", "events", "messages.jsonl"} {
			if err := os.RemoveAll(filepath.Join(o.data, name)); err != nil {
				return err
			}
		}
	}
	return os.MkdirAll(o.data, 0o700)
}
