package kyc

import "testing"

func TestEveryReasonIsToldInHindiToo(t *testing.T) {
	known := map[string]bool{}
	for _, r := range ReviewReasons() {
		known[r.Code] = true
		switch hindi := ReasonText(r.Code, "hi-IN"); {
		case r.Detail == "" && hindi != "":
			t.Errorf("%s has no text in English, and %q in Hindi", r.Code, hindi)
		case r.Detail != "" && (hindi == "" || hindi == r.Detail):
			t.Errorf("%s has no text in Hindi", r.Code)
		}
		if got := ReasonText(r.Code, "ta"); got != r.Detail {
			t.Errorf("%s: who reads Tamil is told %q", r.Code, got)
		}
	}
	for code := range reasonTexts()["hi"] {
		if !known[code] {
			t.Errorf("reasons.hi.yaml has %s, which is no reason", code)
		}
	}
	if got := ReasonText("nothing_of_ours", "hi"); got != "" {
		t.Errorf("a reason that is none is told as %q", got)
	}
}
