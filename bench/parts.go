package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"phonon.in/central/bench/lab"
	"phonon.in/central/bench/load"
	"phonon.in/central/bench/machine"
	"phonon.in/central/bench/peers"
	"phonon.in/central/bench/report"
	"phonon.in/central/bench/scale"
	"phonon.in/central/bench/start"
	"phonon.in/central/bench/units"
	"phonon.in/central/bench/work"
)

// data is what one part measured, as it is kept.
type data interface{ Report() report.Section }

// part is one subject of measurement.
type part struct {
	name    string
	measure func(context.Context, *lab.Lab) (data, error)
	read    func([]byte) (data, error)
}

func of[D data](name string, measure func(context.Context, *lab.Lab) (D, error)) part {
	return part{
		name:    name,
		measure: func(ctx context.Context, l *lab.Lab) (data, error) { return measure(ctx, l) },
		read: func(text []byte) (data, error) {
			var d D
			decoder := json.NewDecoder(bytes.NewReader(text))
			decoder.DisallowUnknownFields()
			return d, decoder.Decode(&d)
		},
	}
}

// parts in the order of the page.
var parts = []part{
	of("machine", machine.Measure),
	of("start", start.Measure),
	of("work", work.Measure),
	of("units", units.Measure),
	of("load", load.Measure),
	of("peers", peers.Measure),
	of("scale", scale.Measure),
}

func names() []string {
	all := make([]string, len(parts))
	for i, p := range parts {
		all[i] = p.name
	}
	return all
}

// folder is where data is kept: that of a quick run apart, so that it replaces no better data.
func (o options) folder() string {
	if o.quick {
		return filepath.Join(o.root, ".local", "bench", "data")
	}
	return filepath.Join(o.root, "bench", "data")
}

// measure runs the wanted parts one after the other, and keeps each one's data as soon as it is there.
func measure(ctx context.Context, o options) error {
	if err := os.MkdirAll(o.folder(), 0o755); err != nil {
		return err
	}
	began := time.Now()
	for _, p := range parts {
		if len(o.only) > 0 && !slices.Contains(o.only, p.name) {
			continue
		}
		l, err := lab.New(p.name, o.root, o.quick, os.Stderr)
		if err != nil {
			return err
		}
		d, err := p.measure(ctx, l)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		text, err := json.Marshal(d)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		if err := os.WriteFile(filepath.Join(o.folder(), p.name+".json"), append(text, '\n'), 0o644); err != nil {
			return err
		}
	}
	fmt.Fprintf(os.Stderr, "measured in %s\n", time.Since(began).Round(time.Second))
	return nil
}

// kept makes sections of the data that is there: of a quick run, of the parts that it ran.
func kept(o options) ([]report.Section, error) {
	var all []report.Section
	for _, p := range parts {
		if o.quick && len(o.only) > 0 && !slices.Contains(o.only, p.name) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(o.folder(), p.name+".json"))
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s was never measured here: make bench ARGS=\"--only %s\"", p.name, p.name)
		}
		if err != nil {
			return nil, err
		}
		d, err := p.read(text)
		if err != nil {
			return nil, fmt.Errorf("the data of %s: %w", p.name, err)
		}
		s := d.Report()
		s.Name = p.name
		all = append(all, s)
	}
	return all, nil
}
