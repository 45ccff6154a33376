package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/textproto"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"phonon.in/central/shared/captcha"
	"phonon.in/central/shared/captcha/captchatest"
	"phonon.in/central/shared/token"
)

// person is somebody with a browser of their own, on a network of their own: requests come from an address of 127.0.0.0/8.
type person struct {
	t       *testing.T
	http    *http.Client
	storage http.RoundTripper // for what is not of our API
	email   string
	bearer  string
	works   bool // does the whole work of each captcha
	calls   atomic.Uint32
}

var people atomic.Uint32

const goodPassword = "Mango tree 42"

func newPerson(t *testing.T) *person {
	n := people.Add(1)
	from := net.IPv4(127, byte(1+n>>16), byte(n>>8), byte(n))
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: from}}
	transport := &http.Transport{DialContext: dialer.DialContext, MaxIdleConnsPerHost: 100}
	t.Cleanup(transport.CloseIdleConnections)
	return &person{
		t: t, email: fmt.Sprintf("person%d-%d@example.com", n, time.Now().UnixNano()),
		http: &http.Client{Jar: jar, Transport: marking{noServerError{t, heldTo(t, transport)}}, Timeout: 60 * time.Second}, storage: transport,
	}
}

// reply is one answer.
type reply struct {
	status int
	header http.Header
	body   map[string]any
	raw    string
}

func (r reply) code() string { s, _ := r.body["code"].(string); return s }

func (r reply) text(name string) string { s, _ := r.body[name].(string); return s }

// pointers lists the fields that a problem names.
func (r reply) pointers() string {
	var all []string
	list, _ := r.body["errors"].([]any)
	for _, e := range list {
		if m, ok := e.(map[string]any); ok {
			all = append(all, fmt.Sprint(m["pointer"]))
		}
	}
	return strings.Join(all, " ")
}

// where is the run under test. With two on one database (CENTRAL_OTHER_URL) every second request goes to the other.
func (p *person) where() string {
	if n := p.calls.Add(1); system.other != "" && n%2 == 0 {
		return system.other
	}
	return system.url
}

