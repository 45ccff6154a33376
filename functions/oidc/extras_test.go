package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/oidc"
)

// OpenID Connect Core 1.0, section 3.1.2.1, and RFC 6749, section 3.1: what is not understood, or not needed, is no reason to refuse.
func TestWhatARequestMayAlsoSayKeepsNobodyFromTheCode(t *testing.T) {
	for name, more := range map[string][]string{
		"a parameter that nobody knows":     {"extra", "foobar"},
		"a page":                            {"display", "page"},
		"a pop-up":                          {"display", "popup"},
		"the language of claims":            {"claims_locales", "se"},
		"languages":                         {"ui_locales", "se hi en"},
		"who is meant":                      {"login_hint", "somebody@example.com"},
		"how the log-in is to be proven":    {"acr_values", "1 2"},
		"scopes in another order":           {"scope", "email openid"},
		"a scope that there is not":         {"scope", "openid email address"},
		"a password that is new enough":     {"max_age", "10000"},
		"an essential claim":                {"claims", `{"userinfo":{"name":{"essential":true}}}`},
		"a claim in another language":       {"claims", `{"id_token":{"name#ja-Kana-JP":null}}`},
		"how the answer comes, as it comes": {"response_mode", "query"},
		"no nonce":                          {"nonce", ""},
		"a nonce of 64 letters":             {"nonce", strings.Repeat("n", 64)},
		"a nonce of 384":                    {"nonce", strings.Repeat("n", 384)},
	} {
		t.Run(name, func(t *testing.T) {
			w := newVisits(t, nil)
			session := w.person(func(_ *account.Profile, s *account.Session) { s.ProvenAt = noon.Add(-2 * time.Hour) })
			v := w.request(more...)
			w.isCode(w.authorize(session, v))
			if g := w.grants[0]; g.Nonce != v.Get("nonce") || len(g.Scopes) != 2 {
				t.Errorf("%+v", g)
			}
		})
	}
}

func TestAnAnswerHasAStateOnlyWhereTheRequestHadOne(t *testing.T) {
	w := newVisits(t, nil)
	r := w.authorize(w.person(nil), w.request("state", ""))
	if r.Code != http.StatusSeeOther || r.query.Get("code") == "" || r.query.Has("state") || r.query.Get("iss") != origin {
		t.Errorf("%d to %s", r.Code, r.Header().Get("Location"))
	}
	// Beside a pushed request, what the address says is not looked at.
	w.pushed["AAAAAAAAAAAAAAAAAAAAAAAAAA"] = oidc.Pushed{ID: "AAAAAAAAAAAAAAAAAAAAAAAAAA", Client: w.client.ID, Query: w.request("state", "", "nonce", "inside").Encode()}
	r = w.authorize(w.person(nil), url.Values{
		"client_id": {string(w.client.ID)}, "request_uri": {pushedPrefix + "AAAAAAAAAAAAAAAAAAAAAAAAAA"}, "state": {"outside"}, "nonce": {"outside"},
	})
	if r.query.Get("code") == "" || r.query.Has("state") || w.grants[len(w.grants)-1].Nonce != "inside" {
		t.Errorf("%d to %s", r.Code, r.Header().Get("Location"))
	}
}

func TestOnlyAClientWithoutPKCEMaySendNeitherChallengeNorNonce(t *testing.T) {
	bare := []string{"code_challenge", "", "code_challenge_method", "", "nonce", ""}
	for mode, want := range map[oidc.PKCEMode]oidc.Code{oidc.PKCEOff: "", oidc.PKCEOptional: oidc.InvalidRequest, oidc.PKCERequired: oidc.InvalidRequest} {
		w := newVisits(t, func(c *oidc.Client) { c.PKCE = mode })
		r := w.authorize(w.person(nil), w.request(bare...))
		if want == "" {
			w.isCode(r)
		} else {
			w.isError(r, want)
		}
	}
	w := newVisits(t, func(c *oidc.Client) { c.PKCE = oidc.PKCEOff })
	w.isCode(w.authorize(w.person(nil), w.request())) // and one that is sent counts
	if w.grants[0].Challenge != challenge {
		t.Errorf("%+v", w.grants[0])
	}
}
