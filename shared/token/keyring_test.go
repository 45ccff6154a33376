package token

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

const (
	oneKey   = "0123456789abcdefghijklmnopqrstuvwxyz"
	otherKey = "zyxwvutsrqponmlkjihgfedcba9876543210"
)

func keyring(t testing.TB, current, previous string) Keyring {
	t.Helper()
	k, err := ParseKeyring(fmt.Appendf(nil, `{"current":%q,"previous":%q}`, current, previous))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestParseKeyring(t *testing.T) {
	for name, c := range map[string]struct {
		document string
		keys     int // 0: an error
	}{
		"a current key":                    {`{"current":"` + oneKey + `"}`, 1},
		"a current and a previous key":     {`{"current":"` + oneKey + `","previous":"` + otherKey + `"}`, 2},
		"an empty previous key":            {`{"current":"` + oneKey + `","previous":""}`, 1},
		"members of others":                {`{"current":"` + oneKey + `","captchaSecret":"x"}`, 1},
		"a key of 32 characters":           {`{"current":"` + oneKey[:32] + `"}`, 1},
		"a key of 31 characters":           {`{"current":"` + oneKey[:31] + `"}`, 0},
		"a previous key that is too short": {`{"current":"` + oneKey + `","previous":"short"}`, 0},
		"only a previous key":              {`{"previous":"` + otherKey + `"}`, 0},
		"no key":                           {`{}`, 0},
		"a bare key":                       {oneKey, 0},
		"nothing":                          {``, 0},
		"null":                             {`null`, 0},
		"a number":                         {`{"current":12345678901234567890123456789012}`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			k, err := ParseKeyring([]byte(c.document))
			if (err == nil) != (c.keys > 0) || len(k.keys) != c.keys {
				t.Errorf("got %d keys, %v; want %d", len(k.keys), err, c.keys)
			}
			if err != nil && (strings.Contains(err.Error(), oneKey[:8]) || strings.Contains(err.Error(), "short\"")) {
				t.Errorf("the error shows a key: %v", err)
			}
		})
	}
}

