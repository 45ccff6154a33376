package main

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	own "phonon.in/central/shared/jose"
	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/store/storetest"
)

func TestWhereDynamoDBHangsEveryRouteSays503InTime(t *testing.T) {
	p := newProvider(t)
	a, open, who, key := p.register(nil), p.register(public), p.person(), p.prover()
	code, _ := p.grant(a, who, nil)
	got, bound := p.tokens(a, who), p.want(p.exchange(open, codeOf(p.grant(open, who, nil)), key.forToken()...), "200")
	var work sync.WaitGroup
	for name, row := range map[string]struct {
		operation string
		ask       func(p *provider) reply
	}{
		"a code is read":       {"BatchGetItem", func(p *provider) reply { return p.exchange(a, code) }},
		"a code is redeemed":   {"UpdateItem", func(p *provider) reply { return p.exchange(a, code) }},
		"a refresh is read":    {"BatchGetItem", func(p *provider) reply { return p.refresh(a, got.text("refresh_token")) }},
		"a refresh is written": {"TransactWriteItems", func(p *provider) reply { return p.refresh(open, bound.text("refresh_token"), key.forToken()...) }},
		"userinfo":             {"BatchGetItem", func(p *provider) reply { return p.userInfo(got.text("access_token")) }},
		"a proof is used up": {"PutItem", func(p *provider) reply {
			return p.bound(bound.text("access_token"), key.proof("GET", "/oauth2/userinfo", bound.text("access_token"), nil))
		}},
		"introspection": {"BatchGetItem", func(p *provider) reply { return p.introspect(a, got.text("access_token")) }},
		"revocation is written": {"DeleteItem", func(p *provider) reply {
			return p.asks(a, "/oauth2/revoke", url.Values{"token": {got.text("access_token")}})
		}},
		"a request is pushed": {"PutItem", func(p *provider) reply { return p.asks(a, "/oauth2/par", asked()) }},
		"a preflight": {"Query", func(p *provider) reply {
			return p.send("OPTIONS", "/oauth2/token", nil, "Origin", "https://a.example.com")
		}},
		"a wrong proof is counted": {"UpdateItem", func(p *provider) reply { b := *a; b.secret = "wrong"; return p.exchange(&b, code) }},
	} {
		hangs, hits := p.WithFault(t, row.operation, storetest.Silence, 1000)
		hanging := p.behind(hangs)
		work.Go(func() {
			began := time.Now()
			r := row.ask(hanging)
			if took := time.Since(began); r.says() != "503 temporarily_unavailable" || took > 3*time.Second || r.header.Get("Retry-After") == "" {
				t.Errorf("%s: answered %s after %s", name, r.says(), took)
			}
			if hits.Load() == 0 {
				t.Errorf("%s: nothing hung", name)
			}
		})
	}
	work.Wait()
	p.want(p.exchange(a, code), "200") // nothing was lost
	p.want(p.userInfo(got.text("access_token")), "200")
	p.want(p.refresh(open, bound.text("refresh_token"), key.forToken()...), "200")
}

func TestAnAnswerOfDynamoDBThatIsLostIsNoReplay(t *testing.T) {
	p := newProvider(t)
	for name, row := range map[string]struct {
		register  func(*app)
		operation string
	}{
		"an update":                        {nil, "UpdateItem"},
		"of a public client":               {public, "UpdateItem"},
		"a transaction, with an assertion": {keyed, "TransactWriteItems"},
	} {
		a, who := p.register(row.register), p.person()
		lossy, hits := p.WithFault(t, row.operation, storetest.LostAnswer, 1)
		p.serve(lossy)
		code, _ := p.grant(a, who, nil)
		got := p.want(p.exchange(a, code), "200")
		if hits.Load() != 1 {
			t.Fatalf("%s: no answer was lost", name)
		}
		hits.Store(0)
		next := p.want(p.refresh(a, got.text("refresh_token")), "200")
		p.serve(p.Store)
		p.want(p.userInfo(got.text("access_token")), "200")
		p.want(p.refresh(a, next.text("refresh_token")), "200")
		if p.did(who, "app_token_reused") {
			t.Errorf("%s: it rang an alarm", name)
		}
	}
}

// letters of error_description (RFC 6749, section 5.2)
var letters = regexp.MustCompile(`^[\x20-\x21\x23-\x5B\x5D-\x7E]+$`)

