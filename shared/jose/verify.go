package jose

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/json" // names are compared with their case, and none may be there twice
)

// MaxLength of what is parsed, in bytes.
const MaxLength = 4096

// ErrInvalid is the error of everything that does not verify. What it prints says why, and never what was sent.
var ErrInvalid = errors.New("jose: it does not verify")

type invalidError struct{ why string }

func invalid(why string) error { return &invalidError{why} }

func (e *invalidError) Error() string   { return "jose: " + e.why }
func (e *invalidError) Is(t error) bool { return t == ErrInvalid }

// forbidden members of a header: what would bring a key along, or change what is signed.
var forbidden = []string{"jku", "x5u", "crit", "b64"}

// parse takes one signature in the compact form, by one of the algorithms, of one of the types; "" is a type that was left out.
func parse(raw string, algorithms, types []string) (*jose.JSONWebSignature, error) {
	if len(raw) > MaxLength {
		return nil, invalid("it is longer than 4 KB")
	}
	algs := make([]jose.SignatureAlgorithm, len(algorithms))
	for i, alg := range algorithms {
		algs[i] = jose.SignatureAlgorithm(alg)
	}
	signed, err := jose.ParseSignedCompact(raw, algs)
	if err != nil || len(signed.Signatures) != 1 {
		return nil, invalid("it is no JWS of an algorithm that is taken")
	}
	header := signed.Signatures[0].Protected
	for _, name := range forbidden {
		if _, there := header.ExtraHeaders[jose.HeaderKey(name)]; there {
			return nil, invalid("its header has " + name)
		}
	}
	typ, _ := header.ExtraHeaders[jose.HeaderType].(string)
	if !slices.ContainsFunc(types, func(t string) bool { return strings.EqualFold(t, strings.TrimPrefix(typ, "application/")) }) {
		return nil, invalid("it is of another type")
	}
	return signed, nil
}

// fits reports that a public key is one for the algorithm, and strong enough.
func fits(key any, alg string) bool {
	switch k := key.(type) {
	case *ecdsa.PublicKey:
		return alg == ES256 && k.Curve == elliptic.P256()
	case *rsa.PublicKey:
		return (alg == RS256 || alg == PS256) && k.N.BitLen() >= minRSABits
	}
	return false
}

// PS256 is taken of clients (RSASSA-PSS).
const PS256 = "PS256"

// Verify reads the claims of a token that Central signed, of one of its types, by a key that is published. ErrInvalid for any other. Whether
// it has expired is for the caller to say.
func (s Keyset) Verify(raw, typ string, now time.Time, claims any) error {
	signed, err := parse(raw, []string{ES256, RS256}, []string{typ})
	if err != nil {
		return err
	}
	header := signed.Signatures[0].Protected
	key, known := s.Published(header.KeyID, now)
	if !known || key.Alg != header.Algorithm || header.JSONWebKey != nil {
		return invalid("it is signed by no key of ours")
	}
	payload, err := signed.Verify(key.Public())
	if err != nil {
		return invalid("its signature is wrong")
	}
	return read(payload, claims)
}

func read(payload []byte, claims any) error {
	if err := json.Unmarshal(payload, claims); err != nil {
		return invalid("its claims are not readable")
	}
	return nil
}

// Assertion is what a client has proven itself by (RFC 7523, section 3; OpenID Connect Core 1.0, section 9).
type Assertion struct {
	JTI   string
	Until time.Time // when it expires
}

// An assertion lives for five minutes at most, and clocks differ by a few seconds.
const (
	assertionLife = 5 * time.Minute
	clockSkew     = 10 * time.Second
	aheadMost     = time.Minute
)

type assertionClaims struct {
	Issuer    string          `json:"iss"`
	Subject   string          `json:"sub"`
	Audience  json.RawMessage `json:"aud"`
	ID        string          `json:"jti"`
	Expires   *float64        `json:"exp"`
	NotBefore *float64        `json:"nbf"`
	Issued    *float64        `json:"iat"`
}

// Claimant is the client that an assertion names. It proves nothing yet: it says whose keys to try.
func Claimant(raw string) (string, error) {
	signed, err := parse(raw, []string{ES256, PS256, RS256}, []string{"", TypeID, TypeAssertion})
	if err != nil {
		return "", err
	}
	var claims assertionClaims
	err = read(signed.UnsafePayloadWithoutVerification(), &claims)
	return claims.Issuer, err
}

// VerifyAssertion holds an assertion to the keys of a client, by one of the algorithms. issuer is Central: the one audience, as one text.
// ErrInvalid where it is not the client's, or not for us now.
func VerifyAssertion(raw string, jwks []byte, client, issuer string, algorithms []string, now time.Time) (Assertion, error) {
	signed, err := parse(raw, algorithms, []string{"", TypeID, TypeAssertion})
	if err != nil {
		return Assertion{}, err
	}
	key, err := keyOf(jwks, signed.Signatures[0].Protected)
	if err != nil {
		return Assertion{}, err
	}
	payload, err := signed.Verify(key)
	if err != nil {
		return Assertion{}, invalid("its signature is wrong")
	}
	var c assertionClaims
	if err := read(payload, &c); err != nil {
		return Assertion{}, err
	}
	var audience string
	switch {
	case c.Issuer != client || c.Subject != client:
		return Assertion{}, invalid("iss and sub are not the client")
	case json.Unmarshal(c.Audience, &audience) != nil || audience != issuer:
		return Assertion{}, invalid("aud is not the issuer as one text")
	case c.ID == "":
		return Assertion{}, invalid("jti is missing")
	case c.Expires == nil || !now.Before(at(*c.Expires)) || at(*c.Expires).After(now.Add(assertionLife+clockSkew)):
		return Assertion{}, invalid("exp is missing, over, or more than five minutes ahead")
	case c.NotBefore != nil && at(*c.NotBefore).After(now.Add(aheadMost)), c.Issued != nil && at(*c.Issued).After(now.Add(aheadMost)):
		return Assertion{}, invalid("it begins in the future")
	}
	return Assertion{JTI: c.ID, Until: at(*c.Expires)}, nil
}

// at is a NumericDate (RFC 7519, section 2). One that is beyond all measure is never within a limit.
func at(seconds float64) time.Time {
	if seconds < 0 || seconds > 1e11 {
		return time.Unix(1e11, 0)
	}
	return time.UnixMilli(int64(seconds * 1000))
}

// keyOf is the key of a client that a header names: by its kid or, without one, the only key that fits.
func keyOf(jwks []byte, header jose.Header) (any, error) {
	var set jose.JSONWebKeySet
	if header.JSONWebKey != nil {
		return nil, invalid("it brings a key along")
	}
	if err := json.Unmarshal(jwks, &set); err != nil {
		return nil, invalid("the client's keys are not readable")
	}
	var found []any
	for _, k := range set.Keys {
		named := header.KeyID == "" || k.KeyID == header.KeyID
		if named && (k.Use == "" || k.Use == "sig") && (k.Algorithm == "" || k.Algorithm == header.Algorithm) && fits(k.Key, header.Algorithm) {
			found = append(found, k.Key)
		}
	}
	if len(found) != 1 {
		return nil, invalid("it names no key of the client")
	}
	return found[0], nil
}
