// Command factor is the Lambda for what proves the holder of an account beside the password, and for proving it again.
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
	"phonon.in/central/shared/obs"
	"phonon.in/central/shared/store"
)

func main() { apigw.Start(setup, secret.ReadEdge) }

func setup(context.Context) (http.Handler, error) {
	log := obs.Setup(os.Stdout, "factor")
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

type factors interface {
	Login(ctx context.Context, email account.Email) (account.Login, bool, error)
	Prove(ctx context.Context, session account.Session, by account.Proof, now time.Time) error
}

type handler struct{ store factors }

func (h *handler) routes(c httpapi.Config) http.Handler {
	api := httpapi.New(c)
	api.Private("POST /v1/step-up", httpapi.JSON(http.StatusNoContent, h.stepUp))
	return api
}
