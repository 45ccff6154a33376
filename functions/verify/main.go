// Command verify is the Lambda that proves an email address: with it the account begins to exist.
package main

import (
	"context"
	"net/http"
	"os"
	"time"

	"phonon.in/central/shared/apigw"
	"phonon.in/central/shared/awsenv/dynamodb"
	"phonon.in/central/shared/awsenv/secret"
	"phonon.in/central/shared/env"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/obs"
	"phonon.in/central/shared/store"
)

func main() { apigw.Start(setup, secret.ReadEdge) }

func setup(ctx context.Context) (http.Handler, error) {
	log := obs.Setup(os.Stdout, "verify")
	r := env.New(os.LookupEnv)
	publicURL := r.Origin("PUBLIC_URL")
	users, tokens := r.Text("USERS_TABLE"), r.Text("TOKENS_TABLE")
	secretID := r.Text("SECRET_ID")
	if err := r.Err(); err != nil {
		return nil, err
	}
	db := dynamodb.Client()
	app, err := secret.Read(ctx, secretID)
	if err != nil {
		return nil, err
	}
	s := store.New(db, users, tokens)
	h := &handler{store: s, keys: app.Keys}
	return h.routes(httpapi.Config{PublicURL: publicURL, Now: time.Now, Limits: s, RequestID: apigw.RequestID, Log: log}), nil
}
