// A product that logs people in with Central, by coreos/go-oidc and golang.org/x/oauth2. Settings: CENTRAL_ISSUER, CLIENT_ID, CLIENT_SECRET,
// REDIRECT_URI, POST_LOGOUT_URI, ADDRESS.
package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// session is what the product keeps of a browser: while it logs in, what the answer must fit; after that, its tokens.
type session struct {
	state, nonce, verifier string
	token                  *oauth2.Token
	idToken                string
}

type product struct {
	oauth      oauth2.Config
	central    *oidc.Provider
	endSession string
	mu         sync.Mutex
	sessions   map[string]session // yours are in a database
}

func main() {
	ctx := context.Background()
	central, err := oidc.NewProvider(ctx, os.Getenv("CENTRAL_ISSUER"))
	if err != nil {
		log.Fatal(err)
	}
	var more struct {
		EndSession string `json:"end_session_endpoint"`
	}
	if err := central.Claims(&more); err != nil {
		log.Fatal(err)
	}
	endpoint := central.Endpoint()
	if endpoint.AuthStyle = oauth2.AuthStyleInHeader; os.Getenv("CLIENT_SECRET") == "" { // a public client
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	p := &product{central: central, endSession: more.EndSession, sessions: map[string]session{}, oauth: oauth2.Config{
		ClientID: os.Getenv("CLIENT_ID"), ClientSecret: os.Getenv("CLIENT_SECRET"), RedirectURL: os.Getenv("REDIRECT_URI"), Endpoint: endpoint,
		Scopes: []string{"openid", "email", "profile", "account", "kyc"},
	}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /login", p.login)
	mux.HandleFunc("GET /callback", p.callback)
	mux.HandleFunc("GET /me", p.me)
	mux.HandleFunc("POST /refresh", p.refresh)
	mux.HandleFunc("POST /logout", p.logout)
	log.Fatal(http.ListenAndServe(os.Getenv("ADDRESS"), http.NewCrossOriginProtection().Handler(mux)))
}

func (p *product) login(w http.ResponseWriter, r *http.Request) {
	s := session{state: rand.Text(), nonce: rand.Text(), verifier: oauth2.GenerateVerifier()}
	p.begin(w, s)
	http.Redirect(w, r, p.oauth.AuthCodeURL(s.state, oidc.Nonce(s.nonce), oauth2.S256ChallengeOption(s.verifier)), http.StatusSeeOther)
}

func (p *product) callback(w http.ResponseWriter, r *http.Request) {
	_, begun := p.session(r)
	answer := r.URL.Query()
	if begun.state == "" || answer.Get("state") != begun.state || answer.Get("iss") != os.Getenv("CENTRAL_ISSUER") {
		http.Error(w, "this log-in did not begin here", http.StatusBadRequest)
		return
	}
	if code := answer.Get("error"); code != "" { // access_denied: somebody changed their mind
		http.Error(w, code, http.StatusForbidden)
		return
	}
	token, err := p.oauth.Exchange(r.Context(), answer.Get("code"), oauth2.VerifierOption(begun.verifier))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	raw, _ := token.Extra("id_token").(string)
	idToken, err := p.central.Verifier(&oidc.Config{ClientID: p.oauth.ClientID}).Verify(r.Context(), raw)
	if err != nil || idToken.Nonce != begun.nonce {
		http.Error(w, "the ID token does not hold", http.StatusBadGateway)
		return
	}
	p.begin(w, session{token: token, idToken: raw}) // idToken.Subject is who it is
	http.Redirect(w, r, "/me", http.StatusSeeOther)
}

func (p *product) me(w http.ResponseWriter, r *http.Request) {
	id, s := p.session(r)
	if s.token == nil {
		http.Error(w, "not logged in", http.StatusUnauthorized)
		return
	}
	claims, err := p.claims(r.Context(), id, s, s.token)
	var refused *oauth2.RetrieveError
	if err != nil && !errors.As(err, &refused) { // an access token can be over before its time: one more, and Central says why
		claims, err = p.claims(r.Context(), id, s, &oauth2.Token{RefreshToken: s.token.RefreshToken})
	}
	p.answer(w, id, claims, err)
}

func (p *product) refresh(w http.ResponseWriter, r *http.Request) {
	id, s := p.session(r)
	if s.token == nil {
		http.Error(w, "not logged in", http.StatusUnauthorized)
		return
	}
	token, err := p.fresh(r.Context(), id, s, &oauth2.Token{RefreshToken: s.token.RefreshToken})
	if err != nil {
		p.answer(w, id, nil, err)
		return
	}
	p.answer(w, id, map[string]any{"expires": token.Expiry}, nil)
}

// claims are what Central knows of the person now.
func (p *product) claims(ctx context.Context, id string, s session, token *oauth2.Token) (claims map[string]any, err error) {
	if token, err = p.fresh(ctx, id, s, token); err != nil {
		return nil, err
	}
	info, err := p.central.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return nil, err
	}
	return claims, info.Claims(&claims)
}

// fresh renews an access token that has ended, and keeps the new one with the refresh token to use next.
func (p *product) fresh(ctx context.Context, id string, s session, token *oauth2.Token) (*oauth2.Token, error) {
	token, err := p.oauth.TokenSource(ctx, token).Token()
	if err == nil {
		s.token = token
		p.keep(id, s)
	}
	return token, err
}

func (p *product) answer(w http.ResponseWriter, id string, body map[string]any, err error) {
	var refused *oauth2.RetrieveError
	switch {
	case errors.As(err, &refused) && refused.ErrorCode == "invalid_grant": // Central has ended the session
		p.end(id)
		http.Error(w, "log in again", http.StatusUnauthorized)
	case err != nil:
		http.Error(w, "try again", http.StatusBadGateway)
	default:
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(body)
	}
}

func (p *product) logout(w http.ResponseWriter, r *http.Request) {
	id, s := p.session(r)
	p.end(id)
	to := url.Values{"client_id": {p.oauth.ClientID}, "id_token_hint": {s.idToken}, "post_logout_redirect_uri": {os.Getenv("POST_LOGOUT_URI")}}
	http.Redirect(w, r, p.endSession+"?"+to.Encode(), http.StatusSeeOther)
}

// begin makes a session under a new name: one that somebody knew before the log-in is worth nothing after it.
func (p *product) begin(w http.ResponseWriter, s session) {
	id := rand.Text()
	p.keep(id, s)
	http.SetCookie(w, &http.Cookie{
		Name: "product", Value: id, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: strings.HasPrefix(p.oauth.RedirectURL, "https:"),
	})
}

func (p *product) session(r *http.Request) (string, session) {
	cookie, err := r.Cookie("product")
	if err != nil {
		return "", session{}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return cookie.Value, p.sessions[cookie.Value]
}

func (p *product) keep(id string, s session) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sessions[id] = s
}

func (p *product) end(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.sessions, id)
}
