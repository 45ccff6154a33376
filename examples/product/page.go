package main

import (
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"log"
	"net/http"
	"time"
)

//go:embed page.html
var pageHTML string

//go:embed changes.js
var changesJS []byte

var page = template.Must(template.New("page").Parse(pageHTML))

// person is what userinfo says of somebody, as far as the scopes go.
type person struct {
	Name    string `json:"name"`
	Email   string `json:"email"`
	Company string `json:"company"`
	KYC     string `json:"kyc_status"`
	// Verified says that an approved case holds: it is what opens the product. The status says what happens to the newest case.
	Verified bool `json:"kyc_verified"`
}

// Why says what keeps the product closed.
func (p person) Why() string {
	switch p.KYC {
	case "submitted", "under_review":
		return "Your KYC is with the reviewers."
	case "needs_info":
		return "A reviewer has asked you for something."
	case "rejected":
		return "Your KYC was not approved."
	case "expired", "suspended":
		return "Your KYC is no longer in force."
	default:
		return "Central has to know who you are first."
	}
}

type view struct {
	Person  *person
	Central string // its address
	Trouble string
}

// home shows who is logged in, as Central knows them now. A browser that is new here is sent to Central once, without a word.
func (p *product) home(w http.ResponseWriter, r *http.Request) {
	id := value(r, sessionCookie)
	s, ok := p.sessions.get(id)
	if !ok {
		if value(r, askedCookie) == "" {
			http.Redirect(w, r, "/login?prompt=none", http.StatusSeeOther)
			return
		}
		p.page(w, http.StatusOK, view{})
		return
	}
	who, err := p.person(r.Context(), id, s)
	switch {
	case errors.Is(err, errOver):
		p.sessions.end(id)
		p.page(w, http.StatusOK, view{})
	case err != nil:
		log.Print(err)
		p.page(w, http.StatusBadGateway, view{Trouble: "Central cannot be reached. Try again in a moment."})
	default:
		p.page(w, http.StatusOK, view{Person: &who})
	}
}

// changes tells the open page that something about its account has changed: server-sent events.
func (p *product) changes(w http.ResponseWriter, r *http.Request) {
	s, ok := p.sessions.get(value(r, sessionCookie))
	if !ok {
		http.Error(w, "not logged in", http.StatusUnauthorized)
		return
	}
	changed, leave := p.accounts.wait(s.sub)
	defer leave()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	fmt.Fprint(w, ": listening\n\n")
	http.NewResponseController(w).Flush()
	select {
	case <-r.Context().Done():
	case <-time.After(10 * time.Minute): // the browser comes again
	case <-changed:
		fmt.Fprint(w, "data: changed\n\n")
	}
}

func (p *product) page(w http.ResponseWriter, status int, v view) {
	v.Central = p.issuer
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'")
	w.WriteHeader(status)
	if err := page.Execute(w, v); err != nil {
		log.Print(err)
	}
}
