package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/oidc"
)

// posted sends a form to an endpoint that answers with err, or with what it has got.
func posted(t *testing.T, err error, target, body string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	s := newSite(fine)
	s.Foreign("POST /oauth2/token", Form(func(_ context.Context, _ *Call, query, form url.Values) (Reply, error) {
		if err != nil {
			return Reply{}, err
		}
		return JSONReply(map[string]string{"query": query.Encode(), "form": form.Encode()}), nil
	}))
	w := httptest.NewRecorder()
	s.ServeHTTP(w, request("POST", target, body, header...))
	return w
}

func TestAFormIsReadAsABrowserSendsIt(t *testing.T) {
	const form, media = "a=1&b=x+y", "application/x-www-form-urlencoded"
	for name, row := range map[string]struct{ body, media, says string }{
		"a form":                {form, media, `"form":"a=1\u0026b=x+y"`},
		"a form with a charset": {form, media + "; charset=UTF-8", `"form":"a=1\u0026b=x+y"`},
		"nothing at all":        {"", "", `"form":""`},
		"an empty form":         {"", media, `"form":""`},
		"a JSON body":           {`{"a":1}`, "application/json", "invalid_request"},
		"no media type":         {form, "", "invalid_request"},
		"files":                 {form, "multipart/form-data; boundary=x", "invalid_request"},
		"a broken escape":       {"a=%z", media, "invalid_request"},
		"a semicolon":           {"a=1;b=2", media, "invalid_request"},
		"64 KiB and one":        {"a=" + strings.Repeat("x", maxBody-1), media, "invalid_request"},
	} {
		w := posted(t, nil, "/oauth2/token?q=1", row.body, "Content-Type", row.media)
		if !strings.Contains(w.Body.String(), row.says) || (w.Code == 200) == (row.says == "invalid_request") {
			t.Errorf("%s: answered %d %s", name, w.Code, w.Body)
		}
	}
	if w := posted(t, nil, "/oauth2/token?a=%z", "", "Content-Type", media); w.Code != 400 {
		t.Errorf("a broken query: answered %d", w.Code)
	}
}

func TestAnErrorIsToldInTheWordsOfOAuth(t *testing.T) {
	use := limit.Rule{Name: "r", Max: 2, Window: time.Minute, Detail: "Secret detail."}.By("x")
	for name, row := range map[string]struct {
		err       error
		status    int
		code      string
		challenge string
		wait      bool
	}{
		"a refusal":                {oidc.Refuse(oidc.InvalidGrant, "No."), 400, "invalid_grant", "", false},
		"a client":                 {oidc.Refuse(oidc.InvalidClient, "No."), 401, "invalid_client", `Basic realm="central"`, false},
		"a token":                  {oidc.Refuse(oidc.InvalidToken, "No.").At(oidc.SchemeBearer), 401, "invalid_token", `Bearer realm="central", error="invalid_token", error_description="No."`, false},
		"a bound token":            {oidc.Refuse(oidc.InvalidToken, "No.").At(oidc.SchemeDPoP), 401, "invalid_token", `DPoP realm="central", error="invalid_token", error_description="No.", algs="ES256 PS256"`, false},
		"a proof at a resource":    {oidc.Refuse(oidc.InvalidDPoPProof, "No.").At(oidc.SchemeDPoP), 401, "invalid_dpop_proof", `DPoP realm="central", error="invalid_dpop_proof", error_description="No.", algs="ES256 PS256"`, false},
		"a proof at the endpoint":  {oidc.Refuse(oidc.InvalidDPoPProof, "No."), 400, "invalid_dpop_proof", "", false},
		"a scope at a resource":    {oidc.Refuse(oidc.InsufficientScope, "No.").At(oidc.SchemeBearer), 403, "insufficient_scope", `Bearer realm="central", error="insufficient_scope", error_description="No."`, false},
		"a limit":                  {use.Exceeded(now, now.Add(30*time.Second)), 429, "slow_down", "", true},
		"a dependency":             {fault.Down(errors.New("secret cause")), 503, "temporarily_unavailable", "", true},
		"a deadline":               {context.DeadlineExceeded, 503, "temporarily_unavailable", "", true},
		"a fault of other routes":  {fault.New(fault.NotFound, "secret", "Secret."), 500, "server_error", "", false},
		"a defect":                 {errors.New("secret"), 500, "server_error", "", false},
		"a refusal with its cause": {oidc.Refuse(oidc.InvalidGrant, "No.").Because(errors.New("secret")), 400, "invalid_grant", "", false},
	} {
		w := posted(t, row.err, "/oauth2/token", "", "Origin", "https://elsewhere.test", "Sec-Fetch-Site", "cross-site")
		var answer map[string]string
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			t.Fatal(err)
		}
		h := w.Header()
		if w.Code != row.status || answer["error"] != row.code || len(answer) > 2 || h.Get("WWW-Authenticate") != row.challenge || (h.Get("Retry-After") != "") != row.wait {
			t.Errorf("%s: answered %d %s %v", name, w.Code, w.Body, h)
		}
		if strings.Contains(strings.ToLower(w.Body.String()), "secret") || h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: answered %s, %v", name, w.Body, h)
		}
	}
}

func TestARedirectIs303AndLeavesNothingBehind(t *testing.T) {
	s := newSite(fine)
	s.Foreign("POST /oauth2/authorize", Form(func(context.Context, *Call, url.Values, url.Values) (Reply, error) {
		return RedirectTo("https://product.test/cb?code=x"), nil
	}))
	w := httptest.NewRecorder()
	s.ServeHTTP(w, request("POST", "/oauth2/authorize", ""))
	h := w.Header()
	if w.Code != http.StatusSeeOther || h.Get("Location") != "https://product.test/cb?code=x" || h.Get("Referrer-Policy") != "no-referrer" || h.Get("Cache-Control") != "no-store" {
		t.Errorf("answered %d %v", w.Code, h)
	}
}

func TestOnlyAForeignRouteIsOutsideTheGuard(t *testing.T) {
	s := newSite(fine)
	echo := Form(func(context.Context, *Call, url.Values, url.Values) (Reply, error) { return Reply{Status: 204}, nil })
	s.Foreign("POST /oauth2/token", echo)
	s.Public("GET /oauth2/token", echo)
	s.Public("POST /oauth2/consent", echo)
	for path, status := range map[string]int{"/oauth2/token": 204, "/oauth2/consent": 403} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, request("POST", path, "", "Origin", "https://elsewhere.test", "Sec-Fetch-Site", "cross-site"))
		if w.Code != status {
			t.Errorf("%s: answered %d", path, w.Code)
		}
	}
}
