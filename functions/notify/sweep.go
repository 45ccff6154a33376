package main

import (
	"context"
	"log/slog"
	"time"

	"phonon.in/central/shared/obs"
	"phonon.in/central/shared/outbox"
)

type handler struct {
	outbox *outbox.Outbox
	now    func() time.Time
	log    *slog.Logger
}

// sweep delivers what is due and counts it. An error makes Lambda report the run as failed; what was not delivered is due again.
func (h *handler) sweep(ctx context.Context) error {
	now := h.now()
	report, err := h.outbox.Sweep(ctx, now)
	obs.Count(ctx, h.log, now, "OutboxSent", report.Sent)
	obs.Count(ctx, h.log, now, "OutboxFailed", report.Failed)
	obs.Count(ctx, h.log, now, "OutboxHeld", report.Held)
	obs.Count(ctx, h.log, now, "OutboxDead", report.Dead)
	return err
}
