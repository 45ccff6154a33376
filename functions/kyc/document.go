package main

import (
	"context"
	"errors"
	"time"

	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/token"
	"phonon.in/central/shared/upload"
)

const viewLife = time.Minute

type documentRequest struct {
	Requirement  string   `json:"requirement"`
	DocumentType string   `json:"documentType"`
	FileName     string   `json:"fileName"`
	ContentType  string   `json:"contentType"`
	Size         int64    `json:"size"`
	SHA256       string   `json:"sha256"`
	Confirmed    []string `json:"confirmed"`
}

type uploadForm struct {
	URL    string            `json:"url"`
	Fields map[string]string `json:"fields"`
}

type documentAnswer struct {
	DocumentID string     `json:"documentId"`
	Upload     uploadForm `json:"upload"`
	ExpiresAt  time.Time  `json:"expiresAt"`
}

func (h *handler) addDocument(ctx context.Context, c *httpapi.Call, in documentRequest) (documentAnswer, error) {
	return h.allow(ctx, c, in, kyc.NewDocument)
}

// allow allows one upload: storage itself takes this file and no other.
func (h *handler) allow(ctx context.Context, c *httpapi.Call, in documentRequest, newDocument func(kyc.Case, kyc.Upload, string, time.Time) (kyc.Document, error)) (documentAnswer, error) {
	var form upload.Form
	var changed kyc.Case
	id, counted := token.NewID(), false
	err := h.onFreshWithin(ctx, c, h.mayWrite, func(ctx context.Context, found kyc.Case) error {
		d, err := newDocument(found, kyc.Upload(in), id, c.Now)
		if err != nil {
			return err
		}
		if !counted {
			if _, err := c.Take(ctx, limit.UploadAccount.By(string(c.Profile.ID))); err != nil {
				return err
			}
			counted = true
		}
		if form, err = h.bucket.Presign(ctx, d.Key, d.ContentType, d.Size, d.SHA256, c.Now, kyc.UploadLife); err != nil {
			return err
		}
		changed = found
		return h.store.AddDocument(ctx, found, d)
	})
	if err != nil {
		return documentAnswer{}, err
	}
	h.purge(ctx, c, changed)
	return documentAnswer{id, uploadForm(form), c.Now.Add(kyc.UploadLife)}, nil
}

var (
	errNotArrived = fault.New(fault.Conflict, "upload_missing", "The file has not arrived. Upload it first, or start again with a new upload.")
	errNotKept    = fault.New(fault.Conflict, "document_not_ready", "This file cannot be shown: it has not been checked yet, or was refused.")
)

func (h *handler) completeDocument(ctx context.Context, c *httpapi.Call, _ httpapi.None) (documentView, error) {
	return h.complete(ctx, c, kyc.Case.Document)
}

// complete notes that the upload of the document that is found is done. The browser's word is not enough: storage must have the file.
// Repeating it does no harm.
func (h *handler) complete(ctx context.Context, c *httpapi.Call, find func(kyc.Case, string) (kyc.Document, error)) (documentView, error) {
	err := h.onFresh(ctx, c, func(ctx context.Context, found kyc.Case) error {
		d, err := find(found, c.Path("id"))
		switch {
		case err != nil || d.State != kyc.DocRequested:
			return err
		case !found.Status.Editable():
			return kyc.ErrLocked
		}
		if err = h.bucket.Arrived(ctx, d.Key); err != nil {
			return err
		}
		return h.store.DocumentUploaded(ctx, c.Profile.ID, found.No, d.ID, c.Now)
	})
	if err != nil && !errors.Is(err, upload.ErrAbsent) {
		return documentView{}, err
	}
	// The check may have been faster than this request, and have moved the file: what the table says now counts.
	d, err := h.document(ctx, c, find)
	if err == nil && d.State == kyc.DocRequested {
		return documentView{}, errNotArrived
	}
	return viewOfDocument(d), err
}

func (h *handler) document(ctx context.Context, c *httpapi.Call, find func(kyc.Case, string) (kyc.Document, error)) (kyc.Document, error) {
	found, err := h.store.Case(ctx, c.Profile.ID)
	if err != nil {
		return kyc.Document{}, err
	}
	return find(found, c.Path("id"))
}

type contentAnswer struct {
	URL       string    `json:"url"`
	ExpiresAt time.Time `json:"expiresAt"`
}

// documentContent gives a short-lived address of exactly the bytes that were checked.
func (h *handler) documentContent(ctx context.Context, c *httpapi.Call, _ httpapi.None) (contentAnswer, error) {
	d, err := h.document(ctx, c, kyc.Case.Document)
	if err != nil {
		return contentAnswer{}, err
	}
	if !d.State.Kept() {
		return contentAnswer{}, errNotKept
	}
	url, err := h.bucket.View(ctx, d.Key, d.VersionID, d.FileName, d.ContentType, c.Now, viewLife)
	return contentAnswer{url, c.Now.Add(viewLife)}, err
}

func (h *handler) removeDocument(ctx context.Context, c *httpapi.Call, _ httpapi.None) (httpapi.None, error) {
	return httpapi.None{}, h.remove(ctx, c, kyc.Case.Removable)
}

// remove takes a document out of the case, and its file out of storage. What was removed before stays removed.
func (h *handler) remove(ctx context.Context, c *httpapi.Call, removable func(kyc.Case, string, time.Time) (kyc.Document, error)) error {
	var changed kyc.Case
	err := h.onFresh(ctx, c, func(ctx context.Context, found kyc.Case) error {
		d, err := removable(found, c.Path("id"), c.Now)
		if err != nil {
			return err
		}
		if changed = found.Without(d.ID); d.State == kyc.DocSuperseded {
			return nil
		}
		return h.store.RemoveDocument(ctx, found, d.ID, c.Now)
	})
	if err == nil {
		h.purge(ctx, c, changed)
	}
	return err
}
