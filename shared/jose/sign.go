package jose

import (
	"encoding/json"
	"fmt"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/cryptosigner"
)

// Types of what is signed (RFC 8725, section 3.11): what was made for one use is nothing for another.
const (
	TypeID        = "JWT"        // an ID token
	TypeAccess    = "at+jwt"     // an access token (RFC 9068)
	TypeLogout    = "logout+jwt" // OpenID Connect Back-Channel Logout 1.0, section 2.4
	TypeProof     = "dpop+jwt"   // RFC 9449
	TypeAssertion = "client-authentication+jwt"
)

// Token signs claims: a JWT in the compact form (RFC 7515, section 7.1).
func (k Key) Token(typ string, claims any) (string, error) {
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("jose: claims: %w", err)
	}
	options := (&jose.SignerOptions{}).WithType(jose.ContentType(typ)).WithHeader("kid", k.ID)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.SignatureAlgorithm(k.Alg), Key: cryptosigner.Opaque(k.Signer)}, options)
	if err != nil {
		return "", fmt.Errorf("jose: signer: %w", err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("jose: sign: %w", err)
	}
	return signed.CompactSerialize()
}
