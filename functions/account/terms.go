package main

import (
	"context"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/httpapi"
)

type termsRequest struct {
	Version  string `json:"version"`
	Accepted bool   `json:"accepted"`
}

// acceptTerms writes down that the holder accepts the terms that are in force. Accepting them again changes nothing.
func (h *handler) acceptTerms(ctx context.Context, c *httpapi.Call, in termsRequest) (account.View, error) {
	var fields []fault.Field
	if !in.Accepted {
		fields = append(fields, fault.Field{Pointer: "/accepted", Code: "terms_not_accepted", Detail: "Accept the terms to go on."})
	}
	if in.Version != h.terms {
		fields = append(fields, fault.Field{Pointer: "/version", Code: "terms_outdated", Detail: "The terms have changed: read and accept version " + h.terms + "."})
	}
	if err := fault.InvalidFields(fields); err != nil {
		return account.View{}, err
	}
	if c.Profile.TermsVersion < h.terms {
		consent := account.Consent{Document: "terms", Version: in.Version, Locale: c.Profile.Locale, AcceptedAt: c.Now, IP: c.IP, UserAgent: c.UserAgent}
		p, err := h.store.AcceptTerms(ctx, c.Profile, consent, c.Seen("terms_accepted"), c.Now)
		if err != nil {
			return account.View{}, err
		}
		c.Profile = p
	}
	return view(c, c.Profile), nil
}

type consentView struct {
	Document   string    `json:"document"`
	Version    string    `json:"version"`
	SHA256     string    `json:"sha256,omitempty"`
	Locale     string    `json:"locale"`
	AcceptedAt time.Time `json:"acceptedAt"`
}

type consentsAnswer struct {
	Consents []consentView `json:"consents"`
}

// consents lists what the holder has accepted, the newest first.
func (h *handler) consents(ctx context.Context, c *httpapi.Call, _ httpapi.None) (consentsAnswer, error) {
	all, err := h.store.Consents(ctx, c.Profile.ID)
	answer := consentsAnswer{Consents: make([]consentView, len(all))}
	for i, one := range all {
		answer.Consents[len(all)-1-i] = consentView{one.Document, one.Version, one.Hash, one.Locale, one.AcceptedAt}
	}
	return answer, err
}
