package oidc

import (
	"crypto/sha256"
	"encoding/base64"
	"time"

	"phonon.in/central/shared/account"
)

// Lives of what a grant yields.
const (
	CodeLife        = 60 * time.Second
	AccessLife      = 10 * time.Minute // opaque
	JWTAccessLife   = 5 * time.Minute
	IDTokenLife     = 10 * time.Minute
	LogoutTokenLife = 2 * time.Minute
	RefreshGrace    = 30 * time.Second // a lost answer may be asked for again
	OfflineIdle     = 30 * 24 * time.Hour
	OfflineMost     = 365 * 24 * time.Hour // however often it is used
	PushedLife      = 90 * time.Second
	PushedWaits     = 10 * time.Minute // once a person is asked to log in
)

// GrantsKept is how many grants of one session a client has at most; the oldest ends when another code is redeemed.
const GrantsKept = 20

// OfflineSession is the Session of a grant that outlives the log-in (offline_access).
const OfflineSession = "offline"

// Grant is what one authorization gave to one client: it is born with its code, and all tokens of it die with it.
type Grant struct {
	ID        string // 26 characters from token.NewID
	Account   account.ID
	Client    ClientID
	Session   string // digest of the session it belongs to, or OfflineSession
	Scopes    []string
	Nonce     string // as the client sent it
	Redirect  string // the redirect URI of the request
	Challenge string // S256; "" where the client sent none
	ACR       string
	AMR       []string // RFC 8176
	JKT       string   // thumbprint of the key that the code or a public client's refresh token is bound to (RFC 9449); "" for none
	Resource  string

	AuthTime          time.Time // when the holder proved password, passkey or second factor last
	CreatedAt         time.Time
	CodeExpiresAt     time.Time
	RedeemedAt        time.Time // zero until the code was redeemed
	Generation        int       // of the refresh token that is valid
	RotatedAt         time.Time // when Generation was made
	UsedAt            time.Time // when the grant last yielded a token
	CredentialVersion int       // of the account when it was made: a new password ends it
	ExpiresAt         time.Time // with its session, or OfflineIdle after its last use
}

// SID is what a grant's session is called in ID and logout tokens, and in the grant's key: never the session's digest itself.
func SID(session string) string {
	if session == OfflineSession {
		return OfflineSession
	}
	sum := sha256.Sum256([]byte("central sid " + session))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}
