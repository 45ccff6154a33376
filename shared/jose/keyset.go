// Package jose signs and verifies what Central exchanges with clients: JSON Web Keys, tokens and proofs (RFC 7515, 7517, 7518, 7519).
package jose

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"phonon.in/central/shared/fault"
)

// The algorithms that Central signs with (RFC 7518).
const (
	ES256 = "ES256" // ECDSA on P-256
	RS256 = "RS256" // RSASSA-PKCS1-v1_5; for relying parties that know no other
)

const minRSABits = 2048

// ErrNoKey is the fault of a keyset without a key that may sign, which passes once there is one: the first client makes it.
var ErrNoKey = fault.Down(errors.New("jose: there is no key to sign with"))

// Key is one key of Central. It is published as long as it is in the keyset and Until is not over, and signs from From on.
type Key struct {
	ID, Alg     string
	From, Until time.Time // Until is zero for a key that has no successor yet
	crypto.Signer
}

// Keyset is what Central signs with, now and next. The zero Keyset has no key.
type Keyset struct{ keys []Key }

// keyRow is a key as the signing secret has it.
type keyRow struct {
	ID    string    `json:"kid"`
	Alg   string    `json:"alg"`
	PKCS8 []byte    `json:"pkcs8"` // DER, as base64
	From  time.Time `json:"from"`
	Until time.Time `json:"until,omitzero"`
}

type keysetRow struct {
	Keys []keyRow `json:"keys"`
}

// ParseKeyset reads the signing secret: {"keys":[{"kid","alg","pkcs8","from","until"}]}. A secret without keys is an empty keyset.
func ParseKeyset(document []byte) (Keyset, error) {
	var rows keysetRow
	if err := json.Unmarshal(document, &rows); err != nil {
		return Keyset{}, errors.New("jose: the signing secret is no JSON object with keys")
	}
	var set Keyset
	ids := map[string]bool{}
	for i, row := range rows.Keys {
		key, err := row.key()
		if err != nil {
			return Keyset{}, fmt.Errorf("jose: key %d of the signing secret: %w", i+1, err)
		}
		if key.ID == "" || ids[key.ID] {
			return Keyset{}, fmt.Errorf("jose: key %d of the signing secret has no kid of its own", i+1)
		}
		ids[key.ID] = true
		set.keys = append(set.keys, key)
	}
	return set, nil
}

func (r keyRow) key() (Key, error) {
	private, err := x509.ParsePKCS8PrivateKey(r.PKCS8)
	if err != nil {
		return Key{}, errors.New("pkcs8 is no private key")
	}
	if r.From.IsZero() {
		return Key{}, errors.New("from is missing")
	}
	signer, _ := private.(crypto.Signer)
	switch p := private.(type) {
	case *ecdsa.PrivateKey:
		if r.Alg != ES256 || p.Curve != elliptic.P256() {
			return Key{}, errors.New("an EC key is for ES256 and of P-256")
		}
	case *rsa.PrivateKey:
		if r.Alg != RS256 || p.N.BitLen() < minRSABits {
			return Key{}, errors.New("an RSA key is for RS256 and of 2048 bits or more")
		}
	default:
		return Key{}, errors.New("a key is EC or RSA")
	}
	return Key{ID: r.ID, Alg: r.Alg, From: r.From, Until: r.Until, Signer: signer}, nil
}

// Document is the signing secret of a keyset, which ParseKeyset reads. It fails for keys that do not leave their hardware.
func (s Keyset) Document() ([]byte, error) {
	rows := keysetRow{Keys: []keyRow{}}
	for _, k := range s.keys {
		der, err := x509.MarshalPKCS8PrivateKey(k.Signer)
		if err != nil {
			return nil, errors.New("jose: a key cannot be written down")
		}
		rows.Keys = append(rows.Keys, keyRow{k.ID, k.Alg, der, k.From.UTC(), k.Until.UTC()})
	}
	return json.Marshal(rows)
}

func (k Key) published(now time.Time) bool { return k.Until.IsZero() || now.Before(k.Until) }

func (k Key) signs(now time.Time) bool { return !now.Before(k.From) && k.published(now) }

// Signer returns the key that signs with an algorithm at a time: of those that may, the one that began last. It returns ErrNoKey when none may.
func (s Keyset) Signer(alg string, now time.Time) (Key, error) {
	var best Key
	for _, k := range s.keys {
		if k.Alg == alg && k.signs(now) && (best.Signer == nil || k.From.After(best.From)) {
			best = k
		}
	}
	if best.Signer == nil {
		return Key{}, ErrNoKey
	}
	return best, nil
}

// Published returns the key of this id where it is published at a time: one of Central's own tokens may bear its signature.
func (s Keyset) Published(id string, now time.Time) (Key, bool) {
	for _, k := range s.keys {
		if k.ID == id && k.published(now) {
			return k, true
		}
	}
	return Key{}, false
}

// Keys returns all keys, in the order of the secret.
func (s Keyset) Keys() []Key { return append([]Key(nil), s.keys...) }

// PublicKey is one key of a JSON Web Key Set.
type PublicKey struct {
	Type  string `json:"kty"`
	Use   string `json:"use"`
	Alg   string `json:"alg"`
	ID    string `json:"kid"`
	Curve string `json:"crv,omitempty"`
	X     string `json:"x,omitempty"`
	Y     string `json:"y,omitempty"`
	N     string `json:"n,omitempty"`
	E     string `json:"e,omitempty"`
}

// Public is the JSON Web Key Set (RFC 7517) that is published at a time: the keys that sign, those that will, and those whose tokens may be
// held still.
func (s Keyset) Public(now time.Time) []byte {
	set := struct {
		Keys []PublicKey `json:"keys"`
	}{Keys: []PublicKey{}}
	for _, k := range s.keys {
		if k.published(now) {
			set.Keys = append(set.Keys, k.public())
		}
	}
	text, err := json.Marshal(set)
	if err != nil {
		panic("jose: " + err.Error()) // it is made of strings
	}
	return text
}

func (k Key) public() PublicKey {
	p := PublicKey{Use: "sig", Alg: k.Alg, ID: k.ID}
	switch public := k.Public().(type) {
	case *ecdsa.PublicKey:
		point, err := public.Bytes() // 4, x, y: on P-256 32 bytes each
		if err != nil {
			panic("jose: " + err.Error()) // ParseKeyset let no other curve pass
		}
		p.Type, p.Curve, p.X, p.Y = "EC", "P-256", encode(point[1:33]), encode(point[33:])
	case *rsa.PublicKey:
		exponent := binary.BigEndian.AppendUint32(nil, uint32(public.E))
		for exponent[0] == 0 {
			exponent = exponent[1:]
		}
		p.Type, p.N, p.E = "RSA", encode(public.N.Bytes()), encode(exponent)
	}
	return p
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// A key does not print, and neither does a keyset.
const hidden = "[hidden]"

func (Key) String() string               { return hidden }
func (Key) GoString() string             { return hidden }
func (Key) LogValue() slog.Value         { return slog.StringValue(hidden) }
func (Key) MarshalText() ([]byte, error) { return []byte(hidden), nil }

func (Keyset) String() string               { return hidden }
func (Keyset) GoString() string             { return hidden }
func (Keyset) LogValue() slog.Value         { return slog.StringValue(hidden) }
func (Keyset) MarshalText() ([]byte, error) { return []byte(hidden), nil }
