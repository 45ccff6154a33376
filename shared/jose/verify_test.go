package jose

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	issuer   = "https://central.example.com"
	clientID = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

type m = map[string]any

// pair is a client's key.
type pair struct {
	ec  *ecdsa.PrivateKey
	rsa *rsa.PrivateKey
}

var ours, theirs = sync.OnceValue(newPair), sync.OnceValue(newPair)

func newPair() pair {
	ec, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	rs, _ := rsa.GenerateKey(rand.Reader, 2048)
	return pair{ec, rs}
}

// keys is the key set of a client, as it is registered.
func (p pair) keys(change func(*jose.JSONWebKeySet)) []byte {
	set := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{
		{Key: p.ec.Public(), KeyID: "ec", Use: "sig", Algorithm: ES256},
		{Key: p.rsa.Public(), KeyID: "rsa", Use: "sig"},
	}}
	if change != nil {
		change(&set)
	}
	text, _ := json.Marshal(set)
	return text
}

func signed(t testing.TB, key any, alg string, headers m, claims any) string {
	t.Helper()
	options := &jose.SignerOptions{}
	for name, value := range headers {
		options.WithHeader(jose.HeaderKey(name), value)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.SignatureAlgorithm(alg), Key: key}, options)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := json.Marshal(claims)
	if text, is := claims.(string); is {
		payload, err = []byte(text), nil
	}
	if err != nil {
		t.Fatal(err)
	}
	object, err := signer.Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := object.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// right are the claims of an assertion that is right, with some in place of others; nil leaves one out.
func right(instead m) m {
	claims := m{"iss": clientID, "sub": clientID, "aud": issuer, "jti": "j", "exp": start.Add(time.Minute).Unix(), "iat": start.Unix()}
	maps.Copy(claims, instead)
	maps.DeleteFunc(claims, func(_ string, v any) bool { return v == nil })
	return claims
}

var all = []string{ES256, PS256, RS256}

func TestAnAssertionProvesItsClient(t *testing.T) {
	for name, raw := range map[string]string{
		"ES256":              signed(t, ours().ec, ES256, m{"kid": "ec"}, right(nil)),
		"PS256":              signed(t, ours().rsa, PS256, m{"kid": "rsa"}, right(nil)),
		"RS256":              signed(t, ours().rsa, RS256, m{"kid": "rsa"}, right(nil)),
		"no kid":             signed(t, ours().ec, ES256, nil, right(nil)),
		"its own type":       signed(t, ours().ec, ES256, m{"kid": "ec", "typ": "client-authentication+jwt"}, right(nil)),
		"the type JWT":       signed(t, ours().ec, ES256, m{"kid": "ec", "typ": "jwt"}, right(nil)),
		"five minutes":       signed(t, ours().ec, ES256, nil, right(m{"exp": start.Add(5 * time.Minute).Unix()})),
		"parts of a second":  signed(t, ours().ec, ES256, nil, right(m{"exp": float64(start.Unix()) + 60.5})),
		"a clock 50 s ahead": signed(t, ours().ec, ES256, nil, right(m{"nbf": start.Add(50 * time.Second).Unix()})),
		"more claims":        signed(t, ours().ec, ES256, nil, right(m{"what": "ever"})),
	} {
		a, err := VerifyAssertion(raw, ours().keys(nil), clientID, issuer, all, start)
		if err != nil || a.JTI != "j" || !a.Until.After(start) {
			t.Errorf("%s: %v %v", name, a, err)
		}
		if who, err := Claimant(raw); err != nil || who != clientID {
			t.Errorf("%s: claimed by %s, %v", name, who, err)
		}
	}
}

