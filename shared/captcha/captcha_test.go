package captcha_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/captcha"
	"phonon.in/central/shared/captcha/captchatest"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/token"
)

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

func keyring(t testing.TB, current, previous string) token.Keyring {
	t.Helper()
	k, err := token.ParseKeyring([]byte(`{"current":"` + current + `","previous":"` + previous + `"}`))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

var (
	oldKey = strings.Repeat("old-", 10)
	newKey = strings.Repeat("new-", 10)
)

func cheap(t testing.TB) captcha.Issuer {
	return captcha.Issuer{Keys: keyring(t, newKey, ""), Work: captchatest.Cheap}
}

func issue(t testing.TB, i captcha.Issuer) captcha.Challenge {
	t.Helper()
	c, err := i.New(noon)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func wantFault(t testing.TB, err error, code string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != code || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Pointer != "/captcha" {
		t.Errorf("got %v, want %s at /captcha", err, code)
	}
}

func decode(t testing.TB, payload string) captcha.Payload {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(payload)
	if err != nil {
		t.Fatal(err)
	}
	var p captcha.Payload
	if err := json.Unmarshal(raw, &p); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestNewAsksForTheWorkWePromise(t *testing.T) {
	i := captcha.Issuer{Keys: keyring(t, newKey, "")}
	c := issue(t, i)
	p := c.Parameters
	if p.Algorithm != "PBKDF2/SHA-256" || p.Cost != 5000 || p.KeyLength != 32 || p.ExpiresAt != noon.Add(10*time.Minute).Unix() {
		t.Errorf("parameters %+v", p)
	}
	for name, s := range map[string]string{"nonce": p.Nonce, "salt": p.Salt, "keyPrefix": p.KeyPrefix} {
		if b, err := hex.DecodeString(s); err != nil || len(b) != 16 {
			t.Errorf("%s is %q, want 16 bytes of hex", name, s)
		}
	}
	if captcha.DefaultWork != (captcha.Work{Cost: 5000, MinCounter: 300, MaxCounter: 600}) {
		t.Errorf("the work is %+v", captcha.DefaultWork)
	}
	if other := issue(t, i).Parameters; other.Nonce == p.Nonce || other.Salt == p.Salt {
		t.Error("two challenges share their nonce or salt")
	}
}

func TestWorkEndsBetweenItsCounters(t *testing.T) {
	i := captcha.Issuer{Keys: keyring(t, newKey, ""), Work: captcha.Work{Cost: 1, MinCounter: 20, MaxCounter: 22}}
	seen := map[uint32]bool{}
	for range 200 {
		seen[decode(t, captchatest.Solve(issue(t, i))).Solution.Counter] = true
	}
	if len(seen) != 3 || !seen[20] || !seen[21] || !seen[22] {
		t.Errorf("solved after %v derivations, want each of 20, 21 and 22", seen)
	}
}

func TestCheckTakesASolvedChallengeUntilItExpires(t *testing.T) {
	i := cheap(t)
	c := issue(t, i)
	payload := captchatest.Solve(c)
	for _, at := range []time.Time{noon, noon.Add(10*time.Minute - 1)} {
		spend, until, err := i.Check(payload, at)
		if err != nil || spend != c.Signature || !until.Equal(noon.Add(10*time.Minute)) {
			t.Errorf("at %s: %q, %s, %v", at, spend, until, err)
		}
	}
	spend, _, err := i.Check(payload, noon.Add(10*time.Minute))
	wantFault(t, err, "captcha_expired")
	if spend != "" {
		t.Error("an expired solution has something to spend")
	}
}

func TestCheckTakesChallengesOfThePreviousKey(t *testing.T) {
	before := captcha.Issuer{Keys: keyring(t, oldKey, ""), Work: captchatest.Cheap}
	payload := captchatest.Solve(issue(t, before))
	rotated := captcha.Issuer{Keys: keyring(t, newKey, oldKey)}
	if _, _, err := rotated.Check(payload, noon); err != nil {
		t.Errorf("after one rotation: %v", err)
	}
	_, _, err := captcha.Issuer{Keys: keyring(t, newKey, "")}.Check(payload, noon)
	wantFault(t, err, "captcha_invalid")
}

// One solution must have one name to spend, whatever spelling it comes in.
func TestAnotherSpellingOfASolutionIsTheSameSolution(t *testing.T) {
	i := cheap(t)
	c := issue(t, i)
	payload := captchatest.Solve(c)
	p := decode(t, payload)
	upper := p
	upper.Challenge.Signature = strings.ToUpper(c.Signature)
	raw, _ := base64.StdEncoding.DecodeString(payload)
	spellings := map[string]string{
		"signature in capitals":    captchatest.Encode(upper),
		"line breaks in base64":    payload[:40] + "\r\n" + payload[40:],
		"spaces in JSON":           base64.StdEncoding.EncodeToString([]byte(" " + string(raw) + "\n")),
		"a member more":            base64.StdEncoding.EncodeToString([]byte(strings.Replace(string(raw), "{", `{"x":1,`, 1))),
		"another time and counter": captchatest.Encode(captcha.Payload{Challenge: c, Solution: captcha.Solution{Counter: 999999, DerivedKey: p.Solution.DerivedKey, Time: 7}}),
	}
	for name, s := range spellings {
		t.Run(name, func(t *testing.T) {
			if spend, _, err := i.Check(s, noon); err == nil && spend != c.Signature {
				t.Errorf("spends %q, the first spelling %q", spend, c.Signature)
			}
		})
	}
}

func TestCheckRefusesWhatWasChanged(t *testing.T) {
	i := cheap(t)
	c := issue(t, i)
	other := decode(t, captchatest.Solve(issue(t, i)))
	for name, change := range map[string]func(*captcha.Payload){
		"another algorithm": func(p *captcha.Payload) { p.Challenge.Parameters.Algorithm = "SHA-256" },
		"another nonce":     func(p *captcha.Payload) { p.Challenge.Parameters.Nonce = other.Challenge.Parameters.Nonce },
		"another salt":      func(p *captcha.Payload) { p.Challenge.Parameters.Salt = other.Challenge.Parameters.Salt },
		"less work":         func(p *captcha.Payload) { p.Challenge.Parameters.Cost = 1 },
		"work without end":  func(p *captcha.Payload) { p.Challenge.Parameters.Cost = 1 << 40 },
		"a longer key":      func(p *captcha.Payload) { p.Challenge.Parameters.KeyLength = 1 << 40 },
		"no prefix":         func(p *captcha.Payload) { p.Challenge.Parameters.KeyPrefix = "" },
		"a shorter prefix":  func(p *captcha.Payload) { p.Challenge.Parameters.KeyPrefix = p.Challenge.Parameters.KeyPrefix[:2] },
		"no key signature":  func(p *captcha.Payload) { p.Challenge.Parameters.KeySignature = "" },
		"more time":         func(p *captcha.Payload) { p.Challenge.Parameters.ExpiresAt += 3600 },
		"no time":           func(p *captcha.Payload) { p.Challenge.Parameters.ExpiresAt = 0 },
		"a digit moved from time to key signature": func(p *captcha.Payload) {
			digits := strconv.FormatInt(p.Challenge.Parameters.ExpiresAt, 10)
			p.Challenge.Parameters.KeySignature += digits[:1]
			p.Challenge.Parameters.ExpiresAt, _ = strconv.ParseInt(digits[1:], 10, 64)
		},
		"a digit moved from salt to cost": func(p *captcha.Payload) {
			p.Challenge.Parameters.Cost, _ = strconv.Atoi("1" + strconv.Itoa(p.Challenge.Parameters.Cost))
		},
		"no signature":                  func(p *captcha.Payload) { p.Challenge.Signature = "" },
		"half a signature":              func(p *captcha.Payload) { p.Challenge.Signature = p.Challenge.Signature[:32] },
		"a signature that is no hex":    func(p *captcha.Payload) { p.Challenge.Signature = "zz" },
		"the key's signature as ours":   func(p *captcha.Payload) { p.Challenge.Signature = p.Challenge.Parameters.KeySignature },
		"another challenge's signature": func(p *captcha.Payload) { p.Challenge.Signature = other.Challenge.Signature },
		"no key":                        func(p *captcha.Payload) { p.Solution.DerivedKey = "" },
		"only the prefix of the key":    func(p *captcha.Payload) { p.Solution.DerivedKey = p.Challenge.Parameters.KeyPrefix },
		"another challenge's key":       func(p *captcha.Payload) { p.Solution = other.Solution },
		"another challenge's key, with its key signature": func(p *captcha.Payload) {
			p.Solution, p.Challenge.Parameters.KeySignature = other.Solution, other.Challenge.Parameters.KeySignature
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := decode(t, captchatest.Solve(c))
			change(&p)
			spend, until, err := i.Check(captchatest.Encode(p), noon)
			wantFault(t, err, "captcha_invalid")
			if spend != "" || !until.IsZero() {
				t.Error("there is something to spend")
			}
		})
	}
}

func TestCheckRefusesWhatIsNoPayload(t *testing.T) {
	i := cheap(t)
	good := captchatest.Solve(issue(t, i))
	encode := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	for name, payload := range map[string]string{
		"nothing":                "",
		"no base64":              "%%%",
		"base64url":              strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(good) + "-_",
		"no JSON":                encode("hello"),
		"null":                   encode("null"),
		"a list":                 encode("[]"),
		"the widget's test mode": encode(`{"challenge":null,"solution":null,"test":true}`),
		"two values":             encode("{}{}"),
		"a counter below zero":   encode(`{"solution":{"counter":-1}}`),
		"a payload of version 1": encode(`{"algorithm":"SHA-256","challenge":"x","number":1,"salt":"x","signature":"x"}`),
		"deep nesting":           encode(strings.Repeat("[", 2000)),
		"a megabyte":             strings.Repeat("A", 1<<20),
		"a good one and more":    good + good,
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := i.Check(payload, noon)
			wantFault(t, err, "captcha_invalid")
		})
	}
}

