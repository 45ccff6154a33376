package jose

import (
	"crypto"
	"crypto/sha256"
	"net/url"
	"strings"
	"time"
)

// Proof is that whoever sends a request has a key (RFC 9449).
type Proof struct {
	JKT   string // thumbprint of the key (RFC 7638)
	JTI   string
	Until time.Time // when it is too old
}

// A proof is good for a minute, and clocks may be half a minute ahead.
const (
	proofLife  = time.Minute
	proofAhead = 30 * time.Second
)

type proofClaims struct {
	ID     string   `json:"jti"`
	Method string   `json:"htm"`
	URL    string   `json:"htu"`
	Issued *float64 `json:"iat"`
	Token  string   `json:"ath"`
}

// VerifyProof holds a proof to the request: method, address without its query, and the access token that comes with it; "" for none. ErrInvalid
// where it is for another, or old. That it was not seen before is for the caller to say.
func VerifyProof(raw, method, address, accessToken string, algorithms []string, now time.Time) (Proof, error) {
	signed, err := parse(raw, algorithms, []string{TypeProof})
	if err != nil {
		return Proof{}, err
	}
	header := signed.Signatures[0].Protected
	key := header.JSONWebKey
	if key == nil || !key.IsPublic() || !key.Valid() || !fits(key.Key, header.Algorithm) {
		return Proof{}, invalid("its header has no public key for the algorithm")
	}
	payload, err := signed.Verify(key)
	if err != nil {
		return Proof{}, invalid("its signature is wrong")
	}
	var c proofClaims
	if err := read(payload, &c); err != nil {
		return Proof{}, err
	}
	switch {
	case c.ID == "":
		return Proof{}, invalid("jti is missing")
	case c.Method != method:
		return Proof{}, invalid("htm is another method")
	case !sameAddress(c.URL, address):
		return Proof{}, invalid("htu is another address")
	case c.Issued == nil || at(*c.Issued).Before(now.Add(-proofLife)) || at(*c.Issued).After(now.Add(proofAhead)):
		return Proof{}, invalid("iat is missing, old, or ahead")
	case accessToken != "" && c.Token != Hash(accessToken):
		return Proof{}, invalid("ath is that of another token")
	}
	thumbprint, err := key.Thumbprint(crypto.SHA256)
	if err != nil {
		return Proof{}, invalid("its key has no thumbprint")
	}
	return Proof{JKT: encode(thumbprint), JTI: c.ID, Until: at(*c.Issued).Add(proofLife)}, nil
}

// Hash is the SHA-256 of a token in base64url: ath of RFC 9449, and S256 of RFC 7636.
func Hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return encode(sum[:])
}

// HalfHash is at_hash (OpenID Connect Core 1.0, section 3.1.3.6).
func HalfHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return encode(sum[:len(sum)/2])
}

// sameAddress compares as RFC 9449, section 4.3 asks: without query and fragment, scheme and host in any case.
func sameAddress(given, own string) bool {
	g, err := url.Parse(given)
	o, err2 := url.Parse(own)
	return err == nil && err2 == nil && strings.EqualFold(g.Scheme, o.Scheme) && strings.EqualFold(g.Host, o.Host) && g.EscapedPath() == o.EscapedPath() && g.User == nil
}
