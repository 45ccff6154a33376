package main

import (
	"net/http"
	"strings"
	"testing"

	"phonon.in/central/web"
)

func TestOtherSpellingsLeadToThePage(t *testing.T) {
	h := serve(t, "altcha")
	for target, want := range map[string]string{
		"/signin": "/login", "/SignIn": "/login", "/sign-in/": "/login", "/log-in": "/login", "/Login": "/login", "/login/": "/login", "/LOGIN//": "/login",
		"/signin?to=/settings": "/login?to=/settings", "/register": "/signup", "/Sign-Up": "/signup", "/signup/": "/signup", "/logout": "/login",
		"/forgot": "/forgot-password", "/Forgot-Password/": "/forgot-password", "/profile": "/settings", "/kyc": "/settings/kyc", "/settings/kyc/": "/settings/kyc",
		"/Settings/KYC/Edit": "/settings/kyc/edit", "/home": "/", "/index.html": "/", "/terms-and-conditions": "/terms", "/privacy-policy/": "/privacy",
	} {
		answer := get(h, target)
		if got := answer.Header.Get("Location"); answer.StatusCode != http.StatusFound || got != want || answer.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d to %q, want %q", target, answer.StatusCode, got, want)
		}
	}
	for _, target := range []string{"/404", "/500", "/offline", "/sign", "/login/x", "/signin/x", "//signin", "/v1/login/", "/_/", "/%FF", "/%25"} {
		if answer := get(h, target); answer.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d to %q", target, answer.StatusCode, answer.Header.Get("Location"))
		}
	}
	for _, page := range spellings {
		if _, there := h.(*server).site.Page(page, web.Source); !there {
			t.Errorf("a spelling leads to %s, which is not there", page)
		}
	}
}

// A mail gateway rewrites "/verify#token": it escapes the sign, once or twice, or adds a slash before or behind.
func TestAMailedLinkSurvivesBeingRewritten(t *testing.T) {
	h := serve(t, "altcha")
	const token = "AAAA-bb_c.DDDD.eeee"
	for _, page := range mailed {
		for _, target := range []string{
			page + "%23" + token, page + "/%23" + token, page + "%23" + token + "/", page + "%2523" + token, page + "/%2523" + token + "/",
			strings.ToUpper(page) + "%23" + token,
		} {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				answer := ask(h, method, target)
				if got := answer.Header.Get("Location"); answer.StatusCode != http.StatusFound || got != page+"#"+token {
					t.Errorf("%s %s: %d to %q", method, target, answer.StatusCode, got)
				}
			}
		}
		if answer := get(h, page+"/"); answer.Header.Get("Location") != page {
			t.Errorf("%s/: to %q", page, answer.Header.Get("Location"))
		}
		if answer := get(h, page+"%23"+token+"?utm_source=mail"); answer.Header.Get("Location") != page+"?utm_source=mail#"+token {
			t.Errorf("with a mark of the sender: to %q", answer.Header.Get("Location"))
		}
	}
	for _, target := range []string{"/login%23" + token, "/nothing%23" + token, "/%23" + token, "//evil.example.com%23" + token} {
		if answer := get(h, target); answer.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d to %q", target, answer.StatusCode, answer.Header.Get("Location"))
		}
	}
}

func TestWhoIsLoggedInIsLedHomeFromThePagesBeforeIt(t *testing.T) {
	h := serve(t, "altcha")
	const session = "__Host-session=x"
	for target, want := range map[string]string{"/login": "/", "/signup": "/", "/login?to=/settings": "/"} {
		answer := get(h, target, "Cookie", session)
		if answer.StatusCode != http.StatusFound || answer.Header.Get("Location") != want || answer.Header.Get("Vary") != "Cookie" {
			t.Errorf("%s: %d to %q", target, answer.StatusCode, answer.Header.Get("Location"))
		}
	}
	for _, target := range []string{"/login?ended", "/login?ended&to=/settings", "/forgot-password", "/reset-password", "/verify", "/check-inbox", "/terms"} {
		if answer := get(h, target, "Cookie", session); answer.StatusCode != http.StatusOK {
			t.Errorf("%s: %d to %q", target, answer.StatusCode, answer.Header.Get("Location"))
		}
	}
	for _, cookies := range []string{"", "__Host-session=", "__Host-device=x"} {
		if answer := get(h, "/login", "Cookie", cookies); answer.StatusCode != http.StatusOK {
			t.Errorf("with %q: %d", cookies, answer.StatusCode)
		}
	}
}
