// Command web is the Lambda that serves the pages.
package main

import (
	"context"
	"net/http"
	"os"

	"phonon.in/central/shared/apigw"
	"phonon.in/central/shared/awsenv/secret"
	"phonon.in/central/shared/env"
	"phonon.in/central/shared/obs"
	"phonon.in/central/web"
	"phonon.in/central/web/legal"
)

func main() { apigw.Start(setup, secret.ReadEdge) }

func setup(context.Context) (http.Handler, error) {
	log := obs.Setup(os.Stdout, "web")
	r := env.New(os.LookupEnv)
	terms, support := r.Text("TERMS_VERSION"), r.Optional("SUPPORT_EMAIL")
	grievance := r.Optional("GRIEVANCE_CONTACT")
	provider := r.CaptchaProvider("CAPTCHA_PROVIDER")
	calls := r.Choice("CALL_PROVIDER", "aws", "api", "none") != "none"
	uploads := r.Origin("UPLOADS_ORIGIN")
	if endpoint := os.Getenv("AWS_ENDPOINT_URL_S3"); endpoint != "" { // as for the SDK of the other functions
		uploads = endpoint
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	site, err := web.Build(terms, legal.KYC().Version, support, grievance, calls)
	if err != nil {
		return nil, err
	}
	return &server{site: site, policy: policy(uploads, provider), log: log}, nil
}
