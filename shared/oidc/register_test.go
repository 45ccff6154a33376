package oidc

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

const issuer = "https://central.example.com"

// web is a product with a server of its own.
func web() Client {
	return Client{
		ID: "CLIENTAAAAAAAAAAAAAAAAAAAA", Name: "Click to call", FirstParty: true, Auth: ClientSecretBasic, Secrets: []string{strings.Repeat("a", 64)},
		RedirectURIs: []string{"https://calls.example.com/cb"}, Scopes: []string{ScopeOpenID, ScopeEmail}, Needs: []string{NeedDetails},
		IDTokenAlg: "ES256", AccessToken: Opaque, PKCE: PKCERequired,
	}
}

// native is an app on a device.
func native() Client {
	c := web()
	c.Native, c.Auth, c.Secrets = true, AuthNone, nil
	return c
}

// wantFlaw demands exactly one flaw, of this field.
func wantFlaw(t *testing.T, what string, c Client, field string) {
	t.Helper()
	flaws, ok := errors.AsType[Flaws](c.Check(issuer))
	if !ok || len(flaws) != 1 || flaws[0].Field != field || flaws[0].Reason == "" {
		t.Errorf("%s: got %v, want one flaw of %s", what, c.Check(issuer), field)
	}
}

func TestAnAddressThatCouldLeadElsewhereCannotBeRegistered(t *testing.T) {
	refused := []string{
		"", "https://", "/cb", "//calls.example.com/cb", "calls.example.com/cb",
		"javascript:alert(1)", "JavaScript:alert(1)", "JAVASCRIPT://calls.example.com/%0aalert(1)", "data:text/html,x", "DATA:text/html,x", "vbscript:x", "file:///etc/passwd", "blob:https://calls.example.com/x",
		"http://calls.example.com/cb", "http://10.0.0.1/cb", "http://127.0.0.1.example.com/cb", "HTTPS://calls.example.com/cb", "ftp://calls.example.com/cb",
		"https://calls.example.com/cb#", "https://calls.example.com/cb#x", "https://*.example.com/cb", "https://calls.example.com/*",
		"https://user@calls.example.com/cb", "https://calls.example.com@evil.example/cb", "https://a@b@calls.example.com/cb",
		`https://calls.example.com\@evil.example/cb`, "https://calls.example.com/a\tb", "https://calls.example.com/a\nb", "https://calls.example.com/a b", " https://calls.example.com/cb",
		"https://calls.example.com./cb", "https://Calls.example.com/cb", "https://cälls.example.com/cb", "https://calls.example.com:x/cb",
		"https://calls.example.com/../cb", "https://calls.example.com/a/..;/cb", "https://calls.example.com/%2e%2e/cb", "https://calls.example.com/%2E./cb", "https://calls.example.com/./cb",
		"https://calls.example.com/cb?a=%zz", "https://calls.example.com/cb?a=1;code=2", "https:calls.example.com/cb",
		"https://calls.example.com/" + strings.Repeat("a", maxURI),
	}
	for _, uri := range refused {
		for name, put := range map[string]func(*Client){
			"redirect_uris[0]":             func(c *Client) { c.RedirectURIs = []string{uri} },
			"post_logout_redirect_uris[0]": func(c *Client) { c.PostLogoutURIs = []string{uri} },
			"initiate_login_uri":           func(c *Client) { c.InitiateLoginURI = uri },
		} {
			if uri == "" && name == "initiate_login_uri" {
				continue // there is none
			}
			for what, c := range map[string]Client{"web": web(), "native": native()} {
				put(&c)
				wantFlaw(t, what+" "+name+" "+uri, c, name)
			}
		}
	}
	for _, uri := range []string{
		"https://calls.example.com", "https://calls.example.com/", "https://calls.example.com:8443/cb?tenant=1&next=%2Fa", "https://xn--clls-0qa.example.com/cb", "https://10.0.0.1/cb", "https://localhost:8443/cb",
		"https://calls.example.com/..a/cb", "https://calls.example.com/a;b=c/cb",
	} {
		c := web()
		c.RedirectURIs, c.PostLogoutURIs, c.InitiateLoginURI = []string{uri}, []string{uri}, uri
		if err := c.Check(issuer); err != nil {
			t.Errorf("%s: %v", uri, err)
		}
	}
}

