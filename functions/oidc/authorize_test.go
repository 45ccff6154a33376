package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/token"
)

func TestWhoIsLoggedInIsLedBackWithACodeAndTheIssuer(t *testing.T) {
	w := newVisits(t, nil)
	session := w.person(nil)
	w.isCode(w.authorize(session, w.request()))
	g := w.grants[0]
	if g.Redirect != back || g.Nonce != "n" || g.Challenge != challenge || strings.Join(g.Scopes, " ") != "openid email" || !g.AuthTime.Equal(noon) || g.Session == "" || g.ACR != oidc.ACRPassword {
		t.Errorf("%+v", g)
	}
	if !g.CodeExpiresAt.Equal(noon.Add(oidc.CodeLife)) || !g.ExpiresAt.Equal(noon.Add(account.SessionLife)) || g.CredentialVersion != 1 {
		t.Errorf("%+v", g)
	}
	with := w.authorize(session, w.request("redirect_uri", "https://ivr.example/cb?shop=1"))
	if got := with.Header().Get("Location"); !strings.HasPrefix(got, "https://ivr.example/cb?shop=1&code=") {
		t.Errorf("a redirect URI keeps its query: %s", got)
	}
}

func TestEveryErrorLeadsBackWithTheIssuerOnceTheAddressIsSure(t *testing.T) {
	long := strings.Repeat("s", 513)
	for name, row := range map[string]struct {
		change []string
		want   oidc.Code
	}{
		"no response type":        {[]string{"response_type", ""}, oidc.InvalidRequest},
		"a token":                 {[]string{"response_type", "token"}, oidc.UnsupportedResponseType},
		"code and ID token":       {[]string{"response_type", "code id_token"}, oidc.UnsupportedResponseType},
		"a fragment":              {[]string{"response_mode", "fragment"}, oidc.InvalidRequest},
		"a request object":        {[]string{"request", "e30."}, oidc.RequestNotSupported},
		"a request by reference":  {[]string{"request_uri", "https://ivr.example/r"}, oidc.RequestURINotSupported},
		"no openid":               {[]string{"scope", "email"}, oidc.InvalidScope},
		"no challenge":            {[]string{"code_challenge", "", "code_challenge_method", ""}, oidc.InvalidRequest},
		"a plain challenge":       {[]string{"code_challenge_method", "plain"}, oidc.InvalidRequest},
		"no method":               {[]string{"code_challenge_method", ""}, oidc.InvalidRequest},
		"an unknown method":       {[]string{"code_challenge_method", "S512"}, oidc.InvalidRequest},
		"a short challenge":       {[]string{"code_challenge", challenge[1:]}, oidc.InvalidRequest},
		"a padded challenge":      {[]string{"code_challenge", challenge + "="}, oidc.InvalidRequest},
		"a long nonce":            {[]string{"nonce", long}, oidc.InvalidRequest},
		"an unknown prompt":       {[]string{"prompt", "maybe"}, oidc.InvalidRequest},
		"none with another":       {[]string{"prompt", "none login"}, oidc.InvalidRequest},
		"an age in words":         {[]string{"max_age", "ten"}, oidc.InvalidRequest},
		"a negative age":          {[]string{"max_age", "-1"}, oidc.InvalidRequest},
		"claims that are no JSON": {[]string{"claims", "{"}, oidc.InvalidRequest},
		"a key that is none":      {[]string{"dpop_jkt", "short"}, oidc.InvalidRequest},
		"another server's hint":   {[]string{"id_token_hint", "nonsense"}, oidc.InvalidRequest},
		"a demand that nobody can meet": {
			[]string{"claims", `{"id_token":{"acr":{"essential":true,"values":["urn:central:mfa"]}}}`}, oidc.UnmetAuthentication,
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newVisits(t, nil)
			w.isError(w.authorize(w.person(nil), w.request(row.change...)), row.want)
			if len(w.grants) != 0 {
				t.Error("a grant was made")
			}
		})
	}
	t.Run("a parameter twice", func(t *testing.T) {
		w := newVisits(t, nil)
		v := w.request()
		v["nonce"] = []string{"n", "m"}
		w.isError(w.authorize(w.person(nil), v), oidc.InvalidRequest)
	})
	t.Run("a store that fails when the code is to be issued", func(t *testing.T) {
		w := newVisits(t, nil)
		session := w.person(nil)
		w.downLate = errDown
		w.isError(w.authorize(session, w.request()), oidc.TemporarilyUnavailable)
	})
}

