package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/ocsf"
	"phonon.in/central/shared/upload"
)

// endAll erases the accounts that were closed, and what was set apart of others, when their time has come. What one cannot be done to holds no
// other up.
func (h *handler) endAll(ctx context.Context, now time.Time) error {
	closed, apart, err := h.store.Ended(ctx, now, atOnce)
	if err != nil {
		return err
	}
	var errs []error
	for _, id := range closed {
		if timeLeft(ctx) {
			errs = append(errs, about(id, h.erase(ctx, id, now)))
		}
	}
	for _, id := range apart {
		if timeLeft(ctx) {
			errs = append(errs, about(id, h.eraseApart(ctx, id)))
		}
	}
	return errors.Join(errs...)
}

func about(id account.ID, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("closed account %s: %w", id, err)
}

// erase ends an account that was closed. What identified its holder in an approved case is set apart first, files before what names them; all
// else goes, and the address last. Each step may be repeated: a run that was interrupted goes on with the next.
func (h *handler) erase(ctx context.Context, id account.ID, now time.Time) error {
	p, err := h.store.Profile(ctx, id)
	if err != nil {
		return err
	}
	if p.Status != account.Closing || now.Before(p.EraseAt) {
		return nil // taken back since the index was read, or disabled
	}
	cases, err := h.store.Cases(ctx, id)
	if err != nil {
		return err
	}
	kept, err := h.setApart(ctx, id, cases, now)
	if err != nil {
		return err
	}
	for _, prefix := range []string{"incoming/", "vault/", "pages/"} {
		if err := h.bucket.PurgeBelow(ctx, prefix+string(id)+"/"); err != nil {
			return err
		}
	}
	err = h.store.EraseClosed(ctx, p, message.AboutClosing(message.AccountErased, p, now, kept, now), now)
	if errors.Is(err, account.ErrVersion) {
		return nil // the next run looks again
	}
	if err == nil {
		ocsf.Event{Kind: ocsf.Deleted, At: now, Account: string(id), More: []slog.Attr{slog.Bool("identificationKept", !kept.IsZero())}}.Log(ctx, h.log)
	}
	return err
}

// setApart moves what identified the holder in cases that were approved out of everybody's reach, and says until when it is kept: the zero time
// where there is none.
func (h *handler) setApart(ctx context.Context, id account.ID, cases []kyc.Case, now time.Time) (until time.Time, err error) {
	var numbers []int
	for _, c := range cases {
		if !c.Identified() {
			continue
		}
		numbers = append(numbers, c.No)
		for _, d := range c.Documents {
			if err := h.copyApart(ctx, id, d); err != nil {
				return until, err
			}
		}
	}
	if len(numbers) == 0 {
		return until, nil
	}
	until = now.Add(h.retention)
	return until, h.store.SetApart(ctx, id, numbers, until)
}

// apartKey is where a file is kept that no function may read.
func apartKey(id account.ID) string { return "restricted/" + string(id) + "/" }

func (h *handler) copyApart(ctx context.Context, id account.ID, d kyc.Document) error {
	if !d.State.Kept() || !strings.HasPrefix(d.Key, "vault/") || d.VersionID == "" {
		return nil
	}
	to := apartKey(id) + strings.TrimPrefix(d.Key, "vault/"+string(id)+"/")
	if err := h.bucket.Arrived(ctx, to); !errors.Is(err, upload.ErrAbsent) {
		return err // an earlier run has copied it
	}
	_, err := h.bucket.Pin(ctx, d.Key, d.VersionID, to, d.ContentType, "")
	if errors.Is(err, upload.ErrAbsent) {
		h.log.WarnContext(ctx, "a file to be kept is not there", slog.String("account", string(id)), slog.String("document", d.ID))
		return nil
	}
	return err
}

// eraseApart removes what was set apart of an account that is erased, once nobody has to keep it any more.
func (h *handler) eraseApart(ctx context.Context, id account.ID) error {
	if err := h.bucket.PurgeBelow(ctx, apartKey(id)); err != nil {
		return err
	}
	if err := h.store.EraseApart(ctx, id); err != nil {
		return err
	}
	h.log.InfoContext(ctx, "identification removed", slog.String("account", string(id)))
	return nil
}
