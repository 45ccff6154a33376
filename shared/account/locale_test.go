package account

import "testing"

func TestTheLanguageOfATagIsTaken(t *testing.T) {
	for tag, want := range map[string]string{"en": "en", "hi-IN": "hi", "HI": "hi", "kok": "kok", "zh-Hant-TW": "zh"} {
		if got, err := ParseLocale(tag); err != nil || got != want {
			t.Errorf("%q: got %q, %v", tag, got, err)
		}
	}
	for _, tag := range []string{"", "e", "engl", "e1", "en_IN", "-en", "\u0939\u093f", "hi\u212a", "en-", "en-\x00", "en-" + string(make([]byte, 40))} {
		if got, err := ParseLocale(tag); err == nil || got != "" {
			t.Errorf("%q: taken as %q", tag, got)
		}
	}
}
