package main

import (
	"encoding/base64"
	"net/url"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/token"
)

func post(a *app) { a.Auth = oidc.ClientSecretPost }

func TestEachWayOfProvingAClientWorksForWhoIsRegisteredWithIt(t *testing.T) {
	p := newProvider(t)
	apps := map[string]*app{"basic": p.register(nil), "post": p.register(post), "key": p.register(keyed), "none": p.register(public)}
	who := p.person()
	for name, a := range apps {
		p.want(p.tokens(a, who), "200")
		for other, b := range apps { // with what is right for it, by the road of another
			code, _ := p.grant(a, who, nil)
			form := exchangeOf(code)
			form.Set("client_id", string(a.ID))
			var headers []string
			switch other {
			case "basic":
				headers = []string{"Authorization", basicOf(string(a.ID), a.secret+b.secret)}
			case "post":
				form.Set("client_secret", a.secret+b.secret)
			case "key":
				form.Set("client_assertion_type", assertionType)
				form.Set("client_assertion", p.assertion(b, m{"iss": a.ID, "sub": a.ID}))
			}
			if name == other {
				continue
			}
			says := "401 invalid_client"
			if name == "none" && other != "key" { // a public client's secret counts for nothing
				says = "200"
			}
			if r := p.send("POST", "/oauth2/token", form, headers...); r.says() != says {
				t.Errorf("%s by %s: answered %s", name, other, r.says())
			}
			p.passes(time.Minute) // the limit of wrong proofs
		}
	}
}

func basicOf(id, secret string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(id)+":"+url.QueryEscape(secret)))
}

func TestOfTwoSecretsBothCount(t *testing.T) {
	p := newProvider(t)
	var second string
	a := p.register(func(a *app) {
		secret, digest := oidc.NewSecret()
		second, a.Secrets = secret.Reveal(), append(a.Secrets, digest)
	})
	who := p.person()
	p.want(p.tokens(a, who), "200")
	a.secret = second
	p.want(p.tokens(a, who), "200")
	a.Secrets = a.Secrets[:1]
	p.change(a)
	code, _ := p.grant(a, who, nil)
	p.want(p.exchange(a, code), "401 invalid_client")
}

func TestAnUnknownClientAndAWrongSecretAreTheSame(t *testing.T) {
	p := newProvider(t)
	a, off := p.register(nil), p.register(func(a *app) { a.Disabled = true })
	stranger := *a
	stranger.ID = oidc.ClientID(token.NewID())
	wrong := *a
	wrong.secret = stranger.secret + "x"
	var first reply
	for name, b := range map[string]*app{"unknown": &stranger, "wrong": &wrong, "disabled": off} {
		for what, form := range map[string]url.Values{"code": exchangeOf("nonsense"), "refresh": refreshOf("nonsense"), "nothing": {}} {
			r := p.want(p.asks(b, "/oauth2/token", form), "401 invalid_client")
			if first.raw == "" {
				first = r
			}
			if r.raw != first.raw || r.header.Get("WWW-Authenticate") != `Basic realm="central"` {
				t.Errorf("%s, %s: %s differs from %s", name, what, r.raw, first.raw)
			}
		}
	}
}

func TestWrongProofsOfAClientAreBoundedAndRightOnesAreNot(t *testing.T) {
	p := newProvider(t)
	a, who := p.register(nil), p.person()
	wrong := *a
	wrong.secret = "wrong"
	refresh := p.tokens(a, who).text("refresh_token")
	for range 30 {
		p.want(p.refresh(&wrong, refresh), "401 invalid_client")
	}
	if r := p.want(p.refresh(&wrong, refresh), "429 slow_down"); r.header.Get("Retry-After") == "" {
		t.Error("it does not say when to come again")
	}
	for range 40 {
		p.want(p.refresh(a, refresh), "200")
	}
}

