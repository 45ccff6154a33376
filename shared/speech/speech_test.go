package speech_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"unicode"

	"phonon.in/central/shared/message"
	"phonon.in/central/shared/speech"
	"phonon.in/central/shared/token"
)

func TestACallSaysTheCodeTwiceInGroupsInThePersonsLanguage(t *testing.T) {
	for name, c := range map[string]struct{ locale, language, begins, digits, groups string }{
		"English":                  {"en", "en", "Hello.", "012345", "012 345"},
		"Hindi":                    {"hi", "hi", "नमस्ते।", "012345", "012 345"},
		"an unknown language":      {"ta", "en", "Hello.", "000000", "000 000"},
		"no language":              {"", "en", "Hello.", "1234", "123 4"},
		"no language of this file": {"words", "en", "Hello.", "12345678", "123 456 78"},
	} {
		language, said, err := speech.Of(message.ToPhone{Kind: message.PhoneCodeCall, Locale: c.locale, Digits: token.NewSecret(c.digits)})
		if err != nil || language != c.language || !strings.HasPrefix(said[0].Text, c.begins) {
			t.Errorf("%s: %s %v %v", name, language, said, err)
			continue
		}
		times := 0
		for i, part := range said {
			members := 0
			for _, set := range []bool{part.Text != "", part.Digits != nil, part.Pause != 0} {
				if set {
					members++
				}
			}
			if members != 1 {
				t.Errorf("%s: part %d has %d members", name, i, members)
			}
			if part.Digits != nil {
				times++
				if strings.Join(part.Digits, " ") != c.groups {
					t.Errorf("%s: in groups %v", name, part.Digits)
				}
			}
			if strings.ContainsFunc(part.Text, unicode.IsDigit) {
				t.Errorf("%s: digits outside of the code: %s", name, part.Text)
			}
		}
		if times != 2 {
			t.Errorf("%s: the code is said %d times", name, times)
		}
	}
}

func TestThatANumberWasChangedIsSaidTwice(t *testing.T) {
	for locale, language := range map[string]string{"en": "en", "hi": "hi", "ta": "en"} {
		got, said, err := speech.Of(message.ToPhone{Kind: message.PhoneChangedCall, Locale: locale})
		if err != nil || got != language || len(said) != 5 || said[0].Text == "" || said[4].Text != said[0].Text {
			t.Errorf("%s: %s %v %v", locale, got, said, err)
		}
	}
	for _, kind := range []message.Kind{"", message.PhoneCodeSMS, message.PhoneChanged} {
		if _, said, err := speech.Of(message.ToPhone{Kind: kind, Locale: "en", Digits: token.NewSecret("012345")}); !errors.Is(err, message.ErrRefused) || said != nil {
			t.Errorf("a call for %q: %v %v", kind, said, err)
		}
	}
}

func TestEveryLanguageSaysEverything(t *testing.T) {
	text, err := os.ReadFile("words.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]map[string]string
	if err := json.Unmarshal(text, &all); err != nil || all["en"] == nil || all["hi"] == nil {
		t.Fatal(len(all), err)
	}
	for language, words := range all {
		for name := range all["en"] {
			if words[name] == "" || strings.ContainsAny(words[name], "<&") {
				t.Errorf("%s: %s is %q", language, name, words[name])
			}
		}
		if len(words) != len(all["en"]) {
			t.Errorf("%s has %d phrases", language, len(words))
		}
	}
}

func TestWhatIsNoCodeIsNotSaid(t *testing.T) {
	for _, digits := range []string{"", "12a456", "12 456", "१२३४५६", "-12345", `1"/>`} {
		if _, said, err := speech.Of(message.ToPhone{Kind: message.PhoneCodeCall, Locale: "hi", Digits: token.NewSecret(digits)}); !errors.Is(err, message.ErrRefused) || said != nil || digits != "" && strings.Contains(err.Error(), digits) {
			t.Errorf("%q: %v %v", digits, said, err)
		}
	}
}
