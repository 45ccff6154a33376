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

// openStorage lets the calls through that wait for S3, and delivers what the last run left undelivered.
func (l *local) openStorage(ctx context.Context) error {
	l.events.S3 = l.services.S3
	l.services.OpenS3(nil)
	return l.events.Resume(ctx)
}

// bringStorage builds what uploads need, while all else runs.
func (l *local) bringStorage(ctx context.Context) {
	err := l.services.StartS3(ctx)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		l.services.OpenS3(err)
		l.journal.Say("No upload works: the S3 engine is missing: %v. The next start tries again.", err)
	default:
		if err := l.openStorage(ctx); err != nil {
			l.journal.Wrong("what the last run left of uploads: %v", err)
		}
		l.journal.Say("Uploads work now.")
	}
}
