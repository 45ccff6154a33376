// Command login is the Lambda for logging in, sessions, and the forgotten password.
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
	"phonon.in/central/shared/captcha"
	"phonon.in/central/shared/email"
	"phonon.in/central/shared/env"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/obs"
	"phonon.in/central/shared/outbox"
	"phonon.in/central/shared/siteverify"
	"phonon.in/central/shared/store"
)

func main() { apigw.Start(setup, secret.ReadEdge) }

func setup(ctx context.Context) (http.Handler, error) {
	log := obs.Setup(os.Stdout, "login")
	r := env.New(os.LookupEnv)
	publicURL := r.Origin("PUBLIC_URL")
	provider, siteKey := r.CaptchaProvider("CAPTCHA_PROVIDER"), r.Optional("CAPTCHA_SITE_KEY")
	captchaAt := r.CaptchaEndpoint("CAPTCHA_VERIFY_URL")
	users, tokens := r.Text("USERS_TABLE"), r.Text("TOKENS_TABLE")
	mailFrom, mailSet := r.Text("MAIL_FROM"), r.Optional("MAIL_CONFIGURATION_SET")
	secretID, terms := r.Text("SECRET_ID"), r.Text("TERMS_VERSION")
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
		store: s, keys: app.Keys, captcha: httpapi.ChooseCaptcha(provider, siteKey,
			httpapi.ProofOfWork{Issuer: captcha.Issuer{Keys: app.Keys}, Spend: s.Spend}, siteverify.New(provider, app.Captcha, publicURL, captchaAt).Verify),
		outbox: &outbox.Outbox{Store: s, Keys: app.Keys, PublicURL: publicURL, Mail: email.New(ses.Client(), mailFrom, mailSet), Log: log},
		log:    log,
	}
	return h.routes(httpapi.Config{PublicURL: publicURL, Now: time.Now, Sessions: s, Limits: s, Terms: terms, RequestID: apigw.RequestID, Log: log}), nil
}