func TestAnAddressThatIsNotRegisteredGetsAPageAndNoRedirect(t *testing.T) {
	for _, uri := range []string{
		"", "https://IVR.example/cb", "https://ivr.example/CB", "https://ivr.example/cb/", "https://ivr.example/cb/..;/", "https://ivr.example/%2e%2e/cb",
		"https://ivr.example/cb?a=b", "https://ivr.example/cb?", "https://ivr.example/cb#", "https://ivr.example/cb#x", "https://ivr.example./cb", "https://a@ivr.example/cb",
		"https://ivr.example@evil.example/cb", "https://a@b@ivr.example/cb", `https://ivr.example\cb`, `https://ivr.example\@evil.example/cb`, "https://ivr.example:443/cb",
		"https://ivr.example:8443/cb", "https://ivr.example.evil/cb", "https://xn--vr-gja.example/cb", "https://ivr.example/c\tb", "https://ivr.example/cb\n", "http://ivr.example/cb",
		"//ivr.example/cb", "/cb", "javascript:alert(1)", "data:text/html,x", "http://localhost:4000/cb", "http://127.0.0.1:4000/cb",
	} {
		for _, prompt := range []string{"", "none"} {
			w := newVisits(t, nil)
			w.isPage(w.authorize(w.person(nil), w.request("redirect_uri", uri, "prompt", prompt)), http.StatusBadRequest)
		}
	}
	w := newVisits(t, nil)
	session := w.person(nil)
	v := w.request()
	v["redirect_uri"] = []string{back, back}
	w.isPage(w.authorize(session, v), http.StatusBadRequest)
	w.isPage(w.authorize(session, w.request("client_id", token.NewID())), http.StatusBadRequest)
	w.isPage(w.authorize(session, w.request("client_id", "x")), http.StatusBadRequest)
	v = w.request()
	v["client_id"] = append(v["client_id"], v.Get("client_id"))
	w.isPage(w.authorize(session, v), http.StatusBadRequest)
	w.isPage(w.authorize(session, w.request("claims", strings.Repeat("x", oidc.MaxRequest))), http.StatusBadRequest)
	w.client.Disabled = true
	w.isPage(w.authorize(session, w.request()), http.StatusBadRequest)
}

func TestANativeAppMayListenAtAnyPortOfTheAddressThatItRegisteredWithoutOne(t *testing.T) {
	for _, row := range []struct {
		native     bool
		registered string
		asked      string
		want       bool
	}{
		{true, "http://127.0.0.1/cb", "http://127.0.0.1:51004/cb", true},
		{true, "http://[::1]/cb", "http://[::1]:51004/cb", true},
		{true, "http://127.0.0.1/cb", "http://127.0.0.1:51004/other", false},
		{true, "http://127.0.0.1/cb", "http://127.0.0.1:51004/cb?x=1", false},
		{true, "http://127.0.0.1/cb", "http://127.0.0.1:0x50/cb", false},
		{true, "http://127.0.0.1/cb", "http://127.0.0.1:@evil.example/cb", false},
		{true, "http://127.0.0.1/cb", "http://localhost:51004/cb", false},
		{false, "http://127.0.0.1/cb", "http://127.0.0.1:51004/cb", false},
	} {
		w := newVisits(t, func(c *oidc.Client) { c.Native, c.RedirectURIs = row.native, []string{row.registered} })
		r := w.authorize(w.person(nil), w.request("redirect_uri", row.asked))
		if led := r.to != nil && strings.HasPrefix(r.Header().Get("Location"), row.asked+"?code="); led != row.want {
			t.Errorf("%s for %s: %d to %q", row.asked, row.registered, r.Code, r.Header().Get("Location"))
		}
	}
}

