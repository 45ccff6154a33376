package main

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	own "phonon.in/central/shared/jose"
	"phonon.in/central/shared/oidc"
)

func TestOnlyAnAccessTokenOpensSomething(t *testing.T) {
	p := newProvider(t)
	a, j, who := p.register(nil), p.register(asJWT), p.person()
	got, jwt := p.tokens(a, who), p.tokens(j, who)
	access := got.text("access_token")
	for name, raw := range map[string]string{
		"an ID token":           got.text("id_token"),
		"a refresh token":       got.text("refresh_token"),
		"a code":                codeOf(p.grant(a, who, nil)),
		"one letter less":       access[:len(access)-1],
		"four letters less":     access[:len(access)-4],
		"half":                  access[:len(access)/2],
		"four letters more":     access + "AAAA",
		"a line break":          access + "\n",
		"a letter changed":      flipped(access, 0),
		"a later one changed":   flipped(access, len(access)/2),
		"the last one changed":  flipped(access, len(access)-1),
		"another's session":     who.session.Digest,
		"a JWT, shortened":      jwt.text("access_token")[:100],
		"a JWT of another type": p.signedAs(own.TypeID, p.claims(jwt.text("access_token"))),
		"the jti of a JWT":      p.claims(jwt.text("access_token"))["jti"].(string),
		"5 KB":                  strings.Repeat("a", 5000),
		"a megabyte of dots":    strings.Repeat(".", 1<<20),
	} {
		if r := p.userInfo(raw); r.says() != "401 invalid_token" || !strings.HasPrefix(r.header.Get("WWW-Authenticate"), `Bearer realm="central", error="invalid_token"`) {
			t.Errorf("%s: answered %s, %s", name, r.says(), r.header.Get("WWW-Authenticate"))
		}
	}
	for name, raw := range map[string]string{"an access token": access, "an ID token": got.text("id_token"), "a code": codeOf(p.grant(a, who, nil))} {
		if r := p.refresh(a, raw); r.says() != "400 invalid_grant" {
			t.Errorf("%s as a refresh token: answered %s", name, r.says())
		}
	}
	for name, raw := range map[string]string{"an access token": access, "a refresh token": got.text("refresh_token")} {
		if r := p.exchange(a, raw); r.says() != "400 invalid_grant" {
			t.Errorf("%s as a code: answered %s", name, r.says())
		}
	}
	p.want(p.userInfo(access), "200")
	p.want(p.userInfo(jwt.text("access_token")), "200")
	p.passes(oidc.JWTAccessLife)
	p.want(p.userInfo(jwt.text("access_token")), "401 invalid_token")
	p.passes(oidc.AccessLife - oidc.JWTAccessLife)
	p.want(p.userInfo(access), "401 invalid_token")
}

func flipped(s string, at int) string {
	letter := byte('A')
	if s[at] == letter {
		letter = 'B'
	}
	return s[:at] + string(letter) + s[at+1:]
}

func (p *provider) signedAs(typ string, claims m) string {
	p.t.Helper()
	key, err := p.h.signing.Signer("ES256", p.now())
	p.ok(err)
	raw, err := key.Token(typ, claims)
	p.ok(err)
	return raw
}

