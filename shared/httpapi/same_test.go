package httpapi

import (
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
)

// ask reads what a site answers, with headers in pairs.
func ask(t *testing.T, s *site, method, path string, headers ...string) (*http.Response, string) {
	t.Helper()
	r := request(method, path, "")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w, _ := s.do(r)
	answer := w.Result()
	var body io.Reader = answer.Body
	if answer.Header.Get("Content-Encoding") == "gzip" {
		unpacked, err := gzip.NewReader(body)
		if err != nil {
			t.Fatal(err)
		}
		body = unpacked
	}
	text, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(text)
}

func sameSite() *site {
	s := newSite(fine)
	s.Public("GET /v1/same", Same(func() map[string]string { return map[string]string{"a": "b"} }))
	return s
}

func TestAnAnswerForEverybodyIsPackedForThoseWhoTakeIt(t *testing.T) {
	for name, c := range map[string]struct {
		headers []string
		coding  string
	}{
		"nothing asked":           {nil, ""},
		"gzip among others":       {[]string{"Accept-Encoding", "br, gzip"}, "gzip"},
		"gzip in a second header": {[]string{"Accept-Encoding", "br", "Accept-Encoding", "gzip"}, "gzip"},
		"no gzip":                 {[]string{"Accept-Encoding", "gzip;q=0"}, ""},
		"another coding":          {[]string{"Accept-Encoding", "br"}, ""},
	} {
		answer, text := ask(t, sameSite(), "GET", "/v1/same", c.headers...)
		if answer.StatusCode != 200 || text != `{"a":"b"}` || answer.Header.Get("Content-Encoding") != c.coding || answer.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: %d %s with %v", name, answer.StatusCode, text, answer.Header)
		}
		if answer.Header.Get("Vary") != "Accept-Encoding" || answer.Header.Get("Cache-Control") != "public, max-age=300" {
			t.Errorf("%s: a cache would hand it on to the wrong client: %v", name, answer.Header)
		}
	}
}

func TestAnAnswerForEverybodyIsNotSentTwice(t *testing.T) {
	plain, _ := ask(t, sameSite(), "GET", "/v1/same")
	packed, _ := ask(t, sameSite(), "GET", "/v1/same", "Accept-Encoding", "gzip")
	tag, packedTag := plain.Header.Get("ETag"), packed.Header.Get("ETag")
	if tag == packedTag || strings.HasPrefix(tag, "W/") {
		t.Fatalf("tags %s and %s: a strong one is for one sequence of bytes", tag, packedTag)
	}
	for _, c := range []struct {
		name    string
		method  string
		headers []string
		status  int
	}{
		{"the tag", "GET", []string{"If-None-Match", tag}, 304},
		{"the tag as a weak one", "GET", []string{"If-None-Match", "W/" + tag}, 304},
		{"a list with it", "GET", []string{"If-None-Match", `"x", W/` + tag + `,"y"`}, 304},
		{"it in a second header", "GET", []string{"If-None-Match", `"x"`, "If-None-Match", tag}, 304},
		{"whatever there is", "GET", []string{"If-None-Match", "*"}, 304},
		{"the tag, for HEAD", "HEAD", []string{"If-None-Match", tag}, 304},
		{"the tag of the packed form, by who takes it packed", "GET", []string{"If-None-Match", packedTag, "Accept-Encoding", "gzip"}, 304},
		{"the tag of the packed form, by who takes it plain", "GET", []string{"If-None-Match", packedTag}, 200},
		{"the tag of the plain form, by who takes it packed", "GET", []string{"If-None-Match", tag, "Accept-Encoding", "gzip"}, 200},
		{"another tag", "GET", []string{"If-None-Match", `"x"`}, 200},
		{"the tag without quotes", "GET", []string{"If-None-Match", strings.Trim(tag, `"`)}, 200},
		{"nothing", "GET", []string{"If-None-Match", ""}, 200},
		{"a part of it: it comes whole", "GET", []string{"Range", "bytes=0-2"}, 200},
	} {
		answer, text := ask(t, sameSite(), c.method, "/v1/same", c.headers...)
		if answer.StatusCode != c.status || (text == "") != (c.status == 304) {
			t.Errorf("%s: %d with %q", c.name, answer.StatusCode, text)
		}
		h := answer.Header
		if h.Get("ETag") == "" || h.Get("Vary") != "Accept-Encoding" || h.Get("Cache-Control") != "public, max-age=300" {
			t.Errorf("%s: %d without what a cache needs: %v", c.name, answer.StatusCode, h)
		}
		if c.status == 304 && (h.Get("Content-Type") != "" || h.Get("Content-Encoding") != "") {
			t.Errorf("%s: 304 describes a body: %v", c.name, h)
		}
	}
}

func TestAnAnswerAboutAPersonIsNotSentTwiceEither(t *testing.T) {
	s := newSite(fine)
	tagged := JSON(http.StatusOK, func(_ context.Context, c *Call, _ None) (thing, error) {
		c.SetHeader("ETag", `"7"`)
		return thing{"x"}, nil
	})
	s.Public("GET /v1/mine", tagged)
	s.Public("PUT /v1/mine", tagged)
	for _, c := range []struct {
		name, method, tags string
		status             int
	}{
		{"the tag", "GET", `"7"`, 304},
		{"a weak tag", "GET", `"6", W/"7"`, 304},
		{"whatever there is", "HEAD", "*", 304},
		{"an older tag", "GET", `"6"`, 200},
		{"a write answers what it wrote", "PUT", `"7"`, 200},
	} {
		answer, text := ask(t, s, c.method, "/v1/mine", "If-None-Match", c.tags)
		if answer.StatusCode != c.status || (text == "") != (c.status == 304) || answer.Header.Get("ETag") != `"7"` || answer.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %q %v", c.name, answer.StatusCode, text, answer.Header)
		}
	}
}
