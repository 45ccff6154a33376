package email

import (
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/message"
	"phonon.in/central/shared/token"
)

func TestADateIsSaidInThePersonsLanguageAndInIndianTime(t *testing.T) {
	for _, c := range []struct {
		locale string
		date   time.Time
		want   string
	}{
		{"en", thursday, "Thursday, 3 December 2026, 18:00"},
		{"hi", thursday, "गुरुवार, 3 दिसंबर 2026, 18:00 बजे"},
		{"en", time.Date(2026, 12, 31, 18, 30, 0, 0, time.UTC), "Friday, 1 January 2027, 00:00"}, // already the next year in India
		{"hi", time.Date(2027, 2, 7, 4, 34, 59, 0, time.UTC), "रविवार, 7 फ़रवरी 2027, 10:04 बजे"},
		{"ta", thursday, "Thursday, 3 December 2026, 18:00"},
	} {
		r, err := render(message.Mail{Kind: message.KYCQuestion, Locale: c.locale, Reference: reference, Date: c.date, Link: token.NewSecret(link)})
		if err != nil || !strings.Contains(r.text, c.want) || !strings.Contains(r.html, c.want) {
			t.Errorf("%s does not say %q: %v\n%s", c.locale, c.want, err, r.text)
		}
	}
}

func TestWhatAMailKnowsNothingOfItDoesNotMention(t *testing.T) {
	for _, locale := range []string{"en", "hi"} {
		full, err := render(message.Mail{Kind: message.KYCApproved, Locale: locale, Reference: reference, Date: thursday})
		if err != nil || !strings.Contains(full.text, reference) || !strings.Contains(full.text, "2026") {
			t.Fatalf("%v\n%s", err, full.text)
		}
		bare, err := render(message.Mail{Kind: message.KYCApproved, Locale: locale})
		if err != nil {
			t.Fatal(err)
		}
		if lost := strings.Count(full.text, "\n\n") - strings.Count(bare.text, "\n\n"); lost != 2 {
			t.Errorf("%s: %d paragraphs are gone, not those of reference and date", locale, lost)
		}
		for _, empty := range []string{"Reference", "संदर्भ", "{", "0001", "valid until", "तक मान्य"} {
			if strings.Contains(bare.text, empty) {
				t.Errorf("%s says %q of nothing:\n%s", locale, empty, bare.text)
			}
		}
	}
}
