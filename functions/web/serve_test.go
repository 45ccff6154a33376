package main

import (
	"compress/gzip"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"phonon.in/central/web"
)

func serve(t *testing.T, captcha string) http.Handler {
	t.Helper()
	site, err := web.Build("2026-11-01", "4c1f0a9d2b7e", "help@example.com", "Asha Rao <grievance@example.com>", true)
	if err != nil {
		t.Fatal(err)
	}
	return &server{site: site, policy: policy("https://uploads.example.com", captcha), log: slog.New(slog.DiscardHandler)}
}

func get(h http.Handler, target string, headers ...string) *http.Response {
	return ask(h, http.MethodGet, target, headers...)
}

func ask(h http.Handler, method, target string, headers ...string) *http.Response {
	r := httptest.NewRequest(method, target, nil)
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
		"/signup": 200, "/terms": 200, "/nothing": 404, "/signup/": 302, "/signup/nothing": 404, "//evil.example.com": 404, "/_/0123/app.css": 200, "/robots.txt": 200, "/favicon.ico": 200,
		"/v1/nothing": 404, "/_/0123/nothing.js": 404, "/_/../site.go": 404, "/?": 302, "/.well-known/change-password": 302,
	} {
		answer := get(h, target)
		if answer.StatusCode != status {
			t.Errorf("%s: got %d, want %d", target, answer.StatusCode, status)
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin",
			"Strict-Transport-Security": "max-age=63072000; includeSubDomains",
		} {
			if got := answer.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q", target, name, got)
			}
		}
		for _, want := range []string{"base-uri 'none'", "frame-ancestors 'none'"} {
			if p := answer.Header.Get("Content-Security-Policy"); !strings.Contains(p, want) {
				t.Errorf("%s: the policy %q has no %s", target, p, want)
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

// kept are addresses of what is kept in both forms.
func kept(t *testing.T, h http.Handler) []string {
	t.Helper()
	page, _ := io.ReadAll(get(h, "/signup").Body)
	_, rest, _ := strings.Cut(string(page), `<link rel="stylesheet" href="`)
	present, _, _ := strings.Cut(rest, `"`)
	return []string{"/signup", "/terms", present, "/_/000000000000/app.css", "/favicon.ico", "/_/0/500.hi.html"}
}

func TestAnAnswerIsPackedForThoseWhoTakeItPacked(t *testing.T) {
	h := serve(t, "altcha")
	for _, target := range kept(t, h) {
		plain := get(h, target)
		text, _ := io.ReadAll(plain.Body)
		for wanted, coding := range map[string]string{
			"br, gzip": "gzip", "GZIP;q=0.1": "gzip", "x-gzip": "gzip", "*": "gzip", "identity;q=0, *;q=0.5": "gzip",
			"": "", "gzip;q=0": "", "gzip;q=0.0, *": "", "br": "", "identity, gzip;q=0.5": "",
		} {
			answer := get(h, target, "Accept-Encoding", wanted)
			body := io.Reader(answer.Body)
			if answer.Header.Get("Content-Encoding") == "gzip" {
				var err error
				if body, err = gzip.NewReader(body); err != nil {
					t.Fatal(err)
				}
			}
			got, _ := io.ReadAll(body)
			if answer.StatusCode != 200 || string(got) != string(text) || len(got) == 0 || answer.Header.Get("Content-Encoding") != coding {
				t.Errorf("%s for %q: %d in %q, %d bytes of %d", target, wanted, answer.StatusCode, answer.Header.Get("Content-Encoding"), len(got), len(text))
			}
			if !strings.Contains(answer.Header.Get("Vary"), "Accept-Encoding") {
				t.Errorf("%s: Vary is %q: a cache would hand it on to the wrong client", target, answer.Header.Get("Vary"))
			}
		}
	}
}

func TestAnAnswerIsNotSentTwice(t *testing.T) {
	h := serve(t, "altcha")
	for _, target := range kept(t, h) {
		plain, packed := get(h, target), get(h, target, "Accept-Encoding", "gzip")
		tag, packedTag := plain.Header.Get("ETag"), packed.Header.Get("ETag")
		if tag == packedTag || strings.HasPrefix(tag, "W/") {
			t.Errorf("%s: tags %s and %s: a strong one is for one sequence of bytes", target, tag, packedTag)
		}
		for _, c := range []struct {
			tags, coding string
			status       int
		}{
			{tag, "", 304}, {"W/" + tag, "", 304}, {`"x" , W/` + tag, "", 304}, {"*", "", 304}, {packedTag, "gzip", 304}, {"W/" + packedTag, "gzip", 304},
			{packedTag, "", 200}, {tag, "gzip", 200}, {`"x"`, "", 200}, {strings.Trim(tag, `"`), "", 200}, {"", "", 200},
		} {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				answer := ask(h, method, target, "If-None-Match", c.tags, "Accept-Encoding", c.coding)
				if body, _ := io.ReadAll(answer.Body); answer.StatusCode != c.status || (len(body) == 0) != (c.status == 304) {
					t.Errorf("%s %s with %s for %q: %d and %d bytes", method, target, c.tags, c.coding, answer.StatusCode, len(body))
				}
				for _, name := range []string{"ETag", "Cache-Control", "Vary"} {
					if got := answer.Header.Get(name); got == "" || c.coding == "" && got != plain.Header.Get(name) {
						t.Errorf("%s %s: %d with %s %q", method, target, answer.StatusCode, name, got)
					}
				}
			}
		}
	}
	if missing := get(h, "/nothing", "If-None-Match", "*"); missing.StatusCode != 404 {
		t.Errorf("what is not there is known: %d", missing.StatusCode)
	}
}

func TestWhatPackingMakesNoSmallerIsTheSameForEverybody(t *testing.T) {
	h := serve(t, "altcha")
	for _, target := range []string{"/robots.txt", "/_/0/fonts/atkinson-hyperlegible-next-latin-wght-normal.woff2"} {
		answer := get(h, target, "Accept-Encoding", "gzip")
		if answer.StatusCode != 200 || answer.Header.Get("Content-Encoding") != "" || answer.Header.Get("Vary") != "" {
			t.Errorf("%s: %d with %v", target, answer.StatusCode, answer.Header)
		}
		if again := get(h, target, "If-None-Match", `"x", W/`+answer.Header.Get("ETag")); again.StatusCode != 304 {
			t.Errorf("%s: %d to who has it", target, again.StatusCode)
		}
	}
}

func TestAPartOfAFileIsNotSent(t *testing.T) {
	h := serve(t, "altcha")
	whole, _ := io.ReadAll(get(h, "/robots.txt").Body)
	for _, part := range []string{"bytes=0-3", "bytes=-5", "bytes=900000-", "lines=1-2"} {
		answer := get(h, "/robots.txt", "Range", part)
		if body, _ := io.ReadAll(answer.Body); answer.StatusCode != 200 || string(body) != string(whole) || answer.Header.Get("Accept-Ranges") != "" {
			t.Errorf("%s: %d with %d bytes of %d", part, answer.StatusCode, len(body), len(whole))
		}
	}
}

func TestTheLanguageIsThePersonsChoiceOrElseTheBrowsers(t *testing.T) {
	h := serve(t, "altcha")
	for name, c := range map[string]struct{ cookie, accept, want string }{
		"neither":                    {"", "", "en"},
		"the browser's":              {"", "fr, hi-IN;q=0.9, en;q=0.5", "hi"},
		"the choice":                 {"__Host-language=en", "hi", "en"},
		"a choice that is not there": {"__Host-language=xx", "", "en"},
		"an empty choice":            {"__Host-language=", "hi", "hi"},
		"an empty one before it":     {"__Host-language=; __Host-language=hi", "", "hi"},
		"a broken header":            {"", ";;;q=nan", "en"},
	} {
		answer := get(h, "/login", "Cookie", c.cookie, "Accept-Language", c.accept)
		if got := answer.Header.Get("Content-Language"); got != c.want || answer.StatusCode != 200 {
			t.Errorf("%s: got %d in %q, want %q", name, answer.StatusCode, got, c.want)
		}
	}
	chosen := get(h, "/terms?lang=en")
	if chosen.StatusCode != http.StatusFound || chosen.Header.Get("Location") != "/terms" || !strings.HasPrefix(chosen.Header.Get("Set-Cookie"), "__Host-language=en;") {
		t.Errorf("a choice: %d to %q with %q", chosen.StatusCode, chosen.Header.Get("Location"), chosen.Header.Get("Set-Cookie"))
	}
	if lost := get(h, "/nothing?lang=hi"); lost.StatusCode != http.StatusFound || lost.Header.Get("Location") != "/nothing" {
		t.Errorf("a choice where nothing is: %d to %q", lost.StatusCode, lost.Header.Get("Location"))
	}
	for target, want := range map[string]string{
		"//evil.example.com?lang=en": "/evil.example.com", "/%5Cevil.example.com?lang=en": "/%5Cevil.example.com", "/%2F%2Fevil.example.com?lang=en": "/evil.example.com",
		"/%0D%0Aevil?lang=en": "/%0D%0Aevil", "/%E0%A4%B9?lang=en": "/%E0%A4%B9", "/a%3Fb?lang=en": "/a%3Fb",
	} {
		if evil := get(h, target); evil.StatusCode != http.StatusFound || evil.Header.Get("Location") != want {
			t.Errorf("%s: a choice leads to %q, not to %q", target, evil.Header.Get("Location"), want)
		}
	}
}

func TestOnlyReadingIsKnownHere(t *testing.T) {
	h := serve(t, "altcha")
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions, "QUERY"} {
		for _, target := range append(kept(t, h), "/", "/signup?lang=hi", "/.well-known/change-password", "/signin", "/signup/") {
			answer := ask(h, method, target)
			if body, _ := io.ReadAll(answer.Body); answer.StatusCode != 405 || answer.Header.Get("Allow") != "GET, HEAD" || !strings.Contains(string(body), "method_not_allowed") {
				t.Errorf("%s %s: %d %s", method, target, answer.StatusCode, body)
			}
		}
		for _, target := range []string{"/nothing", "/nothing?lang=hi", "/signup/x", "/v1", "/v1/", "/v1/nothing", "/_/0/nothing.js", "/_/", "//signup"} {
			answer := ask(h, method, target)
			if body, _ := io.ReadAll(answer.Body); answer.StatusCode != 404 || answer.Header.Get("Allow") != "" || !strings.Contains(string(body), "route_unknown") {
				t.Errorf("%s %s: %d %s", method, target, answer.StatusCode, body)
			}
		}
	}
}