func TestAnErrorIsOneOfItsRFCAndRepeatsNothing(t *testing.T) {
	p := newProvider(t)
	a, who := p.register(nil), p.person()
	const sent = "Zq7\"\\\n<script>Xw9"
	known := []string{"invalid_request", "invalid_client", "invalid_grant", "invalid_scope", "unauthorized_client", "unsupported_grant_type", "invalid_token",
		"insufficient_scope", "invalid_dpop_proof", "unsupported_response_type", "request_not_supported", "request_uri_not_supported"}
	form := func(names ...string) url.Values {
		v := exchangeOf(codeOf(p.grant(a, who, nil)))
		for _, name := range names {
			v.Set(name, sent)
		}
		return v
	}
	par := func(name string) url.Values { v := asked(); v.Set(name, sent); return v }
	for name, r := range map[string]reply{
		"code": p.asks(a, "/oauth2/token", form("code")), "redirect_uri": p.asks(a, "/oauth2/token", form("redirect_uri")), "code_verifier": p.asks(a, "/oauth2/token", form("code_verifier")),
		"grant_type": p.asks(a, "/oauth2/token", form("grant_type")), "client_id": p.send("POST", "/oauth2/token", form("client_id")),
		"client_secret": p.send("POST", "/oauth2/token", form("client_secret")), "client_assertion": p.send("POST", "/oauth2/token", form("client_assertion")),
		"DPoP": p.asks(a, "/oauth2/token", form(), "DPoP", "Zq7.x.Xw9"), "token": p.asks(a, "/oauth2/introspect", url.Values{"token": {"a", sent}}),
		"access_token": p.userInfo("Zq7Xw9"), "scope": p.asks(a, "/oauth2/par", par("scope")), "response_type": p.asks(a, "/oauth2/par", par("response_type")),
		"code_challenge": p.asks(a, "/oauth2/par", par("code_challenge")), "prompt": p.asks(a, "/oauth2/par", par("prompt")), "claims": p.asks(a, "/oauth2/par", par("claims")),
		"max_age": p.asks(a, "/oauth2/par", par("max_age")), "request_uri": p.asks(a, "/oauth2/par", par("request_uri")), "a name": p.asks(a, "/oauth2/token", url.Values{sent: {"1", "2"}}),
	} {
		if r.status < 400 || r.status > 401 || !slices.Contains(known, r.text("error")) || !letters.MatchString(r.text("error_description")) {
			t.Errorf("%s: answered %s %q", name, r.says(), r.text("error_description"))
		}
		if text := r.raw + r.header.Get("WWW-Authenticate"); strings.Contains(text, "Zq7") || strings.Contains(text, "Xw9") {
			t.Errorf("%s: the answer repeats what was sent: %s", name, text)
		}
	}
}

func TestNoSecretIsInALogOrInTheActivity(t *testing.T) {
	p := newProvider(t)
	who := p.person()
	var secrets []string
	for _, register := range []func(*app){nil, post, keyed, public} {
		a, key := p.register(register), p.prover()
		code, _ := p.grant(a, who, nil)
		form, headers := p.proves(a, exchangeOf(code))
		proof := key.forToken()
		got := p.want(p.send("POST", "/oauth2/token", form, append(headers, proof...)...), "200")
		proofOfUse := key.proof("GET", "/oauth2/userinfo", got.text("access_token"), nil)
		p.bound(got.text("access_token"), proofOfUse)
		p.bound(got.text("access_token"), proofOfUse)
		next := p.refresh(a, got.text("refresh_token"), key.forToken()...)
		p.refresh(a, next.text("refresh_token"), key.forToken()...)
		p.passes(time.Minute)
		p.refresh(a, got.text("refresh_token"), key.forToken()...) // it was used before
		p.send("POST", "/oauth2/token", form, headers...)          // and so was the code
		if register == nil {
			fails, _ := p.WithFault(t, "BatchGetItem", storetest.ServerError, 1000)
			p.serve(fails)
			p.exchange(a, code)
			p.userInfo(got.text("access_token"))
			p.serve(p.Store)
		}
		secrets = append(secrets, code, verifier, proof[1], proofOfUse, got.text("access_token"), got.text("refresh_token"), got.text("id_token"), next.text("refresh_token"),
			who.session.Digest, form.Get("client_assertion"), a.secret)
	}
	log := p.log.String()
	if !strings.Contains(log, "/oauth2/token") || !strings.Contains(log, "temporarily_unavailable") {
		t.Fatalf("nothing was logged: %s", log)
	}
	page, _, err := p.Activity(t.Context(), who.profile.ID, "", 50, p.now())
	p.ok(err)
	for _, a := range page {
		log += a.Kind + a.UserAgent
	}
	for _, secret := range secrets {
		for _, part := range append(strings.Split(secret, "."), secret) {
			if len(part) > 20 && !strings.HasPrefix(part, "eyJ") && strings.Contains(log, part[:20]) {
				t.Errorf("the log has a part of a secret: %.12s...", part)
			}
		}
	}
	if !p.did(who, "app_token_reused") {
		t.Error("the activity does not show the reuse")
	}
}

