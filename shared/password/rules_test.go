package password

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"phonon.in/central/shared/account"
)

func email(t testing.TB, s string) account.Email {
	t.Helper()
	e, err := account.ParseEmail(s)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestNewAcceptsAPasswordThatKeepsEveryRule(t *testing.T) {
	for name, s := range map[string]string{
		"four classes in eight characters":           "Xk9#mVq2",
		"words with spaces":                          "Mango tree 42",
		"a sign of another script counts as special": "Kुछभीनया7x",
		"capitals beyond ASCII":                      "Ünder-the-7",
		"full-width letters and digits":              "Ｘk９＃mVq2",
		"a common word inside other words":           "My-dragon-eats-7-lamps",
		"128 code points":                            "Aa1-" + strings.Repeat("xyzw", 31),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := New("/password", s, email(t, "asha@example.com")); err != nil {
				t.Errorf("refused: %v", codes(t, err, "/password"))
			}
		})
	}
}

func TestNewNamesEveryRuleThatIsBroken(t *testing.T) {
	for name, c := range map[string]struct {
		s    string
		want []string
	}{
		"nothing at all":                            {"", []string{"password_too_short", "password_needs_upper", "password_needs_lower", "password_needs_digit", "password_needs_special"}},
		"seven typed that are kept as eight":        {"Xk9#mVﬁ", []string{"password_too_short"}},
		"eight typed that are kept as seven":        {"Xk9#mVe\u0301", []string{"password_too_short"}},
		"seven characters of every class":           {"Xk9#mVq", []string{"password_too_short"}},
		"no upper-case letter":                      {"xk9#mvq2", []string{"password_needs_upper"}},
		"no lower-case letter":                      {"XK9#MVQ2", []string{"password_needs_lower"}},
		"no digit":                                  {"Xka#mVqb", []string{"password_needs_digit"}},
		"no special character":                      {"Xk95mVq2", []string{"password_needs_special"}},
		"letters only":                              {"xkammvqb", []string{"password_needs_upper", "password_needs_digit", "password_needs_special"}},
		"too long is the only thing said":           {strings.Repeat("a", 129), []string{"password_too_long"}},
		"no text is the only thing said":            {"Aa1-\xff\xff\xff\xff", []string{"password_not_text"}},
		"the address itself":                        {"Asha.Verma+1@Example.com", []string{"password_is_email"}},
		"the part before the @":                     {"ASHA.verma+1", []string{"password_is_email"}},
		"the part before the @ in full-width signs": {"ＡＳＨＡ.verma+1", []string{"password_is_email"}},
		"the most common one with signs":            {"Password1!", []string{"password_common"}},
		"a common one that is short too":            {"Pass1!", []string{"password_too_short", "password_common"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New("/newPassword", c.s, email(t, "asha.verma+1@example.com"))
			if got := codes(t, err, "/newPassword"); !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestNewWorksWithoutAnAddress(t *testing.T) {
	if _, err := New("/password", "Xk9#mVq2", account.Email{}); err != nil {
		t.Errorf("refused: %v", err)
	}
}

func TestCommonPasswordsAreFoundInTheirDisguises(t *testing.T) {
	for name, list := range map[string][]string{
		"a word with digits and signs at the end": {"Password1!", "Summer2026!", "Iloveyou1!", "Krishna@108", "India@1947", "Test@1234", "Welcome@123", "Dragon!!!!99"},
		"signs for letters":                       {"P@ssw0rd", "P@$$w0rd123", "Pr1nc3ss!", "Dr@g0n-99"},
		"signs for letters and digits after them": {"Passw0rd!", "L3tm31n!2"},
		"a row of the keyboard":                   {"Qwerty@123", "Asdf1234!", "Zxcvbnm,1"},
		"the shift key on a row of digits":        {"!QAZ2wsx", "1qaz@WSX", "!Qaz@wsX"},
		"digits and signs before the word":        {"123Password!", "#1Password"},
		"short letters with their usual digits":   {"Abc@1234", "Aa123456!", "Abcd@1234"},
		"our own name":                            {"Phonon#2026", "Central-2026"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, s := range list {
				if !isCommon(strings.ToLower(s)) {
					t.Errorf("%s passes", s)
				}
			}
		})
	}
}

func TestUncommonPasswordsPass(t *testing.T) {
	for _, s := range []string{"Correct-Horse-7", "Mango tree 42", "Xk9#mVq2", "Blue-Lamp-42", "Tiger-Lake-9!", "", "-", "1234567890!@#$%^&*()"} {
		if isCommon(strings.ToLower(s)) {
			t.Errorf("%s is refused", s)
		}
	}
}

func TestListOfCommonPasswordsIsInOrder(t *testing.T) {
	list := common()
	if len(list) < 5000 {
		t.Errorf("%d entries, want thousands", len(list))
	}
	if !slices.IsSorted(list) {
		t.Error("not sorted: the search would miss entries")
	}
	for _, e := range list {
		if e == "" || e != strings.ToLower(e) || strings.ContainsFunc(e, unicode.IsSpace) || strings.HasPrefix(e, "# ") {
			t.Errorf("entry %q", e)
		}
	}
}

func FuzzNewAcceptsNothingThatBreaksARule(f *testing.F) {
	for _, s := range []string{"Xk9#mVq2", "Password1!", "", "ＡＢＣ１２-abc", "İstanbul-7", "ŉŉŉŉŉŉ7A-", "A\u0345a1-----"} {
		f.Add(s)
	}
	address := email(f, "asha@example.com")
	f.Fuzz(func(t *testing.T, s string) {
		p, err := New("/password", s, address)
		if err != nil {
			codes(t, err, "/password")
			return
		}
		kept := p.normal.Reveal()
		if n := utf8.RuneCountInString(kept); n < MinLength || n > MaxLength {
			t.Errorf("%q has %d code points", kept, n)
		}
		if !strings.ContainsFunc(kept, unicode.IsUpper) || !strings.ContainsFunc(kept, unicode.IsLower) || !strings.ContainsFunc(kept, unicode.IsDigit) || strings.EqualFold(kept, address.String()) {
			t.Errorf("%q was accepted", kept)
		}
		if compared, err := Read(s); err != nil || compared != p {
			t.Errorf("log-in with %q would compare another password", s)
		}
	})
}

func BenchmarkIsCommon(b *testing.B) {
	for b.Loop() {
		isCommon("mango tree 42")
	}
}
