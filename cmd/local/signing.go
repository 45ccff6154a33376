package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"time"
)

// addSigningKeys gives the secret what `central client add` does on AWS, where it is not there yet: one key of each algorithm.
func addSigningKeys(file string, now time.Time) error {
	members, err := secretMembers(file)
	if err != nil {
		return err
	}
	if there, _ := members["keys"].([]any); len(there) > 0 {
		return nil
	}
	elliptical, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	withRSA, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	var keys []map[string]any
	for alg, key := range map[string]crypto.Signer{"ES256": elliptical, "RS256": withRSA} {
		private, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			return err
		}
		public, err := x509.MarshalPKIXPublicKey(key.Public())
		if err != nil {
			return err
		}
		name := sha256.Sum256(public)
		keys = append(keys, map[string]any{
			"kid": base64.RawURLEncoding.EncodeToString(name[:]), "alg": alg, "pkcs8": private, "from": now.UTC().Truncate(time.Second),
		})
	}
	members["keys"] = keys
	return writeMembers(file, members)
}
