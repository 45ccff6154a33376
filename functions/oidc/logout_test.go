package main

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/token"
)

const bye = "https://ivr.example/bye"

// hintOf is an ID token of a session, as the reader of these tests takes it.
func (w *world) hintOf(session string) string {
	id, digest, err := token.ParseSession(session)
	if err != nil {
		w.t.Fatal(err)
	}
	return string(w.client.ID) + " " + id + " " + oidc.SID(digest)
}

func (w *world) logout(session string, namesAndValues ...string) visited {
	v := url.Values{}
	for i := 0; i+1 < len(namesAndValues); i += 2 {
		v.Set(namesAndValues[i], namesAndValues[i+1])
	}
	return w.do("GET", "/oauth2/logout?"+v.Encode(), session, nil)
}

func (w *world) open(session string) bool {
	_, digest, _ := token.ParseSession(session)
	_, there := w.sessions[digest]
	return there
}

func TestALogOutWithTheSessionsOwnIDTokenEndsItAndLeadsBack(t *testing.T) {
	w := newVisits(t, nil)
	session, other := w.person(nil), w.person(nil)
	r := w.logout(session, "id_token_hint", w.hintOf(session), "post_logout_redirect_uri", bye, "state", "a b")
	if r.Code != http.StatusSeeOther || r.Header().Get("Location") != bye+"?state=a+b" || w.open(session) || !w.open(other) {
		t.Errorf("%d to %s", r.Code, r.Header().Get("Location"))
	}
	if cookie := r.Header().Get("Set-Cookie"); !strings.HasPrefix(cookie, httpapi.SessionCookie+"=;") {
		t.Errorf("the cookie stays: %q", cookie)
	}
	if len(w.heard.all) != 1 || w.heard.all[0].Refs[0] != string(w.client.ID) {
		t.Errorf("told: %+v", w.heard.all)
	}
	again := w.logout("", "id_token_hint", w.hintOf(session), "post_logout_redirect_uri", bye)
	if again.Header().Get("Location") != bye {
		t.Errorf("twice: %d to %s", again.Code, again.Header().Get("Location"))
	}
}

func TestTheLogOutOfOurOwnPagesTellsTheProductsAtOnce(t *testing.T) {
	w := newVisits(t, nil)
	session, other := w.person(nil), w.person(nil)
	r := w.do("POST", "/v1/logout", session, nil)
	if r.Code != http.StatusNoContent || w.open(session) || !w.open(other) || len(w.heard.all) != 1 || w.heard.all[0].Refs[0] != string(w.client.ID) {
		t.Errorf("%d, told %+v", r.Code, w.heard.all)
	}
	if cookie := r.Header().Get("Set-Cookie"); !strings.HasPrefix(cookie, httpapi.SessionCookie+"=;") || r.Header().Get("Clear-Site-Data") != `"storage"` {
		t.Errorf("something stays in the browser: %q, %q", cookie, r.Header().Get("Clear-Site-Data"))
	}
	w.downLate = fault.Down(errors.New("no answer"))
	if r := w.do("POST", "/v1/logout", other, nil); r.Code != http.StatusServiceUnavailable || r.Header().Get("Set-Cookie") != "" || !w.open(other) || len(w.heard.all) != 1 {
		t.Errorf("a log-out that failed: %d, %q, told %+v", r.Code, r.Header().Get("Set-Cookie"), w.heard.all)
	}
}

