package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/document"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/upload"
)

type documents interface {
	Document(ctx context.Context, id account.ID, no int, documentID string) (kyc.Document, error)
	DocumentScanning(ctx context.Context, id account.ID, no int, documentID string, now time.Time) error
	FinishDocument(ctx context.Context, id account.ID, no int, d kyc.Document) error
}

type bucket interface {
	Read(ctx context.Context, key, versionID string, most int64) ([]byte, error)
	Pin(ctx context.Context, fromKey, fromVersion, toKey, contentType, tag string) (versionID string, err error)
	Remove(ctx context.Context, key, versionID string) error
	Purge(ctx context.Context, key, keep string) error
}

type handler struct {
	store  documents
	bucket bucket
	scans  bool // there is a scanner, and nothing is opened before it has spoken
	now    func() time.Time
	log    *slog.Logger
}

// one checks one upload. A document is finished once; anything that arrives under its key later is thrown away. What is kept goes on to
// render: its copy in the vault is the event. The document is rendering before there is a copy, and names no version: render pins the one
// that it has rendered.
func (h *handler) one(ctx context.Context, f file, scan scan) error {
	id, no, documentID, ok := kyc.ParseIncomingKey(f.key)
	if !ok {
		h.log.WarnContext(ctx, "object with a foreign key removed")
		return h.bucket.Remove(ctx, f.key, f.version)
	}
	d, err := h.store.Document(ctx, id, no, documentID)
	if errors.Is(err, kyc.ErrDocumentUnknown) || err == nil && !d.State.Unchecked() && d.State != kyc.DocRendering {
		return h.tidy(ctx, f, d)
	}
	if err != nil {
		return err
	}
	found, err := h.inspect(ctx, f, d.ContentType, scan)
	if errors.Is(err, upload.ErrAbsent) {
		return nil // an earlier delivery of this event has done the work
	}
	if err != nil {
		return err
	}
	if d.State == kyc.DocRendering {
		return h.keep(ctx, f, d, found, scan)
	}
	checked := judge(d, found, scan, h.now())
	if checked.State == kyc.DocRendering {
		checked.Key = kyc.VaultKey(id, no, d.ID)
	}
	err = h.store.FinishDocument(ctx, id, no, checked)
	if errors.Is(err, store.ErrDocumentDone) || errors.Is(err, kyc.ErrLocked) {
		// Somebody else finished it or took it out meanwhile, or the case was submitted without it: what it is now counts.
		if d, err = h.store.Document(ctx, id, no, documentID); err != nil && !errors.Is(err, kyc.ErrDocumentUnknown) {
			return err
		}
		if d.State == kyc.DocRendering {
			return h.keep(ctx, f, d, found, scan)
		}
		return h.tidy(ctx, f, d)
	}
	if err != nil {
		return err
	}
	h.log.InfoContext(ctx, "document checked", "account", id, "document", documentID, "state", checked.State, "reason", checked.Reason.Code)
	switch checked.State {
	case kyc.DocRendering:
		return h.keep(ctx, f, checked, found, scan)
	case kyc.DocInfected:
		return h.bucket.Purge(ctx, f.key, "")
	}
	return h.bucket.Remove(ctx, f.key, f.version)
}

// keep copies a file that is to be rendered into the vault, unless it is another one than was checked. A delivery that ended halfway has left
// the document without a copy, or with one: a second copy of the same bytes does no harm.
func (h *handler) keep(ctx context.Context, f file, d kyc.Document, found document.Finding, scan scan) error {
	if found.SHA256 == d.SHA256 {
		// The copy is of the very version that was inspected.
		_, err := h.bucket.Pin(ctx, f.key, f.version, d.Key, d.ContentType, scan.tag())
		if err != nil && !errors.Is(err, upload.ErrAbsent) {
			return err
		}
	}
	return h.bucket.Remove(ctx, f.key, f.version)
}

// tidy throws away what arrived for a document that is to get no file (zero when there is none), first of all the copies in the vault, of
// this delivery and of earlier ones that ended halfway: on top of the version that was pinned they would let that one expire as an old one.
// Pages are made by render alone, which removes what it leaves.
func (h *handler) tidy(ctx context.Context, f file, d kyc.Document) error {
	pinned := ""
	if d.State.Kept() {
		pinned = d.VersionID
	}
	id, no, documentID, _ := kyc.ParseIncomingKey(f.key)
	if err := h.bucket.Purge(ctx, kyc.VaultKey(id, no, documentID), pinned); err != nil {
		return err
	}
	return h.bucket.Remove(ctx, f.key, f.version)
}

// inspect reads the file and finds out what it is. What the scanner refuses is not opened.
func (h *handler) inspect(ctx context.Context, f file, declared string, scan scan) (document.Finding, error) {
	if reason := scan.reason(); reason != "" {
		return document.Finding{Reason: reason}, nil
	}
	body, err := h.bucket.Read(ctx, f.key, f.version, document.MaxBytes)
	if errors.Is(err, upload.ErrTooLarge) {
		return document.Finding{Reason: document.TooLarge}, nil
	}
	if err != nil {
		return document.Finding{}, err
	}
	return document.Inspect(bytes.NewReader(body), declared)
}

// judge says what becomes of a document by what was found.
func judge(d kyc.Document, found document.Finding, scan scan, now time.Time) kyc.Document {
	if found.Reason == "" && d.SHA256 != "" && d.SHA256 != found.SHA256 {
		found.Reason = document.Corrupt
	}
	d.SHA256, d.Flattened, d.CheckedAt = found.SHA256, found.Flattens, now
	d.Origin = kyc.Origin{
		Program: found.Origin.Program, Signature: kyc.Signature(found.Origin.Signature), Signer: found.Origin.Signer, Extended: found.Origin.Extended,
	}
	if scan != unscanned {
		d.ScannedAt = now
	}
	if d.UploadedAt.IsZero() {
		d.UploadedAt = now
	}
	switch found.Reason {
	case "":
		d.State = kyc.DocRendering
		return d
	case document.Infected:
		d.State = kyc.DocInfected
	default:
		d.State = kyc.DocRefused
	}
	d.Reason = kyc.FileReason(string(found.Reason), found.ContentType)
	return d
}