func TestAPostedRequestComesAgainByGet(t *testing.T) {
	w := newVisits(t, nil)
	r := w.do("POST", "/oauth2/authorize", "", w.request(), "Origin", "https://ivr.example", "Sec-Fetch-Site", "cross-site")
	if r.Code != http.StatusSeeOther || r.to.Host != "" || r.to.Path != "/oauth2/authorize" || r.query.Encode() != w.request().Encode() {
		t.Fatalf("%d to %s", r.Code, r.Header().Get("Location"))
	}
	w.isCode(w.do("GET", r.Header().Get("Location"), w.person(nil), nil))
}

func TestPromptNoneShowsNoPage(t *testing.T) {
	nobody := func(*world) string { return "" }
	for name, row := range map[string]struct {
		client  func(*oidc.Client)
		session func(*world) string
		more    []string
		want    oidc.Code
	}{
		"nobody is logged in": {nil, nobody, nil, oidc.LoginRequired},
		"the session is over": {nil, func(w *world) string {
			return w.person(func(_ *account.Profile, s *account.Session) { s.ExpiresAt = noon })
		}, nil, oidc.LoginRequired},
		"the account is disabled": {nil, func(w *world) string {
			return w.person(func(p *account.Profile, _ *account.Session) { p.Status = account.Disabled })
		}, nil, oidc.LoginRequired},
		"the password is too long ago": {nil, func(w *world) string {
			return w.person(func(_ *account.Profile, s *account.Session) { s.ProvenAt = noon.Add(-11 * time.Second) })
		}, []string{"max_age", "10"}, oidc.LoginRequired},
		"the password at once":                  {nil, func(w *world) string { return w.person(nil) }, []string{"max_age", "0"}, oidc.LoginRequired},
		"the hint is of somebody else":          {nil, func(w *world) string { return w.person(nil) }, []string{"id_token_hint", "CLIENT other -"}, oidc.LoginRequired},
		"details are missing":                   {needs(oidc.NeedDetails), func(w *world) string { return w.person(noDetails) }, nil, oidc.InteractionRequired},
		"the KYC is missing":                    {needs(oidc.NeedKYC), func(w *world) string { return w.person(nil) }, nil, oidc.InteractionRequired},
		"newer terms are out":                   {nil, func(w *world) string { return w.person(newerTerms) }, nil, oidc.InteractionRequired},
		"a third party asks for the first time": {func(c *oidc.Client) { c.FirstParty = false }, func(w *world) string { return w.person(nil) }, nil, oidc.ConsentRequired},
	} {
		t.Run(name, func(t *testing.T) {
			w := newVisits(t, row.client)
			session := row.session(w)
			v := w.request(append([]string{"prompt", "none"}, row.more...)...)
			v.Set("id_token_hint", strings.Replace(v.Get("id_token_hint"), "CLIENT", string(w.client.ID), 1))
			w.isError(w.authorize(session, v), row.want)
		})
	}
	t.Run("and yields a code where nothing is missing", func(t *testing.T) {
		w := newVisits(t, nil)
		w.isCode(w.authorize(w.person(nil), w.request("prompt", "none")))
	})
	t.Run("and nobody is logged in inside a frame", func(t *testing.T) {
		w := newVisits(t, nil)
		w.isError(w.authorize(w.person(nil), w.request("prompt", "none"), "Sec-Fetch-Dest", "iframe"), oidc.LoginRequired)
	})
}

func needs(all ...string) func(*oidc.Client) { return func(c *oidc.Client) { c.Needs = all } }

func noDetails(p *account.Profile, _ *account.Session) { p.Details = account.Details{} }

func newerTerms(p *account.Profile, s *account.Session) {
	p.TermsVersion, s.TermsDue = "2026-01-01", "2026-11-01"
}

