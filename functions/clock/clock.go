package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/obs"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/upload"
)

type cases interface {
	Ticking(ctx context.Context, now time.Time, after string, most int) ([]store.QueuedCase, string, error)
	Unplaced(ctx context.Context, most int) ([]store.QueuedCase, error)
	Cases(ctx context.Context, id account.ID) ([]kyc.Case, error)
	MoveCase(ctx context.Context, read, next kyc.Case, r kyc.Record, also ...store.Also) error
	PlaceCase(ctx context.Context, c kyc.Case, now time.Time) error
	DocumentPurged(ctx context.Context, id account.ID, d kyc.Document, now time.Time) error
	Overdue(ctx context.Context, lane kyc.Lane, now time.Time, most int) ([]store.QueuedCase, error)
	Profile(ctx context.Context, id account.ID) (account.Profile, error)
	Ended(ctx context.Context, now time.Time, most int) (closed, apart []account.ID, err error)
	SetApart(ctx context.Context, id account.ID, cases []int, until time.Time) error
	EraseApart(ctx context.Context, id account.ID) error
	EraseClosed(ctx context.Context, p account.Profile, m message.Message, now time.Time) error
	LaneCounts(ctx context.Context) (map[kyc.Lane]int, error)
}

type handler struct {
	store  cases
	bucket *upload.Bucket
	log    *slog.Logger

	retention time.Duration // how long what identified a holder outlives the account
}

const (
	atOnce = 100 // cases of one read

	// enough is what one case may take, with its files. With less time left none is begun.
	enough = 10 * time.Second
)

var errNoTime = errors.New("clock: the event has no time")

// run does everything that has come by now, and counts what waits. What one case cannot be done to holds no other up: it is due again with the
// next run, and the error makes Lambda report this one as failed.
func (h *handler) run(ctx context.Context, now time.Time) error {
	if now.IsZero() {
		return errNoTime
	}
	late := 0
	err := errors.Join(h.adopt(ctx, now), h.tickAll(ctx, now, &late), h.endAll(ctx, now), h.count(ctx, now))
	obs.Count(ctx, h.log, now, "ChecksLate", late)
	return err
}

// adopt places the cases in a lane that the release before has taken in.
func (h *handler) adopt(ctx context.Context, now time.Time) error {
	found, err := h.store.Unplaced(ctx, atOnce)
	if err != nil {
		return err
	}
	return h.each(ctx, found, func(ctx context.Context, all []kyc.Case, i int) error {
		next, r, waits := all[i].Adopt(now)
		if !waits {
			return nil
		}
		return h.move(ctx, all[i], next, r)
	})
}

// tickAll does to each case what its time has come for, and counts the files that nobody has checked in time: each once.
func (h *handler) tickAll(ctx context.Context, now time.Time, late *int) error {
	var errs []error
	for after := ""; timeLeft(ctx); {
		due, next, err := h.store.Ticking(ctx, now, after, atOnce)
		if err != nil {
			return errors.Join(append(errs, err)...)
		}
		errs = append(errs, h.each(ctx, due, func(ctx context.Context, all []kyc.Case, i int) error {
			*late += all[i].Late(now)
			return h.tick(ctx, all[i], now)
		}))
		if after = next; after == "" {
			break
		}
	}
	return errors.Join(errs...)
}

// each reads the cases of the account of each, and calls do with the place of the one.
func (h *handler) each(ctx context.Context, found []store.QueuedCase, do func(ctx context.Context, all []kyc.Case, i int) error) error {
	var errs []error
	for _, q := range found {
		if !timeLeft(ctx) {
			break
		}
		all, err := h.store.Cases(ctx, q.AccountID)
		if i := slices.IndexFunc(all, func(c kyc.Case) bool { return c.No == q.No }); i >= 0 {
			err = do(ctx, all, i)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("case %d of account %s: %w", q.No, q.AccountID, err))
		}
	}
	return errors.Join(errs...)
}

// tick does to one case what its time has come for. A case whose time was put off by a change of its documents gets its new place.
func (h *handler) tick(ctx context.Context, c kyc.Case, now time.Time) error {
	if next, r, moves := c.Tick(now); moves {
		return h.move(ctx, c, next, r)
	}
	left := c.Leftovers(now)
	for _, d := range left {
		if err := h.purge(ctx, c.AccountID, d, now); err != nil {
			return err
		}
	}
	if len(left) > 0 {
		return nil // the next run finds nothing left, and takes the case out of the index
	}
	return h.store.PlaceCase(ctx, c, now)
}

// move leaves a case alone that something else has changed meanwhile: the next run looks again.
func (h *handler) move(ctx context.Context, read, next kyc.Case, r kyc.Record) error {
	err := h.store.MoveCase(ctx, read, next, r)
	switch {
	case errors.Is(err, account.ErrBusy):
		return nil
	case err == nil:
		h.log.InfoContext(ctx, "time has come", slog.String("account", string(read.AccountID)), slog.Int("case", read.No), slog.String("what", r.Kind),
			slog.String("from", string(r.From)), slog.String("to", string(r.To)), slog.Int("step", r.Step))
	}
	return err
}

// purge removes everything that is kept of a document, with all versions.
func (h *handler) purge(ctx context.Context, id account.ID, d kyc.Document, now time.Time) error {
	for _, prefix := range d.FilePrefixes(id) {
		versions, err := h.bucket.Versions(ctx, prefix)
		if err != nil {
			return err
		}
		if err := h.bucket.RemoveAll(ctx, versions, func() {}); err != nil {
			return err
		}
	}
	return h.store.DocumentPurged(ctx, id, d, now)
}

// mostOverdue is up to how many overdue cases of a lane are counted: more make no difference to whoever is woken.
const mostOverdue = 100

func (h *handler) count(ctx context.Context, now time.Time) error {
	counts, err := h.store.LaneCounts(ctx)
	if err != nil {
		return err
	}
	waiting, overdue := 0, 0
	for _, lane := range kyc.Lanes() {
		late, err := h.store.Overdue(ctx, lane, now, mostOverdue)
		if err != nil {
			return err
		}
		waiting, overdue = waiting+counts[lane], overdue+len(late)
	}
	obs.Count(ctx, h.log, now, "KycWaiting", waiting)
	obs.Count(ctx, h.log, now, "KycOverdue", overdue)
	return nil
}

func timeLeft(ctx context.Context) bool {
	end, bounded := ctx.Deadline()
	return ctx.Err() == nil && (!bounded || time.Until(end) > enough)
}
