// Command account is the Lambda for the profile: reading it, details, language, change of password and of address.
package main

import (
	"context"
	"net/http"
	"os"
	"time"

	"phonon.in/central/shared/apigw"
	"phonon.in/central/shared/awsenv/dynamodb"
	"phonon.in/central/shared/awsenv/secret"
	"phonon.in/central/shared/awsenv/ses"
	"phonon.in/central/shared/email"
	"phonon.in/central/shared/env"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/obs"
	"phonon.in/central/shared/outbox"
	"phonon.in/central/shared/store"
)

func main() { apigw.Start(setup, secret.ReadEdge) }

func setup(ctx context.Context) (http.Handler, error) {
	log := obs.Setup(os.Stdout, "account")
	r := env.New(os.LookupEnv)
	publicURL := r.Origin("PUBLIC_URL")
	users, tokens := r.Text("USERS_TABLE"), r.Text("TOKENS_TABLE")
	mailFrom, mailSet := r.Text("MAIL_FROM"), r.Optional("MAIL_CONFIGURATION_SET")
	secretID := r.Text("SECRET_ID")
	terms := r.Text("TERMS_VERSION")
	retention := r.Int("KYC_RETENTION_DAYS", 400, 3660)
	if err := r.Err(); err != nil {
		return nil, err
	}
	db := dynamodb.Client()
	app, err := secret.Read(ctx, secretID)
	if err != nil {
		return nil, err
	}
	s := store.New(db, users, tokens)
	h := &handler{
		store:     s,
		keys:      app.Keys,
		terms:     terms,
		retention: time.Duration(retention) * 24 * time.Hour,
		outbox:    &outbox.Outbox{Store: s, Keys: app.Keys, PublicURL: publicURL, Mail: email.New(ses.Client(), mailFrom, mailSet), Log: log},
	}
	return h.routes(httpapi.Config{PublicURL: publicURL, Now: time.Now, Sessions: s, Limits: s, RequestID: apigw.RequestID, Log: log}), nil
}
