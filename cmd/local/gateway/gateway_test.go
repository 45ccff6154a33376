package gateway

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"phonon.in/central/cmd/local/lambda"
	"phonon.in/central/cmd/local/template"
	"phonon.in/central/cmd/local/xray"
)

func TestRoutesMatchAsAPIGatewayDoes(t *testing.T) {
	var specs []template.Route
	for _, key := range []string{
		"ANY /v1/signup/{id}", "ANY /v1/signup/resend", "GET /v1/kyc", "GET /v1/kyc/{id}", "GET /v1/kyc/types", "ANY /v1/kyc/{id}", "POST /v1/kyc/{id}/x", "ANY /{proxy+}",
		"GET /v1/{rest+}", "GET /v1/{a}/b/c", "GET /",
	} {
		method, path, _ := strings.Cut(key, " ")
		specs = append(specs, template.Route{Method: method, Path: path})
	}
	f := &lambda.Function{Spec: template.Function{Routes: specs}}
	all := newRoutes([]*lambda.Function{f})
	for _, c := range []struct {
		name, method, path, key string
		parameters              map[string]string
	}{
		{"a literal wins over a name", "GET", "/v1/kyc/types", "GET /v1/kyc/types", nil},
		{"a method wins over ANY", "GET", "/v1/kyc/7", "GET /v1/kyc/{id}", map[string]string{"id": "7"}},
		{"a literal wins over a name for every method, with ANY", "GET", "/v1/signup/resend", "ANY /v1/signup/resend", nil},
		{"HEAD is one of ANY", "HEAD", "/v1/signup/7", "ANY /v1/signup/{id}", map[string]string{"id": "7"}},
		{"OPTIONS is one of ANY", "OPTIONS", "/v1/signup/resend", "ANY /v1/signup/resend", nil},
		{"ANY takes other methods", "DELETE", "/v1/kyc/types", "ANY /v1/kyc/{id}", map[string]string{"id": "types"}},
		{"the longer prefix wins", "GET", "/v1/other/7", "GET /v1/{rest+}", map[string]string{"rest": "other/7"}},
		{"a full match wins over a greedy one", "GET", "/v1/x/b/c", "GET /v1/{a}/b/c", map[string]string{"a": "x"}},
		{"HEAD is not GET", "HEAD", "/v1/kyc", "ANY /{proxy+}", map[string]string{"proxy": "v1/kyc"}},
		{"a slash at the end is another path", "GET", "/v1/kyc/", "GET /v1/{rest+}", map[string]string{"rest": "kyc/"}},
		{"a name is not empty", "POST", "/v1/kyc//x", "ANY /{proxy+}", map[string]string{"proxy": "v1/kyc//x"}},
		{"the root", "GET", "/", "GET /", nil},
		{"a greedy name is not empty", "POST", "/", "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, parameters := all.match(c.method, c.path)
			key := ""
			if r != nil {
				key = r.Key()
			}
			if key != c.key || !maps.Equal(parameters, c.parameters) {
				t.Errorf("%q with %v, not %q with %v", key, parameters, c.key, c.parameters)
			}
		})
	}
	f.Spec.Routes = append(f.Spec.Routes, template.Route{Method: "ANY", Path: "$default"})
	if r, _ := newRoutes([]*lambda.Function{f}).match("POST", "/"); r == nil || r.Key() != "$default" {
		t.Error("$default does not take the rest")
	}
}

// The golden file has the members of the example in AWS's documentation of payload format 2.0 (without those that only come with authorizers,
// client certificates and stage variables).
func TestTheEventHasTheDocumentedShape(t *testing.T) {
	r := httptest.NewRequest("POST", "http://127.0.0.1:3000/v1/a%20b/7?parameter1=value1&parameter1=value2&parameter2=a%20value&bad=%zz", nil)
	r.RemoteAddr = "127.0.0.9:4711"
	r.Header = http.Header{
		"Content-Type": {"application/json; charset=utf-8"}, "Header1": {"value1", "value2"}, "User-Agent": {"agent"},
		"Cookie": {"cookie1=a; cookie2=b", "cookie3=c"}, "Connection": {"keep-alive"},
		"X-Forwarded-For": {"203.0.113.1"}, "X-Forwarded-Proto": {"https"}, "X-Forwarded-Port": {"443"}, "X-Amzn-Trace-Id": {"Root=forged"},
	}
	now := time.Date(2020, 3, 12, 19, 3, 58, 390e6, time.UTC)
	e := newHTTPEvent(r, []byte(`{"hello":"world"}`), "POST /v1/{what}/{id}", map[string]string{"what": "a b", "id": "7"}, "id", "Root=1-2-3;Parent=4;Sampled=1", now)
	got, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/event.json")
	if err != nil {
		t.Fatal(err)
	}
	if string(got)+"\n" != string(want) {
		t.Errorf("not as in testdata/event.json:\n%s", got)
	}
}

