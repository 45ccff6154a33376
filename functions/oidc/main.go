// Command oidc is the Lambda for Central as an OpenID Provider: what products and other parties log people in with.
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
	"phonon.in/central/shared/backchannel"
	"phonon.in/central/shared/env"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/jose"
	"phonon.in/central/shared/obs"
	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/outbox"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/token"
)

func main() { apigw.Start(setup, secret.ReadEdge) }

func setup(ctx context.Context) (http.Handler, error) {
	log := obs.Setup(os.Stdout, "oidc")
	r := env.New(os.LookupEnv)
	publicURL := r.Origin("PUBLIC_URL")
	users, tokens := r.Text("USERS_TABLE"), r.Text("TOKENS_TABLE")
	secretID, signingID, terms := r.Text("SECRET_ID"), r.Text("SIGNING_SECRET_ID"), r.Text("TERMS_VERSION")
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
	s := store.New(db, users, tokens)
	h := &handler{store: s, keys: app.Keys, signing: signing, issuer: publicURL}
	api := h.routes(httpapi.Config{PublicURL: publicURL, Now: time.Now, Sessions: s, Limits: s, Terms: terms, RequestID: apigw.RequestID, Log: log})
	b := &browser{store: s, keys: app.Keys, issuer: publicURL, hint: h.hint, code: h.code, outbox: &outbox.Outbox{
		Store: s, Log: log, Clients: backchannel.New(s, signing, publicURL, time.Now),
	}}
	b.routes(api)
	return api, nil
}

type grants interface {
	Clients(ctx context.Context) ([]oidc.Client, error)
	TokenState(ctx context.Context, ref oidc.GrantRef, client oidc.ClientID) (oidc.TokenState, error)
	RedeemCode(ctx context.Context, g oidc.Grant, spend []oidc.Spent, now time.Time) (oidc.Grant, error)
	RotateGrant(ctx context.Context, g oidc.Grant, presented int, spend []oidc.Spent, now time.Time) (oidc.Grant, error)
	UseGrant(ctx context.Context, g oidc.Grant, spend []oidc.Spent, now time.Time) (oidc.Grant, error)
	RevokeGrant(ctx context.Context, ref oidc.GrantRef) error
	ThinGrants(ctx context.Context, g oidc.Grant) error
	SpendProofs(ctx context.Context, proofs ...oidc.Spent) error
	Push(ctx context.Context, p oidc.Pushed, spend []oidc.Spent) error
	NoteActivity(ctx context.Context, id account.ID, seen account.Activity) error
}

// handler answers what clients call: metadata, keys, tokens.
type handler struct {
	store   grants
	keys    token.Keyring // of codes, refresh tokens and opaque access tokens
	signing jose.Keyset   // of ID tokens, and access tokens that are JWTs
	issuer  string        // PUBLIC_URL
}
