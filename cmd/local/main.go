// Command local runs the whole system on one machine: the real binaries of the functions behind a local API Gateway, and AWS-compatible engines. It
// makes everything from template.yaml.
//
// It is a small AWS, and each part of that is a package below: gateway and lambda run the functions, events brings them what comes without a request,
// services gives what they call an endpoint, behind a proxy that traces it (xray), asks what IAM would (iam) and lets it go wrong (faults). This
// package reads options, makes one of each, and ends them in the reverse order.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	if err := command(os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "local:", err)
		os.Exit(1)
	}
}

func command(args []string) error {
	o, err := readOptions(args, os.Getenv, os.Stderr)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	l, err := begin(ctx, o, os.Stderr)
	if errors.Is(err, context.Canceled) { // Ctrl-C while it started
		return nil
	}
	if err != nil {
		return err
	}
	l.banner(os.Stdout, os.Stderr)
	<-ctx.Done()
	stop() // a second Ctrl-C ends at once
	l.stop()
	return nil
}
