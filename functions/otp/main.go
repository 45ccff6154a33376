// Command otp is the Lambda that proves a phone number: an SMS to a mobile, a call to a landline.
package main

import (
	"context"
	"net/http"
	"os"
	"time"

	"phonon.in/central/shared/apigw"
	"phonon.in/central/shared/awsenv"
	"phonon.in/central/shared/awsenv/dynamodb"
	"phonon.in/central/shared/awsenv/secret"
	"phonon.in/central/shared/awsenv/sns"
	awsvoice "phonon.in/central/shared/awsenv/voice"
	"phonon.in/central/shared/callapi"
	"phonon.in/central/shared/env"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/obs"
	"phonon.in/central/shared/outbox"
	"phonon.in/central/shared/sms"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/voice"
)

func main() { apigw.Start(setup, secret.ReadEdge) }

func setup(ctx context.Context) (http.Handler, error) {
	log := obs.Setup(os.Stdout, "otp")
	r := env.New(os.LookupEnv)
	publicURL := r.Origin("PUBLIC_URL")
	users, tokens := r.Text("USERS_TABLE"), r.Text("TOKENS_TABLE")
	registration := sms.Config{
		EntityID: r.Text("SMS_ENTITY_ID"), Codes: sms.IDs{"en": r.Text("SMS_TEMPLATE_ID"), "hi": r.Optional("SMS_TEMPLATE_ID_HI")},
		Changed:  sms.IDs{"en": r.Optional("SMS_CHANGED_TEMPLATE_ID"), "hi": r.Optional("SMS_CHANGED_TEMPLATE_ID_HI")},
		SenderID: r.Text("SMS_SENDER_ID"), MaxPriceUSD: r.Text("SMS_MAX_PRICE_USD"),
	}
	provider, callURL := r.Choice("CALL_PROVIDER", "aws", "api", "none"), r.Optional("CALL_API_URL")
	from, perMinute := r.Text("VOICE_ORIGINATION_IDENTITY"), r.Text("VOICE_MAX_PRICE_USD_PER_MINUTE")
	smsBudget, callBudget := r.Int("SMS_DAILY_BUDGET", 1, 1_000_000), r.Int("CALL_DAILY_BUDGET", 1, 1_000_000)
	secretID := r.Text("SECRET_ID")
	if err := r.Err(); err != nil {
		return nil, err
	}
	db := dynamodb.Client()
	app, err := secret.Read(ctx, secretID)
	if err != nil {
		return nil, err
	}
	texter, err := sms.New(sns.Client(), registration)
	if err != nil {
		return nil, err
	}
	var caller outbox.Caller
	var secrets callapi.Secrets
	switch provider {
	case "aws":
		caller = voice.New(awsvoice.Client(), from, perMinute)
	case "api":
		if secrets, err = callapi.ParseSecrets(app.Call, app.CallPrevious); err != nil {
			return nil, err
		}
		if caller, err = callapi.New(callURL, secrets, awsenv.Client(callapi.Deadline), time.Now); err != nil {
			return nil, err
		}
	}
	s := store.New(db, users, tokens)
	h := &handler{
		store: s, keys: app.Keys, smsBudget: limit.SMSBudget(smsBudget), callBudget: limit.CallBudget(callBudget), calls: provider != "none", callSecrets: secrets, log: log,
		tellsBySMS: registration.Changed["en"] != "",
		outbox:     &outbox.Outbox{Store: s, Keys: app.Keys, PublicURL: publicURL, SMS: texter, Voice: caller, Log: log},
	}
	return h.routes(httpapi.Config{PublicURL: publicURL, Now: time.Now, Sessions: s, Limits: s, RequestID: apigw.RequestID, Log: log}), nil
}
