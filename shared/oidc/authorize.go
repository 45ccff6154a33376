package oidc

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// What a request for authorization may hold.
const (
	MaxRequest = 4 << 10 // bytes of its query; larger ones are pushed
	maxText    = 512     // bytes of state and nonce
)

// Values of prompt (OpenID Connect Core 1.0, section 3.1.2.1; Initiating User Registration 1.0).
const (
	PromptNone    = "none"
	PromptLogin   = "login"
	PromptConsent = "consent"
	PromptSelect  = "select_account"
	PromptCreate  = "create"
)

// Request is a request for authorization that its client may make.
type Request struct {
	Redirect    string
	State       string
	Nonce       string
	Scopes      []string // known ones that the client may have, in the order of Scopes
	Challenge   string
	JKT         string // thumbprint of the key that the code is bound to (RFC 9449, section 10)
	Prompt      []string
	MaxAge      time.Duration // negative where there is no limit
	ACR         []string      // wished for, or demanded
	ACRDemanded bool
	IDTokenHint string
	LoginHint   string
	Locales     []string
}

// Asks reports that the request has a value of prompt.
func (r Request) Asks(prompt string) bool { return slices.Contains(r.Prompt, prompt) }

// Place finds where the answer to a request goes: the client's redirect URI that the request names, and its state. An error of Place must
// never be told there.
func Place(v url.Values, c Client) (redirect, state string, err error) {
	if len(v["client_id"]) != 1 || len(v["redirect_uri"]) != 1 {
		return "", "", Refuse(InvalidRequest, "client_id and redirect_uri must be there once.")
	}
	if redirect = v.Get("redirect_uri"); !c.Redirects(redirect) {
		return "", "", Refuse(InvalidRequest, "The redirect_uri is not registered.")
	}
	if state = v.Get("state"); len(v["state"]) > 1 || len(state) > maxText {
		state = ""
	}
	return redirect, state, nil
}

// Read reads a request of a client for authorization, and says what is wrong with it in the words of RFC 6749. Whether its redirect URI is right
// is for Place to say first.
func Read(v url.Values, c Client) (Request, error) {
	if err := readable(v); err != nil {
		return Request{}, err
	}
	r := Request{
		Redirect: v.Get("redirect_uri"), State: v.Get("state"), Nonce: v.Get("nonce"), Challenge: v.Get("code_challenge"),
		JKT: v.Get("dpop_jkt"), Prompt: strings.Fields(v.Get("prompt")), MaxAge: -1, ACR: strings.Fields(v.Get("acr_values")),
		IDTokenHint: v.Get("id_token_hint"), LoginHint: v.Get("login_hint"), Locales: strings.Fields(v.Get("ui_locales")),
	}
	for _, check := range []func(url.Values, Client) error{r.readScopes, r.readProof, r.readPrompt, r.readAge, r.readACR} {
		if err := check(v, c); err != nil {
			return Request{}, err
		}
	}
	return r, nil
}

// readable holds what we do not know from what we do.
func readable(v url.Values) error {
	for name, values := range v {
		if len(values) > 1 {
			return Refuse(InvalidRequest, "A parameter is there twice.")
		}
		if (name == "state" || name == "nonce") && len(values[0]) > maxText {
			return Refuse(InvalidRequest, "state and nonce may have 512 bytes.")
		}
	}
	switch kind := v.Get("response_type"); {
	case kind == "":
		return Refuse(InvalidRequest, "response_type is missing.")
	case kind != "code":
		return Refuse(UnsupportedResponseType, "The response_type can be code alone.")
	case v.Has("request"):
		return Refuse(RequestNotSupported, "Push the request instead of sending it as an object.")
	case v.Has("request_uri"):
		return Refuse(RequestURINotSupported, "The request_uri is not one of a pushed request.")
	case v.Has("response_mode") && v.Get("response_mode") != "query":
		return Refuse(InvalidRequest, "The response_mode can be query alone.")
	}
	return nil
}

func (r *Request) readScopes(v url.Values, c Client) error {
	wished := strings.Fields(v.Get("scope"))
	if !slices.Contains(wished, ScopeOpenID) {
		return Refuse(InvalidScope, "The scope must have openid.")
	}
	for _, scope := range scopes {
		allowed := slices.Contains(c.Scopes, scope) || scope == ScopeOpenID
		if scope == ScopeOffline {
			allowed = c.Offline
		}
		if allowed && slices.Contains(wished, scope) {
			r.Scopes = append(r.Scopes, scope)
		}
	}
	return nil
}

