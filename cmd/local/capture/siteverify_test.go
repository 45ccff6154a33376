package capture

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"net/url"
	"testing"

	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/siteverify"
	"phonon.in/central/shared/token"
)

// The stand-in answers our own client as a provider does.
func TestACaptchasProviderTakesASolutionOnce(t *testing.T) {
	server := httptest.NewServer(SiteVerify(func() (string, error) { return "the-secret", nil }, "127.0.0.1"))
	defer server.Close()
	for _, row := range []struct{ secret, origin, response, want string }{
		{"the-secret", "http://127.0.0.1:3000", solved + "1", "<nil>"},
		{"the-secret", "http://127.0.0.1:3000", solved + "1", "captcha_expired"},
		{"the-secret", "http://127.0.0.1:3000", "guessed", "captcha_invalid"},
		{"the-secret", "http://elsewhere.example", solved + "2", "captcha_invalid"},
		{"another", "http://127.0.0.1:3000", solved + "3", "temporarily_unavailable"},
	} {
		err := siteverify.New("turnstile", token.NewSecret(row.secret), row.origin, server.URL).Verify(t.Context(), row.response, "203.0.113.7")
		if got := code(err); got != row.want {
			t.Errorf("%v is answered %s", row, got)
		}
	}
	answer, err := server.Client().PostForm(server.URL, url.Values{"response": {solved + "4"}})
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var said map[string]any
	if err := json.NewDecoder(answer.Body).Decode(&said); err != nil || fmt.Sprint(said) != "map[error-codes:[missing-input-secret] success:false]" {
		t.Errorf("%v, %v", said, err)
	}
}

func code(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f.Code
	}
	return fmt.Sprint(err)
}
