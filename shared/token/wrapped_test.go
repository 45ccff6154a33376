package token

import (
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestUnwrapGivesBackWhatWrapHid(t *testing.T) {
	k := keyring(t, oneKey, "")
	for _, parts := range [][]string{{"id"}, {"account", "session"}, {"a", "", "b.c d"}, {""}, {strings.Repeat("x", 300)}} {
		wrapped := k.Wrap(OIDCAccess, parts...).Reveal()
		got, err := k.Unwrap(OIDCAccess, wrapped, len(parts))
		if err != nil || !slices.Equal(got, parts) {
			t.Errorf("%q: got %q, %v", parts, got, err)
		}
		if again := k.Wrap(OIDCAccess, parts...).Reveal(); again != wrapped {
			t.Errorf("%q: it is another token the second time", parts)
		}
		raw, err := base64.RawURLEncoding.DecodeString(wrapped)
		for _, part := range parts {
			if err != nil || len(part) > 3 && strings.Contains(string(raw), part) {
				t.Errorf("%q can be read in it: %v", part, err)
			}
		}
	}
}

func TestUnwrapRefuses(t *testing.T) {
	k := keyring(t, oneKey, "")
	good := k.Wrap(OIDCAccess, "account", "session").Reveal()
	swapped := []byte(good)
	swapped[len(good)-8], swapped[len(good)-7] = swapped[len(good)-7], swapped[len(good)-8]
	for name, s := range map[string]string{
		"nothing": "", "half": good[:len(good)/2], "a letter less": good[:len(good)-1], "four less": good[:len(good)-4], "four more": good + "AAAA",
		"padding": good + "=", "a line break": good[:9] + "\n" + good[9:], "two letters swapped": string(swapped), "a space": " " + good,
		"its signature alone": good[:43], "5 KB": strings.Repeat("A", 5000), "the other alphabet": strings.NewReplacer("-", "+", "_", "/").Replace(good) + "+",
		"that of another purpose": k.Wrap(OIDCRefresh, "account", "session").Reveal(), "that of other keys": keyring(t, otherKey, "").Wrap(OIDCAccess, "account", "session").Reveal(),
		"one that is signed and not wrapped": k.Issue(OIDCAccess, "account", "session").Reveal(),
		"a part more":                        k.Wrap(OIDCAccess, "account", "session", "").Reveal(), "a part less": k.Wrap(OIDCAccess, "account").Reveal(),
	} {
		if got, err := k.Unwrap(OIDCAccess, s, 2); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
	for i := range good { // no letter may be another
		if _, err := k.Unwrap(OIDCAccess, good[:i]+"A"+good[i+1:], 2); err == nil && good[i] != 'A' {
			t.Errorf("letter %d may be an A", i)
		}
	}
}

func TestAWrappedTokenOutlivesOneRotation(t *testing.T) {
	old := keyring(t, oneKey, "").Wrap(OIDCRefresh, "a", "b").Reveal()
	if got, err := keyring(t, otherKey, oneKey).Unwrap(OIDCRefresh, old, 2); err != nil || !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := keyring(t, otherKey, "").Unwrap(OIDCRefresh, old, 2); !errors.Is(err, ErrInvalid) {
		t.Errorf("got %v", err)
	}
}

func FuzzUnwrap(f *testing.F) {
	k := keyring(f, oneKey, otherKey)
	good := k.Wrap(OIDCAccess, "account", "session").Reveal()
	f.Add(good)
	f.Add(k.Wrap(OIDCCode, "account", "session").Reveal())
	f.Add(strings.Repeat("A", 43))
	f.Fuzz(func(t *testing.T, s string) {
		if parts, err := k.Unwrap(OIDCAccess, s, 2); err == nil && s != good {
			t.Errorf("%q is a token: %q", s, parts)
		}
	})
}
