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

func thirdParty(c *oidc.Client) { c.FirstParty = false }

var ours = []string{"Origin", origin, "Sec-Fetch-Site", "same-origin"}

// answers a question as its page does.
func (w *world) answers(asked visited, session, with string, headers ...string) visited {
	w.t.Helper()
	form := url.Values{"authorize": {w.field(asked, "authorize")}, "question": {w.field(asked, "question")}, "answer": {with}}
	return w.do("POST", "/oauth2/consent", session, form, headers...)
}

func TestTheHolderIsAskedOnceWhatAThirdPartyMayHave(t *testing.T) {
	w := newVisits(t, thirdParty)
	session := w.person(nil)
	asked := w.authorize(session, w.request())
	w.isPage(asked, http.StatusOK)
	policy := asked.Header().Get("Content-Security-Policy")
	if !strings.Contains(policy, "form-action 'self' https://ivr.example;") && !strings.HasSuffix(policy, "form-action 'self' https://ivr.example") {
		t.Errorf("its form would not lead back: %s", policy)
	}
	if body := asked.Body.String(); strings.Contains(body, "<b>IVR") || !strings.Contains(body, "Inbound &lt;b&gt;IVR") || !strings.Contains(body, texts()["en"]["consent.scope.email"]) || strings.Contains(body, "<script") {
		t.Errorf("the question: %s", body)
	}
	w.isCode(w.answers(asked, session, "allow", ours...))
	if len(w.consents) != 1 || w.consents[0].Document != "app" || !strings.HasSuffix(w.consents[0].Version, ": openid email") {
		t.Errorf("%+v", w.consents)
	}
	w.isCode(w.authorize(session, w.request("prompt", "none")))
	w.isPage(w.authorize(session, w.request("prompt", "consent")), http.StatusOK)
	more := w.authorize(session, w.request("scope", "openid email phone"))
	w.isPage(more, http.StatusOK)
	w.isError(w.answers(more, session, "deny", ours...), oidc.AccessDenied)
	w.isPage(w.authorize(session, w.request("scope", "openid email phone")), http.StatusOK)
}

func TestAnAnswerThatIsNotThatToOurQuestionAllowsNothing(t *testing.T) {
	w := newVisits(t, thirdParty)
	session := w.person(nil)
	other := w.person(nil)
	asked := w.authorize(session, w.request())
	nothing := func(what string) {
		t.Helper()
		if len(w.consents) != 0 || len(w.grants) != 0 {
			t.Fatalf("%s: %d consents, %d grants", what, len(w.consents), len(w.grants))
		}
	}
	for what, headers := range map[string][]string{
		"another site":           {"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"},
		"a sandboxed frame":      {"Origin", "null"},
		"who does not say where": nil,
	} {
		r := w.answers(asked, session, "allow", headers...)
		if nothing(what); r.to != nil {
			t.Errorf("%s is led to %s", what, r.to)
		}
	}
	w.leads(w.answers(asked, "", "allow", ours...), "/oauth2/authorize")
	nothing("nobody")
	w.leads(w.answers(asked, other, "allow", ours...), "/oauth2/authorize")
	nothing("another account")
	form := url.Values{"authorize": {w.request("scope", "openid email kyc").Encode()}, "question": {w.field(asked, "question")}, "answer": {"allow"}}
	w.leads(w.do("POST", "/oauth2/consent", session, form, ours...), "/oauth2/authorize")
	nothing("another request")
	w.isError(w.answers(asked, session, "maybe", ours...), oidc.AccessDenied)
	nothing("no answer")
	w.now = noon.Add(questionLife + time.Second)
	w.leads(w.answers(asked, session, "allow", ours...), "/oauth2/authorize")
	nothing("too late")
	w.now = noon
	w.downLate = errDown
	w.isError(w.answers(asked, session, "allow", ours...), oidc.TemporarilyUnavailable)
	nothing("a store that does not answer")
	w.downLate = nil
	w.isCode(w.answers(asked, session, "allow", ours...))
	w.leads(w.answers(asked, session, "allow", ours...), "/oauth2/authorize")
	if len(w.consents) != 1 || len(w.grants) != 1 {
		t.Errorf("twice: %d consents, %d grants", len(w.consents), len(w.grants))
	}
}

func TestWhatOneAccountAllowedAnotherHasNot(t *testing.T) {
	w := newVisits(t, thirdParty)
	first := w.person(nil)
	carried := w.leads(w.authorize(first, w.request("prompt", "login")), "/login")
	w.now = noon.Add(time.Second)
	again := w.person(nil)
	asked := w.authorize(again, carried)
	w.isPage(asked, http.StatusOK)
	w.isCode(w.answers(asked, again, "allow", ours...))
	w.isPage(w.authorize(w.person(nil), carried), http.StatusOK)
}

func TestAnAccessThatIsTakenBackMeanwhileYieldsNoCode(t *testing.T) {
	w := newVisits(t, thirdParty)
	session := w.person(nil)
	w.isCode(w.answers(w.authorize(session, w.request()), session, "allow", ours...))
	w.meanwhile = func() {
		for id, app := range w.apps {
			w.apps[id] = oidc.App{Client: app.Client, Version: app.Version + 1}
		}
	}
	before := len(w.grants)
	anew := w.authorize(session, w.request())
	if anew.Code != http.StatusSeeOther || anew.to.Path != "/oauth2/authorize" || anew.query.Get("state") != "st&te" || len(w.grants) != before {
		t.Errorf("%d to %v, %d grants", anew.Code, anew.to, len(w.grants))
	}
	w.isPage(w.authorize(session, anew.query), http.StatusOK) // the question
}

func TestTheQuestionIsAskedInThePersonsLanguage(t *testing.T) {
	w := newVisits(t, thirdParty)
	session := w.person(func(p *account.Profile, _ *account.Session) { p.Locale = "en" })
	r := w.authorize(session, w.request("ui_locales", "hi"))
	if r.Header().Get("Content-Language") != "hi" || !strings.Contains(r.Body.String(), texts()["hi"]["consent.allow"]) {
		t.Errorf("%s", r.Header().Get("Content-Language"))
	}
	for key := range texts()["en"] {
		if texts()["hi"][key] == "" {
			t.Errorf("no Hindi for %s", key)
		}
	}
	if len(texts()["en"]) != len(texts()["hi"]) {
		t.Errorf("%d texts and %d", len(texts()["en"]), len(texts()["hi"]))
	}
}
