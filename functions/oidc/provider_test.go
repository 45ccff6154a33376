package main

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/httpapi/contract"
	own "phonon.in/central/shared/jose"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/store/storetest"
	"phonon.in/central/shared/token"
)

const (
	testIssuer = "https://central.example.com"
	callback   = "https://product.example.com/callback"
	verifier   = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
)

// provider is the function on a real engine, with a clock that stands still.
type provider struct {
	storetest.Fixture
	t   testing.TB
	h   *handler
	api http.Handler
	log bytes.Buffer
	mu  sync.Mutex
	at  time.Time
}

var signing = sync.OnceValues(func() (own.Keyset, error) {
	return own.Keyset{}.Rotate(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC))
})

func newProvider(t testing.TB) *provider {
	t.Helper()
	p := &provider{Fixture: storetest.Open(t), t: t, at: time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)}
	keys, err := token.ParseKeyring([]byte(`{"current":"0123456789abcdefghijklmnopqrstuvwxyz"}`))
	p.ok(err)
	set, err := signing()
	p.ok(err)
	p.h = &handler{store: p.Store, keys: keys, signing: set, issuer: testIssuer}
	p.serve(p.Store)
	return p
}

// serve starts the function again on this store.
func (p *provider) serve(s *store.Store) {
	p.h.store = s
	log := slog.New(slog.NewJSONHandler(&locked{p}, &slog.HandlerOptions{Level: slog.LevelDebug}))
	p.api = contract.Check(p.t, p.h.routes(httpapi.Config{PublicURL: testIssuer, Now: p.now, Sessions: s, Limits: s, Log: log}))
}

// behind is the same function at the same time on another store.
func (p *provider) behind(s *store.Store) *provider {
	h := *p.h
	other := &provider{Fixture: p.Fixture, t: p.t, h: &h, at: p.now()}
	other.serve(s)
	return other
}

// locked is a log that many requests write to.
type locked struct{ *provider }

func (l *locked) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.log.Write(b)
}

func (p *provider) now() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.at
}

func (p *provider) passes(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.at = p.at.Add(d)
}

func (p *provider) ok(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// app is a client, with what it proves itself by.
type app struct {
	oidc.Client
	secret string
	key    *ecdsa.PrivateKey
}

func (p *provider) register(change func(*app)) *app {
	p.t.Helper()
	secret, digest := oidc.NewSecret()
	a := &app{secret: secret.Reveal(), Client: oidc.Client{
		ID: oidc.ClientID(token.NewID()), Name: "Dialer", FirstParty: true, Auth: oidc.ClientSecretBasic, Secrets: []string{digest},
		RedirectURIs: []string{callback}, Scopes: []string{"openid", "email", "profile", "kyc"}, IDTokenAlg: "ES256", AccessToken: oidc.Opaque,
		PKCE: oidc.PKCERequired, CreatedAt: p.now(), UpdatedAt: p.now(),
	}}
	if change != nil {
		change(a)
	}
	added, err := p.AddClient(context.Background(), a.Client)
	p.ok(err)
	a.Client = added
	return a
}

func public(a *app) { a.Auth, a.Secrets, a.secret = oidc.AuthNone, nil, "" }

// keyed is a client that proves itself by a key.
func keyed(a *app) {
	a.key, _ = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	set, _ := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: a.key.Public(), KeyID: "one", Algorithm: "ES256", Use: "sig"}}})
	a.Auth, a.Secrets, a.secret, a.JWKS = oidc.PrivateKeyJWT, nil, "", set
}

// person is an account with a session that began now.
type person struct {
	profile account.Profile
	session account.Session
}

func (p *provider) person() *person {
	p.t.Helper()
	ctx, begun, id := context.Background(), p.now(), account.ID(token.NewID())
	email, err := account.ParseEmail(strings.ToLower(string(id)) + "@example.com")
	p.ok(err)
	signup := account.Signup{ID: token.NewID(), Email: email, PasswordHash: token.NewSecret("hash"), Consent: account.Consent{Document: "terms", AcceptedAt: begun}, CreatedAt: begun, ExpiresAt: begun.Add(time.Hour)}
	p.ok(p.StartSignup(ctx, signup, message.Message{ID: token.NewID(), Kind: message.VerifyEmail, CreatedAt: begun, NotAfter: begun}))
	profile := account.Profile{ID: id, Email: email, Status: account.Active, KYC: "not_started", Locale: "en", CredentialVersion: 1, Version: 1, CreatedAt: begun, UpdatedAt: begun}
	p.ok(p.CompleteSignup(ctx, signup, profile, account.Activity{Kind: "account_created", At: begun}, begun))
	return &person{profile: profile, session: p.logIn(profile)}
}

