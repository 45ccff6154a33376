package seed

import (
	"context"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// parameters are what matters here of a challenge: counters are tried until a derived key begins with KeyPrefix.
type parameters struct {
	Algorithm, Nonce, Salt, KeyPrefix string
	Cost, KeyLength                   int
}

const mostTries = 100_000

// captcha solves a fresh challenge, as a browser does in the background; nothing where the captcha is off.
func (p *person) captcha(ctx context.Context) (string, error) {
	var answer map[string]json.RawMessage
	if err := p.call(ctx, http.MethodGet, "/v1/captcha", nil, &answer); err != nil {
		return "", err
	}
	var provider string
	if err := json.Unmarshal(answer["provider"], &provider); err != nil {
		return "", err
	}
	switch provider {
	case "off":
		return "", nil
	case "altcha":
	default:
		return "", fmt.Errorf("the captcha is %s, which no program solves; run with CAPTCHA=off", provider)
	}
	delete(answer, "provider")
	var in parameters
	if err := json.Unmarshal(answer["parameters"], &in); err != nil {
		return "", err
	}
	counter, key, err := solve(ctx, in)
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(object{"challenge": answer, "solution": object{"counter": counter, "derivedKey": key, "time": 0}})
	return base64.StdEncoding.EncodeToString(text), err
}

func solve(ctx context.Context, in parameters) (counter int, key string, err error) {
	nonce, err1 := hex.DecodeString(in.Nonce)
	salt, err2 := hex.DecodeString(in.Salt)
	if err := errors.Join(err1, err2); err != nil {
		return 0, "", err
	}
	for counter := range mostTries {
		if ctx.Err() != nil {
			return 0, "", ctx.Err()
		}
		password := binary.BigEndian.AppendUint32(nonce[:len(nonce):len(nonce)], uint32(counter))
		derived, err := pbkdf2.Key(sha256.New, string(password), salt, in.Cost, in.KeyLength)
		if err != nil {
			return 0, "", err
		}
		if key := hex.EncodeToString(derived); strings.HasPrefix(key, in.KeyPrefix) {
			return counter, key, nil
		}
	}
	return 0, "", errors.New("the captcha has no solution")
}
