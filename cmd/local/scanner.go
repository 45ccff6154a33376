package main

import (
	"context"
	"slices"

	"phonon.in/central/cmd/local/events"
	"phonon.in/central/cmd/local/template"
)

// startScanner starts what stands for GuardDuty where a function hears of scans.
func (l *local) startScanner(ctx context.Context) error {
	hears := slices.ContainsFunc(l.template.Functions, func(f template.Function) bool {
		return slices.ContainsFunc(f.Rules, func(r template.Rule) bool { return slices.Contains(r.Sources, events.GuardDutySource) })
	})
	if !hears {
		if slices.ContainsFunc(l.template.Functions, func(f template.Function) bool { return f.Env["MALWARE_SCAN"] == "off" }) {
			l.notes = append(l.notes, "no scanner: uploads are not searched for malware (tools/install.sh clamav)")
		}
		return nil
	}
	var err error
	if l.scanner, err = l.installation().StartScanner(ctx, l.journal.Beside("clamd")); err != nil {
		return err
	}
	l.events.Scan = l.scanner.Scan
	return nil
}