func TestAClientProvesItselfInOnePlaceAndOneWay(t *testing.T) {
	p := newProvider(t)
	basic, key, who := p.register(nil), p.register(keyed), p.person()
	code := func(a *app) string { return codeOf(p.grant(a, who, nil)) }
	set := func(form url.Values, pairs ...string) url.Values {
		for i := 0; i < len(pairs); i += 2 {
			form.Add(pairs[i], pairs[i+1])
		}
		return form
	}
	right := basicOf(string(basic.ID), basic.secret)
	assertion := func() []string {
		return []string{"client_assertion_type", assertionType, "client_assertion", p.assertion(key, nil)}
	}
	const path = "/oauth2/token"
	for name, row := range map[string]struct {
		r    reply
		says string
	}{
		"a secret in header and body":      {p.send("POST", path, set(exchangeOf(code(basic)), "client_secret", basic.secret), "Authorization", right), "400 invalid_request"},
		"a secret beside an assertion":     {p.send("POST", path, set(set(exchangeOf(code(key)), assertion()...), "client_secret", "x")), "400 invalid_request"},
		"a header beside an assertion":     {p.send("POST", path, set(exchangeOf(code(key)), assertion()...), "Authorization", right), "400 invalid_request"},
		"the client_id of another":         {p.send("POST", path, set(exchangeOf(code(basic)), "client_id", string(key.ID)), "Authorization", right), "400 invalid_request"},
		"the client_id of another, by key": {p.send("POST", path, set(set(exchangeOf(code(key)), assertion()...), "client_id", string(basic.ID))), "400 invalid_request"},
		"a secret in the address":          {p.send("POST", path+"?client_secret="+basic.secret, set(exchangeOf(code(basic)), "client_id", string(basic.ID))), "400 invalid_request"},
		"a code in the address":            {p.send("POST", path+"?code=x", exchangeOf(code(basic)), "Authorization", right), "400 invalid_request"},
		"a body of JSON":                   {p.sendJSON(path, `{"grant_type":"authorization_code"}`, right), "400 invalid_request"},
		"a code twice":                     {p.send("POST", path, set(exchangeOf(code(basic)), "code", "x"), "Authorization", right), "400 invalid_request"},
		"a grant_type twice":               {p.send("POST", path, set(exchangeOf(code(basic)), "grant_type", "authorization_code"), "Authorization", right), "400 invalid_request"},
		"a resource twice":                 {p.send("POST", path, set(exchangeOf(code(basic)), "x", "1", "x", "2"), "Authorization", right), "400 invalid_request"},
		"no grant_type":                    {p.send("POST", path, url.Values{}, "Authorization", right), "400 invalid_request"},
		"the password grant":               {p.send("POST", path, url.Values{"grant_type": {"password"}}, "Authorization", right), "400 unsupported_grant_type"},
		"client_credentials":               {p.send("POST", path, url.Values{"grant_type": {"client_credentials"}}, "Authorization", right), "400 unsupported_grant_type"},
		"a bearer token":                   {p.send("POST", path, exchangeOf(code(basic)), "Authorization", "Bearer x"), "401 invalid_client"},
		"a header that is none":            {p.send("POST", path, exchangeOf(code(basic)), "Authorization", "Basic %%%"), "401 invalid_client"},
		"an assertion of another type":     {p.send("POST", path, set(exchangeOf(code(key)), "client_assertion_type", "urn:x", "client_assertion", p.assertion(key, nil))), "401 invalid_client"},
		"an assertion that is not signed":  {p.send("POST", path, set(exchangeOf(code(key)), "client_assertion_type", assertionType, "client_assertion", unsigned(p.assertion(key, nil)))), "401 invalid_client"},
		"an assertion without its type":    {p.send("POST", path, set(exchangeOf(code(key)), "client_assertion", p.assertion(key, nil))), "401 invalid_client"},
		"the type without an assertion":    {p.send("POST", path, set(exchangeOf(code(key)), "client_assertion_type", assertionType, "client_id", string(key.ID))), "401 invalid_client"},
		"an assertion for the endpoint":    {p.send("POST", path, set(exchangeOf(code(key)), "client_assertion_type", assertionType, "client_assertion", p.assertion(key, m{"aud": testIssuer + path}))), "401 invalid_client"},
		"an id that is none":               {p.send("POST", path, set(exchangeOf(code(key)), "client_id", "../../etc")), "401 invalid_client"},
		"nothing about a client":           {p.send("POST", path, exchangeOf(code(key))), "401 invalid_client"},
		"a code that is longer than 4 KB":  {p.send("POST", path, exchangeOf(strings.Repeat("a", 4097)), "Authorization", right), "400 invalid_request"},
		"an assertion longer than 4 KB":    {p.send("POST", path, set(exchangeOf(code(key)), "client_assertion_type", assertionType, "client_assertion", strings.Repeat("a", 4097))), "400 invalid_request"},
		"more than 64 KB":                  {p.send("POST", path, url.Values{"x": {strings.Repeat("a", 70000)}}, "Authorization", right), "400 invalid_request"},
		"a body that cannot be read":       {p.sendRaw(path, "a=%zz", right), "400 invalid_request"},
		"a semicolon":                      {p.sendRaw(path, "a=1;b=2", right), "400 invalid_request"},
	} {
		if row.r.says() != row.says {
			t.Errorf("%s: answered %s (%s), want %s", name, row.r.says(), row.r.text("error_description"), row.says)
		}
	}
}

