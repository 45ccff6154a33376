package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
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
	RenderDocument(ctx context.Context, id account.ID, no int, d kyc.Document) error
	AddPages(ctx context.Context, id account.ID, no int, d kyc.Document) error
}

type bucket interface {
	Read(ctx context.Context, key, versionID string, most int64) ([]byte, error)
	Put(ctx context.Context, key, contentType string, body []byte) error
	Remove(ctx context.Context, key, versionID string) error
	Purge(ctx context.Context, key, keep string) error
	PurgeBelow(ctx context.Context, prefix string) error
}

type handler struct {
	store   documents
	bucket  bucket
	printer *printer
	now     func() time.Time
	log     *slog.Logger
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

// original is one version in the vault.
type original struct {
	key, version string
	id           account.ID
	no           int
	document     string
}

var errUnchecked = errors.New("a document is in the vault before its check has ended")

// one renders one version in the vault, for a document that waits for its pages; the first version that is rendered is pinned, and others
// go. The same bytes make the same pages: an earlier delivery that ended halfway has left some of these.
func (h *handler) one(ctx context.Context, key, version string) error {
	o := original{key: key, version: version}
	var ok bool
	if o.id, o.no, o.document, ok = kyc.ParseVaultKey(key); !ok {
		h.log.WarnContext(ctx, "object with a foreign key removed")
		return h.bucket.Remove(ctx, key, version)
	}
	d, err := h.store.Document(ctx, o.id, o.no, o.document)
	switch {
	case errors.Is(err, kyc.ErrDocumentUnknown):
		return h.tidy(ctx, o, d)
	case err != nil:
		return err
	case d.State.Unchecked(): // by a check that writes the copy first, as before there were pages
		return errUnchecked
	case d.State == kyc.DocRendering, d.State.Kept() && d.RenderedAt.IsZero() && d.VersionID == version:
		return h.render(ctx, o, d)
	}
	return h.tidy(ctx, o, d)
}

func (h *handler) render(ctx context.Context, o original, d kyc.Document) error {
	body, err := h.bucket.Read(ctx, o.key, o.version, document.MaxBytes)
	if errors.Is(err, upload.ErrAbsent) {
		return nil // it was removed, or another version was pinned
	}
	if err != nil && !errors.Is(err, upload.ErrTooLarge) {
		return err
	}
	if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != d.SHA256 {
		return h.bucket.Remove(ctx, o.key, o.version) // not what was checked
	}
	began := time.Now()
	pages, reason, err := h.printer.print(ctx, body, d.ContentType)
	if err != nil {
		return err
	}
	took := time.Since(began)
	sums, err := h.keep(ctx, o, pages)
	if err != nil {
		return err
	}
	d.VersionID, d.Pages, d.RenderedAt = o.version, sums, h.now()
	if d.State.Kept() {
		if reason != "" {
			return errors.New("a document that is kept cannot be rendered: " + string(reason))
		}
		return h.store.AddPages(ctx, o.id, o.no, d)
	}
	d.State = kyc.DocClean
	if reason != "" {
		d.State, d.Reason, d.VersionID, d.Pages = kyc.DocRefused, kyc.FileReason(string(reason), d.ContentType), "", nil
	}
	err = h.store.RenderDocument(ctx, o.id, o.no, d)
	if errors.Is(err, store.ErrDocumentDone) || errors.Is(err, kyc.ErrLocked) {
		// Somebody else finished it or took it out meanwhile: what it is now counts.
		if d, err = h.store.Document(ctx, o.id, o.no, o.document); err != nil && !errors.Is(err, kyc.ErrDocumentUnknown) {
			return err
		}
		return h.tidy(ctx, o, d)
	}
	if err != nil {
		return err
	}
	h.log.InfoContext(ctx, "document rendered", "account", o.id, "document", o.document, "state", d.State, "reason", d.Reason.Code, "pages", len(d.Pages),
		"milliseconds", took.Milliseconds())
	return h.tidy(ctx, o, d)
}

// keep writes the pages and returns the SHA-256 of each.
func (h *handler) keep(ctx context.Context, o original, pages [][]byte) ([]string, error) {
	var sums []string
	for i, page := range pages {
		if err := h.bucket.Put(ctx, kyc.PageKey(o.id, o.no, o.document, i+1), "image/jpeg", page); err != nil {
			return nil, err
		}
		sum := sha256.Sum256(page)
		sums = append(sums, hex.EncodeToString(sum[:]))
	}
	return sums, nil
}

// tidy removes what a document (zero when there is none) does not keep: all but the version that is pinned, and without one its pages, too.
func (h *handler) tidy(ctx context.Context, o original, d kyc.Document) error {
	if d.State.Kept() {
		return h.bucket.Purge(ctx, o.key, d.VersionID)
	}
	return errors.Join(h.bucket.Purge(ctx, o.key, ""), h.bucket.PurgeBelow(ctx, kyc.PagesPrefix(o.id, o.no, o.document)))
}
