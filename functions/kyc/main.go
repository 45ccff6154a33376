// Command kyc is the Lambda for the customer's side of a KYC case: entity type, fields, documents, submit.
package main

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/apigw"
	"phonon.in/central/shared/awsenv/dynamodb"
	"phonon.in/central/shared/awsenv/s3"
	"phonon.in/central/shared/awsenv/secret"
	"phonon.in/central/shared/env"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/obs"
	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/token"
	"phonon.in/central/shared/upload"
	"phonon.in/central/web/legal"
)

func main() { apigw.Start(setup, secret.ReadEdge) }

func setup(ctx context.Context) (http.Handler, error) {
	log := obs.Setup(os.Stdout, "kyc")
	r := env.New(os.LookupEnv)
	publicURL := r.Origin("PUBLIC_URL")
	users, tokens := r.Text("USERS_TABLE"), r.Text("TOKENS_TABLE")
	bucket, secretID := r.Text("UPLOADS_BUCKET"), r.Text("SECRET_ID")
	if err := r.Err(); err != nil {
		return nil, err
	}
	db := dynamodb.Client()
	app, err := secret.Read(ctx, secretID)
	if err != nil {
		return nil, err
	}
	s := store.New(db, users, tokens)
	h := &handler{store: s, bucket: upload.New(s3.Client(), bucket), keys: app.Keys, pages: publicURL, notice: legal.KYC(), log: log}
	return h.routes(httpapi.Config{PublicURL: publicURL, Now: time.Now, Sessions: s, Limits: s, RequestID: apigw.RequestID, Log: log}), nil
}

type cases interface {
	OpenSession(ctx context.Context, id account.ID, digest string) (account.Session, account.Profile, error)
	Case(ctx context.Context, id account.ID) (kyc.Case, error)
	SaveCase(ctx context.Context, read, edited kyc.Case) (kyc.Case, error)
	SubmitCase(ctx context.Context, read, submitted kyc.Case, r kyc.Record, p account.Profile, seen account.Activity, accepted ...account.Consent) error
	MoveCase(ctx context.Context, read, next kyc.Case, r kyc.Record, also ...store.Also) error
	Records(ctx context.Context, id account.ID, caseNo int) ([]kyc.Record, error)
	AddDocument(ctx context.Context, c kyc.Case, d kyc.Document) error
	DocumentUploaded(ctx context.Context, id account.ID, no int, documentID string, now time.Time) error
	RemoveDocument(ctx context.Context, c kyc.Case, documentID string, now time.Time) error
	DocumentPurged(ctx context.Context, id account.ID, d kyc.Document, now time.Time) error

	Cases(ctx context.Context, id account.ID) ([]kyc.Case, error)
	Consents(ctx context.Context, id account.ID) ([]account.Consent, error)
	Apps(ctx context.Context, id account.ID) ([]oidc.App, error)
	Activity(ctx context.Context, id account.ID, after string, most int, now time.Time) ([]account.Activity, string, error)
	NoteActivity(ctx context.Context, id account.ID, seen account.Activity) error
	Sessions(ctx context.Context, p account.Profile, now time.Time) ([]account.Session, error)

	StartSignatoryLink(ctx context.Context, c kyc.Case, l kyc.SignatoryLink, r kyc.Record, seen account.Activity) error
	SignatoryLink(ctx context.Context, id account.ID) (kyc.SignatoryLink, account.Profile, error)
	OpenSignatoryLink(ctx context.Context, c kyc.Case, l kyc.SignatoryLink, r kyc.Record, seen account.Activity) error
	EndSignatoryLink(ctx context.Context, id account.ID, now time.Time) error
}

type handler struct {
	store  cases
	bucket *upload.Bucket
	keys   token.Keyring
	pages  string // their origin
	notice legal.Notice
	log    *slog.Logger
}

func (h *handler) routes(c httpapi.Config) http.Handler {
	api := httpapi.New(c)
	api.Public("GET /v1/kyc/entity-types", httpapi.Same(func() catalogueView { return viewOfCatalogue(kyc.Current()) }))
	api.Private("GET /v1/kyc", httpapi.JSON(http.StatusOK, h.read))
	api.Private("PUT /v1/kyc", httpapi.JSON(http.StatusOK, h.save))
	api.Private("PATCH /v1/kyc", httpapi.JSON(http.StatusOK, h.patch))
	api.Private("POST /v1/kyc/documents", httpapi.JSON(http.StatusCreated, h.addDocument))
	api.Private("POST /v1/kyc/documents/{id}/complete", httpapi.JSON(http.StatusOK, h.completeDocument))
	api.Private("GET /v1/kyc/documents/{id}/content", httpapi.JSON(http.StatusOK, h.documentContent))
	api.Private("DELETE /v1/kyc/documents/{id}", httpapi.JSON(http.StatusNoContent, h.removeDocument))
	api.Private("POST /v1/kyc/renew", httpapi.JSON(http.StatusOK, h.renew))
	api.Private("POST /v1/kyc/withdraw", httpapi.JSON(http.StatusOK, h.withdraw))
	api.Private("POST /v1/kyc/submit", httpapi.JSON(http.StatusAccepted, h.submit))

	api.BeforeTerms("POST /v1/account/export", httpapi.JSON(http.StatusOK, h.export))

	api.Private("GET /v1/kyc/signatory-link", httpapi.JSON(http.StatusOK, h.signatoryLink))
	api.Private("POST /v1/kyc/signatory-link", httpapi.JSON(http.StatusCreated, h.makeSignatoryLink))
	api.Private("DELETE /v1/kyc/signatory-link", httpapi.JSON(http.StatusNoContent, h.endSignatoryLink))
	api.Public("POST /v1/signatory/open", httpapi.JSON(http.StatusOK, h.openSignatoryLink))
	api.Public("GET /v1/signatory", httpapi.JSON(http.StatusOK, h.signatoryAsked))
	api.Public("POST /v1/signatory/documents", httpapi.JSON(http.StatusCreated, h.addSignatoryDocument))
	api.Public("POST /v1/signatory/documents/{id}/complete", httpapi.JSON(http.StatusOK, h.completeSignatoryDocument))
	api.Public("DELETE /v1/signatory/documents/{id}", httpapi.JSON(http.StatusNoContent, h.removeSignatoryDocument))
	return api
}
