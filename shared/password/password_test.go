package password

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"unicode/utf8"

	"phonon.in/central/shared/fault"
)

func read1(t testing.TB, s string) Password {
	t.Helper()
	p, err := Read(s)
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	return p
}

// codes lists the codes of a fault's fields, all of which must be at pointer.
func codes(t testing.TB, err error, pointer string) []string {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Invalid {
		t.Fatalf("got %v, want an Invalid fault", err)
	}
	var list []string
	for _, field := range f.Fields {
		if field.Pointer != pointer || field.Detail == "" {
			t.Errorf("field %+v, want pointer %s and a sentence", field, pointer)
		}
		list = append(list, field.Code)
	}
	return list
}

func TestReadTakesWhatLogInMayMeet(t *testing.T) {
	for name, s := range map[string]string{
		"an empty password":                "",
		"one that breaks every rule":       "x",
		"128 code points":                  strings.Repeat("a", 128),
		"128 code points of four bytes":    strings.Repeat("\U0001F600", 128),
		"a password of spaces":             "        ",
		"a script without upper and lower": "पासवर्ड",
	} {
		t.Run(name, func(t *testing.T) { read1(t, s) })
	}
}

func TestReadRefuses(t *testing.T) {
	for name, c := range map[string]struct{ s, code string }{
		"129 code points":                             {strings.Repeat("a", 129), "password_too_long"},
		"128 code points that become 2304":            {strings.Repeat("\ufdfa", 128), "password_too_long"},
		"decomposed 130 that would compose to 65":     {strings.Repeat("e\u0301", 65), "password_too_long"},
		"a megabyte of rubbish, without reading it":   {strings.Repeat("\xff", 1<<20), "password_too_long"},
		"bytes that are no UTF-8":                     {"Passw\xff\xferd", "password_not_text"},
		"the UTF-8 form of a surrogate":               {"\xed\xa0\x80", "password_not_text"},
		"an overlong encoding, a second way to a NUL": {"a\xc0\x80", "password_not_text"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read(c.s)
			if got := codes(t, err, "/password"); len(got) != 1 || got[0] != c.code {
				t.Errorf("got %v, want %s", got, c.code)
			}
		})
	}
}

func TestPasswordIsTheSameFromEveryKeyboard(t *testing.T) {
	for name, pair := range map[string][2]string{
		"composed and decomposed é": {"caf\u00e9", "cafe\u0301"},
		"full-width and ASCII":      {"ＡＢＣ１２", "ABC12"},
		"ligature and letters":      {"\ufb01nd", "find"},
		"no-break space and space":  {"a\u00a0b", "a b"},
		"Kelvin sign and capital K": {"\u212aelvin", "Kelvin"},
	} {
		t.Run(name, func(t *testing.T) {
			if read1(t, pair[0]) != read1(t, pair[1]) {
				t.Error("two passwords, want one")
			}
		})
	}
	if read1(t, "Password") == read1(t, "password") {
		t.Error("case does not matter, it must")
	}
}

func TestPasswordDoesNotPrint(t *testing.T) {
	const typed = "Hunter-2-hunter"
	p := read1(t, typed)
	holder := struct {
		inner Password
		Outer Password
	}{p, p}
	var log bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	logger.Info("x", "p", p, "holder", holder)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "p", p, "holder", holder)
	asJSON, err := json.Marshal(map[string]any{"p": p, "holder": holder})
	if err != nil {
		t.Fatal(err)
	}
	_, tooLong := Read(strings.Repeat(typed, 20))
	outputs := []string{log.String(), string(asJSON), fmt.Sprint(tooLong)}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		outputs = append(outputs, fmt.Sprintf(verb, p), fmt.Sprintf(verb, any(holder)), fmt.Sprintf(verb, &holder))
	}
	for _, out := range outputs {
		if strings.Contains(out, typed) || strings.Contains(out, fmt.Sprintf("%x", typed)) {
			t.Errorf("the password is in %q", out)
		}
	}
}

func FuzzReadIsStableAndBounded(f *testing.F) {
	for _, s := range []string{"", "abc", "cafe\u0301", "\ufdfa", strings.Repeat("\u0301", 100), "\xff", "ﬁ①"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := Read(s)
		if err != nil {
			codes(t, err, "/password")
			return
		}
		once := p.normal.Reveal()
		if utf8.RuneCountInString(once) > MaxLength || !utf8.ValidString(once) {
			t.Fatalf("Read let %q through as %q", s, once)
		}
		if twice := read1(t, once); twice != p {
			t.Fatalf("reading %q again gives another password", once)
		}
	})
}
