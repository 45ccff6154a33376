package jose

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/fault"
)

var start = time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC)

func must[T any](t *testing.T, v T, err error) T {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// reread is what functions see of a keyset that was written down.
func reread(t *testing.T, s Keyset) Keyset {
	t.Helper()
	text, err := s.Document()
	set, err2 := ParseKeyset(must(t, text, err))
	return must(t, set, err2)
}

func first(t *testing.T) Keyset {
	t.Helper()
	set, err := Keyset{}.Rotate(start)
	return reread(t, must(t, set, err))
}

// published is the JSON Web Key Set by kid, as a client reads it.
func published(t *testing.T, s Keyset, at time.Time) map[string]map[string]string {
	t.Helper()
	var set struct{ Keys []map[string]string }
	if err := json.Unmarshal(s.Public(at), &set); err != nil {
		t.Fatal(err)
	}
	byID := map[string]map[string]string{}
	for _, k := range set.Keys {
		if byID[k["kid"]] != nil {
			t.Fatalf("two keys are called %s", k["kid"])
		}
		byID[k["kid"]] = k
	}
	return byID
}

// verifies checks a signature with nothing but what is published.
func verifies(t *testing.T, jwk map[string]string, digest, signature []byte) bool {
	t.Helper()
	number := func(member string) *big.Int {
		b, err := base64.RawURLEncoding.DecodeString(jwk[member])
		return new(big.Int).SetBytes(must(t, b, err))
	}
	if jwk["kty"] == "RSA" {
		return rsa.VerifyPKCS1v15(&rsa.PublicKey{N: number("n"), E: int(number("e").Int64())}, crypto.SHA256, digest, signature) == nil
	}
	x, err := base64.RawURLEncoding.DecodeString(jwk["x"])
	point := append([]byte{4}, must(t, x, err)...)
	y, err := base64.RawURLEncoding.DecodeString(jwk["y"])
	public, err2 := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(point, must(t, y, err)...))
	return ecdsa.VerifyASN1(must(t, public, err2), digest, signature)
}

func TestWhatIsPublishedVerifiesWhatIsSigned(t *testing.T) {
	set := first(t)
	digest := sha256.Sum256([]byte("a token"))
	for _, alg := range []string{ES256, RS256} {
		key, err := set.Signer(alg, start)
		key = must(t, key, err)
		signature, err := key.Sign(rand.Reader, digest[:], crypto.SHA256)
		jwk := published(t, set, start)[key.ID]
		if !verifies(t, jwk, digest[:], must(t, signature, err)) || jwk["alg"] != alg || jwk["use"] != "sig" {
			t.Errorf("%s: %v", alg, jwk)
		}
		other := sha256.Sum256([]byte("another token"))
		if verifies(t, jwk, other[:], signature) {
			t.Error("another text verifies")
		}
	}
	if _, err := set.Signer("HS256", start); !errors.Is(err, ErrNoKey) {
		t.Errorf("got %v", err)
	}
}

func TestNoPrivateHalfIsPublished(t *testing.T) {
	set := first(t)
	if len(published(t, set, start)) != 2 {
		t.Fatal("an ES256 and an RS256 key are published")
	}
	allowed := []string{"alg", "crv", "e", "kid", "kty", "n", "use", "x", "y"}
	for id, jwk := range published(t, set, start) {
		for member := range maps.Keys(jwk) {
			if !slices.Contains(allowed, member) {
				t.Errorf("%s has a member %s", id, member)
			}
		}
	}
}

