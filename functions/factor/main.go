// Command factor is the Lambda for what proves the holder of an account beside the password: codes of an app, recovery codes, passkeys;
// for logging in by them, and for proving again who one is.
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
	"phonon.in/central/shared/awsenv/secret"
	"phonon.in/central/shared/awsenv/ses"
	"phonon.in/central/shared/email"
	"phonon.in/central/shared/env"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/obs"
	"phonon.in/central/shared/ocsf"
	"phonon.in/central/shared/outbox"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/token"
)

func main() { apigw.Start(setup, secret.ReadEdge) }

func setup(ctx context.Context) (http.Handler, error) {
	log := obs.Setup(os.Stdout, "factor")
	r := env.New(os.LookupEnv)
	publicURL := r.Origin("PUBLIC_URL")
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
	h, err := newHandler(s, app.Keys, publicURL, log)
	if err != nil {
		return nil, err
	}
	h.outbox = &outbox.Outbox{Store: s, Keys: app.Keys, PublicURL: publicURL, Mail: email.New(ses.Client(), mailFrom, mailSet), Log: log}
	return h.routes(httpapi.Config{PublicURL: publicURL, Now: time.Now, Sessions: s, Limits: s, Terms: terms, RequestID: apigw.RequestID, Log: log}), nil
}

type factors interface {
	Login(ctx context.Context, email account.Email) (account.Login, bool, error)
	Profile(ctx context.Context, id account.ID) (account.Profile, error)
	Prove(ctx context.Context, session account.Session, by account.Proof, now time.Time) error
	Factors(ctx context.Context, id account.ID) (account.FactorSet, error)
	ChangeFactors(ctx context.Context, p account.Profile, c store.FactorChange) error
	PendingLogin(ctx context.Context, id account.ID, digest string, now time.Time) (account.PendingLogin, account.Profile, error)
	OpenByFactor(ctx context.Context, u store.FactorUse, pending *account.PendingLogin, session account.Session, n *account.Notice, seen account.Activity, told []message.Message) error
	StartedSessions(ctx context.Context, id account.ID) ([]account.Session, error)
	ProveByFactor(ctx context.Context, u store.FactorUse, session account.Session, told []message.Message, now time.Time) error
	StopFactorReset(ctx context.Context, id account.ID, resetID string, seen account.Activity, now time.Time) error
	EndSession(ctx context.Context, id account.ID, digest string, now time.Time) ([]message.Message, error)
	SweepSessions(ctx context.Context, id account.ID, keep string) error
}

type deliverer interface {
	Now(ctx context.Context, m message.Message)
}

type handler struct {
	store  factors
	keys   token.Keyring
	outbox deliverer
	party  party
	log    *slog.Logger
}

func newHandler(s factors, keys token.Keyring, publicURL string, log *slog.Logger) (*handler, error) {
	p, err := newParty(publicURL)
	return &handler{store: s, keys: keys, party: p, log: log}, err
}

func (h *handler) routes(c httpapi.Config) http.Handler {
	api := httpapi.New(c)
	api.Private("GET /v1/factors", httpapi.JSON(http.StatusOK, h.list))
	api.Private("POST /v1/factors/totp", httpapi.JSON(http.StatusOK, h.beginTOTP))
	api.Private("POST /v1/factors/totp/confirm", httpapi.Event(ocsf.FactorOn, httpapi.JSON(http.StatusOK, h.confirmTOTP)))
	api.Private("DELETE /v1/factors/totp", httpapi.Event(ocsf.FactorOff, httpapi.JSON(http.StatusOK, h.removeTOTP)))
	api.Private("POST /v1/factors/recovery-codes", httpapi.Event(ocsf.Changed, httpapi.JSON(http.StatusOK, h.renewRecovery)))
	api.Private("POST /v1/factors/passkeys/begin", httpapi.JSON(http.StatusOK, h.beginPasskey))
	api.Private("POST /v1/factors/passkeys", httpapi.Event(ocsf.FactorOn, httpapi.JSON(http.StatusOK, h.addPasskey)))
	api.Private("PUT /v1/factors/passkeys/{id}", httpapi.JSON(http.StatusOK, h.renamePasskey))
	api.Private("DELETE /v1/factors/passkeys/{id}", httpapi.Event(ocsf.FactorOff, httpapi.JSON(http.StatusOK, h.removePasskey)))

	api.Public("POST /v1/factors/reset/stop", httpapi.Event(ocsf.Changed, httpapi.JSON(http.StatusNoContent, h.stopReset)))

	api.Private("POST /v1/step-up", httpapi.Event(ocsf.StepUp, httpapi.JSON(http.StatusNoContent, h.stepUp)))
	api.Private("POST /v1/step-up/passkey", httpapi.JSON(http.StatusOK, h.askToStepUp))
	api.Public("POST /v1/login/factor/form", httpapi.Event(ocsf.Logon, httpapi.Form(h.finishForm)))
	api.Public("POST /v1/login/factor", httpapi.Event(ocsf.Logon, httpapi.JSON(http.StatusOK, h.finishLogin)))
	api.Public("POST /v1/login/factor/passkey", httpapi.JSON(http.StatusOK, h.askToFinish))
	api.Public("POST /v1/login/passkey/begin", httpapi.JSON(http.StatusOK, h.askAnybody))
	api.Public("POST /v1/login/passkey", httpapi.Event(ocsf.Logon, httpapi.JSON(http.StatusOK, h.loginByPasskey)))
	return api
}
