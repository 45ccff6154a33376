package oidc

import (
	"slices"
	"time"

	"phonon.in/central/shared/account"
)

// Step is what a person has to do before a code is issued; "" is nothing.
type Step string

const (
	StepLogin   Step = "login"
	StepTerms   Step = "terms"
	StepDetails Step = "details"
	StepKYC     Step = "kyc"
	StepConsent Step = "consent"
)

// refusals are what a client gets to know that wants nobody to be asked (prompt=none).
var refusals = map[Step]*Error{
	StepLogin:   Refuse(LoginRequired, "Somebody has to log in."),
	StepTerms:   Refuse(InteractionRequired, "The terms have to be accepted."),
	StepDetails: Refuse(InteractionRequired, "Account details are missing."),
	StepKYC:     Refuse(InteractionRequired, "The KYC is not approved."),
	StepConsent: Refuse(ConsentRequired, "The holder has not allowed this."),
}

var (
	errUnmet = Refuse(UnmetAuthentication, "The account has no such means to log in.")
	errOther = Refuse(LoginRequired, "Somebody else has logged in.")
)

// Visit is a request with the person whose browser has brought it.
type Visit struct {
	Request
	Authorization           // as it was read; what is absent is zero
	LoggedInFor   time.Time // the log-in that we sent this very request to began after that; zero where we sent it to none
	Hinted        bool      // id_token_hint, where there is one, is about this account
	Consented     bool      // by the answer to the question about this very request
}

// loggedIn reports a session that this request may use.
func (v Visit) loggedIn(now time.Time) bool {
	return v.Session.Digest != "" && v.Session.Open(v.Profile, now)
}

// loggedInAnew reports that the holder has logged in for this very request. The log-in counts as long as it would let them do what may do harm.
func (v Visit) loggedInAnew(now time.Time) bool {
	return !v.LoggedInFor.IsZero() && v.Session.ProvenAt.After(v.LoggedInFor) && now.Sub(v.Session.ProvenAt) <= account.StepUpLife
}

// Next is what has to happen before a code is issued, decided anew by whoever is logged in now. An error is for the client.
func (v Visit) Next(now time.Time) (Step, error) {
	step, err := v.next(now)
	if err == nil && step != "" && v.Asks(PromptNone) {
		return step, refusals[step]
	}
	return step, err
}

func (v Visit) next(now time.Time) (Step, error) {
	if !v.loggedIn(now) || v.wantsLogin(now) {
		return StepLogin, nil
	}
	switch lacks := len(v.ACR) > 0 && !slices.Contains(v.ACR, v.Proved()); {
	case !v.Hinted:
		return "", errOther
	case lacks && slices.Contains(v.ACR, ACRFactor) && v.Profile.Factors.Any() && !v.loggedInAnew(now):
		return StepLogin, nil
	case lacks && v.ACRDemanded:
		return "", errUnmet
	case v.Session.WaitsFor(v.Profile) != "":
		return StepTerms, nil
	case len(v.Client.Needs) > 0 && v.Profile.Details.IsZero():
		return StepDetails, nil
	case slices.Contains(v.Client.Needs, NeedKYC) && v.Profile.Verified.CaseNo == 0:
		return StepKYC, nil
	case v.needsConsent():
		return StepConsent, nil
	}
	return "", nil
}

// wantsLogin reports that the client wants the holder to log in although somebody is logged in.
func (v Visit) wantsLogin(now time.Time) bool {
	if v.loggedInAnew(now) {
		return false
	}
	since := time.Duration(now.Unix()-v.Session.ProvenAt.Unix()) * time.Second
	return !v.Hinted || v.Asks(PromptLogin) || v.Asks(PromptSelect) || v.Asks(PromptCreate) || v.MaxAge == 0 || v.MaxAge > 0 && since > v.MaxAge
}

// Proved is the acr of the session.
func (v Visit) Proved() string {
	if v.Session.ProvenBy == account.ByFactor {
		return ACRFactor
	}
	return ACRPassword
}

// Methods are those of the session (RFC 8176).
func (v Visit) Methods() []string {
	if v.Session.ProvenBy == account.ByFactor {
		return []string{"mfa"}
	}
	return []string{"pwd"}
}

// needsConsent reports that the holder has to be asked. Nobody is asked about our own products.
func (v Visit) needsConsent() bool {
	if v.Client.FirstParty || v.Consented {
		return false
	}
	return v.Asks(PromptConsent) || len(v.New()) > 0
}

// New are the scopes that the holder has not allowed the client yet.
func (v Visit) New() []string {
	var fresh []string
	for _, scope := range v.Scopes {
		if !slices.Contains(v.App.Scopes, scope) {
			fresh = append(fresh, scope)
		}
	}
	return fresh
}
