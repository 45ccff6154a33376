// Package captcha makes and checks proof-of-work challenges in the wire format of ALTCHA 2 (npm altcha 3), with
// PBKDF2/SHA-256. Nothing leaves our own hosts, and a person has nothing to do.
//
// It makes abuse in bulk cost CPU time and proves no person: it stands beside the limits, not in their place.
package captcha

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"time"

	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/token"
)

// Algorithm is the only one we issue. A browser computes it about as fast as an attacker's program does.
const Algorithm = "PBKDF2/SHA-256"

// Life of a challenge: a person may be slow with a form, the work itself takes under a second.
const Life = 10 * time.Minute

// Challenge is what the browser gets. The signature covers every parameter.
type Challenge struct {
	Parameters Parameters `json:"parameters"`
	Signature  string     `json:"signature"` // hex
}

// Parameters of the work: find the counter for which PBKDF2(nonce ‖ counter as big-endian uint32, salt) with Cost
// iterations begins with KeyPrefix. Byte strings are hex.
type Parameters struct {
	Algorithm    string `json:"algorithm"`
	Nonce        string `json:"nonce"`
	Salt         string `json:"salt"`
	Cost         int    `json:"cost"`
	KeyLength    int    `json:"keyLength"` // bytes
	KeyPrefix    string `json:"keyPrefix"`
	KeySignature string `json:"keySignature"` // lets Check verify the key without deriving it
	ExpiresAt    int64  `json:"expiresAt"`    // Unix seconds
}

// Payload is what the browser sends back, as base64 of JSON. Solution.Time is the browser's own and not used.
type Payload struct {
	Challenge Challenge `json:"challenge"`
	Solution  Solution  `json:"solution"`
}

// Solution holds the counter found and the whole key derived from it, in hex.
type Solution struct {
	Counter    uint32  `json:"counter"`
	DerivedKey string  `json:"derivedKey"`
	Time       float64 `json:"time"` // milliseconds
}

// Work is how much a browser has to do: derivations of Cost iterations, between MinCounter and MaxCounter of them.
type Work struct{ Cost, MinCounter, MaxCounter int }

// DefaultWork takes a browser on two CPUs about 0.4 seconds.
var DefaultWork = Work{Cost: 5000, MinCounter: 300, MaxCounter: 600}

// Issuer makes and checks challenges.
type Issuer struct {
	Keys token.Keyring
	Work Work // zero means DefaultWork
}

const (
	randomLength = 16
	keyLength    = 32
	prefixLength = 16 // as the reference implementation: nobody finds the prefix by another counter
)

// New makes a challenge that expires Life after now. It costs one derivation, a few milliseconds.
func (i Issuer) New(now time.Time) (Challenge, error) {
	work := i.Work
	if work == (Work{}) {
		work = DefaultWork
	}
	nonce, salt := make([]byte, randomLength), make([]byte, randomLength)
	rand.Read(nonce)
	rand.Read(salt)
	extra, err := rand.Int(rand.Reader, big.NewInt(int64(work.MaxCounter-work.MinCounter+1)))
	if err != nil {
		return Challenge{}, fmt.Errorf("captcha: %w", err)
	}
	p := Parameters{
		Algorithm: Algorithm,
		Nonce:     hex.EncodeToString(nonce),
		Salt:      hex.EncodeToString(salt),
		Cost:      work.Cost,
		KeyLength: keyLength,
		ExpiresAt: now.Add(Life).Unix(),
	}
	key, err := p.Derive(uint32(work.MinCounter) + uint32(extra.Int64()))
	if err != nil {
		return Challenge{}, err
	}
	p.KeyPrefix = hex.EncodeToString(key[:prefixLength])
	p.KeySignature = hex.EncodeToString(i.Keys.Sign(token.Captcha, keyParts(p.Nonce, hex.EncodeToString(key))...))
	return Challenge{p, hex.EncodeToString(i.Keys.Sign(token.Captcha, p.parts()...))}, nil
}

// Derive computes the key of one counter.
func (p Parameters) Derive(counter uint32) ([]byte, error) {
	nonce, err1 := hex.DecodeString(p.Nonce)
	salt, err2 := hex.DecodeString(p.Salt)
	if err1 != nil || err2 != nil {
		return nil, fmt.Errorf("captcha: nonce or salt is not hex")
	}
	key, err := pbkdf2.Key(sha256.New, string(binary.BigEndian.AppendUint32(nonce, counter)), salt, p.Cost, p.KeyLength)
	if err != nil {
		return nil, fmt.Errorf("captcha: derive: %w", err)
	}
	return key, nil
}

// parts is the canonical form that is signed. The keyring prefixes each part with its length, so that no digit can move
// from one parameter to the next: exactly that once let solutions be replayed in ALTCHA's libraries.
func (p Parameters) parts() []string {
	return []string{"challenge", p.Algorithm, p.Nonce, p.Salt, strconv.Itoa(p.Cost), strconv.Itoa(p.KeyLength),
		p.KeyPrefix, p.KeySignature, strconv.FormatInt(p.ExpiresAt, 10)}
}

func keyParts(nonce, key string) []string { return []string{"key", nonce, key} }

// MaxResponse bounds, in bytes, what solves a captcha of whatever provider: several times a payload of ours. Cloudflare documents 2048
// for its tokens; the others document nothing and send up to a few thousand.
const MaxResponse = 8192

// Check checks a solved challenge: first that the challenge is ours, before any of its parameters is believed, then its
// time, then the key. It keeps no memory: the caller must spend the returned name once and keep it spent until the returned
// time. Faults at /captcha: captcha_invalid, captcha_expired.
func (i Issuer) Check(payload string, now time.Time) (spend string, until time.Time, err error) {
	invalid := fault.At("/captcha", "captcha_invalid", "The check against robots did not succeed. Let it run again.")
	if len(payload) > MaxResponse {
		return "", time.Time{}, invalid
	}
	raw, err := base64.StdEncoding.DecodeString(payload)
	if err != nil {
		return "", time.Time{}, invalid
	}
	var p Payload
	if err := json.Unmarshal(raw, &p); err != nil {
		return "", time.Time{}, invalid
	}
	parameters := p.Challenge.Parameters
	mac, err := hex.DecodeString(p.Challenge.Signature)
	if err != nil || !i.Keys.Verify(token.Captcha, mac, parameters.parts()...) {
		return "", time.Time{}, invalid
	}
	until = time.Unix(parameters.ExpiresAt, 0).UTC()
	if !now.Before(until) {
		return "", time.Time{}, fault.At("/captcha", "captcha_expired", "The check against robots is too old. Let it run again.")
	}
	keyMAC, err := hex.DecodeString(parameters.KeySignature)
	if err != nil || !i.Keys.Verify(token.Captcha, keyMAC, keyParts(parameters.Nonce, p.Solution.DerivedKey)...) {
		return "", time.Time{}, invalid
	}
	return hex.EncodeToString(mac), until, nil // encoded anew: hex has two spellings, a spent challenge one name
}
