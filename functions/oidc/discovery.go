package main

import (
	"context"
	"net/url"

	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/oidc"
)

// metadata is what clients learn of this provider (OpenID Connect Discovery 1.0, section 3; RFC 8414; RFC 9126, 9207 and 9449).
type metadata struct {
	Issuer        string `json:"issuer"`
	Authorization string `json:"authorization_endpoint"`
	Token         string `json:"token_endpoint"`
	UserInfo      string `json:"userinfo_endpoint"`
	JWKS          string `json:"jwks_uri"`
	Revocation    string `json:"revocation_endpoint"`
	Introspection string `json:"introspection_endpoint"`
	Pushed        string `json:"pushed_authorization_request_endpoint"`
	EndSession    string `json:"end_session_endpoint"`

	Scopes          []string `json:"scopes_supported"`
	Claims          []string `json:"claims_supported"`
	ResponseTypes   []string `json:"response_types_supported"`
	ResponseModes   []string `json:"response_modes_supported"`
	GrantTypes      []string `json:"grant_types_supported"`
	Prompts         []string `json:"prompt_values_supported"`
	ACRs            []string `json:"acr_values_supported"`
	SubjectTypes    []string `json:"subject_types_supported"`
	IDTokenAlgs     []string `json:"id_token_signing_alg_values_supported"`
	Challenges      []string `json:"code_challenge_methods_supported"`
	AuthMethods     []string `json:"token_endpoint_auth_methods_supported"`
	AuthAlgs        []string `json:"token_endpoint_auth_signing_alg_values_supported"`
	RevokeMethods   []string `json:"revocation_endpoint_auth_methods_supported"`
	RevokeAlgs      []string `json:"revocation_endpoint_auth_signing_alg_values_supported"`
	InspectMethods  []string `json:"introspection_endpoint_auth_methods_supported"`
	InspectAlgs     []string `json:"introspection_endpoint_auth_signing_alg_values_supported"`
	ProofAlgs       []string `json:"dpop_signing_alg_values_supported"`
	Locales         []string `json:"ui_locales_supported"`
	NamesIssuer     bool     `json:"authorization_response_iss_parameter_supported"`
	ClaimsParameter bool     `json:"claims_parameter_supported"` // false: claims come by scope, and of claims acr alone is read
	Request         bool     `json:"request_parameter_supported"`
	RequestURI      bool     `json:"request_uri_parameter_supported"`
	Backchannel     bool     `json:"backchannel_logout_supported"`
	BackchannelSID  bool     `json:"backchannel_logout_session_supported"`
}

func (h *handler) discovery(_ context.Context, c *httpapi.Call, _, _ url.Values) (httpapi.Reply, error) {
	at := func(verb string) string { return h.issuer + "/oauth2/" + verb }
	confidential := []string{string(oidc.ClientSecretBasic), string(oidc.ClientSecretPost), string(oidc.PrivateKeyJWT)}
	methods := append(confidential[:3:3], string(oidc.AuthNone))
	reply := httpapi.JSONReply(metadata{
		Issuer: h.issuer, Authorization: at("authorize"), Token: at("token"), UserInfo: at("userinfo"), JWKS: at("jwks"),
		Revocation: at("revoke"), Introspection: at("introspect"), Pushed: at("par"), EndSession: at("logout"),
		Scopes: oidc.Scopes(), Claims: oidc.ClaimNames(),
		ResponseTypes: []string{"code"}, ResponseModes: []string{"query"}, GrantTypes: []string{"authorization_code", "refresh_token"},
		Prompts: []string{oidc.PromptNone, oidc.PromptLogin, oidc.PromptConsent, oidc.PromptSelect, oidc.PromptCreate}, ACRs: []string{oidc.ACRPassword, oidc.ACRFactor},
		SubjectTypes: []string{"public", "pairwise"}, IDTokenAlgs: []string{"ES256", "RS256"}, Challenges: []string{"S256"},
		AuthMethods: methods, AuthAlgs: oidc.ProofAlgorithms(), RevokeMethods: methods, RevokeAlgs: oidc.ProofAlgorithms(),
		InspectMethods: confidential, InspectAlgs: oidc.ProofAlgorithms(), ProofAlgs: oidc.ProofAlgorithms(), Locales: []string{"en", "hi"},
		NamesIssuer: true, Backchannel: true, BackchannelSID: true,
	})
	return forAnybody(reply), nil
}

// forAnybody lets every page read an answer, and keep it for an hour: it is the same for all.
func forAnybody(r httpapi.Reply) httpapi.Reply {
	r.Header.Set("Access-Control-Allow-Origin", "*")
	r.Header.Set("Cache-Control", "public, max-age=3600")
	return r
}