func TestAnAccessTokenIsSentInOnePlaceAndNotInTheAddress(t *testing.T) {
	p := newProvider(t)
	a, who := p.register(nil), p.person()
	access := p.tokens(a, who).text("access_token")
	body := url.Values{"access_token": {access}}
	p.want(p.send("POST", "/oauth2/userinfo", body), "200")
	p.want(p.send("POST", "/oauth2/userinfo", nil, "Authorization", "Bearer "+access), "200")
	p.want(p.send("GET", "/oauth2/userinfo", nil, "Authorization", "bearer  "+access), "200")
	p.want(p.send("GET", "/oauth2/userinfo?access_token="+access, nil), "400 invalid_request")
	p.want(p.send("POST", "/oauth2/userinfo?access_token="+access, body), "400 invalid_request")
	p.want(p.send("POST", "/oauth2/userinfo", body, "Authorization", "Bearer "+access), "400 invalid_request")
	p.want(p.send("POST", "/oauth2/userinfo", url.Values{"access_token": {access, access}}), "400 invalid_request")
	p.want(p.send("GET", "/oauth2/userinfo", nil, "Authorization", "Bearer "+access, "Authorization", "Bearer "+access), "400 invalid_request")
	for _, headers := range [][]string{nil, {"Authorization", "Basic " + access}, {"Cookie", "__Host-session=" + access}} {
		r := p.want(p.send("GET", "/oauth2/userinfo", nil, headers...), "401")
		if how := r.header.Values("WWW-Authenticate"); len(how) != 2 || strings.Contains(strings.Join(how, ""), "error") || r.raw != "{}" {
			t.Errorf("who has shown nothing is told %v %s", how, r.raw)
		}
	}
}

func TestUserInfoIsAsFreshAsTheAccountAndTheClient(t *testing.T) {
	p := newProvider(t)
	a, who := p.register(nil), p.person()
	access := p.tokens(a, who).text("access_token")
	before := p.want(p.userInfo(access), "200")
	if before.text("kyc_status") != "not_started" || before.body["kyc_verified"] != false || before.body["email_verified"] != true ||
		before.text("email") != who.profile.Email.String() || before.text("sub") != string(who.profile.ID) {
		t.Errorf("got %v", before.body)
	}
	_, err := p.SaveLocale(t.Context(), who.profile.ID, "hi", p.now())
	p.ok(err)
	if r := p.want(p.userInfo(access), "200"); r.text("locale") != "hi" {
		t.Errorf("the locale is %q", r.text("locale"))
	}
	unused, _ := p.grant(a, who, nil)
	a.Scopes = []string{"openid", "email"}
	p.change(a)
	if r := p.want(p.userInfo(access), "200"); r.body["kyc_status"] != nil || r.body["locale"] != nil || r.text("email") == "" {
		t.Errorf("a scope that is lost shows %v", r.body)
	}
	if r := p.want(p.exchange(a, unused), "200"); r.text("scope") != "openid email" {
		t.Errorf("a code from before is worth %q", r.text("scope"))
	}
	a.Scopes = []string{"email"}
	p.change(a)
	p.want(p.userInfo(access), "403 insufficient_scope")
	a.Scopes = []string{"profile"}
	p.change(a)
	code, _ := p.grant(a, who, func(g *oidc.Grant) { g.Scopes = []string{"openid"} })
	p.want(p.exchange(a, code), "400 invalid_scope")
}

func TestAPairwiseClientLearnsNothingThatAnotherKnows(t *testing.T) {
	p := newProvider(t)
	pairwise := func(a *app) { a.Pairwise = true }
	a, b, who := p.register(pairwise), p.register(pairwise), p.person()
	seen := map[string]bool{string(who.profile.ID): true}
	for _, c := range []*app{a, b} {
		got := p.tokens(c, who)
		sub := p.userInfo(got.text("access_token")).text("sub")
		if seen[sub] || sub == "" {
			t.Errorf("sub %q is known elsewhere", sub)
		}
		seen[sub] = true
		for name, raw := range map[string]string{"code": codeOf(p.grant(c, who, nil)), "access": got.text("access_token"), "refresh": got.text("refresh_token")} {
			for _, secret := range []string{string(who.profile.ID), who.session.Digest} {
				if strings.Contains(raw, secret) || strings.Contains(string(decodedURL(raw)), secret) {
					t.Errorf("the %s token shows whose it is", name)
				}
			}
		}
		if claims := p.claims(got.text("id_token")); claims["sub"] != sub {
			t.Errorf("the ID token says %v", claims["sub"])
		}
	}
}

