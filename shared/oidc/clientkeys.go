package oidc

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
)

const (
	maxKeys    = 10
	maxKeySet  = 16 << 10
	minRSABits = 2048
	maxRSABits = 8192 // a signature of a longer one costs more to check than it is worth
)

type clientKey struct {
	Type string   `json:"kty"`
	ID   string   `json:"kid"`
	Use  string   `json:"use"`
	Alg  string   `json:"alg"`
	Ops  []string `json:"key_ops"`

	Curve string `json:"crv"`
	X     string `json:"x"`
	Y     string `json:"y"`
	N     string `json:"n"`
	E     string `json:"e"`
}

// private are the members that a public key does not have (RFC 7518, section 6).
var private = []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k"}

// remote are members that lead elsewhere: nothing is fetched, and no certificate is looked at.
var remote = []string{"jku", "x5u"}

// keysFlaw says what is wrong with a JSON Web Key Set of a client; "" is nothing.
func keysFlaw(document []byte, fapi bool) string {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	switch {
	case len(document) > maxKeySet:
		return "must have 16 KB at most"
	case json.Unmarshal(document, &set) != nil:
		return "must be a JSON Web Key Set: {\"keys\": [...]}"
	case len(set.Keys) == 0 || len(set.Keys) > maxKeys:
		return "must have 1 to 10 keys"
	}
	ids := map[string]bool{}
	for i, raw := range set.Keys {
		var members map[string]json.RawMessage
		var key clientKey
		if json.Unmarshal(raw, &members) != nil || json.Unmarshal(raw, &key) != nil {
			return fmt.Sprintf("have no JSON Web Key at %d", i)
		}
		if flaw := key.flaw(members, fapi); flaw != "" {
			return fmt.Sprintf("have a key at %d that %s", i, flaw)
		}
		if ids[key.ID] {
			return fmt.Sprintf("have two keys with the kid of the one at %d", i)
		}
		ids[key.ID] = true
	}
	return ""
}

func (k clientKey) flaw(members map[string]json.RawMessage, fapi bool) string {
	for name := range members {
		if slices.Contains(private, name) {
			return "is private: its owner alone may have it"
		}
		if slices.Contains(remote, name) {
			return "leads elsewhere by " + name + ": nothing is fetched"
		}
	}
	switch {
	case k.ID == "" || len(k.ID) > 128:
		return "has no kid of 1 to 128 letters"
	case k.Use != "" && k.Use != "sig", len(k.Ops) > 0 && !slices.Equal(k.Ops, []string{"verify"}):
		return "is not for signatures"
	case k.Type == "EC":
		return k.curveFlaw()
	case k.Type == "RSA":
		return k.rsaFlaw(fapi)
	}
	return "is neither EC nor RSA"
}

func (k clientKey) curveFlaw() string {
	x, okX := decode(k.X, 32)
	y, okY := decode(k.Y, 32)
	if k.Curve != "P-256" || k.Alg != "" && k.Alg != "ES256" {
		return "is EC and not of P-256 for ES256"
	}
	if !okX || !okY {
		return "has no x and y of 32 bytes"
	}
	if _, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, x...), y...)); err != nil {
		return "is no point of its curve"
	}
	return ""
}

func (k clientKey) rsaFlaw(fapi bool) string {
	n, okN := decode(k.N, 0)
	e, okE := decode(k.E, 0)
	modulus := new(big.Int).SetBytes(n)
	exponent := new(big.Int).SetBytes(e)
	switch {
	case k.Alg != "" && k.Alg != "PS256" && k.Alg != "RS256":
		return "is RSA and not for PS256 or RS256"
	case fapi && k.Alg != "PS256":
		return "is RSA and not for PS256, which FAPI 2.0 demands"
	case !okN || !okE || modulus.BitLen() < minRSABits || modulus.BitLen() > maxRSABits || modulus.Bit(0) == 0:
		return "is RSA of fewer than 2048 or more than 8192 bits"
	case exponent.BitLen() > 31 || exponent.Cmp(big.NewInt(65537)) < 0 || exponent.Bit(0) == 0:
		return "is RSA with an exponent other than 65537 or more"
	}
	return ""
}

// decode reads base64url without padding. A length of 0 is any.
func decode(text string, length int) ([]byte, bool) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	return b, err == nil && len(b) > 0 && (length == 0 || len(b) == length)
}
