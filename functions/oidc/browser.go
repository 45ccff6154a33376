package main

import (
	"context"
	"net/http"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/ocsf"
	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/token"
)

// visits is what the endpoints that people's browsers open need of the store.
type visits interface {
	Authorization(ctx context.Context, id account.ID, digest string, client oidc.ClientID) (oidc.Authorization, error)
	Pushed(ctx context.Context, id string, client oidc.ClientID, now time.Time) (oidc.Pushed, error)
	StartGrant(ctx context.Context, g oidc.Grant, app oidc.App, seen account.Activity, pushed string) error
	TouchSession(ctx context.Context, s account.Session, now time.Time) error
	AllowApp(ctx context.Context, id account.ID, a oidc.App, consent account.Consent, seen account.Activity) (oidc.App, error)
	EndSession(ctx context.Context, id account.ID, digest string, now time.Time) ([]message.Message, error)
}

type deliverer interface {
	Now(ctx context.Context, m message.Message)
}

// browser answers what people's browsers open: authorization, consent and log-out.
type browser struct {
	store  visits
	keys   token.Keyring
	issuer string
	hint   func(raw string, now time.Time) (oidc.Hint, error) // reads an ID token of ours, also one that is over
	code   func(oidc.Grant) string
	outbox deliverer
}

func (b *browser) routes(api *httpapi.API) {
	api.Public("GET /oauth2/authorize", httpapi.Form(b.authorize))
	api.Foreign("POST /oauth2/authorize", httpapi.Form(b.authorizePosted))
	api.Public("POST /oauth2/consent", httpapi.Form(b.consent))
	api.Public("GET /oauth2/logout", httpapi.Form(b.logout))
	api.Foreign("POST /oauth2/logout", httpapi.Form(b.logoutPosted))
	api.Public("POST /oauth2/logout/confirm", httpapi.Form(b.logoutConfirmed))
	api.BeforeTerms("POST /v1/logout", httpapi.Event(ocsf.Logoff, httpapi.JSON(http.StatusNoContent, b.logoutHere)))
}