// These values were computed by another program (HKDF-SHA-256 and HMAC-SHA-256 of Python's standard library). Links in the
// mail and codes on their way depend on them: a change must be meant.
func TestDerivationIsFrozen(t *testing.T) {
	k := keyring(t, oneKey, "")
	if got, want := k.Issue(VerifyEmail, "digest", "id").Reveal(), "digest.id.e5DaRyKXl0K8SfQ2_QlcOZzkc0xh2EGqW7M1mLtmEy4"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := k.Code(PhoneCode, "challenge").Reveal(), "063230"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestOpenGivesBackWhatIssueSigned(t *testing.T) {
	k := keyring(t, oneKey, "")
	for _, parts := range [][]string{{"id"}, {"digest", "id"}, {"a", "b", "c"}, {""}, {"-_09azAZ", ""}} {
		got, err := k.Open(ResetPassword, k.Issue(ResetPassword, parts...).Reveal(), len(parts))
		if err != nil || !slices.Equal(got, parts) {
			t.Errorf("%q: got %q, %v", parts, got, err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	k := keyring(t, oneKey, "")
	good := k.Issue(VerifyEmail, "digest", "id").Reveal()
	mac := good[strings.LastIndexByte(good, '.')+1:]
	for name, s := range map[string]string{
		"nothing":                        "",
		"only dots":                      "..",
		"no signature":                   "digest.id.",
		"a part too few":                 "digest." + mac,
		"a part too many":                "digest.id.x." + mac,
		"parts in another order":         "id.digest." + mac,
		"a letter moved to the next":     "diges.tid." + mac,
		"another id":                     "digest.ie." + mac,
		"a letter of another case":       "Digest.id." + mac,
		"half a signature":               "digest.id." + mac[:20],
		"a longer signature":             good + "AA",
		"padding":                        good + "=",
		"a line break at the end":        good + "\n",
		"a line break in the signature":  good[:20] + "\n" + good[20:],
		"a space before":                 " " + good,
		"base64 of the other alphabet":   "digest.id." + strings.ReplaceAll(mac, "_", "/"),
		"bits after the signature's end": good[:len(good)-1] + "5",
		"for another purpose":            k.Issue(ResetPassword, "digest", "id").Reveal(),
		"of another key":                 keyring(t, otherKey, "").Issue(VerifyEmail, "digest", "id").Reveal(),
		"one part with a dot in it":      k.Issue(VerifyEmail, "digest.id").Reveal(),
		"a megabyte":                     strings.Repeat("a", 1<<20),
		"a megabyte of dots":             strings.Repeat(".", 1<<20),
	} {
		t.Run(name, func(t *testing.T) {
			if parts, err := k.Open(VerifyEmail, s, 2); !errors.Is(err, ErrInvalid) || parts != nil {
				t.Errorf("got %q, %v", parts, err)
			}
		})
	}
}

func TestRotationKeepsOldSignaturesAndMakesNewOnes(t *testing.T) {
	before, during, after := keyring(t, oneKey, ""), keyring(t, otherKey, oneKey), keyring(t, otherKey, "")
	old, fresh := before.Issue(VerifyEmail, "id").Reveal(), during.Issue(VerifyEmail, "id").Reveal()
	if old == fresh {
		t.Error("the previous key still signs")
	}
	for name, c := range map[string]struct {
		keys  Keyring
		token string
		want  bool
	}{
		"an old link during the rotation":           {during, old, true},
		"a new link during the rotation":            {during, fresh, true},
		"an old link after it":                      {after, old, false},
		"a new link after it":                       {after, fresh, true},
		"a new link where the key is not known yet": {before, fresh, false},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := c.keys.Open(VerifyEmail, c.token, 1); (err == nil) != c.want {
				t.Errorf("got %v", err)
			}
		})
	}
	typed := before.Code(PhoneCode, "challenge").Reveal()
	if !during.CodeMatches(PhoneCode, typed, "challenge") || after.CodeMatches(PhoneCode, typed, "challenge") {
		t.Error("a code on its way does not follow the rotation")
	}
}

func TestSignatureDependsOnPurposeAndOnWhereOnePartEnds(t *testing.T) {
	k := keyring(t, oneKey, "")
	seen := map[string]string{}
	for name, mac := range map[string][]byte{
		"ab, c": k.Sign(Captcha, "ab", "c"), "a, bc": k.Sign(Captcha, "a", "bc"), "abc": k.Sign(Captcha, "abc"), "abc, ": k.Sign(Captcha, "abc", ""),
		"none": k.Sign(Captcha), "length": k.Sign(Captcha, "\x00\x00\x00\x01a"), "a": k.Sign(Captcha, "a"), "other purpose": k.Sign(KnownDevice, "ab", "c"),
	} {
		if twin := seen[string(mac)]; twin != "" {
			t.Errorf("%q and %q have one signature", name, twin)
		}
		seen[string(mac)] = name
	}
	if (Keyring{}).Verify(Captcha, nil) || k.Verify(Captcha, nil, "a") || k.Verify(Captcha, bytes.Repeat([]byte{0}, 32), "a") {
		t.Error("verifies what nobody signed")
	}
}

func TestCodeIsSixDigitsThatNothingElseMatches(t *testing.T) {
	k := keyring(t, oneKey, "")
	distinct := map[string]bool{}
	for i := range 2000 {
		challenge := fmt.Sprint("challenge-", i)
		typed := k.Code(PhoneCode, challenge).Reveal()
		if len(typed) != 6 || strings.Trim(typed, "0123456789") != "" {
			t.Fatalf("code %q", typed)
		}
		if !k.CodeMatches(PhoneCode, typed, challenge) {
			t.Errorf("%s does not match itself", typed)
		}
		distinct[typed] = true
	}
	if len(distinct) < 1950 { // two collisions are to be expected
		t.Errorf("2000 challenges share %d codes", len(distinct))
	}
	typed := k.Code(PhoneCode, "challenge").Reveal() // 063230
	for _, wrong := range []string{"", "0", typed[1:], "0" + typed, typed + " ", " " + typed, "０６３２３０", "063231", "63230", "+63230"} {
		if k.CodeMatches(PhoneCode, wrong, "challenge") {
			t.Errorf("%q matches %s", wrong, typed)
		}
	}
	if k.CodeMatches(VerifyEmail, typed, "challenge") || k.CodeMatches(PhoneCode, typed, "other") {
		t.Error("a code matches elsewhere")
	}
}

func FuzzOpenTakesOneSpellingOfWhatWasIssued(f *testing.F) {
	k := keyring(f, oneKey, otherKey)
	good := k.Issue(VerifyEmail, "digest", "id").Reveal()
	f.Add(good, 2)
	f.Add(good+"\n", 2)
	f.Add("", 0)
	f.Add("..", 2)
	f.Add(keyring(f, otherKey, "").Issue(VerifyEmail, "x").Reveal(), 1)
	f.Fuzz(func(t *testing.T, s string, n int) {
		if n < 0 || n > 10 {
			return
		}
		parts, err := k.Open(VerifyEmail, s, n)
		if err != nil {
			if parts != nil || !errors.Is(err, ErrInvalid) {
				t.Fatalf("got %q, %v", parts, err)
			}
			return
		}
		current := k.Issue(VerifyEmail, parts...).Reveal()
		previous := keyring(t, otherKey, "").Issue(VerifyEmail, parts...).Reveal()
		if s != current && s != previous {
			t.Errorf("%q opens, but nobody issued it", s)
		}
	})
}

func BenchmarkOpen(b *testing.B) {
	k := keyring(b, oneKey, otherKey)
	s := k.Issue(VerifyEmail, "digest", "id").Reveal()
	for b.Loop() {
		if _, err := k.Open(VerifyEmail, s, 2); err != nil {
			b.Fatal(err)
		}
	}
}