func TestAnAssertionIsRefused(t *testing.T) {
	ec := func(headers, claims m) string { return signed(t, ours().ec, ES256, headers, right(claims)) }
	good := ec(m{"kid": "ec"}, nil)
	parts := strings.Split(good, ".")
	der, _ := x509.MarshalPKIXPublicKey(ours().rsa.Public())
	shared := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	p384, _ := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	header := func(h string) string { return encode([]byte(h)) }
	for name, raw := range map[string]string{
		"alg none":                               header(`{"alg":"none"}`) + "." + parts[1] + ".",
		"alg None":                               header(`{"alg":"NoNe"}`) + "." + parts[1] + "." + parts[2],
		"HS256 with the public key":              signed(t, shared, "HS256", m{"kid": "rsa"}, right(nil)),
		"ES384":                                  signed(t, p384, "ES384", nil, right(nil)),
		"another's key":                          signed(t, theirs().ec, ES256, m{"kid": "ec"}, right(nil)),
		"an unknown kid":                         ec(m{"kid": "other"}, nil),
		"the kid of the key of another type":     ec(m{"kid": "rsa"}, nil),
		"a key in the header":                    signed(t, theirs().ec, ES256, m{"jwk": jose.JSONWebKey{Key: theirs().ec.Public()}}, right(nil)),
		"its own key in the header":              ec(m{"jwk": jose.JSONWebKey{Key: ours().ec.Public()}}, nil),
		"an address of keys":                     ec(m{"kid": "ec", "jku": "https://evil.example.com/keys"}, nil),
		"an address of certificates":             ec(m{"kid": "ec", "x5u": "https://evil.example.com/x"}, nil),
		"something critical":                     ec(m{"kid": "ec", "crit": []string{"exp"}, "exp": 1}, nil),
		"the type of an access token":            ec(m{"kid": "ec", "typ": "at+jwt"}, nil),
		"the type of a proof":                    ec(m{"kid": "ec", "typ": "dpop+jwt"}, nil),
		"the type of a logout token":             ec(m{"kid": "ec", "typ": "logout+jwt"}, nil),
		"a changed claim":                        parts[0] + "." + encode([]byte(strings.Replace(string(decoded(t, parts[1])), `"j"`, `"k"`, 1))) + "." + parts[2],
		"no signature":                           parts[0] + "." + parts[1] + ".",
		"two signatures":                         good + "." + parts[2],
		"the JSON form":                          `{"payload":"` + parts[1] + `","protected":"` + parts[0] + `","signature":"` + parts[2] + `"}`,
		"white space":                            " " + good,
		"nothing":                                "",
		"a megabyte of dots":                     strings.Repeat(".", 1<<20),
		"more than 4 KB":                         ec(nil, m{"pad": strings.Repeat("a", 4096)}),
		"aud of another server":                  ec(nil, m{"aud": "https://other.example.com"}),
		"aud as a list":                          ec(nil, m{"aud": []string{issuer}}),
		"aud as the token endpoint":              ec(nil, m{"aud": issuer + "/oauth2/token"}),
		"aud with a slash":                       ec(nil, m{"aud": issuer + "/"}),
		"no aud":                                 ec(nil, m{"aud": nil}),
		"no jti":                                 ec(nil, m{"jti": nil}),
		"an empty jti":                           ec(nil, m{"jti": ""}),
		"no exp":                                 ec(nil, m{"exp": nil}),
		"exp over":                               ec(nil, m{"exp": start.Unix()}),
		"exp in six minutes":                     ec(nil, m{"exp": start.Add(6 * time.Minute).Unix()}),
		"exp in five minutes and eleven seconds": ec(nil, m{"exp": start.Add(5*time.Minute + 11*time.Second).Unix()}),
		"exp beyond all measure":                 ec(nil, m{"exp": 1e300}),
		"exp as a text":                          ec(nil, m{"exp": "1795683600"}),
		"nbf 61 s ahead":                         ec(nil, m{"nbf": start.Add(61 * time.Second).Unix()}),
		"iat 61 s ahead":                         ec(nil, m{"iat": start.Add(61 * time.Second).Unix()}),
		"iss of another client":                  ec(nil, m{"iss": "BBCDEFGHIJKLMNOPQRSTUVWXYZ"}),
		"sub of another client":                  ec(nil, m{"sub": "BBCDEFGHIJKLMNOPQRSTUVWXYZ"}),
		"names in capitals":                      ec(nil, m{"aud": nil, "AUD": issuer}),
		"a claim twice":                          signed(t, ours().ec, ES256, nil, `{"iss":"`+clientID+`","sub":"`+clientID+`","aud":"`+issuer+`","aud":"`+issuer+`","jti":"j","exp":`+"1795687260}"),
		"claims that are a list":                 signed(t, ours().ec, ES256, nil, `[]`),
		"claims that are no JSON":                signed(t, ours().ec, ES256, nil, `{`),
	} {
		if a, err := VerifyAssertion(raw, ours().keys(nil), clientID, issuer, all, start); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v %v", name, a, err)
		} else if strings.Contains(err.Error(), clientID) || len(err.Error()) > 100 {
			t.Errorf("%s: the error repeats what was sent: %v", name, err)
		}
	}
	if _, err := VerifyAssertion(signed(t, ours().rsa, RS256, nil, right(nil)), ours().keys(nil), clientID, issuer, []string{ES256, PS256}, start); !errors.Is(err, ErrInvalid) {
		t.Errorf("RS256 is taken of who must not use it: %v", err)
	}
}