func (p *provider) logIn(profile account.Profile) account.Session {
	p.t.Helper()
	_, digest := token.NewSession(string(profile.ID))
	s := account.Session{
		Digest: digest, AccountID: profile.ID, CreatedAt: p.now(), LastSeenAt: p.now(), ExpiresAt: p.now().Add(account.SessionLife),
		CredentialVersion: profile.CredentialVersion, ProvenAt: p.now(), ProvenBy: account.ByPassword,
	}
	p.ok(p.StartSession(context.Background(), s, account.Activity{Kind: "logged_in", At: p.now()}))
	return s
}

// grant is what authorize writes, and its code.
func (p *provider) grant(a *app, who *person, change func(*oidc.Grant)) (code string, g oidc.Grant) {
	p.t.Helper()
	g = oidc.Grant{
		ID: token.NewID(), Account: who.profile.ID, Client: a.ID, Session: who.session.Digest, Scopes: a.Scopes, Nonce: "n-0S6_WzA2Mj", Redirect: callback,
		Challenge: own.Hash(verifier), ACR: oidc.ACRPassword, AMR: []string{"pwd"}, AuthTime: who.session.ProvenAt, CreatedAt: p.now(),
		CodeExpiresAt: p.now().Add(oidc.CodeLife), CredentialVersion: who.profile.CredentialVersion, ExpiresAt: who.session.ExpiresAt,
	}
	if change != nil {
		change(&g)
	}
	p.ok(p.StartGrant(context.Background(), g, oidc.App{}, account.Activity{}, ""))
	return p.h.code(g), g
}

type m = map[string]any

// reply is an answer of an endpoint.
type reply struct {
	status int
	header http.Header
	body   m
	raw    string
}

func (r reply) text(name string) string { s, _ := r.body[name].(string); return s }

// says is the status and the error's code.
func (r reply) says() string { return strings.TrimSpace(fmt.Sprint(r.status, " ", r.text("error"))) }

func (p *provider) want(r reply, says string) reply {
	p.t.Helper()
	if r.says() != says {
		p.t.Errorf("answered %s (%s), want %s", r.says(), r.text("error_description"), says)
	}
	return r
}

// send is one request; headers are name and value in turn.
func (p *provider) send(method, path string, form url.Values, headers ...string) reply {
	r := httptest.NewRequest(method, testIssuer+path, strings.NewReader(form.Encode()))
	r.RemoteAddr = "203.0.113.7:1234"
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	answer := httptest.NewRecorder()
	p.api.ServeHTTP(answer, r)
	out := reply{status: answer.Code, header: answer.Header(), raw: answer.Body.String(), body: m{}}
	_ = json.Unmarshal(answer.Body.Bytes(), &out.body) // some answers have no body
	return out
}

// proves adds what the client proves itself by.
func (p *provider) proves(a *app, form url.Values) (url.Values, []string) {
	sent := url.Values{}
	for name, values := range form {
		sent[name] = values
	}
	switch a.Auth {
	case oidc.ClientSecretBasic:
		r := http.Request{Header: http.Header{}}
		r.SetBasicAuth(url.QueryEscape(string(a.ID)), url.QueryEscape(a.secret))
		return sent, []string{"Authorization", r.Header.Get("Authorization")}
	case oidc.ClientSecretPost:
		sent.Set("client_secret", a.secret)
	case oidc.PrivateKeyJWT:
		sent.Set("client_assertion_type", assertionType)
		sent.Set("client_assertion", p.assertion(a, nil))
	}
	sent.Set("client_id", string(a.ID))
	return sent, nil
}

// asks sends a request of a client that proves itself.
func (p *provider) asks(a *app, path string, form url.Values, headers ...string) reply {
	form, proof := p.proves(a, form)
	return p.send("POST", path, form, append(proof, headers...)...)
}

func exchangeOf(code string) url.Values {
	return url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {callback}, "code_verifier": {verifier}}
}

func refreshOf(raw string) url.Values {
	return url.Values{"grant_type": {"refresh_token"}, "refresh_token": {raw}}
}

func (p *provider) exchange(a *app, code string, headers ...string) reply {
	return p.asks(a, "/oauth2/token", exchangeOf(code), headers...)
}

func (p *provider) refresh(a *app, raw string, headers ...string) reply {
	return p.asks(a, "/oauth2/token", refreshOf(raw), headers...)
}

func (p *provider) userInfo(access string, headers ...string) reply {
	return p.send("GET", "/oauth2/userinfo", nil, append([]string{"Authorization", "Bearer " + access}, headers...)...)
}

func (p *provider) introspect(a *app, raw string) reply {
	return p.asks(a, "/oauth2/introspect", url.Values{"token": {raw}})
}

// tokens are those of a fresh grant.
func (p *provider) tokens(a *app, who *person) reply {
	p.t.Helper()
	code, _ := p.grant(a, who, nil)
	return p.want(p.exchange(a, code), "200")
}

