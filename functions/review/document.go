package main

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"time"

	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/kyc"
)

const addressLife = time.Minute

var errNoPage = fault.New(fault.NotFound, "page_unknown", "The document has no such page.")

type pageAnswer struct {
	URL       string    `json:"url"`
	SHA256    string    `json:"sha256"`
	ExpiresAt time.Time `json:"expiresAt"`
}

// page gives the address of one page's picture, for a minute, once it is recorded who looks at it.
func (h *handler) page(ctx context.Context, v *visit, _ httpapi.None) (pageAnswer, error) {
	c, d, err := h.document(ctx, v)
	if err != nil {
		return pageAnswer{}, err
	}
	n, err := strconv.Atoi(v.Path("n"))
	if err != nil || n < 1 || n > len(d.Pages) {
		return pageAnswer{}, errNoPage
	}
	if err := h.note(ctx, v, c, kyc.RecordPage, strconv.Itoa(n), seen(d)); err != nil {
		return pageAnswer{}, err
	}
	name := fmt.Sprintf("%s-%d.jpg", d.ID, n)
	url, err := h.bucket.View(ctx, kyc.PageKey(c.AccountID, madeIn(d), d.ID, n), "", name, "image/jpeg", v.Now, addressLife)
	return pageAnswer{url, d.Pages[n-1], v.Now.Add(addressLife)}, err
}

// madeIn is the number of the case that the file was uploaded for: its pages stay there.
func madeIn(d kyc.Document) int { return cmp.Or(d.Carried, d.CaseNo) }

// seen names a document in a record.
func seen(d kyc.Document) kyc.Verdict {
	return kyc.Verdict{Pointer: "/requirements/" + d.Requirement, DocumentID: d.ID, SHA256: d.SHA256, PagesSHA256: kyc.PagesDigest(d.Pages)}
}

type originalRequest struct {
	Reason string `json:"reason"`
}

type originalAnswer struct {
	URL       string    `json:"url"`
	ExpiresAt time.Time `json:"expiresAt"`
}

// original gives the address of the very file, as an attachment: only for a reason, which is recorded.
func (h *handler) original(ctx context.Context, v *visit, in originalRequest) (originalAnswer, error) {
	reason, err := reasonGiven("/reason", in.Reason)
	if err != nil {
		return originalAnswer{}, err
	}
	c, d, err := h.document(ctx, v)
	if err != nil {
		return originalAnswer{}, err
	}
	if err := h.note(ctx, v, c, kyc.RecordOriginal, reason, seen(d)); err != nil {
		return originalAnswer{}, err
	}
	url, err := h.bucket.Download(ctx, d.Key, d.VersionID, d.FileName, d.ContentType, v.Now, addressLife)
	return originalAnswer{url, v.Now.Add(addressLife)}, err
}

// document finds the document that a path names, if reviewers may see it: what was not found clean, and what was removed, is not there.
func (h *handler) document(ctx context.Context, v *visit) (kyc.Case, kyc.Document, error) {
	c, err := h.found(ctx, v)
	if err != nil {
		return c, kyc.Document{}, err
	}
	d, err := c.HandedOver().Document(v.Path("id"))
	if err == nil && !shown(d) {
		err = kyc.ErrDocumentUnknown
	}
	return c, d, err
}

// shown reports that the document is one to look at.
func shown(d kyc.Document) bool {
	return d.State == kyc.DocClean || d.State == kyc.DocAccepted || d.State == kyc.DocRejected
}

// removed reports that a verdict took the file away; while the case waits for a second person, that verdict stands without it.
func removed(d kyc.Document) bool { return d.State == kyc.DocSuperseded && d.Reason.Code != "" }
