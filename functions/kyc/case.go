package main

import (
	"context"
	"errors"
	"net/http"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/upload"
)

type cases interface {
	Take(ctx context.Context, now time.Time, uses ...limit.Use) ([]int, error)
	Case(ctx context.Context, id account.ID) (kyc.Case, error)
	SaveCase(ctx context.Context, read, edited kyc.Case) (kyc.Case, error)
	AddDocument(ctx context.Context, c kyc.Case, d kyc.Document) error
	DocumentUploaded(ctx context.Context, id account.ID, no int, documentID string, now time.Time) error
	RemoveDocument(ctx context.Context, c kyc.Case, documentID string, now time.Time) error
	SubmitCase(ctx context.Context, read, submitted kyc.Case, seen account.Activity) error
}

type handler struct {
	store  cases
	bucket *upload.Bucket
}

func (h *handler) routes(c httpapi.Config) http.Handler {
	api := httpapi.New(c)
	api.Public("GET /v1/kyc/entity-types", httpapi.Same(viewOfCatalogue(kyc.Current())))
	api.Private("GET /v1/kyc", httpapi.JSON(http.StatusOK, h.read))
	api.Private("PUT /v1/kyc", httpapi.JSON(http.StatusOK, h.save))
	api.Private("POST /v1/kyc/documents", httpapi.JSON(http.StatusCreated, h.addDocument))
	api.Private("POST /v1/kyc/documents/{id}/complete", httpapi.JSON(http.StatusOK, h.completeDocument))
	api.Private("GET /v1/kyc/documents/{id}/content", httpapi.JSON(http.StatusOK, h.documentContent))
	api.Private("DELETE /v1/kyc/documents/{id}", httpapi.JSON(http.StatusNoContent, h.removeDocument))
	api.Private("POST /v1/kyc/submit", httpapi.JSON(http.StatusAccepted, h.submit))
	return api
}

var errDetailsFirst = fault.New(fault.Conflict, "account_details_required", "Save your account details first. They decide which entity types you can choose.")

func (h *handler) read(ctx context.Context, c *httpapi.Call, _ httpapi.None) (caseView, error) {
	found, err := h.store.Case(ctx, c.Profile.ID)
	if err != nil {
		return caseView{}, err
	}
	return viewOfCase(found), nil
}

type saveRequest struct {
	EntityType string            `json:"entityType"`
	Fields     map[string]string `json:"fields"`
}

// save begins a case or changes its draft. What is given must be right; what is missing may come later.
func (h *handler) save(ctx context.Context, c *httpapi.Call, in saveRequest) (caseView, error) {
	found, err := h.open(ctx, c)
	if err != nil {
		return caseView{}, err
	}
	edited, err := found.Edit(in.EntityType, c.Profile.Details.Type, in.Fields, c.Now)
	if err != nil {
		return caseView{}, err
	}
	saved, err := h.store.SaveCase(ctx, found, edited)
	if err != nil {
		return caseView{}, err
	}
	return viewOfCase(saved), nil
}

// open reads the case for a change of it.
func (h *handler) open(ctx context.Context, c *httpapi.Call) (kyc.Case, error) {
	if c.Profile.Details.IsZero() {
		return kyc.Case{}, errDetailsFirst
	}
	if _, err := h.store.Take(ctx, c.Now, limit.WriteAccount.By(string(c.Profile.ID))); err != nil {
		return kyc.Case{}, err
	}
	return h.store.Case(ctx, c.Profile.ID)
}

type submitAnswer struct {
	Status      kyc.Status `json:"status"`
	SubmittedAt time.Time  `json:"submittedAt"`
}

// submitAttempts bounds how often a case is evaluated again because a document changed meanwhile.
const submitAttempts = 3

// submit hands the case in as it was evaluated, or answers with everything that is missing.
func (h *handler) submit(ctx context.Context, c *httpapi.Call, _ httpapi.None) (submitAnswer, error) {
	if _, err := h.store.Take(ctx, c.Now, limit.SubmitAccount.By(string(c.Profile.ID))); err != nil {
		return submitAnswer{}, err
	}
	for attempt := 1; ; attempt++ {
		found, err := h.store.Case(ctx, c.Profile.ID)
		if err != nil {
			return submitAnswer{}, err
		}
		submitted, err := found.Submit(c.Now)
		if err != nil {
			return submitAnswer{}, err
		}
		err = h.store.SubmitCase(ctx, found, submitted, c.Seen("kyc_submitted"))
		if err == nil {
			return submitAnswer{submitted.Status, submitted.SubmittedAt}, nil
		}
		if !errors.Is(err, account.ErrBusy) || attempt == submitAttempts {
			return submitAnswer{}, err
		}
	}
}