// sign makes a JWS with these headers.
func sign(key any, alg, typ string, headers m, claims any) string {
	options := (&jose.SignerOptions{}).WithHeader("typ", typ)
	if typ == "" {
		options = &jose.SignerOptions{}
	}
	for name, value := range headers {
		options.WithHeader(jose.HeaderKey(name), value)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.SignatureAlgorithm(alg), Key: key}, options)
	if err != nil {
		panic(err)
	}
	payload, _ := json.Marshal(claims)
	signed, err := signer.Sign(payload)
	if err != nil {
		panic(err)
	}
	raw, _ := signed.CompactSerialize()
	return raw
}

// assertion is what a client proves itself by, with these claims in place of the right ones; nil leaves one out.
func (p *provider) assertion(a *app, instead m) string {
	claims := m{"iss": a.ID, "sub": a.ID, "aud": testIssuer, "jti": token.NewID(), "exp": p.now().Add(time.Minute).Unix(), "iat": p.now().Unix()}
	for name, value := range instead {
		claims[name] = value
		if value == nil {
			delete(claims, name)
		}
	}
	return sign(a.key, "ES256", "JWT", m{"kid": "one"}, claims)
}

// prover has a key that proofs are made with.
type prover struct {
	p   *provider
	key *ecdsa.PrivateKey
}

func (p *provider) prover() prover {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	p.ok(err)
	return prover{p, key}
}

func (d prover) jkt() string {
	sum, err := (&jose.JSONWebKey{Key: d.key.Public()}).Thumbprint(crypto.SHA256)
	d.p.ok(err)
	return encodeURL(sum)
}

func encodeURL(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// proof is one for a request, with these claims in place of the right ones.
func (d prover) proof(method, path, access string, instead m) string {
	claims := m{"jti": token.NewID(), "htm": method, "htu": testIssuer + path, "iat": d.p.now().Unix()}
	if access != "" {
		claims["ath"] = own.Hash(access)
	}
	for name, value := range instead {
		claims[name] = value
		if value == nil {
			delete(claims, name)
		}
	}
	return sign(d.key, "ES256", "dpop+jwt", m{"jwk": jose.JSONWebKey{Key: d.key.Public()}}, claims)
}

// forToken is the header of a proof for the token endpoint.
func (d prover) forToken() []string {
	return []string{"DPoP", d.proof("POST", "/oauth2/token", "", nil)}
}

// claims reads a token by the published keys.
func (p *provider) claims(raw string) m {
	p.t.Helper()
	var set jose.JSONWebKeySet
	p.ok(json.Unmarshal([]byte(p.send("GET", "/oauth2/jwks", nil).raw), &set))
	signed, err := jose.ParseSignedCompact(raw, []jose.SignatureAlgorithm{"ES256", "RS256"})
	p.ok(err)
	payload, err := signed.Verify(set.Key(signed.Signatures[0].Protected.KeyID)[0])
	p.ok(err)
	var claims m
	p.ok(json.Unmarshal(payload, &claims))
	return claims
}

// atOnce does something so often at the same time.
func atOnce(n int, do func(i int) reply) []reply {
	out := make([]reply, n)
	var work sync.WaitGroup
	for i := range n {
		work.Go(func() { out[i] = do(i) })
	}
	work.Wait()
	return out
}

var rsaKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, _ := rsa.GenerateKey(rand.Reader, 2048)
	return key
})

func keyedByRSA(a *app) {
	keyed(a)
	a.JWKS, _ = json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: rsaKey().Public(), KeyID: "one", Use: "sig"}}})
}

func (p *provider) sendJSON(path, body, authorization string) reply {
	return p.sendAs("application/json", path, body, authorization)
}

func (p *provider) sendRaw(path, body, authorization string) reply {
	return p.sendAs("application/x-www-form-urlencoded; charset=UTF-8", path, body, authorization)
}

func (p *provider) sendAs(media, path, body, authorization string) reply {
	r := httptest.NewRequest("POST", testIssuer+path, strings.NewReader(body))
	r.RemoteAddr = "203.0.113.7:1234"
	r.Header.Set("Content-Type", media)
	r.Header.Set("Authorization", authorization)
	answer := httptest.NewRecorder()
	p.api.ServeHTTP(answer, r)
	out := reply{status: answer.Code, header: answer.Header(), raw: answer.Body.String(), body: m{}}
	_ = json.Unmarshal(answer.Body.Bytes(), &out.body)
	return out
}

// asked is a request for authorization that is right.
func asked() url.Values {
	return url.Values{
		"response_type": {"code"}, "redirect_uri": {callback}, "scope": {"openid email"}, "state": {"xyz"}, "nonce": {"n"},
		"code_challenge": {own.Hash(verifier)}, "code_challenge_method": {"S256"},
	}
}

func decodedURL(s string) []byte {
	b, _ := base64.RawURLEncoding.DecodeString(s)
	return b
}

func headerOf(raw string) m {
	var head m
	_ = json.Unmarshal(decodedURL(strings.Split(raw, ".")[0]), &head)
	return head
}
