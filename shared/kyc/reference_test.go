package kyc

import (
	"regexp"
	"testing"
)

func TestReferencesCanBeReadOutAndTypedBack(t *testing.T) {
	seen := map[string]bool{}
	for range 10_000 {
		r := NewReference()
		if !regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$`).MatchString(r) || seen[r] {
			t.Fatalf("%s, seen %v", r, seen[r])
		}
		seen[r] = true
		if back, ok := ParseReference(r); !ok || back != r {
			t.Fatalf("%s is read as %s", r, back)
		}
	}
	for in, want := range map[string]string{
		"K7M2-9QXD": "K7M2-9QXD", "k7m29qxd": "K7M2-9QXD", " K7M2 – 9QXD\u200b": "K7M2-9QXD", "KO1L-9QXI": "K011-9QX1", "K७M२-९QXD": "K7M2-9QXD",
		"": "", "K7M2-9QX": "", "K7M2-9QXDD": "", "K7M2-9QXU": "", "K7M2-9QX!": "", "asha@example.com": "",
	} {
		if got, ok := ParseReference(in); got != want || ok != (want != "") {
			t.Errorf("%q is read as %q, %v", in, got, ok)
		}
	}
}
