package account

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"testing"

	"phonon.in/central/shared/fault"
)

func parsed(t testing.TB, s string) Email {
	t.Helper()
	e, err := ParseEmail(s)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return e
}

func TestParseEmailGivesOneSpelling(t *testing.T) {
	for name, c := range map[string]struct{ typed, want string }{
		"as it is":                                {"asha@example.com", "asha@example.com"},
		"capitals":                                {"Asha.Verma@Example.COM", "asha.verma@example.com"},
		"spaces around":                           {"  asha@example.com ", "asha@example.com"},
		"a tab and line breaks around":            {"\tasha@example.com\r\n", "asha@example.com"},
		"no-break and ideographic spaces around":  {"\u00a0asha@example.com\u3000\u2009", "asha@example.com"},
		"marks that nobody sees around":           {"\u202aasha@example.com\u202c", "asha@example.com"},
		"a byte order mark and a zero-width one":  {"\ufeffasha@example.com\u200b", "asha@example.com"},
		"isolates, a joiner and a filler":         {"\u2068asha@example.com\u2069\u200d\u3164", "asha@example.com"},
		"a tag, which is part of the address":     {"asha+central@example.com", "asha+central@example.com"},
		"dots, which are part of the address":     {"a.s.h.a@example.com", "a.s.h.a@example.com"},
		"every sign that RFC 5322 allows":         {"!#$%&'*+-/=?^_`{|}~@example.com", "!#$%&'*+-/=?^_`{|}~@example.com"},
		"digits only before the @":                {"1234@example.com", "1234@example.com"},
		"a host with hyphens and digits":          {"a@mail-2.3com.example", "a@mail-2.3com.example"},
		"a domain of another script":              {"a@उदाहरण.भारत", "a@xn--p1b6ci4b4b3a.xn--h2brj9c"},
		"a domain of another script, as A-labels": {"a@XN--P1B6CI4B4B3A.xn--h2brj9c", "a@xn--p1b6ci4b4b3a.xn--h2brj9c"},
		"capitals beyond ASCII in the domain":     {"a@BÜCHER.example", "a@xn--bcher-kva.example"},
		"a decomposed letter in the domain":       {"a@bu\u0308cher.example", "a@xn--bcher-kva.example"},
		"64 bytes before the @":                   {strings.Repeat("a", 64) + "@example.com", strings.Repeat("a", 64) + "@example.com"},
		"254 bytes":                               {longAddress(254), longAddress(254)},
	} {
		t.Run(name, func(t *testing.T) {
			if e := parsed(t, c.typed); e.String() != c.want {
				t.Errorf("got %s, want %s", e, c.want)
			}
		})
	}
}

// longAddress has n bytes, no label longer than 63 and two letters before the @.
func longAddress(n int) string {
	const rest = "aa@.com"
	domain := strings.Repeat(strings.Repeat("d", 60)+".", 5)[:n-len(rest)]
	return "aa@" + domain[:len(domain)-1] + "e.com"
}