func TestOnlySpacesAndTabsAroundACookieAreLeftOut(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	r.Header["Cookie"] = []string{" a=1;\tb=2 ;; c=\u00a0 ; d=\u2003e\u0085", "f=", " \t"}
	want := []string{"a=1", "b=2", "c=\u00a0", "d=\u2003e\u0085", "f="}
	if got := newHTTPEvent(r, nil, "GET /", nil, "", "", time.Time{}).Cookies; !slices.Equal(got, want) {
		t.Errorf("%q, not %q", got, want)
	}
}

// Over a connection, as only there it shows whether a body was sent.
func TestHeadIsAnsweredWithTheLengthAndWithoutTheBody(t *testing.T) {
	for name, c := range map[string]struct {
		payload string
		length  int64
	}{
		"the function says the length":   {`{"statusCode":200,"headers":{"content-length":"70000","content-type":"text/html"}}`, 70000},
		"the function sends a body":      {`{"statusCode":404,"body":"abc"}`, 3},
		"the function fails":             {`nonsense`, int64(len(`{"message":"Internal Server Error"}`))},
		"a status that never has a body": {`{"statusCode":304,"headers":{"etag":"\"1\""}}`, -1},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				answer(w, r.Method, lambda.Outcome{Payload: []byte(c.payload)})
			}))
			defer server.Close()
			for range 2 { // on one connection: a body would be read as the next answer
				got, err := server.Client().Head(server.URL)
				if err != nil {
					t.Fatal(err)
				}
				if body, _ := io.ReadAll(got.Body); len(body) > 0 || got.ContentLength != c.length {
					t.Errorf("%d bytes, length %d", len(body), got.ContentLength)
				}
				got.Body.Close()
			}
		})
	}
}

func TestABodyIsTextOnlyForTheTypesThatAPIGatewayKnows(t *testing.T) {
	for _, c := range []struct {
		name, kind, body string
		base64           bool
	}{
		{"JSON", "application/json", "{}", false},
		{"JSON with a charset", "Application/JSON; charset=UTF-8", "{}", false},
		{"plain text", "text/plain", "a", false},
		{"XML", "application/xml", "<a/>", false},
		{"a form", "application/x-www-form-urlencoded", "a=b", true},
		{"a problem", "application/problem+json", "{}", true},
		{"no type", "", "a", true},
		{"JSON that is not UTF-8", "application/json", "\xff", true},
		{"no body", "application/octet-stream", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest("POST", "/", nil)
			if c.kind != "" {
				r.Header.Set("Content-Type", c.kind)
			}
			e := newHTTPEvent(r, []byte(c.body), "POST /", nil, "", "", time.Time{})
			if e.IsBase64Encoded != c.base64 || !c.base64 && e.Body != c.body {
				t.Errorf("%v %q", e.IsBase64Encoded, e.Body)
			}
		})
	}
}

func TestAnswersAreReadAsDocumented(t *testing.T) {
	for _, c := range []struct {
		name, payload string
		status        int
		body, kind    string
	}{
		{"a whole answer", `{"statusCode":418,"headers":{"content-type":"text/html"},"body":"<p>"}`, 418, "<p>", "text/html"},
		{"base64", `{"statusCode":200,"isBase64Encoded":true,"body":"aGk=","headers":{"content-type":"image/png"}}`, 200, "hi", "image/png"},
		{"no type", `{"statusCode":200,"body":"x"}`, 200, "x", "text/plain;charset=UTF-8"},
		{"no body", `{"statusCode":204}`, 204, "", ""},
		{"no status: the payload is the body", `{"a":1}`, 200, `{"a":1}`, "application/json"},
		{"a string: the payload is the body", `"hi"`, 200, `"hi"`, "application/json"},
		{"no JSON", `nonsense`, 500, `{"message":"Internal Server Error"}`, "application/json"},
		{"a status that is no number", `{"statusCode":"x"}`, 500, `{"message":"Internal Server Error"}`, "application/json"},
		{"a status that HTTP has not", `{"statusCode":99}`, 500, `{"message":"Internal Server Error"}`, "application/json"},
		{"broken base64", `{"statusCode":200,"isBase64Encoded":true,"body":"*"}`, 500, `{"message":"Internal Server Error"}`, "application/json"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			status := answer(w, "GET", lambda.Outcome{Payload: []byte(c.payload)})
			if status != c.status || w.Code != c.status || w.Body.String() != c.body || w.Header().Get("Content-Type") != c.kind {
				t.Errorf("%d %d %q %q", status, w.Code, w.Body, w.Header().Get("Content-Type"))
			}
		})
	}
}

func TestARequestThatIsNotLetInReachesNoFunction(t *testing.T) {
	f := &lambda.Function{Spec: template.Function{Name: "none", Routes: []template.Route{{Method: "ANY", Path: "/x"}}}}
	f.Close()
	requests := xray.New()
	g := New([]*lambda.Function{f}, requests, &lambda.Admission{}, t.Errorf)
	w := httptest.NewRecorder()
	g.ServeHTTP(w, httptest.NewRequest("POST", "/x", nil))
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || len(requests.Newest()) != 0 {
		t.Errorf("%d %v; %v", w.Code, w.Header(), requests.Newest())
	}
}
