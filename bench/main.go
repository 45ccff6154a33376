// Command bench measures Central: how its functions start, what a request costs, how much load a machine takes, and how that compares with
// what people would pick instead. It keeps what it measured in bench/data and makes the tables and plots of docs/performance.md of it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"phonon.in/central/bench/report"
)

const usage = `Measures Central and writes docs/performance.md: its raw data goes to bench/data. Nothing else should run on the machine meanwhile.

Usage: make bench ARGS="[flags]"   a quarter of an hour
       make bench-quick            3 minutes: the figures are shown here, the page stays as it is

`

type options struct {
	quick, redraw bool
	only          []string
	root          string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	o, err := readOptions(args)
	if err != nil {
		return err
	}
	if !o.redraw {
		if err := measure(ctx, o); err != nil {
			return err
		}
	}
	sections, err := kept(o)
	if err != nil {
		return err
	}
	if o.quick {
		for _, s := range sections {
			fmt.Print(s.Terminal())
		}
		return nil
	}
	return write(o.root, sections)
}

func readOptions(args []string) (options, error) {
	var o options
	var only string
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.BoolVar(&o.quick, "quick", false, "measure less, show the figures here, and leave the page and its data as they are")
	flags.BoolVar(&o.redraw, "redraw", false, "measure nothing: make the page of the data that is kept")
	flags.StringVar(&only, "only", "", "measure these `parts` alone: "+strings.Join(names(), ","))
	flags.Usage = func() { fmt.Fprint(os.Stderr, usage); flags.PrintDefaults() }
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("%q is no flag: see --help", flags.Arg(0))
	}
	if only != "" {
		o.only = strings.Split(only, ",")
	}
	for _, name := range o.only {
		if !slices.Contains(names(), name) {
			return o, fmt.Errorf("--only: there is no part %q; the parts are %s", name, strings.Join(names(), ", "))
		}
	}
	var err error
	o.root, err = findRoot()
	return o, err
}

// findRoot is the folder of template.yaml, here or above.
func findRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "template.yaml")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("run it in the project: there is no template.yaml here or above")
		}
	}
}

// write puts the sections and the goals into the page, and the plots beside it.
func write(root string, sections []report.Section) error {
	file := filepath.Join(root, "docs", "performance.md")
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	page, plots, err := draw(string(text), sections)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(root, "docs", plotFolder), 0o755); err != nil {
		return err
	}
	for name, svg := range plots {
		if err := os.WriteFile(filepath.Join(root, "docs", plotFolder, name+".svg"), svg, 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(file, []byte(page), 0o644)
}

// plotFolder is where plots are, seen from the page.
const plotFolder = "performance"

// draw makes the page and its plots of the sections.
func draw(page string, sections []report.Section) (string, map[string][]byte, error) {
	plots := map[string][]byte{}
	for _, s := range sections {
		var err error
		if page, err = report.Insert(page, s.Name, s.Markdown(plotFolder)); err != nil {
			return "", nil, err
		}
		for _, p := range s.Plots {
			if plots[p.Name], err = p.SVG(); err != nil {
				return "", nil, err
			}
		}
	}
	page, err := report.Insert(page, "goals", report.Section{Tables: []report.Table{report.Goals(sections)}}.Markdown(plotFolder))
	return page, plots, err
}
