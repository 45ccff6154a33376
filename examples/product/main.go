// Command product is a small product beside Central, as a team would begin one: people log in with their Central Account, it opens once their
// KYC is approved, and closes when Central says so. It speaks OpenID Connect and reads a queue; nothing in it is Central's own.
//
// Settings: CENTRAL_ISSUER, CLIENT_ID, CLIENT_SECRET (none for a public client), PRODUCT_URL (where people find it), ADDRESS (where it listens); EVENTS_QUEUE_URL and
// what AWS's SDK reads, for the events of accounts.
package main

import (
	"context"
	"errors"
	"log"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

type product struct {
	url        string
	issuer     string
	central    *oidc.Provider
	verifier   *oidc.IDTokenVerifier
	oauth      oauth2.Config
	endSession string
	sessions   *sessions
	accounts   *accounts
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p, err := newProduct(ctx)
	if err != nil {
		log.Fatal(err)
	}
	if queue := os.Getenv("EVENTS_QUEUE_URL"); queue != "" {
		go p.readEvents(ctx, queue)
	}
	server := &http.Server{Addr: os.Getenv("ADDRESS"), Handler: p.handler(), ReadHeaderTimeout: 10 * time.Second}
	go func() {
		<-ctx.Done()
		server.Close()
	}()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
}

func newProduct(ctx context.Context) (*product, error) {
	central, err := oidc.NewProvider(ctx, os.Getenv("CENTRAL_ISSUER"))
	if err != nil {
		return nil, err
	}
	var more struct {
		EndSession string `json:"end_session_endpoint"`
	}
	if err := central.Claims(&more); err != nil {
		return nil, err
	}
	endpoint := central.Endpoint()
	endpoint.AuthStyle = oauth2.AuthStyleInHeader
	if os.Getenv("CLIENT_SECRET") == "" {
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	url := strings.TrimSuffix(os.Getenv("PRODUCT_URL"), "/")
	return &product{
		url: url, issuer: os.Getenv("CENTRAL_ISSUER"), central: central, endSession: more.EndSession, sessions: newSessions(), accounts: newAccounts(),
		verifier: central.Verifier(&oidc.Config{ClientID: os.Getenv("CLIENT_ID")}),
		oauth: oauth2.Config{
			ClientID: os.Getenv("CLIENT_ID"), ClientSecret: os.Getenv("CLIENT_SECRET"), Endpoint: endpoint, RedirectURL: url + "/callback",
			Scopes: []string{oidc.ScopeOpenID, "profile", "email", "account", "kyc"},
		},
	}, nil
}

func (p *product) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.home)
	mux.HandleFunc("GET /changes", p.changes)
	mux.HandleFunc("GET /changes.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		w.Write(changesJS)
	})
	mux.HandleFunc("GET /login", p.login)
	mux.HandleFunc("GET /callback", p.callback)
	mux.HandleFunc("POST /logout", p.logout)
	mux.HandleFunc("POST /backchannel-logout", p.backchannelLogout)
	return http.NewCrossOriginProtection().Handler(mux)
}
