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

var errUnmet = Refuse(UnmetAuthentication, "The account has no such means to log in.")

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
	return !v.LoggedInFor.IsZero() && !v.Session.ProvenAt.Before(v.LoggedInFor) && now.Sub(v.Session.ProvenAt) <= account.StepUpLife
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
	if v.lacksFactor() {
		switch {
		case v.Profile.Factors.Any() && !v.loggedInAnew(now):
			return StepLogin, nil
		case v.ACRDemanded:
			return "", errUnmet
		}
	}
	missing := account.Next(v.holder())
	switch {
	case missing == account.StepTerms:
		return StepTerms, nil
	case v.needs(NeedDetails) && v.Profile.Details.IsZero(), v.needs(NeedKYC) && v.Profile.Details.IsZero():
		return StepDetails, nil
	case v.needs(NeedKYC) && v.Profile.Verified.CaseNo == 0:
		return StepKYC, nil
	case v.needsConsent():
		return StepConsent, nil
	}
	return "", nil
}

func (v Visit) needs(need string) bool { return slices.Contains(v.Client.Needs, need) }

func (v Visit) holder() account.Profile {
	p := v.Profile
	p.TermsDue = v.Session.WaitsFor(p)
	return p
}

// wantsLogin reports that the client wants the holder to log in although somebody is logged in.
func (v Visit) wantsLogin(now time.Time) bool {
	if v.loggedInAnew(now) {
		return !v.Hinted
	}
	since := time.Duration(now.Unix()-v.Session.ProvenAt.Unix()) * time.Second
	return !v.Hinted || v.Asks(PromptLogin) || v.Asks(PromptSelect) || v.Asks(PromptCreate) || v.MaxAge == 0 || v.MaxAge > 0 && since > v.MaxAge
}

// lacksFactor reports that of the log-ins that the client would take the session is none. What we do not know is no wish that can be met.
func (v Visit) lacksFactor() bool {
	return len(v.ACR) > 0 && !slices.Contains(v.ACR, v.Proved())
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
