package oidc

import "testing"

func TestAClientHasItsSecretsAndNoOther(t *testing.T) {
	older, olderDigest := NewSecret()
	newer, newerDigest := NewSecret()
	c := web()
	c.Secrets = []string{newerDigest, olderDigest}
	if err := c.Check(issuer); err != nil || len(newer.Reveal()) != 43 {
		t.Errorf("%v, %d letters", err, len(newer.Reveal()))
	}
	for _, plain := range []string{newer.Reveal(), older.Reveal()} {
		if !c.HasSecret(plain) {
			t.Error("it is the client's")
		}
		if (Client{}).HasSecret(plain) {
			t.Error("nobody has it")
		}
	}
	c.Secrets = c.Secrets[:1]
	for _, plain := range []string{"", older.Reveal(), newerDigest, newer.Reveal() + "x", newer.Reveal()[:42], none} {
		if c.HasSecret(plain) || (Client{}).HasSecret(plain) {
			t.Errorf("%q is not the client's", plain)
		}
	}
}