func TestParseEmailRefuses(t *testing.T) {
	for name, c := range map[string]struct{ typed, say string }{
		"nothing":                             {"", "Enter your"},
		"only spaces":                         {"   ", "Enter your"},
		"no @":                                {"asha.example.com", "exactly one @"},
		"two @":                               {"asha@evil.example@example.com", "exactly one @"},
		"nothing before the @":                {"@example.com", "before the @ is missing"},
		"nothing after the @":                 {"asha@", "after the @"},
		"a space inside":                      {"asha verma@example.com", "no spaces"},
		"a tab inside":                        {"asha@exam\tple.com", "no spaces or control"},
		"a no-break space inside":             {"asha\u00a0rao@example.com", "no spaces or control"},
		"a comma that came along":             {"asha@example.com,", "the sign , at the end"},
		"a bracket that came along":           {"asha@example.com> ", "the sign > at the end"},
		"a zero-width space before the @":     {"asha\u200b@example.com", "invisible character"},
		"a mark of direction inside":          {"asha@exam\u200eple.com", "invisible character"},
		"a line break and a header":           {"asha@example.com\r\nBcc: x@evil.example", "no spaces or control"},
		"a NUL":                               {"asha\x00@example.com", "no spaces or control"},
		"a delete character":                  {"asha\x7f@example.com", "no spaces or control"},
		"a name and angle brackets":           {"Asha<asha@example.com>", "the sign > at the end"},
		"a comment":                           {"asha@example.com(c)", "the sign ) at the end"},
		"quotes, that could hide a second @":  {`"asha@evil"@example.com`, "exactly one @"},
		"quotes":                              {`"asha"@example.com`, "before the @"},
		"an encoded word":                     {"=?x?q?=41=42?=,@b.co", "before the @"},
		"a dot first":                         {".asha@example.com", "dot"},
		"a dot last":                          {"asha.@example.com", "dot"},
		"two dots":                            {"as..ha@example.com", "dot"},
		"65 bytes before the @":               {strings.Repeat("a", 65) + "@example.com", "too long"},
		"255 bytes":                           {longAddress(255), "too long"},
		"255 characters with the blanks":      {longAddress(250) + "     ", "too long"},
		"a megabyte":                          {strings.Repeat("a", 1<<20), "too long"},
		"no dot in the domain":                {"asha@localhost", "after the @"},
		"a dot at the end":                    {"asha@example.com.", "the sign . at the end"},
		"a dot at the start of the domain":    {"asha@.example.com", "after the @"},
		"two dots in the domain":              {"asha@example..com", "after the @"},
		"a label of 64 bytes":                 {"a@" + strings.Repeat("d", 64) + ".com", "after the @"},
		"a hyphen at the start of a label":    {"a@-example.com", "after the @"},
		"an underscore in the domain":         {"a@ex_ample.com", "after the @"},
		"an IP address":                       {"asha@192.0.2.1", "after the @"},
		"an IP address in hexadecimal":        {"asha@1.0x7f", "after the @"},
		"an IP literal":                       {"asha@[127.0.0.1]", "at the end"},
		"an IPv6 literal":                     {"asha@[IPv6:::1]", "at the end"},
		"a port":                              {"asha@example.com:25", "after the @"},
		"an A-label that is no Punycode":      {"asha@xn--a.example", "after the @"},
		"an A-label that hides plain ASCII":   {"asha@xn--example-.com", "after the @"},
		"dotless i":                           {"m\u0131ke@example.com", "before the @"},
		"capital I with a dot":                {"M\u0130KE@example.com", "before the @"},
		"the Kelvin sign":                     {"\u212aate@example.com", "before the @"},
		"long s":                              {"\u017fam@example.com", "before the @"},
		"a full-width letter":                 {"\uff4dike@example.com", "before the @"},
		"a letter of another script":          {"\u0430sha@example.com", "before the @"},
		"the Kelvin sign in the domain":       {"kate@\u212aate.example", "after the @"},
		"full-width letters in the domain":    {"kate@\uff45xample.com", "after the @"},
		"an ideographic full stop":            {"kate@example\u3002com", "after the @"},
		"a full-width @":                      {"kate\uff20example.com", "exactly one @"},
		"a zero-width space in the domain":    {"kate@exam\u200bple.com", "invisible character"},
		"a bidirectional override":            {"kate@exam\u202eple.com", "invisible character"},
		"a replacement character":             {"kate@exa\ufffdmple.com", "after the @"},
		"bytes that are no text before the @": {"ka\xffte@example.com", "before the @"},
		"bytes that are no text after the @":  {"kate@exa\xffmple.com", "after the @"},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := ParseEmail(c.typed)
			var f *fault.Error
			if !errors.As(err, &f) || !e.IsZero() {
				t.Fatalf("got %q, %v; want a fault", e, err)
			}
			if f.Code != "email_invalid" || len(f.Fields) != 1 || f.Fields[0].Pointer != "/email" {
				t.Errorf("got %+v, want email_invalid at /email", f)
			}
			if !strings.Contains(f.Detail, c.say) {
				t.Errorf("%q does not say %q", f.Detail, c.say)
			}
			if c.typed != "" && len(c.typed) > 3 && strings.Contains(f.Error()+f.Detail, c.typed) {
				t.Error("the fault repeats what was typed")
			}
		})
	}
}