func TestAnAddressWithAParameterOfAnAnswerCannotBeRegistered(t *testing.T) {
	for _, name := range []string{"code", "state", "iss", "error", "response", "session_state", "CODE", "%63ode", "error_description"} {
		for _, query := range []string{name, name + "=", name + "=x", "a=1&" + name + "=x"} {
			c := web()
			c.RedirectURIs = append(c.RedirectURIs, "https://calls.example.com/cb?"+query)
			wantFlaw(t, query, c, "redirect_uris[1]")
		}
	}
	c := web()
	c.RedirectURIs = []string{"https://calls.example.com/code/state?encode=1&statement=2&x=code"}
	if err := c.Check(issuer); err != nil {
		t.Error(err)
	}
}

func TestLoopbackAndPrivateSchemesAreForNativeApps(t *testing.T) {
	for _, uri := range []string{"http://127.0.0.1/cb", "http://[::1]/cb", "http://localhost:4000/cb", "com.example.calls:/cb", "com.example.calls://cb/x"} {
		c := web()
		c.RedirectURIs = []string{uri}
		wantFlaw(t, uri, c, "redirect_uris[0]")
		c = native()
		c.RedirectURIs = []string{uri}
		if err := c.Check(issuer); err != nil {
			t.Errorf("%s: %v", uri, err)
		}
	}
	for _, uri := range []string{"calls:/cb", "com.example.calls:cb", "com.example.calls:", ".calls:/cb", "com.example.Calls:/cb", "com..calls:/cb"} {
		c := native()
		c.RedirectURIs = []string{uri}
		wantFlaw(t, uri, c, "redirect_uris[0]")
	}
	c := web()
	c.RedirectURIs, c.BackchannelURI, c.InitiateLoginURI = []string{"http://127.0.0.1:4000/cb"}, "http://127.0.0.1:4000/logout", "http://localhost:4000/login"
	if err := c.Check("http://127.0.0.1:3000"); err != nil {
		t.Errorf("beside Central on a developer's machine: %v", err)
	}
	c.RedirectURIs[0] = "http://192.168.1.2:4000/cb"
	if c.Check("http://127.0.0.1:3000") == nil {
		t.Error("a network is no loopback")
	}
}

func TestCentralCallsPublicHostsByHTTPSAlone(t *testing.T) {
	for _, uri := range []string{
		"http://calls.example.com/out", "https://127.0.0.1/out", "https://10.1.2.3/out", "https://192.168.0.1/out", "https://172.16.0.1/out", "https://169.254.169.254/latest", "https://100.64.0.1/out",
		"https://[::1]/out", "https://[fd00::1]/out", "https://[fe80::1]/out", "https://[::ffff:127.0.0.1]/out", "https://[64:ff9b::7f00:1]/out", "https://0.0.0.0/out", "https://2130706433/out", "https://0x7f.1/out", "https://127.1/out",
		"https://localhost/out", "https://calls/out", "https://calls.internal/out", "https://calls.local/out", "https://u@calls.example.com/out", "https://calls.example.com/out#x", "com.example.calls:/out",
	} {
		for what, c := range map[string]Client{"web": web(), "native": native()} {
			c.BackchannelURI = uri
			wantFlaw(t, what+" "+uri, c, "backchannel_logout_uri")
		}
	}
	for _, uri := range []string{"https://calls.example.com/out?tenant=1", "https://8.8.8.8/out", "https://[2606:4700::1111]:8443/out"} {
		c := web()
		c.BackchannelURI = uri
		if err := c.Check(issuer); err != nil {
			t.Errorf("%s: %v", uri, err)
		}
	}
	for text, public := range map[string]bool{"8.8.8.8": true, "2606:4700::1111": true, "::ffff:10.0.0.1": false, "169.254.169.254": false, "224.0.0.1": false, "255.255.255.255": false, "::": false} {
		if PublicAddress(netip.MustParseAddr(text)) != public {
			t.Errorf("%s is public: %v", text, !public)
		}
	}
}

