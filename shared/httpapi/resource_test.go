package httpapi

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestAPathIsFoundFirstAndThenItsMethod(t *testing.T) {
	site := newSite(fine)
	said := func(what string) http.Handler {
		return JSON(http.StatusOK, func(_ context.Context, c *Call, _ None) (map[string]string, error) {
			return map[string]string{"said": what, "id": c.Path("id")}, nil
		})
	}
	site.Public("GET /v1/jobs/{id}", said("one"))
	site.Public("DELETE /v1/jobs/{id}", said("removed"))
	site.Public("POST /v1/jobs/new", said("new"))
	site.Public("HEAD /v1/heads", said("head"))
	for _, c := range []struct {
		name, method, path string
		status             int
		said, id, allow    string
	}{
		{"a path with a name in it", "GET", "/v1/jobs/7", 200, "one", "7", ""},
		{"another method of it", "DELETE", "/v1/jobs/7", 200, "removed", "7", ""},
		{"HEAD is answered by GET", "HEAD", "/v1/jobs/7", 200, "one", "7", ""},
		{"a literal path is not an id", "POST", "/v1/jobs/new", 200, "new", "", ""},
		{"nor with a method that it does not know", "GET", "/v1/jobs/new", 405, "", "", "POST"},
		{"nor with HEAD", "HEAD", "/v1/jobs/new", 405, "", "", "POST"},
		{"what a path knows is said in order, HEAD with GET", "PUT", "/v1/jobs/7", 405, "", "", "DELETE, GET, HEAD"},
		{"OPTIONS is a method like another: no other site may call", "OPTIONS", "/v1/jobs/7", 405, "", "", "DELETE, GET, HEAD"},
		{"methods have their case", "get", "/v1/jobs/7", 405, "", "", "DELETE, GET, HEAD"},
		{"HEAD alone does not make GET", "GET", "/v1/heads", 405, "", "", "HEAD"},
		{"HEAD of its own comes first", "HEAD", "/v1/heads", 200, "head", "", ""},
		{"below a path is another one", "GET", "/v1/jobs/7/x", 404, "", "", ""},
		{"above too", "GET", "/v1/jobs", 404, "", "", ""},
		{"an unknown path is 404 whatever the method", "PUT", "/v1/none", 404, "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, body := site.do(request(c.method, c.path, ""))
			text := func(name string) string { s, _ := body[name].(string); return s }
			if w.Code != c.status || text("said") != c.said || text("id") != c.id || w.Header().Get("Allow") != c.allow {
				t.Errorf("%d %s, Allow %q", w.Code, w.Body, w.Header().Get("Allow"))
			}
		})
	}
}

func TestARouteTwiceStopsTheStart(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("accepted")
		}
	}()
	a := New(Config{PublicURL: origin, Now: time.Now})
	a.Public("GET /v1/x", http.NotFoundHandler())
	a.Public("GET /v1/x", http.NotFoundHandler())
}

// The log names the route that answers: a HEAD is a GET there, and a refused method no route.
func TestTheLogNamesTheRouteThatAnswers(t *testing.T) {
	for method, want := range map[string]string{"GET": `"route":"GET /v1/nothing"`, "HEAD": `"method":"HEAD","route":"GET /v1/nothing"`, "PUT": `"route":""`} {
		s := newSite(fine)
		s.do(request(method, "/v1/nothing", ""))
		if !strings.Contains(s.log.String(), want) {
			t.Errorf("%s: %s", method, s.log.String())
		}
	}
}
