package oidc

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"phonon.in/central/shared/token"
)

// NewSecret makes a secret of a client, 256 random bits in 43 letters, and what is kept of it. With so many bits one SHA-256 is as good as a
// slow hash, and costs who asks for tokens nothing.
func NewSecret() (plain token.Secret, digest string) {
	bits := make([]byte, 32)
	rand.Read(bits)
	text := base64.RawURLEncoding.EncodeToString(bits)
	return token.NewSecret(text), secretDigest(text)
}

func secretDigest(plain string) string {
	sum := sha256.Sum256([]byte(plain))
	return hex.EncodeToString(sum[:])
}

var none = strings.Repeat("-", 2*sha256.Size) // is the digest of nothing

// HasSecret reports that this is one of the client's secrets. It takes as long for a client that has none, or is not there.
func (c Client) HasSecret(plain string) bool {
	presented, found := []byte(secretDigest(plain)), 0
	for i := range 2 {
		kept := none
		if i < len(c.Secrets) {
			kept = c.Secrets[i]
		}
		found |= subtle.ConstantTimeCompare(presented, []byte(kept))
	}
	return found == 1
}
