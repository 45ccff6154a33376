package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/token"
)

// library is a product of examples/clients: how it is started, and the client that it is.
type library struct {
	command []string // in its folder of .local/tools/examples
	client  oidc.Client
}

var libraries = map[string]library{
	"go: a secret": {[]string{"go/product"}, oidc.Client{Auth: oidc.ClientSecretBasic, IDTokenAlg: "ES256"}},
	"go: public":   {[]string{"go/product"}, oidc.Client{Auth: oidc.AuthNone, IDTokenAlg: "ES256"}},
	"node: a key":  {[]string{"node", "node/product.js"}, oidc.Client{Auth: oidc.PrivateKeyJWT, IDTokenAlg: "ES256"}},
	"python":       {[]string{"python/venv/bin/python", "-W", "error", "python/product.py"}, oidc.Client{Auth: oidc.ClientSecretBasic, IDTokenAlg: "ES256"}},
	"java":         {[]string{"java", "-XX:TieredStopAtLevel=1", "-cp", "java/classes:java/jars/*", "example.Product"}, oidc.Client{Auth: oidc.ClientSecretBasic, IDTokenAlg: "RS256"}},
}

func TestEachClientLibraryLogsPeopleInRefreshesAndLogsOut(t *testing.T) {
	needExamples(t, "go", "node", "python", "java")
	t.Parallel()
	up := map[string]string{}
	for name, l := range libraries { // before anybody comes: what Java does at its start would keep people waiting
		up[name] = l.start(t, name)
	}
	for name, at := range up {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newVisitor(t)
			v.want(v.get("GET", at+"/me"), 401)
			v.logsIn(at)
			v.isRefusedWithAnother(at, "state", token.NewID())
			v.isRefusedWithAnother(at, "iss", "https://another.example")
			v.isRefusedWithAnother(at, "iss", "")
			v.want(v.get("POST", at+"/refresh"), 200)
			v.isKnown(at)
			left := v.get("POST", at+"/logout")
			if left.status != 401 || !strings.HasPrefix(left.url, at+"/me") {
				t.Fatalf("the log-out ended with %d at %s: %s", left.status, left.url, left.raw)
			}
			v.central.want(v.central.call("GET", "/v1/account", nil), 401)
			v.logsIn(at)
			v.central.want(v.central.call("POST", "/v1/logout", nil), 204)
			v.want(v.get("POST", at+"/refresh"), 401)
			v.want(v.get("GET", at+"/me"), 401)
		})
	}
}

// start registers the client and starts the product. It returns its address.
func (l library) start(t *testing.T, name string) string {
	t.Helper()
	at := "http://127.0.0.1:" + freePort()
	c := l.client
	c.Name, c.RedirectURIs, c.PostLogoutURIs = name, []string{at + "/callback"}, []string{at + "/me"}
	env := append(enrolled(t, c), "REDIRECT_URI="+at+"/callback", "POST_LOGOUT_URI="+at+"/me")
	launched(t, at, "/me", env, l.command)
	return at
}

// newJWK is a new key: the file that has it, and the set of its public half.
func newJWK(t *testing.T) (file string, public []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	point, err := key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	d, err := key.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	text := base64.RawURLEncoding.EncodeToString
	jwk := m{"kty": "EC", "crv": "P-256", "kid": "1", "x": text(point[1:33]), "y": text(point[33:])}
	if public, err = json.Marshal(m{"keys": []m{jwk}}); err != nil {
		t.Fatal(err)
	}
	jwk["d"] = text(d)
	private, err := json.Marshal(jwk)
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "key.jwk")
	if err := os.WriteFile(file, private, 0o600); err != nil {
		t.Fatal(err)
	}
	return file, public
}

// visitor is somebody with an account and a browser, who goes to products.
type visitor struct {
	t       *testing.T
	central *person // at Central's own pages
	browser *http.Client
	id      string
}

// ofOneBrowser keeps cookies as browsers do on their own machine, where a secure one needs no TLS.
type ofOneBrowser struct{ *cookiejar.Jar }

func (j ofOneBrowser) SetCookies(u *url.URL, cookies []*http.Cookie) {
	j.Jar.SetCookies(https(u), cookies)
}
func (j ofOneBrowser) Cookies(u *url.URL) []*http.Cookie { return j.Jar.Cookies(https(u)) }

func https(u *url.URL) *url.URL {
	secure := *u
	secure.Scheme = "https"
	return &secure
}

// ours holds Central's answers to the contract, and pages and products to none.
type ours struct{ contract, others http.RoundTripper }