func (p *person) call(method, path string, body any, headers ...string) reply {
	p.t.Helper()
	var reader io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(b)
	default:
		text, err := json.Marshal(b)
		if err != nil {
			p.t.Fatal(err)
		}
		reader = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(context.WithoutCancel(p.t.Context()), method, p.where()+path, reader)
	if err != nil {
		p.t.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if p.bearer != "" {
		r.Header.Set("Authorization", "Bearer "+p.bearer)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if r.Header.Set(headers[i], headers[i+1]); headers[i] == "Host" { // which net/http takes from nowhere else
			r.Host = headers[i+1]
		}
	}
	return p.answer(r)
}

// answer sends a request as it is.
func (p *person) answer(r *http.Request) reply {
	p.t.Helper()
	answer, err := p.http.Do(r)
	if err != nil {
		p.t.Errorf("%s %s: %v", r.Method, r.URL.Path, err)
		return reply{}
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		p.t.Errorf("%s %s: %v", r.Method, r.URL.Path, err)
	}
	out := reply{status: answer.StatusCode, header: answer.Header, raw: string(text)}
	json.Unmarshal(text, &out.body)
	return out
}

// want fails unless the reply has the status and, where one is given, the code.
func (p *person) want(r reply, status int, code ...string) reply {
	p.t.Helper()
	if r.status != status || len(code) > 0 && r.code() != code[0] {
		p.t.Fatalf("got %d %s, want %d %v: %s", r.status, r.code(), status, code, r.raw)
	}
	return r
}

type m map[string]any

// captcha returns a solution. Half a second of computing for each would leave the functions of a run beside us no core, so it is that of a
// challenge that costs less, made with the run's own key; where we do not have that, and for who does the whole work, of one that the run gave.
func (p *person) captcha() string {
	p.t.Helper()
	if system.data == "" || p.works {
		return p.solve()
	}
	challenge, err := captcha.Issuer{Keys: runKeys(p.t, system.data), Work: captchatest.Cheap}.New(time.Now())
	if err != nil {
		p.t.Fatal(err)
	}
	return captchatest.Solve(challenge)
}

// runKeys are the keys of a run, from its folder of data.
func runKeys(t *testing.T, data string) token.Keyring {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(data, "secret.json"))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := token.ParseKeyring(text)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func (p *person) solve() string {
	p.t.Helper()
	challenge := p.want(p.call("GET", "/v1/captcha", nil), 200)
	// Not in this process: the race detector makes the work ten times as long.
	cmd := exec.Command("python3", filepath.Join(projectRoot(), "tools", "solve-captcha.py"))
	cmd.Stdin = strings.NewReader(challenge.raw)
	solved, err := cmd.Output()
	if err != nil {
		p.t.Fatalf("tools/solve-captcha.py: %v", err)
	}
	return strings.TrimSpace(string(solved))
}

func (p *person) signupBody() m {
	return m{
		"email": p.email, "password": goodPassword, "captcha": p.captcha(),
		"terms": m{"version": p.call("GET", "/v1/terms", nil).text("version"), "accepted": true}, "locale": "en",
	}
}

func (p *person) signup() reply {
	p.t.Helper()
	return p.want(p.call("POST", "/v1/signup", p.signupBody()), 202)
}

// message waits for a message to an address or number whose text matches, and returns the first group of the newest match. On a busy machine
// a request may leave it to the sweep.
func (p *person) message(to, pattern string) (group string) {
	p.t.Helper()
	within(p.t, 30*time.Second, fmt.Sprintf("a message to %s matches %s", to, pattern), func() bool {
		for _, found := range p.messages(to) {
			if g := regexp.MustCompile(pattern).FindStringSubmatch(found.Text); g != nil {
				group = g[1]
				return true
			}
		}
		return false
	})
	return group
}

type message struct {
	Kind, To, Subject, Text, HTML string
	Attributes                    map[string]string
}

func (p *person) messages(to string) (list []message) {
	p.t.Helper()
	answer, err := http.Get(system.local + "/messages?to=" + strings.ReplaceAll(to, "+", "%2B"))
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(&list); err != nil {
		p.t.Fatal(err)
	}
	return list
}

func (p *person) linkToken() string { return p.message(p.email, `/verify#(\S+)`) }

func (p *person) verify() { p.want(p.call("POST", "/v1/verify", m{"token": p.linkToken()}), 200) }

// login logs in as a program does.
func (p *person) login() reply {
	p.t.Helper()
	r := p.want(p.call("POST", "/v1/login", m{"email": p.email, "password": goodPassword, "transport": "bearer"}), 200)
	p.bearer = r.text("session")
	return r
}

// member is a person with an account who is logged in.
func member(t *testing.T) *person {
	t.Helper()
	p := newPerson(t)
	p.signup()
	p.verify()
	p.login()
	return p
}

// numbers starts anywhere, so that a second run against the same system uses other numbers.
var numbers = func() *atomic.Uint32 {
	var n atomic.Uint32
	n.Store(uint32(time.Now().UnixNano()) % 50_000)
	return &n
}()

// mobile is a number that nobody else uses, with a prefix of its own.
func mobile() string {
	return fmt.Sprintf("+9198%04d%04d", numbers.Add(1)%10_000, time.Now().UnixNano()%10_000)
}

func landline() string { return fmt.Sprintf("+91265%07d", 2_000_000+numbers.Add(1)*13) }

// provePhone proves a number by the code that arrives.
func (p *person) provePhone(number, kind string) {
	p.t.Helper()
	sent := p.want(p.call("POST", "/v1/otp", m{"phone": number, "kind": kind}), 202)
	p.want(p.call("POST", "/v1/otp/verify", m{"challengeId": sent.text("challengeId"), "code": p.code(number)}), 200)
}

// code reads the newest code for a number, from an SMS or from a call.
func (p *person) code(number string) string {
	p.t.Helper()
	var list []message
	within(p.t, 30*time.Second, "something is sent to "+number, func() bool {
		list = p.messages(number)
		return len(list) > 0
	})
	if list[0].Kind == "call" {
		digits := regexp.MustCompile(`(?:\d\s*){6}`).FindString(list[0].Text)
		return strings.Join(strings.Fields(digits), "")
	}
	return regexp.MustCompile(`\d{6}`).FindString(list[0].Text)
}

func (p *person) saveDetails(kind string) {
	p.t.Helper()
	details := m{"type": kind, "firstName": "Asha", "lastName": "Rao", "sector": "other"}
	if kind == "company" {
		details["companyName"] = "Rao Traders Private Limited"
	}
	p.want(p.call("PUT", "/v1/account/details", details), 200)
}

// upload asks for a form and posts the file to storage.
func (p *person) upload(requirement, documentType, name, contentType string, file []byte) (documentID string, status int) {
	p.t.Helper()
	body := m{"requirement": requirement, "fileName": name, "contentType": contentType, "size": len(file)}
	if documentType != "" {
		body["documentType"] = documentType
	}
	r := p.want(p.call("POST", "/v1/kyc/documents", body), 201)
	form := r.body["upload"].(map[string]any)
	for range 3 {
		status, _ = postForm(p.t, form["url"].(string), form["fields"].(map[string]any), contentType, file)
		if status != http.StatusConflict { // versitygw keeps keys in folders, and one may go while a file comes; S3 has none
			break
		}
	}
	return r.text("documentId"), status
}

func postForm(t *testing.T, url string, fields map[string]any, contentType string, file []byte) (status int, answer string) {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, v := range fields {
		w.WriteField(name, v.(string))
	}
	part, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="file"; filename="f"`}, "Content-Type": {contentType}})
	if err != nil {
		t.Fatal(err)
	}
	part.Write(file)
	w.Close()
	r, err := http.Post(url, w.FormDataContentType(), &body)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	text, _ := io.ReadAll(r.Body)
	return r.StatusCode, string(text)
}

// eventually repeats a question until its answer is yes, for things that happen after an event.
func eventually(t *testing.T, what string, yes func() bool) {
	t.Helper()
	within(t, 20*time.Second, what, yes)
}

func within(t *testing.T, limit time.Duration, what string, yes func() bool) {
	t.Helper()
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	for !yes() {
		select {
		case <-deadline.C:
			t.Fatalf("it did not happen within %s: %s", limit, what)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (p *person) kycCase() map[string]any {
	p.t.Helper()
	return p.want(p.call("GET", "/v1/kyc", nil), 200).body
}

// documents of the case by id.
func (p *person) documents() map[string]map[string]any {
	all := map[string]map[string]any{}
	for _, r := range p.kycCase()["requirements"].([]any) {
		for _, d := range r.(map[string]any)["documents"].([]any) {
			doc := d.(map[string]any)
			all[doc["id"].(string)] = doc
		}
	}
	return all
}

func (p *person) settled(documentID string) map[string]any {
	p.t.Helper()
	var d map[string]any
	within(p.t, time.Minute, "the check of a document", func() bool { // on a busy machine a new sandbox compiles PDFium for half of it
		d = p.documents()[documentID]
		return d != nil && !slices.Contains([]any{"requested", "uploaded", "scanning", "rendering"}, d["state"])
	})
	return d
}

func newRequest(t *testing.T, url string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
