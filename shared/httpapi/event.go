package httpapi

import (
	"net/http"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/ocsf"
)

// Event makes an endpoint whose success, and whose refusal of a proof, is a security event of the kind. What is no proof, such as a limit
// or a body that is not right, is in the log of requests alone: a wave of them is not a thousand events.
func Event(kind ocsf.Kind, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		callOf(r.Context()).event = &kind
		h.ServeHTTP(w, r)
	})
}

// About says whose account the event of this request is about, where its holder is not logged in.
func (c *Call) About(id account.ID) { c.about = id }

// Denied makes a security event of this request: it asked for what the account has no right to. The answer need not say so.
func (c *Call) Denied() { c.event, c.denied = &ocsf.Privileges, true }

// secure writes the security event of a request that is one.
func (a *API) secure(c *Call, s *status) {
	if c.event == nil {
		return
	}
	e := ocsf.Event{Kind: *c.event, At: c.Now, Account: string(c.about), Request: c.RequestID}
	if c.about == "" {
		e.Account = string(c.Profile.ID)
	}
	if s.fault != nil {
		if !c.denied && !refusedProof(s.fault) {
			return
		}
		e.Failed, e.Code = true, s.fault.Code
	}
	e.Log(c.r.Context(), a.Log)
}

// refusedProof reports that something was shown that does not open anything: a password, a code, a link.
func refusedProof(f *fault.Error) bool {
	switch f.Code {
	case "second_factor_required", "step_up_required": // more is asked for
		return false
	case "code_wrong", "code_used", "recovery_code_wrong", "link_invalid":
		return true
	}
	switch f.Kind {
	case fault.Unauthenticated, fault.Forbidden, fault.Gone:
		return true
	}
	return false
}