func TestTheOriginsThatMayReadAnAnswerAreRegisteredOnes(t *testing.T) {
	p := newProvider(t)
	const origin = "https://app.product.example.com"
	page := p.register(func(a *app) { public(a); a.Origins = []string{origin} })
	server, who := p.register(func(a *app) { a.Origins = []string{"https://server.example.com"} }), p.person()
	got := p.tokens(page, who)
	for _, foreign := range []string{origin, "https://evil.example.com", "https://app.product.example.com.evil.example", "null", testIssuer, "http://app.product.example.com", "https://server.example.com"} {
		for name, r := range map[string]reply{
			"token":         p.exchange(page, codeOf(p.grant(page, who, nil)), "Origin", foreign, "Sec-Fetch-Site", "cross-site"),
			"an error":      p.exchange(page, "nonsense", "Origin", foreign, "Sec-Fetch-Site", "cross-site"),
			"userinfo":      p.userInfo(got.text("access_token"), "Origin", foreign, "Sec-Fetch-Site", "cross-site"),
			"preflight":     p.send("OPTIONS", "/oauth2/token", nil, "Origin", foreign, "Access-Control-Request-Method", "POST"),
			"of userinfo":   p.send("OPTIONS", "/oauth2/userinfo", nil, "Origin", foreign, "Access-Control-Request-Method", "GET"),
			"confidential":  p.exchange(server, codeOf(p.grant(server, who, nil)), "Origin", foreign),
			"introspection": p.asks(server, "/oauth2/introspect", url.Values{"token": {"x"}}, "Origin", foreign),
		} {
			allowed := foreign == origin && name != "confidential" && name != "introspection"
			if said := r.header.Get("Access-Control-Allow-Origin"); allowed && said != origin || !allowed && said != "" {
				t.Errorf("%s for %s: the answer may be read by %q", name, foreign, said)
			}
			if r.header.Get("Access-Control-Allow-Credentials") != "" || r.header.Get("Vary") != "Origin" {
				t.Errorf("%s: %v", name, r.header)
			}
			if r.status == 403 {
				t.Errorf("%s: a page of another site is refused: %s", name, r.raw)
			}
		}
	}
	for _, path := range []string{"/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/oauth2/jwks"} {
		r := p.send("GET", path, nil, "Origin", "https://anything.example.com")
		if r.header.Get("Access-Control-Allow-Origin") != "*" || r.header.Get("Cache-Control") != "public, max-age=3600" {
			t.Errorf("%s: %v", path, r.header)
		}
	}
}

func TestDiscoverySaysWhatThereIs(t *testing.T) {
	p := newProvider(t)
	d := p.want(p.send("GET", "/.well-known/openid-configuration", nil), "200")
	if other := p.send("GET", "/.well-known/oauth-authorization-server", nil); other.raw != d.raw {
		t.Error("the two documents differ")
	}
	if d.text("issuer") != testIssuer || d.body["authorization_response_iss_parameter_supported"] != true || d.body["request_parameter_supported"] != false ||
		d.body["claims_parameter_supported"] != false {
		t.Errorf("got %v", d.body)
	}
	for name, want := range map[string]string{
		"response_types_supported": "[code]", "code_challenge_methods_supported": "[S256]", "grant_types_supported": "[authorization_code refresh_token]",
		"id_token_signing_alg_values_supported": "[ES256 RS256]", "scopes_supported": "[openid email profile phone account kyc offline_access]",
		"dpop_signing_alg_values_supported": "[ES256 PS256]",
	} {
		if got := fmt.Sprint(d.body[name]); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	keys := p.want(p.send("GET", "/oauth2/jwks", nil), "200")
	for _, secret := range []string{`"d"`, `"p"`, `"q"`, `"dp"`, `"dq"`, `"qi"`, `"k"`} {
		if strings.Contains(keys.raw, secret+":") {
			t.Errorf("the keys have %s", secret)
		}
	}
	if len(keys.body["keys"].([]any)) != 2 {
		t.Errorf("got %s", keys.raw)
	}
}

func TestAPublicClientsSecretCountsForNothingAndTheAnswerSaysTheScopes(t *testing.T) {
	p := newProvider(t)
	a, who := p.register(public), p.person()
	code, _ := p.grant(a, who, func(g *oidc.Grant) { g.Scopes = []string{"openid", "email"} })
	form := exchangeOf(code)
	form.Set("client_id", string(a.ID))
	form.Set("client_secret", "whatever")
	if r := p.want(p.send("POST", "/oauth2/token", form), "200"); r.text("scope") != "openid email" {
		t.Errorf("the scope is %q", r.text("scope"))
	}
}

func TestWithoutAKeyToSignWithNothingIsUsedUp(t *testing.T) {
	p := newProvider(t)
	a, open, who := p.register(nil), p.register(public), p.person()
	refresh := p.tokens(open, who).text("refresh_token")
	code, _ := p.grant(a, who, nil)
	set := p.h.signing
	p.h.signing = own.Keyset{}
	p.want(p.exchange(a, code), "503 temporarily_unavailable")
	p.want(p.refresh(open, refresh), "503 temporarily_unavailable")
	if keys := p.want(p.send("GET", "/oauth2/jwks", nil), "503 temporarily_unavailable"); keys.header.Get("Cache-Control") != "no-store" {
		t.Errorf("that there are no keys may be kept: %q", keys.header.Get("Cache-Control"))
	}
	p.h.signing = set
	p.want(p.exchange(a, code), "200")
	p.passes(oidc.RefreshGrace)
	p.want(p.refresh(open, refresh), "200")
}
