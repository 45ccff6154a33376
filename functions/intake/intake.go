package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/url"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/document"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/upload"
)

type documents interface {
	Document(ctx context.Context, id account.ID, no int, documentID string) (kyc.Document, error)
	FinishDocument(ctx context.Context, id account.ID, no int, d kyc.Document) error
}

type bucket interface {
	Read(ctx context.Context, key, versionID string, most int64) ([]byte, error)
	Pin(ctx context.Context, fromKey, fromVersion, toKey, contentType string) (versionID string, err error)
	Remove(ctx context.Context, key, versionID string) error
	Purge(ctx context.Context, key, keep string) error
}

type handler struct {
	store  documents
	bucket bucket
	now    func() time.Time
	log    *slog.Logger
}

// all handles every record. Events come more than once and in any order: each record may be handled again without harm.
func (h *handler) all(ctx context.Context, e events.S3Event) error {
	var errs []error
	for _, r := range e.Records {
		key, err := url.QueryUnescape(r.S3.Object.Key)
		if err != nil {
			key = r.S3.Object.Key
		}
		errs = append(errs, h.one(ctx, key, r.S3.Object.VersionID))
	}
	return errors.Join(errs...)
}

// one checks one upload. A document is finished once; anything that arrives under its key later is thrown away.
func (h *handler) one(ctx context.Context, key, versionID string) error {
	id, no, documentID, ok := kyc.ParseIncomingKey(key)
	if !ok {
		h.log.WarnContext(ctx, "object with a foreign key removed")
		return h.bucket.Remove(ctx, key, versionID)
	}
	d, err := h.store.Document(ctx, id, no, documentID)
	if errors.Is(err, kyc.ErrDocumentUnknown) || err == nil && d.State != kyc.DocRequested && d.State != kyc.DocUploaded {
		return h.tidy(ctx, key, versionID, d)
	}
	if err != nil {
		return err
	}
	found, err := h.inspect(ctx, key, versionID, d.ContentType)
	if errors.Is(err, upload.ErrAbsent) {
		return nil // an earlier delivery of this event has done the work
	}
	if err != nil {
		return err
	}
	checked := judge(d, found, h.now())
	if checked.State == kyc.DocClean {
		checked.Key = kyc.VaultKey(id, no, d.ID)
		// The copy is of the very version that was inspected: what a reviewer will see is what was checked.
		checked.VersionID, err = h.bucket.Pin(ctx, key, versionID, checked.Key, d.ContentType)
		if errors.Is(err, upload.ErrAbsent) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	err = h.store.FinishDocument(ctx, id, no, checked)
	if errors.Is(err, store.ErrDocumentDone) || errors.Is(err, kyc.ErrLocked) {
		// Somebody else finished it or took it out meanwhile, or the case was submitted without it: what it is now counts.
		if d, err = h.store.Document(ctx, id, no, documentID); err != nil && !errors.Is(err, kyc.ErrDocumentUnknown) {
			return err
		}
		return h.tidy(ctx, key, versionID, d)
	}
	if err != nil {
		return err
	}
	h.log.InfoContext(ctx, "document checked", "account", id, "document", documentID, "state", checked.State, "reason", checked.Reason.Code)
	return h.bucket.Remove(ctx, key, versionID)
}

// tidy throws away what arrived for a document that is to get no file (zero when there is none), first of all the copies in the vault, of
// this delivery and of earlier ones that ended halfway: on top of the version that was pinned they would let that one expire as an old one.
func (h *handler) tidy(ctx context.Context, key, versionID string, d kyc.Document) error {
	pinned := ""
	switch d.State {
	case kyc.DocClean, kyc.DocAccepted, kyc.DocRejected:
		pinned = d.VersionID
	}
	id, no, documentID, _ := kyc.ParseIncomingKey(key)
	if err := h.bucket.Purge(ctx, kyc.VaultKey(id, no, documentID), pinned); err != nil {
		return err
	}
	return h.bucket.Remove(ctx, key, versionID)
}

// inspect reads the file and finds out what it is.
func (h *handler) inspect(ctx context.Context, key, versionID, declared string) (document.Finding, error) {
	body, err := h.bucket.Read(ctx, key, versionID, document.MaxBytes)
	if errors.Is(err, upload.ErrTooLarge) {
		return document.Finding{Reason: document.TooLarge}, nil
	}
	if err != nil {
		return document.Finding{}, err
	}
	return document.Inspect(bytes.NewReader(body), declared)
}

// judge says what becomes of a document by what was found.
func judge(d kyc.Document, found document.Finding, now time.Time) kyc.Document {
	if found.Reason == "" && d.SHA256 != "" && d.SHA256 != found.SHA256 {
		found.Reason = document.Corrupt
	}
	d.SHA256, d.CheckedAt = found.SHA256, now
	if d.UploadedAt.IsZero() {
		d.UploadedAt = now
	}
	d.State = kyc.DocClean
	if found.Reason != "" {
		d.State, d.Reason = kyc.DocRefused, kyc.FileReason(string(found.Reason), found.ContentType)
	}
	return d
}
