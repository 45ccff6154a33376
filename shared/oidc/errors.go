package oidc

import "strings"

// Code is an error code of RFC 6749 or of a specification that extends it.
type Code string

const (
	InvalidRequest          Code = "invalid_request"
	InvalidClient           Code = "invalid_client"
	InvalidGrant            Code = "invalid_grant"
	InvalidScope            Code = "invalid_scope"
	InvalidToken            Code = "invalid_token"      // RFC 6750
	InsufficientScope       Code = "insufficient_scope" // RFC 6750
	InvalidDPoPProof        Code = "invalid_dpop_proof" // RFC 9449
	UnauthorizedClient      Code = "unauthorized_client"
	UnsupportedGrantType    Code = "unsupported_grant_type"
	UnsupportedResponseType Code = "unsupported_response_type"
	AccessDenied            Code = "access_denied"
	SlowDown                Code = "slow_down" // RFC 8628, for whoever meets a limit
	ServerError             Code = "server_error"
	TemporarilyUnavailable  Code = "temporarily_unavailable"
	LoginRequired           Code = "login_required" // OpenID Connect Core 1.0, section 3.1.2.6
	ConsentRequired         Code = "consent_required"
	InteractionRequired     Code = "interaction_required"
	RequestNotSupported     Code = "request_not_supported"
	RequestURINotSupported  Code = "request_uri_not_supported"
	UnmetAuthentication     Code = "unmet_authentication_requirements"
)

// Error is what a client gets to know. Description is ours, of the letters that RFC 6749 allows, and repeats nothing that was sent.
type Error struct {
	Code        Code
	Description string
	Scheme      string // of HTTP authentication that the client is asked for: SchemeBearer or SchemeDPoP; "" for none
	Cause       error  // for the log alone
}

// Schemes of HTTP authentication at what a token opens.
const (
	SchemeBearer = "Bearer"
	SchemeDPoP   = "DPoP"
)

func (e *Error) Error() string { return string(e.Code) + ": " + e.Description }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Refuse makes an error.
func Refuse(code Code, description string) *Error {
	return &Error{Code: code, Description: description}
}

// Because returns a copy with a cause for the log.
func (e *Error) Because(cause error) *Error {
	copied := *e
	copied.Cause = cause
	return &copied
}

// At returns a copy that is answered where a token is asked for by this scheme.
func (e *Error) At(scheme string) *Error {
	copied := *e
	copied.Scheme = scheme
	return &copied
}

// Challenge is the WWW-Authenticate that goes with the error: Basic where a client has not proven itself, and otherwise the scheme of the
// token (RFC 6750, section 3; RFC 9449, section 7.1).
func (e *Error) Challenge() string {
	if e.Scheme == "" {
		return `Basic realm="central"`
	}
	challenge := e.Scheme + ` realm="central", error="` + string(e.Code) + `", error_description="` + e.Description + `"`
	if e.Scheme == SchemeDPoP {
		challenge += `, algs="` + strings.Join(ProofAlgorithms(), " ") + `"`
	}
	return challenge
}