// readProof reads what binds the code to who has asked for it: the challenge of PKCE, and the key of DPoP.
func (r *Request) readProof(v url.Values, c Client) error {
	method := v.Get("code_challenge_method")
	switch {
	case r.Challenge == "" && v.Has("code_challenge"), r.Challenge == "" && method != "":
		return Refuse(InvalidRequest, "code_challenge and code_challenge_method go together.")
	case r.Challenge != "" && method != "S256":
		return Refuse(InvalidRequest, "The code_challenge_method can be S256 alone.")
	case r.Challenge != "" && !isDigest(r.Challenge):
		return Refuse(InvalidRequest, "The code_challenge is not a SHA-256 in base64url.")
	case r.Challenge == "" && (c.PKCE == PKCERequired || c.PKCE == "" || c.Public()):
		return Refuse(InvalidRequest, "This client must send a code_challenge.")
	case r.Challenge == "" && c.PKCE == PKCEOptional && r.Nonce == "":
		return Refuse(InvalidRequest, "This client must send a code_challenge or a nonce.")
	case v.Has("dpop_jkt") && !isDigest(r.JKT):
		return Refuse(InvalidRequest, "The dpop_jkt is not a SHA-256 in base64url.")
	}
	return nil
}

// isDigest reports a SHA-256 in base64url, in its one spelling.
func isDigest(s string) bool {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(s)
	return err == nil && len(raw) == sha256.Size && len(s) == 43
}

func (r *Request) readPrompt(url.Values, Client) error {
	known := []string{PromptNone, PromptLogin, PromptConsent, PromptSelect, PromptCreate}
	for _, prompt := range r.Prompt {
		if !slices.Contains(known, prompt) {
			return Refuse(InvalidRequest, "A value of prompt is not known.")
		}
	}
	if r.Asks(PromptNone) && len(r.Prompt) > 1 {
		return Refuse(InvalidRequest, "With none, prompt can have no other value.")
	}
	return nil
}

// longestAge keeps a duration from overflowing: nobody means more than a hundred years.
const longestAge = 100 * 365 * 24 * 3600

func (r *Request) readAge(v url.Values, c Client) error {
	if c.DefaultMaxAge > 0 {
		r.MaxAge = c.DefaultMaxAge
	}
	if !v.Has("max_age") {
		return nil
	}
	seconds, err := strconv.ParseUint(v.Get("max_age"), 10, 63)
	if err != nil {
		return Refuse(InvalidRequest, "The max_age is not a number of seconds.")
	}
	r.MaxAge = time.Duration(min(seconds, longestAge)) * time.Second
	return nil
}

// claimsRequest is what we look at in the parameter claims (OpenID Connect Core 1.0, section 5.5): what a log-in has to have proved.
type claimsRequest struct {
	IDToken struct {
		ACR *struct {
			Essential bool     `json:"essential"`
			Value     string   `json:"value"`
			Values    []string `json:"values"`
		} `json:"acr"`
	} `json:"id_token"`
}

func (r *Request) readACR(v url.Values, _ Client) error {
	if !v.Has("claims") {
		return nil
	}
	var asked claimsRequest
	if err := json.Unmarshal([]byte(v.Get("claims")), &asked); err != nil {
		return Refuse(InvalidRequest, "The claims are not a JSON object of their form.").Because(err)
	}
	if acr := asked.IDToken.ACR; acr != nil {
		r.ACR, r.ACRDemanded = acr.Values, acr.Essential
		if acr.Value != "" {
			r.ACR = append(r.ACR, acr.Value)
		}
	}
	return nil
}

// Answer is a redirect URI with the parameters of an answer behind those that it has.
func Answer(redirect string, answer url.Values) string {
	mark := "?"
	if strings.Contains(redirect, "?") {
		mark = "&"
	}
	return redirect + mark + answer.Encode()
}

// Digest is of what a request asks for, whatever the order of its parameters. Those named in without are ours.
func Digest(v url.Values, without ...string) string {
	asked := url.Values{}
	for name, values := range v {
		if !slices.Contains(without, name) {
			asked[name] = values
		}
	}
	sum := sha256.Sum256([]byte(asked.Encode()))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
