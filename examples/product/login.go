package main

import (
	"context"
	"crypto/rand"
	"errors"
	"log"
	"net/http"
	"net/url"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// login sends the browser to Central. With prompt=none Central answers at once, and shows no page: who is logged in there is logged in here. With
// prompt=create it begins with the sign-up.
func (p *product) login(w http.ResponseWriter, r *http.Request) {
	begun := attempt{state: rand.Text(), nonce: rand.Text(), verifier: oauth2.GenerateVerifier()}
	options := []oauth2.AuthCodeOption{oidc.Nonce(begun.nonce), oauth2.S256ChallengeOption(begun.verifier)}
	if prompt := r.FormValue("prompt"); prompt == "none" || prompt == "create" {
		options = append(options, oauth2.SetAuthURLParam("prompt", prompt))
	}
	p.remember(w, attemptCookie, p.sessions.begin(begun))
	http.Redirect(w, r, p.oauth.AuthCodeURL(begun.state, options...), http.StatusSeeOther)
}

// callback takes Central's answer: only that to the question which this browser asked, and only once.
func (p *product) callback(w http.ResponseWriter, r *http.Request) {
	begun, ok := p.sessions.finish(value(r, attemptCookie))
	answer := r.URL.Query()
	if !ok || answer.Get("state") != begun.state || answer.Get("iss") != p.issuer {
		p.page(w, http.StatusBadRequest, view{Trouble: "This log-in did not begin in this browser, or took too long."})
		return
	}
	p.remember(w, askedCookie, "yes") // whatever the answer is, it is not asked for again without a word
	switch code := answer.Get("error"); code {
	case "":
	case "login_required", "interaction_required", "consent_required", "access_denied":
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	default:
		log.Printf("Central refused a log-in: %s: %s", code, answer.Get("error_description"))
		p.page(w, http.StatusBadGateway, view{Trouble: "Central could not log you in."})
		return
	}
	s, err := p.redeem(r.Context(), answer.Get("code"), begun)
	if err != nil {
		log.Print(err)
		p.page(w, http.StatusBadGateway, view{Trouble: "Central could not log you in."})
		return
	}
	p.sessions.end(value(r, sessionCookie))
	p.remember(w, sessionCookie, p.sessions.open(s))
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (p *product) redeem(ctx context.Context, code string, begun attempt) (session, error) {
	token, err := p.oauth.Exchange(ctx, code, oauth2.VerifierOption(begun.verifier))
	if err != nil {
		return session{}, err
	}
	raw, _ := token.Extra("id_token").(string)
	idToken, err := p.verifier.Verify(ctx, raw)
	if err != nil {
		return session{}, err
	}
	if idToken.Nonce != begun.nonce {
		return session{}, errors.New("an ID token has the nonce of another log-in")
	}
	var claims struct {
		SID string `json:"sid"`
	}
	if err := idToken.Claims(&claims); err != nil {
		return session{}, err
	}
	return session{sub: idToken.Subject, sid: claims.SID, idToken: raw, token: token}, nil
}

// logout ends the session here, and then Central's.
func (p *product) logout(w http.ResponseWriter, r *http.Request) {
	s, ok := p.sessions.get(value(r, sessionCookie))
	p.sessions.end(value(r, sessionCookie))
	if !ok {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	to := url.Values{"id_token_hint": {s.idToken}, "client_id": {p.oauth.ClientID}, "post_logout_redirect_uri": {p.url + "/"}}
	http.Redirect(w, r, p.endSession+"?"+to.Encode(), http.StatusSeeOther)
}

var errOver = errors.New("the session at Central is over")

// person asks Central who somebody is now. It returns errOver when Central has ended the session.
func (p *product) person(ctx context.Context, id string, s session) (who person, err error) {
	info, err := p.userInfo(ctx, id, s.token)
	var refused *oauth2.RetrieveError
	if err != nil && !errors.As(err, &refused) { // an access token can be over before its time: one more, and Central says why
		info, err = p.userInfo(ctx, id, &oauth2.Token{RefreshToken: s.token.RefreshToken})
	}
	if errors.As(err, &refused) && refused.ErrorCode == "invalid_grant" {
		return who, errOver
	}
	if err != nil {
		return who, err
	}
	return who, info.Claims(&who)
}

// userInfo renews an access token that has ended, and keeps the new one with the refresh token to use next.
func (p *product) userInfo(ctx context.Context, id string, token *oauth2.Token) (*oidc.UserInfo, error) {
	token, err := p.oauth.TokenSource(ctx, token).Token()
	if err != nil {
		return nil, err
	}
	p.sessions.renew(id, token)
	return p.central.UserInfo(ctx, oauth2.StaticTokenSource(token))
}
