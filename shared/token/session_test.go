package token

import (
	"errors"
	"strings"
	"testing"
)

func TestSessionTokenLeadsBackToItsDigest(t *testing.T) {
	account := NewID()
	tok, digest := NewSession(account)
	gotAccount, gotDigest, err := ParseSession(tok.Reveal())
	if err != nil || gotAccount != account || gotDigest != digest {
		t.Errorf("got %s, %s, %v; want %s, %s", gotAccount, gotDigest, err, account, digest)
	}
	if strings.Contains(tok.Reveal(), digest) {
		t.Error("the token shows its digest")
	}
	if other, otherDigest := NewSession(account); other == tok || otherDigest == digest {
		t.Error("two sessions are one")
	}
}

// The value is SHA-256 of fifty-two B, by Python: digests in the table depend on it.
func TestSessionDigestIsFrozen(t *testing.T) {
	_, digest, err := ParseSession(strings.Repeat("A", 26) + "." + strings.Repeat("B", 52))
	if want := "0EPrqKY5B0fQmX8zUuNr-lGnmWJJKnM0qF0YoVxgbHY"; err != nil || digest != want {
		t.Errorf("got %s, %v; want %s", digest, err, want)
	}
}

func TestParseSessionRefuses(t *testing.T) {
	id, secret := strings.Repeat("A", 26), strings.Repeat("B", 52)
	for name, s := range map[string]string{
		"nothing":                    "",
		"no dot":                     id + secret,
		"no secret":                  id + ".",
		"no account":                 "." + secret,
		"a secret too short":         id + "." + secret[1:],
		"a secret too long":          id + "." + secret + "B",
		"an account too short":       id[1:] + "." + secret,
		"two dots":                   id + "." + secret[1:] + ".",
		"lower case":                 strings.ToLower(id) + "." + secret,
		"digits that base32 has not": strings.Repeat("0", 26) + "." + secret,
		"a key of the table":         "account#AAAAAAAAAAAAAAAAAA" + "." + secret,
		"a line break":               id + "." + secret[1:] + "\n",
		"bytes that are no text":     id[1:] + "\xff." + secret,
		"a megabyte":                 strings.Repeat("A", 1<<20),
	} {
		t.Run(name, func(t *testing.T) {
			if account, digest, err := ParseSession(s); !errors.Is(err, ErrInvalid) || account != "" || digest != "" {
				t.Errorf("got %q, %q, %v", account, digest, err)
			}
		})
	}
}

func TestIDsAreRandomAndHaveOneShape(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		id := NewID()
		if !IsID(id) || seen[id] {
			t.Fatalf("id %q", id)
		}
		seen[id] = true
	}
	for _, s := range []string{"", "A", strings.Repeat("A", 25), strings.Repeat("A", 27), strings.Repeat("a", 26), strings.Repeat("1", 26), strings.Repeat("A", 25) + "#", strings.Repeat("Å", 13)} {
		if IsID(s) {
			t.Errorf("%q is an id", s)
		}
	}
}

func FuzzParsedSessionHasItsShape(f *testing.F) {
	f.Add(strings.Repeat("A", 26) + "." + strings.Repeat("B", 52))
	f.Add(".")
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		account, digest, err := ParseSession(s)
		if err != nil {
			return
		}
		if !IsID(account) || len(digest) != 43 || !strings.HasPrefix(s, account+".") || len(s) != 26+1+52 {
			t.Errorf("%q gives %q, %q", s, account, digest)
		}
	})
}