func unsigned(assertion string) string {
	parts := strings.Split(assertion, ".")
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + parts[1] + "."
}

func TestAnAssertionIsGoodOnceAndForNobodyElse(t *testing.T) {
	p := newProvider(t)
	a, who := p.register(keyed), p.person()
	with := func(form url.Values, assertion string) url.Values {
		form.Set("client_assertion_type", assertionType)
		form.Set("client_assertion", assertion)
		return form
	}
	for name, use := range map[string]func(assertion string) reply{
		"a code": func(raw string) reply {
			return p.send("POST", "/oauth2/token", with(exchangeOf(codeOf(p.grant(a, who, nil))), raw))
		},
		"a code that is not": func(raw string) reply { return p.send("POST", "/oauth2/token", with(exchangeOf("x"), raw)) },
		"a refresh": func(raw string) reply {
			return p.send("POST", "/oauth2/token", with(refreshOf(p.tokens(a, who).text("refresh_token")), raw))
		},
		"introspection": func(raw string) reply {
			return p.send("POST", "/oauth2/introspect", with(url.Values{"token": {"x"}}, raw))
		},
		"revocation": func(raw string) reply { return p.send("POST", "/oauth2/revoke", with(url.Values{"token": {"x"}}, raw)) },
		"a request":  func(raw string) reply { return p.send("POST", "/oauth2/par", with(asked(), raw)) },
	} {
		raw := p.assertion(a, m{"jti": name})
		before := use(raw)
		if before.status == 401 || before.status >= 500 {
			t.Fatalf("%s: the first use was answered %s: %s", name, before.says(), before.raw)
		}
		for what, again := range map[string]reply{"the same": use(raw), "another with its jti": use(p.assertion(a, m{"jti": name}))} {
			if again.says() != "401 invalid_client" {
				t.Errorf("%s, %s: the second use was answered %s", name, what, again.says())
			}
		}
	}
	// Whoever cannot prove the client uses up neither its code, nor its jti.
	b := *a
	keyed(&b)
	code, _ := p.grant(a, who, nil)
	form := with(exchangeOf(code), p.assertion(&b, m{"jti": "mine"}))
	p.want(p.send("POST", "/oauth2/token", form), "401 invalid_client")
	p.want(p.send("POST", "/oauth2/token", with(exchangeOf(code), p.assertion(a, m{"jti": "mine"}))), "200")
}

func TestFAPITakesNoRS256(t *testing.T) {
	p := newProvider(t)
	who := p.person()
	for fapi, says := range map[bool]string{false: "200", true: "401 invalid_client"} {
		a, key := p.register(func(a *app) { keyedByRSA(a); a.FAPI = fapi }), rsaKey()
		form := exchangeOf(codeOf(p.grant(a, who, nil)))
		form.Set("client_assertion_type", assertionType)
		claims := m{"iss": a.ID, "sub": a.ID, "aud": testIssuer, "jti": "j", "exp": p.now().Add(time.Minute).Unix()}
		form.Set("client_assertion", sign(key, "RS256", "", m{"kid": "one"}, claims))
		p.want(p.send("POST", "/oauth2/token", form), says)
		claims["jti"] = "k"
		form.Set("client_assertion", sign(key, "PS256", "", m{"kid": "one"}, claims))
		form.Set("code", codeOf(p.grant(a, who, nil)))
		p.want(p.send("POST", "/oauth2/token", form), "200")
	}
}