func (o ours) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasPrefix(r.URL.String(), system.url+"/v1/") || strings.HasPrefix(r.URL.String(), system.url+"/oauth2/") {
		return o.contract.RoundTrip(r)
	}
	return o.others.RoundTrip(r)
}

// oneByOne makes visitors: five who sign up in the same instant are another test's affair.
var oneByOne sync.Mutex

func newVisitor(t *testing.T) *visitor {
	t.Helper()
	oneByOne.Lock()
	defer oneByOne.Unlock()
	p := newPerson(t)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	p.http.Jar = ofOneBrowser{jar}
	p.signup()
	p.verify()
	v := &visitor{t: t, central: p, browser: &http.Client{Jar: p.http.Jar, Transport: ours{p.http.Transport, p.storage}, Timeout: time.Minute}}
	v.entersPassword()
	p.provePhone(mobile(), "mobile")
	p.saveDetails("individual")
	v.id = p.want(p.call("GET", "/v1/account", nil), 200).text("id")
	p.want(p.call("POST", "/v1/logout", nil), 204)
	return v
}

// entersPassword does what the log-in page does.
func (v *visitor) entersPassword() {
	v.t.Helper()
	v.central.want(v.central.call("POST", "/v1/login", m{"email": v.central.email, "password": goodPassword}), 200)
}

// page is what a browser shows after all redirects.
type page struct {
	reply
	url string
}

func (v *visitor) get(method, to string) page {
	v.t.Helper()
	r := newRequest(v.t, to)
	r.Method = method
	answer, err := v.browser.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	out := page{reply{status: answer.StatusCode, header: answer.Header, raw: string(text)}, answer.Request.URL.String()}
	json.Unmarshal(text, &out.body)
	return out
}

func (v *visitor) want(p page, status int) page {
	v.t.Helper()
	v.central.want(p.reply, status)
	return p
}

// logsIn begins at the product, gives the password at Central, and is known at the product afterwards.
func (v *visitor) logsIn(at string) {
	v.t.Helper()
	if back := v.entersBy(at); back.status != 200 || back.url != at+"/me" {
		v.t.Fatalf("the log-in ended with %d at %s: %s", back.status, back.url, back.raw)
	}
	v.isKnown(at)
}

// entersBy begins at the product and gives the password at Central. It returns where that leads.
func (v *visitor) entersBy(at string) page {
	v.t.Helper()
	asked := v.get("GET", at+"/login")
	there, err := url.Parse(asked.url)
	if err != nil || there.Path != "/login" || !strings.HasPrefix(asked.url, system.url) {
		v.t.Fatalf("the log-in leads to %s", asked.url)
	}
	v.entersPassword()
	return v.get("GET", system.url+"/oauth2/authorize?"+there.Query().Get("authorize"))
}

func (v *visitor) isKnown(at string) {
	v.t.Helper()
	me := v.want(v.get("GET", at+"/me"), 200)
	for claim, want := range (m{"sub": v.id, "email": v.central.email, "email_verified": true, "name": "Asha Rao", "account_type": "individual", "kyc_status": "not_started"}) {
		if me.body[claim] != want {
			v.t.Errorf("%s is %v, want %v", claim, me.body[claim], want)
		}
	}
	if _, there := me.body["phone_number"]; there {
		v.t.Error("the phone number was not asked for")
	}
}

// isRefusedWithAnother hands the product a code that is good, beside a state or an issuer that is not the one it asked with: it is not taken.
func (v *visitor) isRefusedWithAnother(at, parameter, value string) {
	v.t.Helper()
	var forged string
	v.browser.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if !strings.HasPrefix(r.URL.String(), at+"/callback") {
			return nil
		}
		q := r.URL.Query()
		q.Set(parameter, value)
		forged = at + "/callback?" + q.Encode()
		return http.ErrUseLastResponse
	}
	v.get("GET", at+"/login")
	v.browser.CheckRedirect = nil
	if forged == "" || !strings.Contains(forged, "code=") {
		v.t.Fatal("no code came back")
	}
	if answer := v.get("GET", forged); answer.status < 400 || answer.status > 403 {
		v.t.Errorf("%s=%q is answered by %d at %s", parameter, value, answer.status, answer.url)
	}
	if back := v.get("GET", at+"/login"); back.url != at+"/me" || back.status != 200 { // once more, with what fits
		v.t.Errorf("after that a log-in ended with %d at %s", back.status, back.url)
	}
}
