// Command papers is the Lambda for papers to print: letters filled in for the holder of a case to sign, and the summary of an approved one.
package main

import (
	"context"
	"net/http"
	"os"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/apigw"
	"phonon.in/central/shared/awsenv/dynamodb"
	"phonon.in/central/shared/awsenv/secret"
	"phonon.in/central/shared/env"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/obs"
	"phonon.in/central/shared/store"
)

func main() { apigw.Start(setup, secret.ReadEdge) }

func setup(context.Context) (http.Handler, error) {
	log := obs.Setup(os.Stdout, "papers")
	r := env.New(os.LookupEnv)
	publicURL := r.Origin("PUBLIC_URL")
	users, tokens := r.Text("USERS_TABLE"), r.Text("TOKENS_TABLE")
	if err := r.Err(); err != nil {
		return nil, err
	}
	s := store.New(dynamodb.Client(), users, tokens)
	h := &handler{store: s}
	return h.routes(httpapi.Config{PublicURL: publicURL, Now: time.Now, Sessions: s, Limits: s, RequestID: apigw.RequestID, Log: log}), nil
}

type cases interface {
	Case(ctx context.Context, id account.ID) (kyc.Case, error)
	OneCase(ctx context.Context, id account.ID, no int) (kyc.Case, error)
}

type handler struct{ store cases }

func (h *handler) routes(c httpapi.Config) http.Handler {
	api := httpapi.New(c)
	api.Private("GET /v1/kyc/papers/{name}", httpapi.Attachment(h.letter))
	api.Private("GET /v1/kyc/summary", httpapi.Attachment(h.summary))
	return api
}