func TestEmailDigestNamesOneAddress(t *testing.T) {
	a, b := parsed(t, "Asha@Example.com"), parsed(t, "asha@example.com")
	if a != b || a.Digest() != b.Digest() {
		t.Error("two spellings, two accounts")
	}
	// sha256sum of "asha@example.com", first 16 bytes
	if got, want := a.Digest(), "6k42qCmYPSfoZbZJzRD8tg"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if a.Digest() == parsed(t, "asha@example.org").Digest() {
		t.Error("two addresses, one digest")
	}
}

func TestEmailIsMaskedInLogs(t *testing.T) {
	var log bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	logger.Info("x", "email", parsed(t, "asha.verma@example.com"), "none", Email{})
	if out := log.String(); strings.Contains(out, "sha.verma") || !strings.Contains(out, `"a***@example.com"`) || !strings.Contains(out, `"none":""`) {
		t.Error(out)
	}
}

func TestEmailLocal(t *testing.T) {
	if got := parsed(t, "Asha.Verma@example.com").Local(); got != "asha.verma" {
		t.Error(got)
	}
	if (Email{}).Local() != "" || !(Email{}).IsZero() {
		t.Error("the zero Email has a local part")
	}
}

var plain = regexp.MustCompile("^[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@([a-z0-9-]{1,63}\\.)+[a-z][a-z0-9-]*$")

func FuzzParsedEmailIsPlainAndStable(f *testing.F) {
	for _, s := range []string{
		"asha@example.com", " Asha+1@BÜCHER.example ", "M\u0130KE@example.com", "a@उदाहरण.भारत", "a@xn--bcher-kva.example",
		"a@[127.0.0.1]", "\"a@b\"@c.de", "a@b", "a@b.c\r\nd", "@", "a@xn--.com", "a@faß.de", "a@\u200d.com", "a@1.2.3.4",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e, err := ParseEmail(s)
		if err != nil {
			if !e.IsZero() {
				t.Fatal("an error and an address")
			}
			return
		}
		if len(e.String()) > 254 || !plain.MatchString(e.String()) || strings.Contains(e.String(), "..") {
			t.Fatalf("%q gives %q", s, e)
		}
		if again, err := ParseEmail(e.String()); err != nil || again != e {
			t.Fatalf("%q gives %q, which gives %q, %v", s, e, again, err)
		}
		if len(e.Digest()) != 22 {
			t.Errorf("digest %q", e.Digest())
		}
		if masked := fmt.Sprint(e.LogValue()); len(e.Local()) > 1 && strings.Contains(masked, e.String()) {
			t.Errorf("%q is not masked", masked)
		}
	})
}

func TestADigestHasOneShape(t *testing.T) {
	good := parsed(t, "asha@example.com").Digest()
	if !IsDigest(good) {
		t.Errorf("%s is none", good)
	}
	for _, other := range []string{"", good[:21], good + "a", "!" + good[1:], " " + good[1:], good[:21] + "=", good[:20] + "\r\n", good + "\n", strings.Repeat("\u0939", 22)} {
		if IsDigest(other) {
			t.Errorf("%q is one", other)
		}
	}
}

func TestTheFirstAndLastOfEachKindOfCharacterArePartOfAnAddress(t *testing.T) {
	for _, local := range []string{"a", "z", "A", "Z", "0", "9"} {
		if _, err := ParseEmail(local + "@example.com"); err != nil {
			t.Errorf("%s: %v", local, err)
		}
	}
	for domain, ok := range map[string]bool{
		"example.az": true, "example.za": true, strings.Repeat("a", maxLabel) + ".com": true, strings.Repeat("a", maxLabel+1) + ".com": false, "example.\u007f": false,
	} {
		if _, err := ParseEmail("x@" + domain); (err == nil) != ok {
			t.Errorf("%s: %v", domain, err)
		}
	}
}
