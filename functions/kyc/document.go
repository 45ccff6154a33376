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

const (
	uploadLife = 10 * time.Minute // a slow phone on a slow network, for up to 10 MiB
	viewLife   = time.Minute
)

type documentRequest struct {
	Requirement  string `json:"requirement"`
	DocumentType string `json:"documentType"`
	FileName     string `json:"fileName"`
	ContentType  string `json:"contentType"`
	Size         int64  `json:"size"`
	SHA256       string `json:"sha256"`
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

// addDocument allows one upload: storage itself takes this file and no other.
func (h *handler) addDocument(ctx context.Context, c *httpapi.Call, in documentRequest) (documentAnswer, error) {
	found, err := h.open(ctx, c)
	if err != nil {
		return documentAnswer{}, err
	}
	d, err := kyc.NewDocument(found, kyc.Upload(in), token.NewID(), c.Now)
	if err != nil {
		return documentAnswer{}, err
	}
	if _, err := h.store.Take(ctx, c.Now, limit.UploadAccount.By(string(c.Profile.ID))); err != nil {
		return documentAnswer{}, err
	}
	form, err := h.bucket.Presign(ctx, d.Key, d.ContentType, d.Size, d.SHA256, c.Now, uploadLife)
	if err != nil {
		return documentAnswer{}, err
	}
	if err := h.store.AddDocument(ctx, found, d); err != nil {
		return documentAnswer{}, err
	}
	return documentAnswer{d.ID, uploadForm(form), c.Now.Add(uploadLife)}, nil
}

var (
	errNotArrived = fault.New(fault.Conflict, "upload_missing", "The file has not arrived. Upload it first, or start again with a new upload.")
	errNotKept    = fault.New(fault.Conflict, "document_not_ready", "This file cannot be shown: it has not been checked yet, or was refused.")
)

// completeDocument notes that the upload is done. The browser's word is not enough: storage must have the file. Repeating it does no harm.
func (h *handler) completeDocument(ctx context.Context, c *httpapi.Call, _ httpapi.None) (documentView, error) {
	found, d, err := h.document(ctx, c)
	if err != nil || d.State != kyc.DocRequested {
		return viewOfDocument(d), err
	}
	_, err = h.bucket.Stat(ctx, d.Key)
	switch {
	case err == nil:
		if err := h.store.DocumentUploaded(ctx, c.Profile.ID, found.No, d.ID, c.Now); err != nil {
			return documentView{}, err
		}
	case !errors.Is(err, upload.ErrAbsent):
		return documentView{}, err
	}
	// The check may have been faster than this request, and have moved the file: what the table says now counts.
	_, d, err2 := h.document(ctx, c)
	if err2 == nil && d.State == kyc.DocRequested {
		return documentView{}, errNotArrived
	}
	return viewOfDocument(d), err2
}

func (h *handler) document(ctx context.Context, c *httpapi.Call) (kyc.Case, kyc.Document, error) {
	found, err := h.store.Case(ctx, c.Profile.ID)
	if err != nil {
		return kyc.Case{}, kyc.Document{}, err
	}
	d, err := found.Document(c.Path("id"))
	return found, d, err
}

type contentAnswer struct {
	URL       string    `json:"url"`
	ExpiresAt time.Time `json:"expiresAt"`
}

// documentContent gives a short-lived address of exactly the bytes that were checked.
func (h *handler) documentContent(ctx context.Context, c *httpapi.Call, _ httpapi.None) (contentAnswer, error) {
	_, d, err := h.document(ctx, c)
	if err != nil {
		return contentAnswer{}, err
	}
	switch d.State {
	case kyc.DocClean, kyc.DocAccepted, kyc.DocRejected:
	default:
		return contentAnswer{}, errNotKept
	}
	url, err := h.bucket.View(ctx, d.Key, d.VersionID, d.FileName, d.ContentType, c.Now, viewLife)
	return contentAnswer{url, c.Now.Add(viewLife)}, err
}

func (h *handler) removeDocument(ctx context.Context, c *httpapi.Call, _ httpapi.None) (httpapi.None, error) {
	none := httpapi.None{}
	found, err := h.store.Case(ctx, c.Profile.ID)
	if err != nil {
		return none, err
	}
	d, err := found.Removable(c.Path("id"))
	if err != nil {
		return none, err
	}
	if err := h.store.RemoveDocument(ctx, found, d.ID, c.Now); err != nil {
		return none, err
	}
	if d.State == kyc.DocClean {
		// The document counts for nothing from here on. If this fails, the object stays in the vault until the account is erased.
		_ = h.bucket.Remove(ctx, d.Key, "")
	}
	return none, nil
}