func TestTheFirstKeysSignAtOnceAndTheNextOnesAfterTwoDays(t *testing.T) {
	one := first(t)
	rotated, err := one.Rotate(start.Add(time.Hour))
	two := reread(t, must(t, rotated, err))
	begins := start.Add(time.Hour + Lead)
	for _, alg := range []string{ES256, RS256} {
		was, _ := one.Signer(alg, start)
		for at, same := range map[time.Time]bool{start: true, start.Add(time.Hour): true, begins.Add(-time.Second): true, begins: false, begins.Add(24 * time.Hour): false} {
			key, err := two.Signer(alg, at)
			if must(t, key, err); (key.ID == was.ID) != same {
				t.Errorf("%s at %s: signed by the old key: %v", alg, at, !same)
			}
			if !same && at.Sub(start.Add(time.Hour)) < 48*time.Hour {
				t.Errorf("a key that is published for %s signs", at.Sub(start.Add(time.Hour)))
			}
		}
	}
}

func TestEveryTokenAcrossARotationVerifiesWithASetThatIsTwoHoursOld(t *testing.T) {
	one := first(t)
	at := start.Add(30 * 24 * time.Hour)
	rotated, err := one.Rotate(at)
	two := reread(t, must(t, rotated, err))
	signers := map[string]bool{}
	for i := range 1000 {
		issued := at.Add(time.Duration(i) * 4 * time.Minute) // 66 hours, over the switch
		key, err := two.Signer(ES256, issued)
		key = must(t, key, err)
		signers[key.ID] = true
		signature, err := key.Sign(rand.Reader, digestOf(i), crypto.SHA256)
		must(t, signature, err)
		old := published(t, one, issued) // a function that has not read the new secret yet
		if issued.Sub(at) >= 2*time.Hour {
			old = published(t, two, issued.Add(-2*time.Hour))
		}
		expires := published(t, two, issued.Add(10*time.Minute))
		for when, set := range map[string]map[string]map[string]string{"two hours before": old, "when it expires": expires} {
			if set[key.ID] == nil || !verifies(t, set[key.ID], digestOf(i), signature) {
				t.Fatalf("login %d, by the set of %s", i, when)
			}
		}
	}
	if len(signers) != 2 {
		t.Errorf("%d keys signed", len(signers))
	}
}

func digestOf(i int) []byte {
	sum := sha256.Sum256(fmt.Append(nil, i))
	return sum[:]
}

func TestARotationWaitsForTheOneBeforeAndDropsWhatIsOver(t *testing.T) {
	one := first(t)
	rotated, err := one.Rotate(start)
	two := reread(t, must(t, rotated, err))
	_, err = two.Rotate(start.Add(Lead - time.Second))
	if waits, ok := errors.AsType[*RotatingError](err); !ok || !waits.Until.Equal(start.Add(Lead)) {
		t.Errorf("got %v", err)
	}
	later := start.Add(Lead + Afterlife)
	rotated, err = two.Rotate(later)
	three := reread(t, must(t, rotated, err))
	known := map[string]bool{}
	for _, set := range []Keyset{one, two, three} {
		for _, k := range set.Keys() {
			known[k.ID] = true
		}
	}
	if len(three.Keys()) != 4 || len(known) != 6 {
		t.Errorf("%d keys, %d ids in all", len(three.Keys()), len(known))
	}
	for _, k := range one.Keys() {
		if _, still := two.Published(k.ID, later.Add(-time.Second)); !still {
			t.Error("a key is withdrawn while its tokens may be held")
		}
		if _, still := two.Published(k.ID, later); still {
			t.Error("a key is published for ever")
		}
		if _, still := three.Published(k.ID, start); still {
			t.Error("the secret grows for ever")
		}
	}
}

func TestKeysThatGotOutAreReplacedAtOnce(t *testing.T) {
	one := first(t)
	replaced, err := Replace(start.Add(time.Minute))
	two := reread(t, must(t, replaced, err))
	for _, k := range one.Keys() {
		if _, still := two.Published(k.ID, start.Add(time.Minute)); still {
			t.Error("a key that got out is published")
		}
		key, err := two.Signer(k.Alg, start.Add(time.Minute))
		if must(t, key, err); key.ID == k.ID {
			t.Error("a key that got out signs")
		}
	}
}

