package main

import (
	"context"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/kyc"
)

const (
	purgeFor    = 800 * time.Millisecond // of an answer's three seconds
	purgeAtOnce = 8
)

// purge removes the files of superseded documents for good, with all their versions. What storage does not remove now is still noted as
// due, and tried again with the next change of the account's case.
func (h *handler) purge(ctx context.Context, c *httpapi.Call, changed kyc.Case) {
	due := changed.Unpurged()
	if len(due) == 0 {
		return
	}
	limited, cancel := context.WithTimeout(ctx, purgeFor)
	defer cancel()
	var work errgroup.Group
	work.SetLimit(purgeAtOnce)
	for _, d := range due {
		work.Go(func() error { return h.purgeOne(limited, c, d) })
	}
	if err := work.Wait(); err != nil {
		h.log.WarnContext(ctx, "files are left to be purged", slog.String("account", string(c.Profile.ID)), slog.Any("cause", err))
	}
}

// purgeOne looks in all places: a check that was under way may have copied the file, or rendered it. One that still is removes itself what it leaves.
func (h *handler) purgeOne(ctx context.Context, c *httpapi.Call, d kyc.Document) error {
	no := d.FileCase()
	for _, key := range []string{kyc.IncomingKey(c.Profile.ID, no, d.ID), kyc.VaultKey(c.Profile.ID, no, d.ID)} {
		if err := h.bucket.Purge(ctx, key, ""); err != nil {
			return err
		}
	}
	if err := h.bucket.PurgeBelow(ctx, kyc.PagesPrefix(c.Profile.ID, no, d.ID)); err != nil {
		return err
	}
	return h.store.DocumentPurged(ctx, c.Profile.ID, d, c.Now)
}