// What the contract takes is what is read: a payload of the greatest length, here with white space in its JSON, is one.
func TestAPayloadMayBeAsLongAsTheContractSays(t *testing.T) {
	i := cheap(t)
	raw, err := base64.StdEncoding.DecodeString(captchatest.Solve(issue(t, i)))
	if err != nil {
		t.Fatal(err)
	}
	for length, taken := range map[int]bool{captcha.MaxResponse: true, captcha.MaxResponse + 4: false} {
		payload := base64.StdEncoding.EncodeToString(append(raw, strings.Repeat(" ", length/4*3-len(raw))...))
		if _, _, err := i.Check(payload, noon); len(payload) != length || (err == nil) != taken {
			t.Errorf("%d characters: %v", len(payload), err)
		}
	}
}

func FuzzCheckTakesNothingThatWeDidNotIssue(f *testing.F) {
	i := cheap(f)
	for _, s := range []string{"", "null", "{}", `{"challenge":{"parameters":{},"signature":""},"solution":{}}`, `{"challenge":{"parameters":{"cost":1e9}}}`} {
		f.Add([]byte(s))
	}
	stranger := captcha.Issuer{Keys: keyring(f, oldKey, ""), Work: captchatest.Cheap}
	raw, err := base64.StdEncoding.DecodeString(captchatest.Solve(issue(f, stranger)))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Fuzz(func(t *testing.T, raw []byte) {
		if spend, _, err := i.Check(base64.StdEncoding.EncodeToString(raw), noon); err == nil || spend != "" {
			t.Errorf("accepted %q", raw)
		}
	})
}

func BenchmarkNew(b *testing.B) {
	i := captcha.Issuer{Keys: keyring(b, newKey, "")}
	for b.Loop() {
		issue(b, i)
	}
}

func BenchmarkCheck(b *testing.B) {
	i := cheap(b)
	payload := captchatest.Solve(issue(b, i))
	for b.Loop() {
		if _, _, err := i.Check(payload, noon); err != nil {
			b.Fatal(err)
		}
	}
}
