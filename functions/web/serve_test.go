package main

import (
	"compress/gzip"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"phonon.in/central/web"
)

func serve(t *testing.T, captcha string) http.Handler {
	t.Helper()
	site, err := web.Build("2026-11-01", "help@example.com")
	if err != nil {
		t.Fatal(err)
	}
	return &server{site: site, policy: policy("https://uploads.example.com", captcha), log: slog.New(slog.DiscardHandler)}
}

func get(h http.Handler, target string, headers ...string) *http.Response {
	r := httptest.NewRequest(http.MethodGet, target, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func TestEveryAnswerCarriesItsProtection(t *testing.T) {
	h := serve(t, "altcha")
	for target, status := range map[string]int{
		"/signup": 200, "/terms": 200, "/nothing": 404, "/signup/": 404, "//evil.example.com": 404, "/_/0123/app.css": 200, "/robots.txt": 200, "/favicon.ico": 200,
		"/v1/nothing": 404, "/_/0123/nothing.js": 404, "/_/../site.go": 404, "/?": 302, "/.well-known/change-password": 302,
	} {
		answer := get(h, target)
		if answer.StatusCode != status {
			t.Errorf("%s: got %d, want %d", target, answer.StatusCode, status)
		}
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"} {
			if got := answer.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q", target, name, got)
			}
		}
		if isPage := strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") && status != 302; isPage {
			if p := answer.Header.Get("Content-Security-Policy"); !strings.Contains(p, "default-src 'none'") || !strings.Contains(p, "require-trusted-types-for 'script'") ||
				!strings.Contains(p, "connect-src 'self' https://uploads.example.com;") || strings.Contains(p, "unsafe") {
				t.Errorf("%s: the policy is %q", target, p)
			}
		}
	}
}

func TestAThirdPartysCaptchaIsLetInAndNothingElse(t *testing.T) {
	p := get(serve(t, "turnstile"), "/signup").Header.Get("Content-Security-Policy")
	for _, want := range []string{"script-src 'self' https://challenges.cloudflare.com;", "frame-src https://challenges.cloudflare.com"} {
		if !strings.Contains(p, want) {
			t.Errorf("the policy lacks %q: %s", want, p)
		}
	}
	if strings.Contains(p, "google") || strings.Contains(p, "unsafe") {
		t.Errorf("the policy lets in more: %s", p)
	}
}

func TestThePathOfAStaticFileSaysHowLongItIsKept(t *testing.T) {
	h := serve(t, "altcha")
	page, _ := io.ReadAll(get(h, "/signup").Body)
	_, rest, _ := strings.Cut(string(page), `<link rel="stylesheet" href="`)
	present, _, _ := strings.Cut(rest, `"`)
	for target, want := range map[string]string{present: "public, max-age=31536000, immutable", "/_/000000000000/app.css": "no-cache"} {
		answer := get(h, target)
		if got := answer.Header.Get("Cache-Control"); answer.StatusCode != 200 || got != want || answer.Header.Get("Content-Type") != "text/css; charset=utf-8" {
			t.Errorf("%s: %d, %q, want %q", target, answer.StatusCode, got, want)
		}
	}
}

func TestAnAnswerIsPackedForThoseWhoUnpackAndNotSentTwice(t *testing.T) {
	h := serve(t, "altcha")
	plain := get(h, "/signup")
	packed := get(h, "/signup", "Accept-Encoding", "br, gzip")
	if plain.Header.Get("Content-Encoding") != "" || packed.Header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("encodings are %q and %q", plain.Header.Get("Content-Encoding"), packed.Header.Get("Content-Encoding"))
	}
	r, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	a, _ := io.ReadAll(plain.Body)
	b, _ := io.ReadAll(r)
	if string(a) != string(b) || len(a) == 0 {
		t.Error("the packed page is another one")
	}
	again := get(h, "/signup", "If-None-Match", plain.Header.Get("ETag"))
	if body, _ := io.ReadAll(again.Body); again.StatusCode != http.StatusNotModified || len(body) > 0 {
		t.Errorf("a page that is known: %d with %d bytes", again.StatusCode, len(body))
	}
}

func TestTheLanguageIsThePersonsChoiceOrElseTheBrowsers(t *testing.T) {
	h := serve(t, "altcha")
	for name, c := range map[string]struct{ cookie, accept, want string }{
		"neither":                    {"", "", "en"},
		"the browser's":              {"", "fr, hi-IN;q=0.9, en;q=0.5", "hi"},
		"the choice":                 {"language=en", "hi", "en"},
		"a choice that is not there": {"language=xx", "", "en"},
		"a broken header":            {"", ";;;q=nan", "en"},
	} {
		answer := get(h, "/login", "Cookie", c.cookie, "Accept-Language", c.accept)
		if got := answer.Header.Get("Content-Language"); got != c.want || answer.StatusCode != 200 {
			t.Errorf("%s: got %d in %q, want %q", name, answer.StatusCode, got, c.want)
		}
	}
	chosen := get(h, "/terms?lang=en")
	if chosen.StatusCode != http.StatusSeeOther || chosen.Header.Get("Location") != "/terms" || !strings.HasPrefix(chosen.Header.Get("Set-Cookie"), "language=en;") {
		t.Errorf("a choice: %d to %q with %q", chosen.StatusCode, chosen.Header.Get("Location"), chosen.Header.Get("Set-Cookie"))
	}
	if evil := get(h, "//evil.example.com?lang=en"); strings.HasPrefix(evil.Header.Get("Location"), "//") {
		t.Errorf("a choice leads away, to %q", evil.Header.Get("Location"))
	}
}

func TestOnlyReadingIsKnownHere(t *testing.T) {
	h := serve(t, "altcha")
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(method, "/signup", strings.NewReader("{}")))
		if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" || !strings.Contains(w.Body.String(), "method_not_allowed") {
			t.Errorf("%s: %d %s", method, w.Code, w.Body)
		}
	}
}

func TestTheStartNeedsASession(t *testing.T) {
	h := serve(t, "altcha")
	if out := get(h, "/"); out.StatusCode != http.StatusFound || out.Header.Get("Location") != "/login" {
		t.Errorf("without a session: %d to %q", out.StatusCode, out.Header.Get("Location"))
	}
	if in := get(h, "/", "Cookie", "__Host-session=x"); in.StatusCode != http.StatusOK {
		t.Errorf("with one: %d", in.StatusCode)
	}
}
