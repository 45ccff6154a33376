package holder

import (
	"strings"
	"testing"
)

func TestNumbersAreReadAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]string{
		"+919876543210": "+919876543210", "+91 98765 43210": "+919876543210", "98765-43210": "+919876543210", "09876543210": "+919876543210", "00919876543210": "+919876543210",
		"(0265) 2330 112": "+912652330112", "\u202a+91 98765 43210\u202c": "+919876543210", "९८७६५४३२१०": "+919876543210", "+44 20 7946 0958": "+442079460958",
		"98765": "", "9876543210123456": "", "ABCDEFGHIJKLMNOPQRSTUVWXYZ": "", "KYC-2026-000001": "", "": "",
	} {
		if got, ok := e164(text); got != want || ok != (want != "") {
			t.Errorf("%q is %q", text, got)
		}
	}
	for text, want := range map[string]string{"": "", "98": "+9198", "+91 98": "+9198", "9": "+9 +919", "91": "+91 +9191", "0265": "+91265", "+44": "+44", "९८": "+9198"} {
		if got, ok := Prefixes(text); !ok || strings.Join(got, " ") != want {
			t.Errorf("%q is %q", text, got)
		}
	}
}
