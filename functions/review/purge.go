package main

import (
	"context"
	"log/slog"
	"time"

	"phonon.in/central/shared/kyc"
)

const purgeFor = 800 * time.Millisecond // of an answer's three seconds

// purge removes what a decision wants gone at once, wherever it is, with all versions. What storage does not remove now is due with the clock's next
// run: the decision stands.
func (h *handler) purge(ctx context.Context, v *visit, decided kyc.Case) {
	ctx, cancel := context.WithTimeout(ctx, purgeFor)
	defer cancel()
	for _, d := range decided.Unwanted() {
		if err := h.purgeOne(ctx, v, decided, d); err != nil {
			h.log.WarnContext(ctx, "files are left to be purged", slog.String("account", string(decided.AccountID)), slog.Any("cause", err))
		}
	}
}

func (h *handler) purgeOne(ctx context.Context, v *visit, c kyc.Case, d kyc.Document) error {
	for _, prefix := range d.FilePrefixes(c.AccountID) {
		if err := h.bucket.PurgeBelow(ctx, prefix); err != nil {
			return err
		}
	}
	return h.store.DocumentPurged(ctx, c.AccountID, d, v.Now)
}
