// Command kyc is the Lambda for the customer's side of a KYC case: entity type, documents, submit.
package main

import (
	"context"
	"net/http"
	"os"
	"time"

	"phonon.in/central/shared/apigw"
	"phonon.in/central/shared/awsenv/dynamodb"
	"phonon.in/central/shared/awsenv/s3"
	"phonon.in/central/shared/env"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/obs"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/upload"
)

func main() { apigw.Start(setup) }

func setup(context.Context) (http.Handler, error) {
	log := obs.Setup(os.Stdout, "kyc")
	r := env.New(os.LookupEnv)
	publicURL := r.Origin("PUBLIC_URL")
	users, tokens := r.Text("USERS_TABLE"), r.Text("TOKENS_TABLE")
	bucket := r.Text("UPLOADS_BUCKET")
	if err := r.Err(); err != nil {
		return nil, err
	}
	s := store.New(dynamodb.Client(), users, tokens)
	h := &handler{store: s, bucket: upload.New(s3.Client(), bucket)}
	return h.routes(httpapi.Config{PublicURL: publicURL, Now: time.Now, Sessions: s, RequestID: apigw.RequestID, Log: log}), nil
}
