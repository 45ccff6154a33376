package token

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// Wrap makes a token of parts that nobody but us can read: whoever holds it for an app must not learn the account or the session behind it.
// The same parts make the same token: AES-256 in counter mode under the HMAC-SHA-256 of the parts, as in RFC 5297 (synthetic IV). Parts must
// have no line break.
func (k Keyring) Wrap(p Purpose, parts ...string) Secret {
	mac := k.Sign(p, parts...)
	text := wrapping(k.keys[0], p, mac, []byte(strings.Join(parts, "\n")))
	return NewSecret(base64.RawURLEncoding.EncodeToString(append(mac, text...)))
}

// maxWrapped bounds the work spent on a hostile token, in characters.
const maxWrapped = 1024

// Unwrap opens a token that Wrap made for the same purpose and returns its n parts, or ErrInvalid. A token has one spelling.
func (k Keyring) Unwrap(p Purpose, s string, n int) ([]string, error) {
	if len(s) > maxWrapped || strings.ContainsAny(s, "\r\n") {
		return nil, ErrInvalid
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(raw) < sha256.Size {
		return nil, ErrInvalid
	}
	mac, text := raw[:sha256.Size], raw[sha256.Size:]
	for _, key := range k.keys {
		parts := strings.Split(string(wrapping(key, p, mac, text)), "\n")
		if hmac.Equal(mac, sign(key, p, parts)) && len(parts) == n {
			return parts, nil
		}
	}
	return nil, ErrInvalid
}

// wrapping encrypts and decrypts alike.
func wrapping(master Secret, p Purpose, mac, text []byte) []byte {
	key, err := hkdf.Key(sha256.New, []byte(master.Reveal()), nil, "central wrap "+string(p), 32)
	if err != nil {
		panic("token: hkdf: " + err.Error()) // only for an impossible key length
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		panic("token: aes: " + err.Error()) // only for an impossible key length
	}
	out := make([]byte, len(text))
	cipher.NewCTR(block, mac[:aes.BlockSize]).XORKeyStream(out, text)
	return out
}
