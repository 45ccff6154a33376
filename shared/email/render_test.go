package email

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"phonon.in/central/shared/message"
	"phonon.in/central/shared/token"
)

var update = flag.Bool("update", false, "write the golden files anew")

const link = "https://central.example.com/verify#AAAA.BBBB.CCCC"

var mails = []message.Mail{
	{Kind: message.VerifyEmail, Life: 24 * time.Hour},
	{Kind: message.AlreadyMember},
	{Kind: message.ResetPassword, Life: 30 * time.Minute},
	{Kind: message.PasswordChanged},
	{Kind: message.PhoneChanged},
	{Kind: message.ConfirmEmail, Life: 24 * time.Hour},
	{Kind: message.EmailTaken},
	{Kind: message.EmailChangeAsked},
	{Kind: message.EmailChanged, Life: 72 * time.Hour},
	{Kind: message.EmailRestored},
	{Kind: message.NewDevice, Life: 7 * 24 * time.Hour, Date: thursday, Device: "Chrome, Android", Network: "203.0.113.0/24"},
	{Kind: message.AccountClosing, Date: thursday, Until: thursday.AddDate(5, 0, 1)},
	{Kind: message.AccountReopened},
	{Kind: message.AccountErased, Date: thursday, Until: thursday.AddDate(5, 0, 1)},
	{Kind: message.FactorAdded},
	{Kind: message.FactorRemoved},
	{Kind: message.RecoveryUsed},
	{Kind: message.RecoveryRenewed},
	{Kind: message.FactorReset, Life: 24 * time.Hour},
	{Kind: message.KYCSubmitted, Reference: reference, Date: thursday},
	{Kind: message.KYCAnswered, Reference: reference, Date: thursday},
	{Kind: message.KYCQuestion, Reference: reference, Date: thursday},
	{Kind: message.KYCApproved, Reference: reference, Date: thursday},
	{Kind: message.KYCRejected, Reference: reference},
	{Kind: message.KYCExpiring, Reference: reference, Date: thursday},
	{Kind: message.KYCExpired, Reference: reference, Date: thursday},
	{Kind: message.KYCLapsed, Reference: reference},
	{Kind: message.KYCSuspended, Reference: reference},
	{Kind: message.KYCResumed, Reference: reference},
	{Kind: message.KYCReopened, Reference: reference},
	{Kind: message.KYCReminder, Reference: reference, Date: thursday},
	{Kind: message.KYCDraftEnding, Date: thursday},
}

const reference = "K7M2-9QXD"

var thursday = time.Date(2026, 12, 3, 12, 30, 0, 0, time.UTC) // 18:00 in India

// each calls f with every mail in every language.
func each(t *testing.T, f func(t *testing.T, m message.Mail, r rendered)) {
	t.Helper()
	all, err := load()
	if err != nil {
		t.Fatal(err)
	}
	for name := range all.languages {
		for _, m := range mails {
			t.Run(string(m.Kind)+"."+name, func(t *testing.T) {
				m.Locale, m.Link = name, token.NewSecret(link)
				r, err := render(m)
				if err != nil {
					t.Fatal(err)
				}
				f(t, m, r)
			})
		}
	}
}

func TestMailsLookAsTheyWereReviewed(t *testing.T) {
	each(t, func(t *testing.T, m message.Mail, r rendered) {
		base := filepath.Join("testdata", string(m.Kind)+"."+m.Locale)
		for file, got := range map[string]string{base + ".txt": "Subject: " + r.subject + "\n\n" + r.text, base + ".html": r.html} {
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s is not what the code makes; look at the difference, then run go test ./shared/email -update", file)
			}
		}
	})
}

func TestEveryMailCanBeReadAnywhere(t *testing.T) {
	each(t, func(t *testing.T, m message.Mail, r rendered) {
		if strings.Contains(r.subject, "\n") || len([]rune(r.subject)) > 60 {
			t.Errorf("subject %q", r.subject)
		}
		if !strings.Contains(r.text, "\n"+link+"\n") {
			t.Error("the text has no line with the link alone")
		}
		if n := strings.Count(r.html, link); n != 3 {
			t.Errorf("the link is in the page %d times, not as button, as address and as its text", n)
		}
		for _, bad := range []string{"<img", "<script", "<link", "http://", "url(", "{n}", "{life}", "{reference}", "{day}", "{time}", "{until}"} {
			if strings.Contains(r.text+strings.ReplaceAll(r.html, "http://www.w3.org/1999/xhtml", ""), bad) {
				t.Errorf("the mail has %q", bad)
			}
		}
		for _, good := range []string{`<html lang="` + m.Locale + `"`, `<meta charset="utf-8">`, `content="light dark"`, `role="presentation"`, "max-width:600px"} {
			if !strings.Contains(r.html, good) {
				t.Errorf("the page lacks %s", good)
			}
		}
		if size := len(r.html); size > 20<<10 {
			t.Errorf("%d bytes; Gmail cuts a mail off at 102 KB", size)
		}
		balanced(t, r.html)
	})
}

// balanced checks that every element is closed, in order: mail programs repair less than browsers do.
func balanced(t *testing.T, page string) {
	t.Helper()
	var open []string
	for z := html.NewTokenizer(strings.NewReader(page)); ; {
		kind := z.Next()
		name, _ := z.TagName()
		switch tag := string(name); {
		case kind == html.ErrorToken:
			if len(open) > 0 {
				t.Errorf("never closed: %v", open)
			}
			return
		case kind == html.StartTagToken && tag != "meta" && tag != "br":
			open = append(open, tag)
		case kind == html.EndTagToken:
			if len(open) == 0 || open[len(open)-1] != tag {
				t.Fatalf("</%s> closes %v", tag, open)
			}
			open = open[:len(open)-1]
		}
	}
}

