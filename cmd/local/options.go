package main

import (
	"bufio"
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// options is what a run is asked to do.
type options struct {
	root, data    string
	address       string // of the engines
	lambda        string // endpoint of a Lambda API that takes the events of uploads, or ""
	template      string
	portText      string
	port          int
	set           map[string]string // parameters of the template
	fresh         bool
	verbose       bool
	race          bool
	enginesOnly   bool
	watch         bool
	product       bool          // the sample product is started, too
	scheduleEvery time.Duration // 0: as the template says
	retry         []time.Duration
	getenv        func(string) string
}

const usage = `The whole system on this machine: pages and API on http://127.0.0.1:3000, the real binaries of the functions behind
it, and AWS-compatible engines. What was sent and stored is shown under /_local.

Usage: make run ARGS="[flags]"

`

const usageEnvironment = `
Environment:
  PORT                         like --port
  CAPTCHA=off                  switches the captcha off
  RACE=1                       like --race
  AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL_SES, AWS_ENDPOINT_URL_SNS,
  AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2, AWS_ENDPOINT_URL_SECRETS_MANAGER
                               each uses that endpoint in the place of the engine here
`

// readOptions reads flags and environment.
func readOptions(args []string, getenv func(string) string, out io.Writer) (options, error) {
	o := options{set: map[string]string{}, getenv: getenv, watch: true, retry: []time.Duration{2 * time.Second, 10 * time.Second}}
	flags := flag.NewFlagSet("local", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.Usage = func() {
		fmt.Fprint(out, usage)
		flags.PrintDefaults()
		fmt.Fprint(out, usageEnvironment)
	}
	flags.StringVar(&o.root, "root", "", "`folder` of the project (found from the working directory)")
	flags.StringVar(&o.data, "data", "", "`folder` of data and binaries (.local in the project)")
	flags.BoolVar(&o.fresh, "fresh", false, "forget all data first")
	flags.BoolVar(&o.verbose, "verbose", false, "show here what goes to the log: requests, metrics, builds; without it only what goes wrong")
	flags.StringVar(&o.portText, "port", cmp.Or(getenv("PORT"), "3000"), "`port` of pages and API; the engines use those after it where they are free")
	flags.BoolVar(&o.race, "race", getenv("RACE") != "" && getenv("RACE") != "0", "build with the race detector, and show what it says: as with --verbose")
	flags.BoolVar(&o.enginesOnly, "engines-only", false, "start only the engines, and print their endpoints as export lines")
	flags.BoolVar(&o.product, "product", false, "start the sample product, examples/product, too: it logs people in with this run")
	flags.StringVar(&o.address, "address", "127.0.0.1", "`address` that the engines listen on: with --engines-only one that containers reach")
	flags.StringVar(&o.lambda, "lambda", "", "`endpoint` of a Lambda API, such as that of sam local start-lambda, that gets the events of uploads; with --engines-only")
	flags.DurationVar(&o.scheduleEvery, "schedule-every", 0, "`interval` of all schedules, instead of the template's")
	flags.Func("set", "set a parameter of the template: `Name=Value`", func(s string) error {
		name, v, ok := strings.Cut(s, "=")
		if !ok {
			return errors.New("must be Name=Value")
		}
		o.set[name] = v
		return nil
	})
	noWatch := flags.Bool("no-watch", false, "do not build again when sources change")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q; see --help", flags.Arg(0))
	}
	if o.product && o.enginesOnly {
		return o, errors.New("--product needs Central, and --engines-only starts none")
	}
	o.watch, o.verbose = !*noWatch, o.verbose || o.race
	return o, o.complete()
}

// complete fills in what follows from the rest.
func (o *options) complete() error {
	var err error
	if o.root, err = findRoot(o.root); err != nil {
		return err
	}
	if o.data == "" {
		o.data = filepath.Join(o.root, ".local")
	}
	if o.data, err = filepath.Abs(o.data); err != nil {
		return err
	}
	o.template = filepath.Join(o.root, "template.yaml")
	if o.port, err = strconv.Atoi(o.portText); err != nil || o.port < 0 || o.port > 65535 {
		return fmt.Errorf("%q is not a port: --port, or PORT, is a number up to 65535", o.portText)
	}
	if c := o.getenv("CAPTCHA"); c != "" {
		o.set["CaptchaProvider"] = c
	}
	return nil
}

// findRoot is the folder of the main module, from a folder or the working directory upwards.
func findRoot(from string) (string, error) {
	dir, err := filepath.Abs(from)
	if err != nil {
		return "", err
	}
	for d := dir; ; d = filepath.Dir(d) {
		if f, err := os.Open(filepath.Join(d, "go.mod")); err == nil {
			line, _ := bufio.NewReader(f).ReadString('\n')
			f.Close()
			if strings.TrimSpace(line) == "module phonon.in/central" {
				return d, nil
			}
		}
		if d == filepath.Dir(d) {
			return "", fmt.Errorf("%s is not inside the project; use --root", dir)
		}
	}
}