func TestParseKeysetRefuses(t *testing.T) {
	pkcs8 := func(key any, err error) string {
		der, err2 := x509.MarshalPKCS8PrivateKey(must(t, key, err))
		return base64.StdEncoding.EncodeToString(must(t, der, err2))
	}
	p256 := pkcs8(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	p384 := pkcs8(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))
	rsa2048 := pkcs8(rsa.GenerateKey(rand.Reader, 2048))
	const from = `"from":"2026-11-26T10:00:00Z"`
	key := func(id, alg, der, when string) string {
		return fmt.Sprintf(`{"kid":%q,"alg":%q,"pkcs8":%q,%s}`, id, alg, der, when)
	}
	for name, row := range map[string]struct{ keys, says string }{
		"not JSON":                 {"{", "no JSON object"},
		"no private key":           {key("a", ES256, "AAAA", from), "no private key"},
		"another curve":            {key("a", ES256, p384, from), "P-256"},
		"an EC key for RS256":      {key("a", RS256, p256, from), "P-256"},
		"an RSA key for ES256":     {key("a", ES256, rsa2048, from), "RSA key is for RS256"},
		"an algorithm that is off": {key("a", "none", p256, from), "ES256"},
		"no kid":                   {key("", ES256, p256, from), "no kid of its own"},
		"a kid twice":              {key("a", ES256, p256, from) + "," + key("a", RS256, rsa2048, from), "key 2 of the signing secret has no kid"},
		"no from":                  {key("a", ES256, p256, `"until":"2026-11-26T10:00:00Z"`), "from is missing"},
	} {
		_, err := ParseKeyset([]byte(`{"keys":[` + row.keys + `]}`))
		if err == nil || !strings.Contains(err.Error(), row.says) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), p256[:20]) {
			t.Errorf("%s: the error has the key in it", name)
		}
	}
	if set, err := ParseKeyset([]byte(`{"keys":[` + key("a", ES256, p256, from) + `]}`)); err != nil || len(set.Keys()) != 1 {
		t.Errorf("a good key: %v", err)
	}
	empty, err := ParseKeyset([]byte(`{"keys":[]}`))
	if _, err2 := must(t, empty, err).Signer(ES256, start); !errors.Is(err2, ErrNoKey) || string(empty.Public(start)) != `{"keys":[]}` {
		t.Errorf("a fresh stack: %v %s", err2, empty.Public(start))
	}
	if down := fault.Down(nil); ErrNoKey.Kind != fault.Unavailable || ErrNoKey.RetryAfter != down.RetryAfter {
		t.Error("a client is not told to come again")
	}
}

func TestKeysDoNotPrint(t *testing.T) {
	set := first(t)
	key, err := set.Signer(ES256, start)
	private := must(t, key, err).Signer.(*ecdsa.PrivateKey)
	raw, err := private.Bytes()
	scalar := new(big.Int).SetBytes(must(t, raw, err))
	for _, v := range []any{set, &set, key, &key, []Key{key}, struct{ K Key }{key}} {
		encoded, _ := json.Marshal(v)
		for _, printed := range []string{fmt.Sprintf("%v", v), fmt.Sprintf("%+v", v), fmt.Sprintf("%#v", v), string(encoded)} {
			if strings.Contains(printed, scalar.String()) || strings.Contains(printed, fmt.Sprintf("%x", raw)) || !strings.Contains(printed, hidden) {
				t.Errorf("printed: %.80s", printed)
			}
		}
	}
}

func FuzzParseKeysetNeverPanics(f *testing.F) {
	f.Add([]byte(`{"keys":[{"kid":"a","alg":"ES256","pkcs8":"AA==","from":"2026-11-26T10:00:00Z"}]}`))
	f.Fuzz(func(t *testing.T, document []byte) {
		if set, err := ParseKeyset(document); err == nil {
			set.Public(start)
		}
	})
}
