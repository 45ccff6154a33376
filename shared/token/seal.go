package token

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
)

// Seal encrypts a secret that has to be kept, for one purpose and one place, with the current key (AES-256-GCM). Open it with Unseal.
func (k Keyring) Seal(p Purpose, secret Secret, place string) string {
	return base64.RawURLEncoding.EncodeToString(sealer(k.keys[0], p).Seal(nil, nil, []byte(secret.Reveal()), []byte(place)))
}

// Unseal opens what Seal made for this purpose and place. stale reports that the previous key made it: seal it again before that key goes.
// ErrInvalid where neither key did.
func (k Keyring) Unseal(p Purpose, sealed, place string) (secret Secret, stale bool, err error) {
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return Secret{}, false, ErrInvalid
	}
	for i, key := range k.keys {
		if plain, err := sealer(key, p).Open(nil, nil, raw, []byte(place)); err == nil {
			return NewSecret(string(plain)), i > 0, nil
		}
	}
	return Secret{}, false, ErrInvalid
}

func sealer(master Secret, p Purpose) cipher.AEAD {
	key, err := hkdf.Key(sha256.New, []byte(master.Reveal()), nil, "central seal "+string(p), 32)
	if err != nil {
		panic("token: hkdf: " + err.Error()) // only for an impossible key length
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		panic("token: aes: " + err.Error()) // only for an impossible key length
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic("token: gcm: " + err.Error()) // only for a cipher of another block size
	}
	return aead
}