func TestHeadIsAnsweredAsGet(t *testing.T) {
	h := serve(t, "altcha")
	for _, target := range append(kept(t, h), "/", "/nothing", "/v1/nothing", "/signup?lang=hi", "/.well-known/change-password") {
		read, asked := get(h, target, "Accept-Encoding", "gzip"), ask(h, http.MethodHead, target, "Accept-Encoding", "gzip")
		if asked.StatusCode != read.StatusCode || !maps.EqualFunc(asked.Header, read.Header, slices.Equal) {
			t.Errorf("%s: HEAD %d %v, GET %d %v", target, asked.StatusCode, asked.Header, read.StatusCode, read.Header)
		}
	}
}

func TestTheStartNeedsASession(t *testing.T) {
	h := serve(t, "altcha")
	for name, cookies := range map[string]string{
		"without a session": "", "with what is left of one": "__Host-session=", "with a blank one": `__Host-session=" "`, "with another cookie": "session=x",
	} {
		out := get(h, "/", "Cookie", cookies)
		if out.StatusCode != http.StatusFound || out.Header.Get("Location") != "/login" || out.Header.Get("Vary") != "Cookie" {
			t.Errorf("%s: %d to %q", name, out.StatusCode, out.Header.Get("Location"))
		}
	}
	for name, cookies := range map[string]string{"with one": "__Host-session=x", "with one behind what is left of another": "__Host-session=; __Host-session=x"} {
		if in := get(h, "/", "Cookie", cookies); in.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", name, in.StatusCode)
		}
	}
}
