package token

import (
	"errors"
	"strings"
	"testing"
)

func TestWhatIsSealedOpensForItsPurposeAndPlaceAlone(t *testing.T) {
	k := keyring(t, oneKey, "")
	sealed := k.Seal(FactorSecret, NewSecret("JBSWY3DPEHPK3PXP"), "account")
	if strings.Contains(sealed, "JBSWY3") || sealed == k.Seal(FactorSecret, NewSecret("JBSWY3DPEHPK3PXP"), "account") {
		t.Errorf("sealed is %s", sealed)
	}
	for name, c := range map[string]struct {
		keys    Keyring
		purpose Purpose
		sealed  string
		place   string
		stale   bool
		ok      bool
	}{
		"as it was sealed":      {k, FactorSecret, sealed, "account", false, true},
		"after a rotation":      {keyring(t, otherKey, oneKey), FactorSecret, sealed, "account", true, true},
		"after two":             {keyring(t, otherKey, ""), FactorSecret, sealed, "account", false, false},
		"for another purpose":   {k, Captcha, sealed, "account", false, false},
		"of another account":    {k, FactorSecret, sealed, "other", false, false},
		"with a letter changed": {k, FactorSecret, sealed[:5] + "AAAA" + sealed[9:], "account", false, false},
		"cut off":               {k, FactorSecret, sealed[:10], "account", false, false},
		"nothing":               {k, FactorSecret, "", "account", false, false},
		"no base64":             {k, FactorSecret, "!", "account", false, false},
	} {
		secret, stale, err := c.keys.Unseal(c.purpose, c.sealed, c.place)
		if (err == nil) != c.ok || stale != c.stale || c.ok && secret.Reveal() != "JBSWY3DPEHPK3PXP" || !c.ok && (!errors.Is(err, ErrInvalid) || !secret.IsZero()) {
			t.Errorf("%s: %t, %v", name, stale, err)
		}
	}
}

func TestARecoveryCodeIsFoundByItsDigestHoweverItIsTyped(t *testing.T) {
	code, digest := NewRecoveryCode()
	plain := strings.ReplaceAll(code.Reveal(), "-", "")
	if len(plain) != 24 || strings.Count(code.Reveal(), "-") != 5 || strings.Contains(digest, plain[:6]) {
		t.Errorf("%s, %s", code.Reveal(), digest)
	}
	for _, typed := range []string{plain, strings.ToLower(plain)} {
		if got, err := RecoveryDigest(typed); err != nil || got != digest {
			t.Errorf("%s: %s, %v", typed, got, err)
		}
	}
	for _, typed := range []string{"", plain[1:], plain + "A", code.Reveal(), plain[:23] + "1", plain[:23] + "é"} {
		if _, err := RecoveryDigest(typed); !errors.Is(err, ErrInvalid) {
			t.Errorf("%q passes", typed)
		}
	}
	if _, other := NewRecoveryCode(); other == digest {
		t.Error("two are the same")
	}
}