func TestWhatIsMissingLeadsToItsPageWithTheRequestAsItCame(t *testing.T) {
	for name, row := range map[string]struct {
		client func(*oidc.Client)
		person func(*account.Profile, *account.Session)
		more   []string
		page   string
	}{
		"terms come first":               {needs(oidc.NeedKYC), newerTerms, nil, "/terms-accept"},
		"then the details":               {needs(oidc.NeedKYC), noDetails, nil, "/account-details"},
		"then the KYC":                   {needs(oidc.NeedDetails, oidc.NeedKYC), nil, nil, "/settings/kyc"},
		"the password, when it is asked": {nil, nil, []string{"prompt", "login"}, "/login"},
		"the choice of an account":       {nil, nil, []string{"prompt", "select_account"}, "/login"},
		"an account to be made":          {nil, nil, []string{"prompt", "create"}, "/signup"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newVisits(t, row.client)
			carried := w.leads(w.authorize(w.person(row.person), w.request(row.more...)), row.page)
			carried.Del(paramSince)
			if carried.Encode() != w.request(row.more...).Encode() {
				t.Errorf("carries %s", carried.Encode())
			}
		})
	}
	t.Run("a product that needs nothing asks for nothing", func(t *testing.T) {
		w := newVisits(t, nil)
		w.isCode(w.authorize(w.person(noDetails), w.request()))
	})
	t.Run("in the language that the product asks for, unless the person has chosen one", func(t *testing.T) {
		w := newVisits(t, nil)
		if got := w.authorize("", w.request("ui_locales", "ta hi-IN en")).query.Get("lang"); got != "hi" {
			t.Errorf("lang is %q", got)
		}
		if got := w.authorize("", w.request("ui_locales", "hi"), "Cookie", languageCookie+"=en").query.Get("lang"); got != "" {
			t.Errorf("lang is %q", got)
		}
	})
}

func TestOnlyALogInForThisVeryRequestCounts(t *testing.T) {
	logInAgain := func(w *world, session string, at time.Time) {
		_, digest, err := token.ParseSession(session)
		if err != nil {
			t.Fatal(err)
		}
		s := w.sessions[digest]
		s.ProvenAt = at
		w.sessions[digest] = s
	}
	for _, asks := range [][]string{{"prompt", "login"}, {"max_age", "0"}, {"prompt", "select_account"}} {
		w := newVisits(t, nil)
		session := w.person(nil)
		carried := w.leads(w.authorize(session, w.request(asks...)), "/login")
		w.leads(w.authorize(session, carried), "/login") // the session is older than that
		w.now = noon.Add(time.Minute)
		logInAgain(w, session, w.now)
		w.leads(w.authorize(session, w.request(asks...)), "/login") // without the mark
		other := w.request(append(asks, "nonce", "another")...)
		other.Set(paramSince, carried.Get(paramSince))
		w.leads(w.authorize(session, other), "/login") // another request's mark
		forged := w.request(asks...)
		forged.Set(paramSince, strings.Replace(carried.Get(paramSince), "1", "2", 1))
		w.leads(w.authorize(session, forged), "/login")
		w.isCode(w.authorize(session, carried))
		if at := w.grants[0].AuthTime; !at.Equal(w.now) {
			t.Errorf("auth_time is %s", at)
		}
		w.now = w.now.Add(account.StepUpLife + time.Second)
		w.leads(w.authorize(session, carried), "/login") // too long ago
	}
	t.Run("also of somebody else, whose own needs decide then", func(t *testing.T) {
		w := newVisits(t, needs(oidc.NeedDetails))
		carried := w.leads(w.authorize(w.person(nil), w.request("prompt", "login")), "/login")
		w.now = noon.Add(time.Second)
		w.leads(w.authorize(w.person(noDetails), carried), "/account-details")
	})
	t.Run("but not where the product has named who", func(t *testing.T) {
		w := newVisits(t, nil)
		carried := w.leads(w.authorize(w.person(nil), w.request("id_token_hint", string(w.client.ID)+" other -", "prompt", "login")), "/login")
		w.now = noon.Add(time.Second)
		w.isError(w.authorize(w.person(nil), carried), oidc.LoginRequired)
	})
}

