// Package oidc holds the rules of Central as an OpenID Provider: clients, requests, grants, scopes and claims, and the errors of RFC 6749.
// It follows OpenID Connect Core 1.0, RFC 9700 (security of OAuth 2.0), RFC 9207 and the FAPI 2.0 Security Profile. It knows the code
// flow alone.
package oidc

import "time"

// ClientID names a client: 26 characters from token.NewID.
type ClientID string

// AuthMethod is how a client proves itself at the token endpoint (OpenID Connect Core 1.0, section 9).
type AuthMethod string

const (
	AuthNone          AuthMethod = "none" // a public client: PKCE alone binds its code
	ClientSecretBasic AuthMethod = "client_secret_basic"
	ClientSecretPost  AuthMethod = "client_secret_post"
	PrivateKeyJWT     AuthMethod = "private_key_jwt"
)

// PKCEMode says whether a client must send a challenge (RFC 7636). Of challenges S256 alone is taken.
type PKCEMode string

const (
	PKCERequired PKCEMode = "required"
	PKCEOptional PKCEMode = "optional" // confidential clients alone, and a request without a challenge must have a nonce
	PKCEOff      PKCEMode = "off"      // confidential clients alone; doctor warns
)

// TokenForm is the form of a client's access tokens.
type TokenForm string

const (
	Opaque TokenForm = "opaque" // dies at once with its grant
	JWT    TokenForm = "jwt"    // RFC 9068, for an API that verifies by itself; lives until it expires
)

// Needs of a client: what an account must have before a code is issued.
const (
	NeedDetails = "details"
	NeedKYC     = "kyc"
)

// Client is a product or a third party that logs people in with Central.
type Client struct {
	ID         ClientID
	Name       string // as people read it
	FirstParty bool   // one of our own products: no consent is asked
	Disabled   bool
	Native     bool // an app on a device: loopback redirect URIs take any port (RFC 8252, section 7.3)

	Auth    AuthMethod
	Secrets []string // SHA-256 of the generated secrets, lower-case hex; at most two, the newest first
	JWKS    []byte   // JSON Web Key Set of a private_key_jwt client; nothing is fetched

	RedirectURIs     []string // compared letter for letter
	PostLogoutURIs   []string
	BackchannelURI   string   // gets logout tokens; "" for none
	InitiateLoginURI string   // begins a log-in at the client; "" for none
	Product          string   // code of the tile of the home page that leads to InitiateLoginURI; "" for none
	Origins          []string // of a public client's pages, which may call token and userinfo
	Scopes           []string // it may ask for
	Needs            []string // NeedDetails, NeedKYC
	IDTokenAlg       string   // ES256 or RS256
	AccessToken      TokenForm
	Audience         string // of JWT access tokens
	PKCE             PKCEMode
	PAR              bool // every request must be pushed (RFC 9126)
	DPoP             bool // every token must be bound to a key (RFC 9449)
	FAPI             bool // the FAPI 2.0 Security Profile: PAR, DPoP, private_key_jwt without RS256
	Offline          bool // may ask for offline_access
	Pairwise         bool // sub differs from that of every other client
	ClaimsInIDToken  bool
	DefaultMaxAge    time.Duration // 0 for none
	CreatedAt        time.Time
	UpdatedAt        time.Time
	Version          int // grows with each change
}

// Public reports a client that can keep no secret.
func (c Client) Public() bool { return c.Auth == AuthNone }
