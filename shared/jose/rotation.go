package jose

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"time"
)

const (
	// Lead is how long a key is published before it signs: relying parties, and what lies between, may hold the set of keys for hours.
	Lead = 48 * time.Hour
	// Afterlife is how long a key is published after it signed last: the longest life of a token, and two hours for which the
	// authorizers of API Gateway keep what they have read.
	Afterlife = 3 * time.Hour
)

// RotatingError is the error of a rotation while the next key is published and does not sign yet.
type RotatingError struct{ Until time.Time }

func (e *RotatingError) Error() string {
	return fmt.Sprintf("jose: the next key is published already and signs from %s", e.Until.UTC().Format(time.RFC3339))
}

// Rotate returns the keyset with a next key for each algorithm, which signs Lead from now, and without those that are over. Where an
// algorithm has no key, its first signs at once: nobody can hold a set without it. It returns a *RotatingError while a next key waits.
func (s Keyset) Rotate(now time.Time) (Keyset, error) {
	var next Keyset
	for _, k := range s.keys {
		if k.From.After(now) {
			return s, &RotatingError{k.From}
		}
		if k.published(now) {
			next.keys = append(next.keys, k)
		}
	}
	for _, alg := range []string{ES256, RS256} {
		from := now
		for i, k := range next.keys {
			if k.Alg == alg {
				from = now.Add(Lead)
				if k.Until.IsZero() {
					next.keys[i].Until = from.Add(Afterlife)
				}
			}
		}
		key, err := newKey(alg, from)
		if err != nil {
			return s, err
		}
		next.keys = append(next.keys, key)
	}
	return next, nil
}

// Replace returns a keyset of new keys alone, which sign at once: for keys that got out. Tokens of the old ones verify nowhere once their
// holders have read the new set.
func Replace(now time.Time) (Keyset, error) { return Keyset{}.Rotate(now) }

// newKey makes a key whose id is its thumbprint, so that no id ever names another key.
func newKey(alg string, from time.Time) (Key, error) {
	var signer crypto.Signer
	var err error
	if alg == RS256 {
		signer, err = rsa.GenerateKey(rand.Reader, minRSABits)
	} else {
		signer, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	if err != nil {
		return Key{}, fmt.Errorf("jose: make a key: %w", err)
	}
	k := Key{Alg: alg, From: from.UTC().Truncate(time.Second), Signer: signer}
	k.ID = k.thumbprint()
	return k, nil
}

// thumbprint is that of RFC 7638.
func (k Key) thumbprint() string {
	p := k.public()
	text := fmt.Sprintf(`{"crv":%q,"kty":"EC","x":%q,"y":%q}`, p.Curve, p.X, p.Y)
	if p.Type == "RSA" {
		text = fmt.Sprintf(`{"e":%q,"kty":"RSA","n":%q}`, p.E, p.N)
	}
	sum := sha256.Sum256([]byte(text))
	return encode(sum[:])
}
