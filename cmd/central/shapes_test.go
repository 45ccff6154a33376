package main

import (
	"time"

	"phonon.in/central/cmd/central/console"
	"phonon.in/central/shared/account"
	"phonon.in/central/shared/event"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/oidc"
)

// What commands print with --json, as far as tests look at it: a program that reads it sees no more of a command than this.
type (
	accountView struct {
		ID                           account.ID
		Email, FirstName, Phone, KYC string
		Sessions                     int
		LastActivity                 *struct{ Kind string }
	}
	accountList struct {
		Accounts []struct {
			ID           account.ID
			Email, Phone string
		}
		Next account.ID
	}
	caseView struct {
		Account               account.ID
		Reference, EntityType string
		No                    int
		Status                kyc.Status
		Lane                  kyc.Lane
		DueAt                 *time.Time
	}
	caseLine     struct{ Account account.ID }
	caseExported struct {
		Reference      string
		Records, Pages int
	}
	clientView struct {
		ID                   oidc.ClientID
		Secret, Issuer, PKCE string
		Redirects            []string
		Disabled             bool
	}
	keyView struct {
		ID         string `json:"kid"`
		Alg, State string
	}
	queuedView struct {
		ID, To, Reason string
		Kind           message.Kind
		Attempts       int
		DueAt          *time.Time
	}
	retried struct {
		Queued, Useless []string
		DryRun          bool
	}
	toldView struct {
		ID   string
		Type event.Type
		Time time.Time
	}
	replayed struct {
		console.Audit
		Events, Accounts int
		Types            map[event.Type]int
	}
	reviewerView struct {
		Email, By, Reason string
		Lead              bool
		AddedAt           time.Time
	}
	exported struct {
		Files int `json:"filesDownloaded"`
	}
	export struct {
		Account                      struct{ Email string }
		Consents, Activity, Sessions []any
		Told                         []any `json:"toldToProducts"`
		Apps                         []struct{ Client oidc.ClientID }
		KYC                          []struct {
			Reference string
			Documents []struct {
				ID, File string
				Bytes    int64
			}
		}
	}
	journeyView struct {
		Account, Error string
		Steps          []any
		Erased         bool
	}
	publication struct {
		Current string
		Written bool
	}
)