func TestAnIDTokenSaysWhatOpenIDConnectAsks(t *testing.T) {
	p := newProvider(t)
	who := p.person()
	for name, change := range map[string]func(*app){
		"ES256": nil, "RS256": func(a *app) { a.IDTokenAlg = "RS256" }, "back-channel": func(a *app) { a.BackchannelURI = "https://product.example.com/out" },
		"claims": func(a *app) { a.ClaimsInIDToken = true },
	} {
		a := p.register(change)
		p.passes(time.Minute)
		got := p.tokens(a, who)
		c := p.claims(got.text("id_token"))
		want := m{
			"iss": testIssuer, "aud": string(a.ID), "sub": string(who.profile.ID), "nonce": "n-0S6_WzA2Mj", "acr": oidc.ACRPassword,
			"auth_time": float64(who.session.ProvenAt.Unix()), "iat": float64(p.now().Unix()), "exp": float64(p.now().Add(oidc.IDTokenLife).Unix()),
			"at_hash": own.HalfHash(got.text("access_token")), "azp": nil, "sid": nil, "email": nil,
		}
		if a.BackchannelURI != "" {
			want["sid"] = oidc.SID(who.session.Digest)
		}
		if a.ClaimsInIDToken {
			want["email"] = who.profile.Email.String()
		}
		for claim, value := range want {
			if c[claim] != value {
				t.Errorf("%s: %s is %v, want %v", name, claim, c[claim], value)
			}
		}
		if oidc.IDTokenLife > time.Hour {
			t.Error("it lives for more than an hour")
		}
		head := headerOf(got.text("id_token"))
		if head["alg"] != a.IDTokenAlg || head["typ"] != "JWT" || head["kid"] == "" {
			t.Errorf("%s: the header is %v", name, head)
		}
		again := p.claims(p.refresh(a, got.text("refresh_token")).text("id_token"))
		for _, claim := range []string{"sub", "aud", "iss", "auth_time"} {
			if again[claim] != c[claim] || again["nonce"] != nil {
				t.Errorf("%s: after a refresh %s is %v", name, claim, again[claim])
			}
		}
	}
	a := p.register(nil)
	code, _ := p.grant(a, who, func(g *oidc.Grant) { g.Nonce = "" })
	if c := p.claims(p.exchange(a, code).text("id_token")); c["nonce"] != nil {
		t.Errorf("a nonce that nobody sent: %v", c["nonce"])
	}
}

func TestAJWTAccessTokenIsThatOfRFC9068(t *testing.T) {
	p := newProvider(t)
	a, who := p.register(asJWT), p.person()
	got := p.tokens(a, who)
	head, c := headerOf(got.text("access_token")), p.claims(got.text("access_token"))
	if head["typ"] != "at+jwt" || c["aud"] != a.Audience || c["iss"] != testIssuer || c["client_id"] != string(a.ID) || c["sub"] != string(who.profile.ID) ||
		c["scope"] != "openid email profile kyc" || c["exp"] != float64(p.now().Add(oidc.JWTAccessLife).Unix()) || got.body["expires_in"] != 300.0 || c["jti"] == "" {
		t.Errorf("got %v %v", head, c)
	}
	names := []string{}
	for name := range c {
		names = append(names, name)
	}
	if slices.Contains(names, "email") {
		t.Error("it shows what only userinfo should")
	}
}

func TestIntrospectionTellsAClientOfItsOwnTokensAlone(t *testing.T) {
	p := newProvider(t)
	a, b, open, who := p.register(nil), p.register(nil), p.register(public), p.person()
	got := p.tokens(a, who)
	about := p.want(p.introspect(a, got.text("access_token")), "200")
	if about.body["active"] != true || about.text("sub") != string(who.profile.ID) || about.text("scope") != "openid email profile kyc" ||
		about.text("token_type") != "Bearer" || about.text("kyc_status") != "not_started" || about.body["exp"] != float64(p.now().Add(oidc.AccessLife).Unix()) {
		t.Errorf("got %v", about.body)
	}
	if r := p.introspect(a, got.text("refresh_token")); r.body["active"] != true || r.body["token_type"] != nil {
		t.Errorf("a refresh token: %v", r.body)
	}
	p.want(p.introspect(open, p.tokens(open, who).text("access_token")), "401 invalid_client")
	expired := p.tokens(a, who).text("access_token")
	p.passes(oidc.AccessLife)
	fresh := p.tokens(a, who).text("access_token")
	for name, r := range map[string]reply{
		"unknown": p.introspect(a, "nonsense"), "expired": p.introspect(a, expired), "another's": p.introspect(b, fresh), "an ID token": p.introspect(a, got.text("id_token")),
	} {
		if r.raw != `{"active":false}` || r.status != 200 {
			t.Errorf("%s: %s", name, r.raw)
		}
	}
	p.want(p.asks(a, "/oauth2/introspect", url.Values{}), "400 invalid_request")
}