func TestALogOutThatNobodyProvesAsks(t *testing.T) {
	for name, with := range map[string]func(w *world) []string{
		"without a hint": func(*world) []string { return nil },
		"with a client alone": func(w *world) []string {
			return []string{"client_id", string(w.client.ID), "post_logout_redirect_uri", bye}
		},
		"with a hint that is none":         func(*world) []string { return []string{"id_token_hint", "nonsense"} },
		"with the hint of another account": func(w *world) []string { return []string{"id_token_hint", w.hintOf(w.person(nil))} },
		"with the hint of another account, of a client that gets no sid": func(w *world) []string {
			id, _, _ := token.ParseSession(w.person(nil))
			return []string{"id_token_hint", string(w.client.ID) + " " + id + " "}
		},
		"with a hint of another session": func(w *world) []string {
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newVisits(t, nil)
			session := w.person(nil)
			given := with(w)
			if strings.Contains(name, "another session") {
				id, _, _ := token.ParseSession(session)
				given = []string{"id_token_hint", string(w.client.ID) + " " + id + " " + oidc.SID("before")}
			}
			asked := w.logout(session, given...)
			w.isPage(asked, http.StatusOK)
			if !w.open(session) || len(w.heard.all) != 0 {
				t.Fatal("the question has ended the session")
			}
			form := url.Values{"request": {w.field(asked, "request")}, "question": {w.field(asked, "question")}, "answer": {"leave"}}
			w.do("POST", "/oauth2/logout/confirm", session, form, "Origin", "https://evil.example")
			w.do("POST", "/oauth2/logout/confirm", session, form)
			forged := url.Values{"request": form["request"], "question": {"x"}, "answer": {"leave"}}
			w.isPage(w.do("POST", "/oauth2/logout/confirm", session, forged, ours...), http.StatusOK)
			stay := url.Values{"request": form["request"], "question": form["question"], "answer": {"stay"}}
			w.do("POST", "/oauth2/logout/confirm", session, stay, ours...)
			if !w.open(session) {
				t.Fatal("what is no answer has ended the session")
			}
			r := w.do("POST", "/oauth2/logout/confirm", session, form, ours...)
			if w.open(session) || len(w.heard.all) != 1 {
				t.Errorf("still there; %d told", len(w.heard.all))
			}
			if strings.Contains(name, "client alone") != (r.Header().Get("Location") == bye) {
				t.Errorf("led to %q", r.Header().Get("Location"))
			}
		})
	}
}

func TestAnAddressAfterTheLogOutThatIsNotRegisteredIsNeverFollowed(t *testing.T) {
	for _, to := range []string{"https://evil.example/", bye + "/", bye + "?x=1", "https://IVR.example/bye", "javascript:alert(1)", back, "//ivr.example/bye"} {
		w := newVisits(t, nil)
		session := w.person(nil)
		for _, with := range [][]string{
			{"id_token_hint", w.hintOf(session)}, {"client_id", string(w.client.ID)}, nil,
		} {
			r := w.logout(session, append(with, "post_logout_redirect_uri", to, "state", "s")...)
			w.isPage(r, http.StatusBadRequest)
			if !w.open(session) || strings.Contains(r.Body.String(), to) {
				t.Errorf("%s: ended, or shown", to)
			}
		}
	}
	w := newVisits(t, nil)
	session := w.person(nil)
	w.isPage(w.logout(session, "id_token_hint", w.hintOf(session), "client_id", token.NewID(), "post_logout_redirect_uri", bye), http.StatusBadRequest)
	twice := url.Values{"id_token_hint": {w.hintOf(session)}, "post_logout_redirect_uri": {bye, "https://evil.example/"}}
	w.isPage(w.do("GET", "/oauth2/logout?"+twice.Encode(), session, nil), http.StatusBadRequest)
	left := w.logout(session, "id_token_hint", w.hintOf(session), "state", "s")
	w.isPage(left, http.StatusOK)
	if w.open(session) {
		t.Error("nobody named an address, and the session goes on")
	}
}

func TestALogOutThatFailsSaysSoAndEndsNothing(t *testing.T) {
	w := newVisits(t, nil)
	session := w.person(nil)
	w.downLate = errDown
	r := w.logout(session, "id_token_hint", w.hintOf(session), "post_logout_redirect_uri", bye)
	w.isPage(r, http.StatusServiceUnavailable)
	if !w.open(session) || r.Header().Get("Set-Cookie") != "" || len(w.heard.all) != 0 {
		t.Error("it says what did not happen")
	}
	w.down = errDown
	w.isPage(w.logout(session, "id_token_hint", w.hintOf(session)), http.StatusServiceUnavailable)
}

func TestAPostedLogOutComesAgainByGet(t *testing.T) {
	w := newVisits(t, nil)
	session := w.person(nil)
	form := url.Values{"id_token_hint": {w.hintOf(session)}, "post_logout_redirect_uri": {bye}}
	r := w.do("POST", "/oauth2/logout", "", form, "Origin", "https://ivr.example", "Sec-Fetch-Site", "cross-site")
	if r.Code != http.StatusSeeOther || r.to.Path != "/oauth2/logout" || !w.open(session) {
		t.Fatalf("%d to %s", r.Code, r.Header().Get("Location"))
	}
	if done := w.do("GET", r.Header().Get("Location"), session, nil); done.Header().Get("Location") != bye || w.open(session) {
		t.Errorf("%d to %s", done.Code, done.Header().Get("Location"))
	}
}