func TestAClientMustFitTogether(t *testing.T) {
	for what, row := range map[string]struct {
		change func(*Client)
		field  string
	}{
		"no name":                         {func(c *Client) { c.Name = "" }, "client_name"},
		"a name of blanks":                {func(c *Client) { c.Name = " Calls" }, "client_name"},
		"a name that turns text around":   {func(c *Client) { c.Name = "Calls\u202egnp" }, "client_name"},
		"a long name":                     {func(c *Client) { c.Name = strings.Repeat("क", maxName+1) }, "client_name"},
		"an unknown proof":                {func(c *Client) { c.Auth, c.Secrets = "tls_client_auth", nil }, "token_endpoint_auth_method"},
		"no secret":                       {func(c *Client) { c.Secrets = nil }, "client_secret"},
		"three secrets":                   {func(c *Client) { c.Secrets = []string{c.Secrets[0], c.Secrets[0], c.Secrets[0]} }, "client_secret"},
		"a secret as it is":               {func(c *Client) { c.Secrets = []string{"hunter2"} }, "client_secret"},
		"a secret of a public client":     {func(c *Client) { c.Auth = AuthNone }, "client_secret"},
		"a native app with a secret":      {func(c *Client) { c.Native = true }, "token_endpoint_auth_method"},
		"keys without use":                {func(c *Client) { c.JWKS = []byte(keySet(ecKey("a", "ES256"))) }, "jwks"},
		"no redirect URI":                 {func(c *Client) { c.RedirectURIs = nil }, "redirect_uris"},
		"a redirect URI twice":            {func(c *Client) { c.RedirectURIs = append(c.RedirectURIs, c.RedirectURIs[0]) }, "redirect_uris[1]"},
		"an origin of a server":           {func(c *Client) { c.Origins = []string{"https://calls.example.com"} }, "origins"},
		"an unknown scope":                {func(c *Client) { c.Scopes = append(c.Scopes, "address") }, "scope"},
		"a scope twice":                   {func(c *Client) { c.Scopes = append(c.Scopes, ScopeOpenID) }, "scope"},
		"no openid":                       {func(c *Client) { c.Scopes = []string{ScopeEmail} }, "scope"},
		"offline_access without the flag": {func(c *Client) { c.Scopes = append(c.Scopes, ScopeOffline) }, "scope"},
		"the flag without offline_access": {func(c *Client) { c.Offline = true }, "scope"},
		"a tile that leads nowhere":       {func(c *Client) { c.Product = "click-to-call" }, "product"},
		"a tile of a third party": {func(c *Client) {
			c.Product, c.InitiateLoginURI, c.FirstParty, c.Pairwise = "x", "https://x.example.com", false, true
		}, "product"},
		"a tile with blanks":                {func(c *Client) { c.Product, c.InitiateLoginURI = "a b", "https://x.example.com" }, "product"},
		"an unknown need":                   {func(c *Client) { c.Needs = []string{"money"} }, "needs"},
		"an algorithm that is off":          {func(c *Client) { c.IDTokenAlg = "none" }, "id_token_signed_response_alg"},
		"an unknown access token":           {func(c *Client) { c.AccessToken = "saml" }, "access_token"},
		"a JWT for nobody":                  {func(c *Client) { c.AccessToken = JWT }, "audience"},
		"an audience of an opaque token":    {func(c *Client) { c.Audience = "https://api.example.com" }, "audience"},
		"an old log-in of a year":           {func(c *Client) { c.DefaultMaxAge = 365 * 24 * time.Hour }, "default_max_age"},
		"an unknown PKCE":                   {func(c *Client) { c.PKCE = "plain" }, "pkce"},
		"a public client without PKCE":      {func(c *Client) { c.Auth, c.Secrets, c.PKCE = AuthNone, nil, PKCEOptional }, "pkce"},
		"a third party that knows the sub":  {func(c *Client) { c.FirstParty = false }, "subject_type"},
		"an origin with a path":             {func(c *Client) { c.Auth, c.Secrets, c.Origins = AuthNone, nil, []string{"https://calls.example.com/"} }, "origins[0]"},
		"an origin that is null":            {func(c *Client) { c.Auth, c.Secrets, c.Origins = AuthNone, nil, []string{"null"} }, "origins[0]"},
		"an origin of no secure connection": {func(c *Client) { c.Auth, c.Secrets, c.Origins = AuthNone, nil, []string{"http://calls.example.com"} }, "origins[0]"},
	} {
		c := web()
		row.change(&c)
		wantFlaw(t, what, c, row.field)
	}
	for what, change := range map[string]func(*Client){
		"as it is":               func(*Client) {},
		"PKCE off with a secret": func(c *Client) { c.PKCE = PKCEOff },
		"a page of its own": func(c *Client) {
			c.Auth, c.Secrets, c.Origins = AuthNone, nil, []string{"https://calls.example.com:8443"}
		},
		"a third party":                 func(c *Client) { c.FirstParty, c.Pairwise = false, true },
		"tokens for an API":             func(c *Client) { c.AccessToken, c.Audience = JWT, "https://api.example.com" },
		"two secrets":                   func(c *Client) { c.Secrets = []string{strings.Repeat("b", 64), c.Secrets[0]} },
		"a Hindi name":                  func(c *Client) { c.Name = "क्लिक टू कॉल" },
		"it stays when its person went": func(c *Client) { c.Offline, c.Scopes = true, append(c.Scopes, ScopeOffline) },
	} {
		c := web()
		change(&c)
		if err := c.Check(issuer); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func fapi() Client {
	c := web()
	c.FAPI, c.PAR, c.DPoP, c.Auth, c.Secrets, c.JWKS = true, true, true, PrivateKeyJWT, nil, []byte(keySet(ecKey("a", "ES256")))
	return c
}

func TestTheFAPIProfileIsWhole(t *testing.T) {
	if err := fapi().Check(issuer); err != nil {
		t.Fatal(err)
	}
	for what, row := range map[string]struct {
		change func(*Client)
		field  string
	}{
		"without PAR":     {func(c *Client) { c.PAR = false }, "require_pushed_authorization_requests"},
		"without DPoP":    {func(c *Client) { c.DPoP = false }, "dpop_bound_access_tokens"},
		"without PKCE":    {func(c *Client) { c.PKCE = PKCEOptional }, "pkce"},
		"by a secret":     {func(c *Client) { c.Auth, c.JWKS, c.Secrets = ClientSecretBasic, nil, web().Secrets }, "token_endpoint_auth_method"},
		"RS256 of ours":   {func(c *Client) { c.IDTokenAlg = "RS256" }, "id_token_signed_response_alg"},
		"RS256 of theirs": {func(c *Client) { c.JWKS = []byte(keySet(rsaKey("a", "RS256"))) }, "jwks"},
		"RSA for either":  {func(c *Client) { c.JWKS = []byte(keySet(rsaKey("a", ""))) }, "jwks"},
	} {
		c := fapi()
		row.change(&c)
		wantFlaw(t, what, c, row.field)
	}
	c := fapi()
	c.JWKS = []byte(keySet(rsaKey("a", "PS256")))
	if err := c.Check(issuer); err != nil {
		t.Error(err)
	}
}

var (
	testEC, _  = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	testRSA, _ = rsa.GenerateKey(rand.Reader, 2048)
)

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func ecKey(kid, alg string) string {
	point, _ := testEC.PublicKey.Bytes()
	return fmt.Sprintf(`{"kty":"EC","crv":"P-256","kid":%q,"alg":%q,"x":%q,"y":%q}`, kid, alg, encode(point[1:33]), encode(point[33:]))
}

func rsaKey(kid, alg string) string {
	return fmt.Sprintf(`{"kty":"RSA","kid":%q,"alg":%q,"n":%q,"e":"AQAB"}`, kid, alg, encode(testRSA.N.Bytes()))
}

func keySet(keys ...string) string { return `{"keys":[` + strings.Join(keys, ",") + `]}` }

func TestAClientsKeysArePublicAndForSignatures(t *testing.T) {
	with := func(key, members string) string { return strings.TrimSuffix(key, "}") + "," + members + "}" }
	good := []string{keySet(ecKey("a", "ES256")), keySet(ecKey("a", ""), rsaKey("b", "PS256"), rsaKey("c", "RS256")), keySet(with(ecKey("a", ""), `"use":"sig","key_ops":["verify"],"x5t":"x"`))}
	bad := []string{
		"", "{}", "[]", "null", keySet(), `{"keys":{}}`, `{"keys":["x"]}`, keySet(ecKey("a", ""), rsaKey("a", "")), keySet(ecKey("", "")), keySet(slices.Repeat([]string{ecKey("a", "")}, 11)...),
		keySet(`{"kty":"oct","kid":"a","k":"AAAA"}`), keySet(`{"kty":"OKP","crv":"Ed25519","kid":"a","x":"AAAA"}`), keySet(`{"kid":"a"}`),
		keySet(with(ecKey("a", ""), `"use":"enc"`)), keySet(with(ecKey("a", ""), `"key_ops":["sign"]`)), keySet(with(ecKey("a", ""), `"jku":"https://x"`)), keySet(with(ecKey("a", ""), `"x5u":"https://x"`)),
		keySet(ecKey("a", "HS256")), keySet(ecKey("a", "RS256")), keySet(rsaKey("a", "ES256")), keySet(rsaKey("a", "none")),
		strings.Replace(keySet(ecKey("a", "")), "P-256", "P-384", 1),
		keySet(fmt.Sprintf(`{"kty":"EC","crv":"P-256","kid":"a","x":%q,"y":%q}`, encode(make([]byte, 32)), encode(make([]byte, 32)))),
		strings.Replace(keySet(rsaKey("a", "")), "AQAB", "Aw", 1), strings.Replace(keySet(rsaKey("a", "")), "AQAB", "", 1),
		keySet(fmt.Sprintf(`{"kty":"RSA","kid":"a","n":%q,"e":"AQAB"}`, encode(testRSA.N.Bytes()[:128]))),
		`{"keys":[` + ecKey("a", "") + `],"x":"` + strings.Repeat("x", maxKeySet) + `"}`,
	}
	for _, member := range private {
		bad = append(bad, keySet(with(ecKey("a", ""), fmt.Sprintf("%q:\"AAAA\"", member))), keySet(rsaKey("b", ""), with(rsaKey("a", ""), fmt.Sprintf("%q:\"AAAA\"", member))))
	}
	c := web()
	c.Auth, c.Secrets = PrivateKeyJWT, nil
	for _, set := range good {
		c.JWKS = []byte(set)
		if err := c.Check(issuer); err != nil {
			t.Errorf("%s: %v", set, err)
		}
	}
	for _, set := range bad {
		c.JWKS = []byte(set)
		wantFlaw(t, fmt.Sprintf("%.200s", set), c, "jwks")
	}
}

func TestAllFlawsAreNamedAtOnce(t *testing.T) {
	c := web()
	c.Name, c.PKCE, c.RedirectURIs = "", "", []string{"https://a.example/cb", "http://b.example/cb"}
	err := c.Check(issuer)
	for _, want := range []string{"client_name must", "redirect_uris[1] must be https", "pkce must"} {
		if !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
}