func TestLanguagesSayTheSameThings(t *testing.T) {
	all, err := load()
	if err != nil {
		t.Fatal(err)
	}
	en := all.languages["en"]
	if _, ok := all.languages["hi"]; !ok || len(en.Mails) != len(mails) {
		t.Errorf("%d languages, %d mails in English", len(all.languages), len(en.Mails))
	}
	for name, l := range all.languages {
		text, err := json.Marshal(l)
		if err != nil || strings.Contains(string(text), `""`) || len(l.Layout.Weekdays) != 7 || len(l.Layout.Months) != 12 {
			t.Errorf("%s leaves something unsaid: %s", name, text)
		}
		for kind, w := range en.Mails {
			other := l.Mails[kind]
			if len(w.Before) != len(other.Before) || len(w.After) != len(other.After) {
				t.Errorf("%s: %s has other paragraphs than in English", name, kind)
			}
			for _, place := range []string{"{life}", "{reference}", "{day}", "{time}"} {
				count := func(list []string) int { return strings.Count(strings.Join(list, ""), place) }
				if count(w.Before) != count(other.Before) || count(w.After) != count(other.After) {
					t.Errorf("%s: %s has not the places of %s", name, kind, place)
				}
			}
		}
	}
}

func TestTheLifeOfTheLinkIsSaid(t *testing.T) {
	for _, c := range []struct {
		locale string
		life   time.Duration
		want   string
	}{
		{"en", 24 * time.Hour, "24 hours"}, {"en", 30 * time.Minute, "30 minutes"},
		{"en", 24*time.Hour - time.Millisecond, "24 hours"}, {"en", 23*time.Hour + 54*time.Minute, "23 hours"}, {"en", 2 * time.Hour, "2 hours"},
		{"en", 90 * time.Minute, "90 minutes"}, {"en", 30*time.Minute - time.Millisecond, "30 minutes"}, {"en", 28 * time.Minute, "28 minutes"},
		{"hi", 24 * time.Hour, "24 घंटे"}, {"hi", 30 * time.Minute, "30 मिनट"},
		{"ta", 24 * time.Hour, "24 hours"}, // no words in Tamil yet: English
		{"", 30 * time.Minute, "30 minutes"}, {"page", 30 * time.Minute, "30 minutes"},
	} {
		r, err := render(message.Mail{Kind: message.ResetPassword, Locale: c.locale, Life: c.life, Link: token.NewSecret(link)})
		if err != nil || !strings.Contains(r.text, c.want) || !strings.Contains(r.html, c.want) {
			t.Errorf("%q does not say %q: %v", c.locale, c.want, err)
		}
	}
}

// A mail may wait for hours until its carrier takes it.
func TestNoMailSaysThatSomethingHappenedJustNow(t *testing.T) {
	each(t, func(t *testing.T, _ message.Mail, r rendered) {
		for _, now := range []string{"moment ago", "just now", "अभी"} {
			if strings.Contains(r.subject+r.text+r.html, now) {
				t.Errorf("the mail says %q", now)
			}
		}
	})
}

func TestALinkCannotBecomeMarkup(t *testing.T) {
	hostile := `https://x.example/"><script>alert(1)</script>&{title}'`
	r, err := render(message.Mail{Kind: message.VerifyEmail, Locale: "en", Link: token.NewSecret(hostile)})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(r.html, "<script") || strings.Contains(r.html, `"><`+"s") || !strings.Contains(r.html, "&amp;{title}&#39;") {
		t.Error("the link is markup")
	}
	balanced(t, r.html)
}

func TestTwoMailsDoNotShareWords(t *testing.T) {
	first, err := render(message.Mail{Kind: message.VerifyEmail, Locale: "en", Life: time.Hour * 5})
	if err != nil {
		t.Fatal(err)
	}
	second, err := render(message.Mail{Kind: message.VerifyEmail, Locale: "en", Life: time.Hour * 6})
	if err != nil || !strings.Contains(first.text, "5 hours") || !strings.Contains(second.text, "6 hours") {
		t.Errorf("%v\n%s", err, second.text)
	}
}

func TestATemplateIsFilledStrictly(t *testing.T) {
	values := map[string]string{"a": "1", "b": "{a}"}
	for _, c := range []struct{ name, template, want string }{
		{"places are filled", "x{a}y{b}z", "x1y{a}z"},
		{"values are not looked at again", "{b}", "{a}"},
		{"the braces of CSS stay", "p { x: y } {} {A} {1} {a b} {a", "p { x: y } {} {A} {1} {a b} {a"},
		{"side by side", "{a}{a}", "11"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, err := fill(c.template, values); err != nil || got != c.want {
				t.Errorf("%q %v", got, err)
			}
		})
	}
	if got, err := fill("{a} {c}", values); err == nil {
		t.Errorf("a place without a value: %q", got)
	}
}

func FuzzFill(f *testing.F) {
	f.Add("{a}", "b")
	f.Add("{{a}}{", "}{a}")
	f.Add("", "")
	f.Fuzz(func(t *testing.T, template, value string) {
		got, err := fill(template, map[string]string{"a": value})
		if err != nil {
			return
		}
		if want := strings.Join(slices.Collect(strings.SplitSeq(template, "{a}")), value); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	})
}