func TestTwoTabsEachEndAtTheirOwnRequest(t *testing.T) {
	w := newVisits(t, nil)
	first := w.leads(w.authorize("", w.request()), "/login")
	second := w.leads(w.authorize("", w.request("redirect_uri", "https://ivr.example/cb?shop=1", "state", "two")), "/login")
	session := w.person(nil)
	r := w.authorize(session, second)
	if got := r.Header().Get("Location"); !strings.HasPrefix(got, "https://ivr.example/cb?shop=1&code=") || r.query.Get("state") != "two" {
		t.Errorf("the second: %s", got)
	}
	w.isCode(w.authorize(session, first))
}

func TestALogInAddressThatWasKeptForAMonthStillLeadsToTheProduct(t *testing.T) {
	w := newVisits(t, nil)
	carried := w.leads(w.authorize("", w.request()), "/login")
	asked := w.leads(w.authorize("", w.request("prompt", "login")), "/login")
	w.now = noon.Add(31 * 24 * time.Hour)
	session := w.person(nil)
	w.isCode(w.authorize(session, carried))
	again := w.leads(w.authorize(session, asked), "/login") // the password once more, and then
	w.now = w.now.Add(time.Second)
	w.isCode(w.authorize(w.person(nil), again))
}

func TestALogInThatIsCancelledIsTheClientsToKnow(t *testing.T) {
	w := newVisits(t, nil)
	carried := w.leads(w.authorize("", w.request()), "/login")
	carried.Set(paramCancel, "1")
	w.isError(w.authorize("", carried), oidc.AccessDenied)
	w.leads(w.authorize("", w.request()), "/login")
}

func TestAStoreThatDoesNotAnswerIsAPage(t *testing.T) {
	w := newVisits(t, nil)
	session := w.person(nil)
	w.down = errDown
	r := w.authorize(session, w.request())
	w.isPage(r, http.StatusServiceUnavailable)
	if r.Header().Get("Retry-After") == "" {
		t.Error("nobody is told when to come again")
	}
	w.down, w.limits.err = nil, limit.AuthorizeIP.By("x").Exceeded(noon, noon.Add(time.Minute))
	w.serve()
	w.isPage(w.authorize(session, w.request()), http.StatusTooManyRequests)
}

func TestAPushedRequestIsWhatCountsAndIsGoodForOneCode(t *testing.T) {
	w := newVisits(t, func(c *oidc.Client) { c.PAR = true })
	session := w.person(nil)
	w.isError(w.authorize(session, w.request()), oidc.InvalidRequest)
	id := token.NewID()
	w.pushed[id] = oidc.Pushed{ID: id, Client: w.client.ID, Query: w.request().Encode(), JKT: challenge}
	v := url.Values{"client_id": {string(w.client.ID)}, "request_uri": {pushedPrefix + id}, "redirect_uri": {"https://evil.example/"}, "scope": {"openid kyc"}}
	w.leads(w.authorize("", v), "/login")
	w.isCode(w.authorize(session, v))
	if g := w.grants[0]; strings.Join(g.Scopes, " ") != "openid email" || g.JKT != challenge {
		t.Errorf("%+v", g)
	}
	again := w.authorize(session, v)
	w.isPage(again, http.StatusBadRequest)
	if !strings.Contains(again.Body.String(), `href="https://ivr.example/login"`) || !strings.Contains(again.Body.String(), "Inbound &lt;b&gt;IVR") {
		t.Errorf("it leads nowhere: %s", again.Body)
	}
	w.pushed[id] = oidc.Pushed{ID: id, Client: "another", Query: w.request().Encode()}
	w.isPage(w.authorize(session, v), http.StatusBadRequest)
}
