package message_test

import (
	"slices"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/token"
)

func TestAMailAboutACaseCarriesItsReferenceAndItsTimeAndNothingElse(t *testing.T) {
	now := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	email, err := account.ParseEmail("asha@example.com")
	if err != nil {
		t.Fatal(err)
	}
	p := account.Profile{ID: "ACCOUNT", Email: email, Locale: "hi", Details: account.Details{FirstName: "Asha", LastName: "Rao"}}
	week := now.Add(7 * 24 * time.Hour)
	for name, c := range map[string]struct {
		reference string
		date      time.Time
		refs      []string
		notAfter  time.Time
	}{
		"a time within the week ends it":        {"K7M2-9QXD", now.Add(time.Hour), []string{"K7M2-9QXD", "2026-11-26T10:00:00Z"}, now.Add(time.Hour)},
		"a time in another zone":                {"K7M2-9QXD", time.Date(2026, 11, 26, 18, 0, 0, 0, time.FixedZone("IST", 19800)), []string{"K7M2-9QXD", "2026-11-26T12:30:00Z"}, now.Add(3*time.Hour + 30*time.Minute)},
		"a time far off does not keep it alive": {"K7M2-9QXD", now.AddDate(2, 0, 0), []string{"K7M2-9QXD", "2028-11-26T09:00:00Z"}, week},
		"a time that is now is still told":      {"K7M2-9QXD", now, []string{"K7M2-9QXD", "2026-11-26T09:00:00Z"}, week},
		"no time":                               {"K7M2-9QXD", time.Time{}, []string{"K7M2-9QXD", ""}, week},
		"no reference":                          {"", now.AddDate(0, 0, 14), []string{"", "2026-12-10T09:00:00Z"}, week},
	} {
		t.Run(name, func(t *testing.T) {
			m := message.AboutCase(message.KYCQuestion, p, c.reference, c.date, now)
			if !slices.Equal(m.Refs, c.refs) || !m.NotAfter.Equal(c.notAfter) {
				t.Errorf("refs %q, until %s", m.Refs, m.NotAfter)
			}
			if !token.IsID(m.ID) || m.Kind != message.KYCQuestion || m.To != "asha@example.com" || m.Locale != "hi" || m.Account != "ACCOUNT" || !m.CreatedAt.Equal(now) {
				t.Errorf("%+v", m)
			}
			if reference, date := m.Case(); reference != c.reference || !date.Equal(c.date) {
				t.Errorf("reads back as %q %s", reference, date)
			}
		})
	}
}

func TestWhatIsSaidAheadOfATimeIsSaidOtherwiseOnceItHasCome(t *testing.T) {
	now := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		kind message.Kind
		date time.Time
		want message.Kind
	}{
		{message.KYCReminder, now.Add(time.Second), message.KYCReminder}, {message.KYCReminder, now, message.KYCLapsed},
		{message.KYCExpiring, now.AddDate(0, 0, 90), message.KYCExpiring}, {message.KYCExpiring, now.AddDate(0, 0, -7), message.KYCExpired},
		{message.KYCQuestion, now, message.KYCQuestion}, {message.KYCRejected, time.Time{}, message.KYCRejected},
	} {
		m := message.AboutCase(c.kind, account.Profile{}, "K7M2-9QXD", c.date, now)
		if m.Kind != c.want || !m.NotAfter.After(now) {
			t.Errorf("%s of %s is %s until %s", c.kind, c.date, m.Kind, m.NotAfter)
		}
	}
}

func TestOnlyAMessageAboutACaseRefersToOne(t *testing.T) {
	for _, m := range []message.Message{
		{Kind: message.VerifyEmail, Refs: []string{"digest", "2026-11-26T09:00:00Z"}}, {Kind: message.KYCApproved}, {Kind: message.KYCApproved, Refs: []string{"K7M2-9QXD"}},
	} {
		if reference, date := m.Case(); reference != "" || !date.IsZero() {
			t.Errorf("%+v: %q %s", m, reference, date)
		}
	}
	if reference, date := (message.Message{Kind: message.KYCApproved, Refs: []string{"K7M2-9QXD", "soon"}}).Case(); reference != "K7M2-9QXD" || !date.IsZero() {
		t.Errorf("%q %s", reference, date)
	}
}