func decoded(t testing.TB, s string) []byte {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAKeyThatIsNotForSignaturesProvesNothing(t *testing.T) {
	raw := signed(t, ours().ec, ES256, m{"kid": "ec"}, right(nil))
	for name, change := range map[string]func(*jose.JSONWebKeySet){
		"for encryption":        func(s *jose.JSONWebKeySet) { s.Keys[0].Use = "enc" },
		"for another algorithm": func(s *jose.JSONWebKeySet) { s.Keys[0].Algorithm = "ES384" },
		"a kid that is two keys": func(s *jose.JSONWebKeySet) {
			s.Keys = append(s.Keys, jose.JSONWebKey{Key: theirs().ec.Public(), KeyID: "ec"})
		},
		"no key that fits": func(s *jose.JSONWebKeySet) { s.Keys = s.Keys[1:] },
		"no key":           func(s *jose.JSONWebKeySet) { s.Keys = nil },
	} {
		if _, err := VerifyAssertion(raw, ours().keys(change), clientID, issuer, all, start); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, err := VerifyAssertion(raw, []byte("nonsense"), clientID, issuer, all, start); !errors.Is(err, ErrInvalid) {
		t.Errorf("got %v", err)
	}
}

const endpoint = issuer + "/oauth2/token"

func proofBy(t testing.TB, p pair, instead, headers m) string {
	t.Helper()
	claims := m{"jti": "j", "htm": "POST", "htu": endpoint, "iat": start.Unix()}
	maps.Copy(claims, instead)
	maps.DeleteFunc(claims, func(_ string, v any) bool { return v == nil })
	with := m{"typ": TypeProof, "jwk": jose.JSONWebKey{Key: p.ec.Public()}}
	maps.Copy(with, headers)
	maps.DeleteFunc(with, func(_ string, v any) bool { return v == nil })
	return signed(t, p.ec, ES256, with, claims)
}

func TestAProofIsOfItsKeyRequestAndToken(t *testing.T) {
	sum, err := (&jose.JSONWebKey{Key: ours().ec.Public()}).Thumbprint(crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		instead m
		token   string
	}{
		"as it is":                  {nil, ""},
		"with the token":            {m{"ath": Hash("abc")}, "abc"},
		"an address with a query":   {m{"htu": endpoint + "?a=b#c"}, ""},
		"a host in capitals":        {m{"htu": "HTTPS://CENTRAL.example.com/oauth2/token"}, ""},
		"made 10 s ahead":           {m{"iat": start.Add(10 * time.Second).Unix()}, ""},
		"made 59 s ago":             {m{"iat": start.Add(-59 * time.Second).Unix()}, ""},
		"a token that is not asked": {m{"ath": "x"}, ""},
	} {
		p, err := VerifyProof(proofBy(t, ours(), row.instead, nil), "POST", endpoint, row.token, []string{ES256, PS256}, start)
		if err != nil || p.JKT != encode(sum) || p.JTI != "j" || !p.Until.After(start) {
			t.Errorf("%s: %v %v", name, p, err)
		}
	}
}

func TestAProofIsRefused(t *testing.T) {
	private := jose.JSONWebKey{Key: ours().ec}
	p384, _ := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	secret := []byte(strings.Repeat("k", 32))
	for name, raw := range map[string]string{
		"no key":                   proofBy(t, ours(), nil, m{"jwk": nil}),
		"another's key":            proofBy(t, ours(), nil, m{"jwk": jose.JSONWebKey{Key: theirs().ec.Public()}}),
		"a private key":            proofBy(t, ours(), nil, m{"jwk": private}),
		"a symmetric key":          signed(t, secret, "HS256", m{"typ": TypeProof, "jwk": jose.JSONWebKey{Key: secret}}, m{"jti": "j", "htm": "POST", "htu": endpoint, "iat": start.Unix()}),
		"a key of another curve":   signed(t, p384, "ES384", m{"typ": TypeProof, "jwk": jose.JSONWebKey{Key: p384.Public()}}, m{"jti": "j", "htm": "POST", "htu": endpoint, "iat": start.Unix()}),
		"RS256":                    signed(t, ours().rsa, RS256, m{"typ": TypeProof, "jwk": jose.JSONWebKey{Key: ours().rsa.Public()}}, m{"jti": "j", "htm": "POST", "htu": endpoint, "iat": start.Unix()}),
		"no type":                  proofBy(t, ours(), nil, m{"typ": nil}),
		"the type of an assertion": proofBy(t, ours(), nil, m{"typ": "JWT"}),
		"the type of a token":      proofBy(t, ours(), nil, m{"typ": TypeAccess}),
		"something critical":       proofBy(t, ours(), nil, m{"crit": []string{"x"}, "x": 1}),
		"another method":           proofBy(t, ours(), m{"htm": "GET"}, nil),
		"a method in small":        proofBy(t, ours(), m{"htm": "post"}, nil),
		"another address":          proofBy(t, ours(), m{"htu": issuer + "/oauth2/userinfo"}, nil),
		"another host":             proofBy(t, ours(), m{"htu": "https://evil.example.com/oauth2/token"}, nil),
		"another scheme":           proofBy(t, ours(), m{"htu": "http://central.example.com/oauth2/token"}, nil),
		"somebody in the address":  proofBy(t, ours(), m{"htu": "https://a@central.example.com/oauth2/token"}, nil),
		"no method":                proofBy(t, ours(), m{"htm": nil}, nil),
		"no address":               proofBy(t, ours(), m{"htu": nil}, nil),
		"no jti":                   proofBy(t, ours(), m{"jti": nil}, nil),
		"no iat":                   proofBy(t, ours(), m{"iat": nil}, nil),
		"made 61 s ago":            proofBy(t, ours(), m{"iat": start.Add(-61 * time.Second).Unix()}, nil),
		"made 31 s ahead":          proofBy(t, ours(), m{"iat": start.Add(31 * time.Second).Unix()}, nil),
		"no token":                 proofBy(t, ours(), nil, nil),
		"another token":            proofBy(t, ours(), m{"ath": Hash("abd")}, nil),
		"nothing":                  "",
		"more than 4 KB":           proofBy(t, ours(), m{"pad": strings.Repeat("a", 4096)}, nil),
	} {
		token := ""
		if strings.HasSuffix(name, " token") {
			token = "abc"
		}
		if p, err := VerifyProof(raw, "POST", endpoint, token, []string{ES256, PS256}, start); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v %v", name, p, err)
		}
	}
}

func TestATokenOfOursIsOfOneType(t *testing.T) {
	set := first(t)
	key, err := set.Signer(ES256, start)
	key = must(t, key, err)
	types := []string{TypeID, TypeAccess, TypeLogout}
	for _, made := range types {
		raw, err := key.Token(made, m{"sub": "s"})
		raw = must(t, raw, err)
		for _, wanted := range types {
			var claims struct {
				Subject string `json:"sub"`
			}
			err := set.Verify(raw, wanted, start, &claims)
			if (err == nil) != (made == wanted) || made == wanted && claims.Subject != "s" {
				t.Errorf("%s as %s: %v %v", made, wanted, claims, err)
			}
		}
	}
	for name, raw := range map[string]string{
		"another's":        signed(t, theirs().ec, ES256, m{"typ": TypeID, "kid": key.ID}, m{"sub": "s"}),
		"no kid":           signed(t, key.Signer, ES256, m{"typ": TypeID}, m{"sub": "s"}),
		"a key with it":    signed(t, key.Signer, ES256, m{"typ": TypeID, "kid": key.ID, "jwk": jose.JSONWebKey{Key: key.Public()}}, m{"sub": "s"}),
		"alg none":         encode([]byte(`{"alg":"none","typ":"JWT","kid":"`+key.ID+`"}`)) + "." + encode([]byte(`{"sub":"s"}`)) + ".",
		"of a year before": signed(t, key.Signer, ES256, m{"typ": TypeID, "kid": "old"}, m{"sub": "s"}),
	} {
		if err := set.Verify(raw, TypeID, start, &struct{}{}); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if raw, err := key.Token(TypeID, m{"sub": "s"}); err != nil || set.Verify(raw, TypeID, start.Add(100*365*24*time.Hour), &struct{}{}) != nil {
		t.Error("a key without a successor verifies for as long as it has none")
	}
}

func FuzzAssertion(f *testing.F) {
	good := signed(f, ours().ec, ES256, m{"kid": "ec"}, right(nil))
	for _, raw := range []string{good, good + ".", "..", `{"payload":""}`, encode([]byte(`{"alg":"ES256","crit":["b64"],"b64":false}`)) + ".e30.AA"} {
		f.Add(raw)
	}
	keys := ours().keys(nil)
	f.Fuzz(func(t *testing.T, raw string) {
		_, _ = Claimant(raw)
		a, err := VerifyAssertion(raw, keys, clientID, issuer, all, start)
		if err == nil && !strings.HasPrefix(raw, good[:strings.LastIndex(good, ".")]) {
			t.Errorf("%q proves the client: %v", raw, a)
		}
	})
}

func FuzzProof(f *testing.F) {
	good := proofBy(f, ours(), nil, nil)
	f.Add(good)
	f.Add(strings.Replace(good, ".", "..", 1))
	f.Add(encode([]byte(`{"alg":"ES256","typ":"dpop+jwt","jwk":{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}}`)) + ".e30.AA")
	f.Fuzz(func(t *testing.T, raw string) {
		p, err := VerifyProof(raw, "POST", endpoint, "", []string{ES256, PS256}, start)
		if err == nil && (p.JKT == "" || p.JTI == "" || len(raw) > MaxLength) {
			t.Errorf("%q is a proof of nothing: %v", raw, p)
		}
		if p, err := VerifyProof(raw, "GET", endpoint, "token", []string{ES256, PS256}, start); err == nil { // what is fuzzed is a proof for POST
			t.Errorf("%q is a proof for two requests: %v", raw, p)
		}
	})
}
