// Command notify is the Lambda that delivers, each minute, what is still in the outbox.
package main

import (
	"context"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"phonon.in/central/shared/awsenv"
	"phonon.in/central/shared/awsenv/dynamodb"
	"phonon.in/central/shared/awsenv/secret"
	"phonon.in/central/shared/awsenv/ses"
	"phonon.in/central/shared/awsenv/sns"
	awsvoice "phonon.in/central/shared/awsenv/voice"
	"phonon.in/central/shared/backchannel"
	"phonon.in/central/shared/callapi"
	"phonon.in/central/shared/email"
	"phonon.in/central/shared/env"
	"phonon.in/central/shared/jose"
	"phonon.in/central/shared/obs"
	"phonon.in/central/shared/outbox"
	"phonon.in/central/shared/sms"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/topic"
	"phonon.in/central/shared/voice"
)

func main() {
	log := obs.Setup(os.Stdout, "notify")
	lambda.Start(func(ctx context.Context) error {
		h, err := setup(ctx, log)
		if err != nil {
			return err
		}
		return h.sweep(ctx)
	})
}

// setup runs once a minute, with each event: cheaper than to keep what may have changed, the keys.
func setup(ctx context.Context, log *slog.Logger) (*handler, error) {
	r := env.New(os.LookupEnv)
	publicURL := r.Origin("PUBLIC_URL")
	users, tokens := r.Text("USERS_TABLE"), r.Text("TOKENS_TABLE")
	mailFrom, mailSet := r.Text("MAIL_FROM"), r.Optional("MAIL_CONFIGURATION_SET")
	registration := sms.Config{
		EntityID: r.Text("SMS_ENTITY_ID"), Codes: sms.IDs{"en": r.Text("SMS_TEMPLATE_ID"), "hi": r.Optional("SMS_TEMPLATE_ID_HI")},
		Changed:  sms.IDs{"en": r.Optional("SMS_CHANGED_TEMPLATE_ID"), "hi": r.Optional("SMS_CHANGED_TEMPLATE_ID_HI")},
		SenderID: r.Text("SMS_SENDER_ID"), MaxPriceUSD: r.Text("SMS_MAX_PRICE_USD"),
	}
	provider, callURL := r.Choice("CALL_PROVIDER", "aws", "api", "none"), r.Optional("CALL_API_URL")
	from, perMinute := r.Text("VOICE_ORIGINATION_IDENTITY"), r.Text("VOICE_MAX_PRICE_USD_PER_MINUTE")
	eventsTopic, secretID, signingID := r.Text("EVENTS_TOPIC_ARN"), r.Text("SECRET_ID"), r.Text("SIGNING_SECRET_ID")
	if err := r.Err(); err != nil {
		return nil, err
	}
	db := dynamodb.Client()
	app, err := secret.Read(ctx, secretID)
	if err != nil {
		return nil, err
	}
	document, err := secret.ReadSigning(ctx, signingID)
	if err != nil {
		return nil, err
	}
	signing, err := jose.ParseKeyset([]byte(document.Reveal()))
	if err != nil {
		return nil, err
	}
	notifications := sns.Client()
	texter, err := sms.New(notifications, registration)
	if err != nil {
		return nil, err
	}
	var caller outbox.Caller
	switch provider {
	case "aws":
		caller = voice.New(awsvoice.Client(), from, perMinute)
	case "api":
		secrets, err := callapi.ParseSecrets(app.Call, app.CallPrevious)
		if err != nil {
			return nil, err
		}
		if caller, err = callapi.New(callURL, secrets, awsenv.Client(callapi.Deadline), time.Now); err != nil {
			return nil, err
		}
	}
	s := store.New(db, users, tokens)
	return &handler{now: time.Now, log: log, outbox: &outbox.Outbox{
		Store: s, Keys: app.Keys, PublicURL: publicURL, Log: log,
		Mail: email.New(ses.Client(), mailFrom, mailSet), SMS: texter, Voice: caller,
		Events: topic.New(notifications, eventsTopic, publicURL), Clients: backchannel.New(s, signing, publicURL, time.Now),
	}}, nil
}
