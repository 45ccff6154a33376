package main

import (
	"encoding/base64"
	"encoding/json"
	"log"
	"net/http"
	"strings"
	"time"
)

const leeway = 2 * time.Minute // between two clocks

// backchannelLogout obeys Central when a session has ended there: OpenID Connect Back-Channel Logout 1.0. The library checks signature, issuer,
// audience, expiry and event, and that there is no nonce.
func (p *product) backchannelLogout(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	raw := r.PostFormValue("logout_token")
	if headerType(raw) != "logout+jwt" {
		refuse(w, "this is no logout token")
		return
	}
	token, err := p.verifier.VerifyLogout(r.Context(), raw)
	if err != nil {
		refuse(w, err.Error())
		return
	}
	if age := time.Since(token.IssuedAt); age > leeway+5*time.Minute || age < -leeway {
		refuse(w, "this logout token is of another time")
		return
	}
	ended, first := p.sessions.endAll(token.TokenID, token.Expiry.Add(leeway), token.Subject, token.SessionID)
	if !first {
		refuse(w, "this logout token was here before")
		return
	}
	log.Printf("Central ended a session: %d ended here", ended)
	p.accounts.tell(token.Subject)
}

// headerType is the typ of a token, lower case. That the token holds is for others to say.
func headerType(raw string) string {
	first, _, _ := strings.Cut(raw, ".")
	text, _ := base64.RawURLEncoding.DecodeString(first)
	var header struct {
		Type string `json:"typ"`
	}
	json.Unmarshal(text, &header)
	return strings.ToLower(header.Type)
}

func refuse(w http.ResponseWriter, why string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusBadRequest)
	json.NewEncoder(w).Encode(map[string]string{"error": "invalid_request", "error_description": why})
}