func TestRevocationEndsTheGrantOfTheTokenAndNoOther(t *testing.T) {
	p := newProvider(t)
	a, b, who := p.register(nil), p.register(nil), p.person()
	one, other := p.tokens(a, who), p.tokens(a, who)
	elsewhere := &person{profile: who.profile, session: p.logIn(who.profile)}
	third := p.tokens(a, elsewhere)
	revoke := func(by *app, raw string) reply { return p.asks(by, "/oauth2/revoke", url.Values{"token": {raw}}) }
	p.want(revoke(b, one.text("refresh_token")), "200")
	p.want(revoke(a, "nonsense"), "200")
	p.want(p.userInfo(one.text("access_token")), "200")
	p.want(revoke(a, one.text("access_token")), "200")
	p.want(revoke(a, one.text("access_token")), "200")
	p.want(p.userInfo(one.text("access_token")), "401 invalid_token")
	p.want(p.refresh(a, one.text("refresh_token")), "400 invalid_grant")
	p.want(revoke(a, other.text("refresh_token")), "200")
	p.want(p.userInfo(other.text("access_token")), "401 invalid_token")
	p.want(p.userInfo(third.text("access_token")), "200")
	p.want(p.refresh(a, third.text("refresh_token")), "200")
	p.want(p.asks(a, "/oauth2/revoke", url.Values{}), "400 invalid_request")
	down, _ := p.WithFault(t, "DeleteItem", 2, 1)
	p.serve(down)
	p.want(revoke(a, third.text("refresh_token")), "503 temporarily_unavailable")
	p.serve(p.Store)
	p.want(p.refresh(a, third.text("refresh_token")), "200")
}

func TestAfterARevocationNoTokenOfTheGrantWorksWhicheverCameFirst(t *testing.T) {
	p := newProvider(t)
	for _, kind := range []func(*app){nil, public} {
		a, who := p.register(kind), p.person()
		for round := range 20 {
			got := p.tokens(a, who)
			answers := atOnce(10, func(i int) reply {
				if i == round%10 {
					return p.asks(a, "/oauth2/revoke", url.Values{"token": {got.text("refresh_token")}})
				}
				return p.refresh(a, got.text("refresh_token"))
			})
			for i, r := range answers {
				if i == round%10 {
					p.want(r, "200")
					continue
				}
				if r.status == 200 {
					p.want(p.userInfo(r.text("access_token")), "401 invalid_token")
					p.want(p.refresh(a, r.text("refresh_token")), "400 invalid_grant")
				}
			}
		}
	}
}

func TestAnAccountThatIsClosingOpensNothing(t *testing.T) {
	p := newProvider(t)
	a, who := p.register(nil), p.person()
	got := p.tokens(a, who)
	who.profile.Status = account.Closing
	state := oidc.TokenState{Profile: who.profile, Session: who.session, Client: a.Client, Grant: oidc.Grant{
		ID: "x", Client: a.ID, CredentialVersion: 1, ExpiresAt: p.now().Add(time.Hour), Session: who.session.Digest}}
	if state.Alive(p.now()) {
		t.Error("it does")
	}
	if state.Profile.Status = account.Active; !state.Alive(p.now()) {
		t.Error("an open account does not")
	}
	p.want(p.userInfo(got.text("access_token")), "200")
}
