package inspector

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"phonon.in/central/cmd/local/capture"
)

func TestOtherSitesCannotReadOrPostToWhatIsShown(t *testing.T) {
	box, err := capture.OpenBox(filepath.Join(t.TempDir(), "messages"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	inspect := &Inspector{Box: box}
	s := httptest.NewServer(inspect.Beside(http.NotFoundHandler()))
	defer s.Close()
	for _, c := range []struct {
		name         string
		host, origin string
		status       int
	}{
		{"its own page may", "", s.URL, 200},
		{"a program may", "", "", 200},
		{"another site may not", "", "https://evil.example", 403},
		{"another name for this machine may not", "evil.example", "", 403},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, _ := http.NewRequest("GET", s.URL+"/_local/messages", nil)
			if c.host != "" {
				r.Host = c.host
			}
			if c.origin != "" {
				r.Header.Set("Origin", c.origin)
			}
			resp, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != c.status {
				t.Errorf("status %d", resp.StatusCode)
			}
		})
	}
}

func TestWhatIsBesideLocalReachesTheGatewayAsItCame(t *testing.T) {
	var came []string
	handler := (&Inspector{Run: "a run"}).Beside(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { came = append(came, r.URL.Path) }))
	ask := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "/", nil)
		r.URL.Path, r.Host = path, "127.0.0.1"
		handler.ServeHTTP(w, r)
		return w
	}
	for _, path := range []string{"/", "//a/../b", "/_localhost", "/v1//x/"} {
		ask(path)
	}
	if want := []string{"/", "//a/../b", "/_localhost", "/v1//x/"}; !slices.Equal(came, want) {
		t.Errorf("the gateway saw %q, not %q", came, want)
	}
	for path, says := range map[string]string{"/_local": "<!doctype html>", "/_local/": "<!doctype html>", "/_local/run": "a run"} {
		if w := ask(path); w.Code != 200 || !strings.Contains(strings.ToLower(w.Body.String()), says) || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %.80s", path, w.Code, w.Body)
		}
	}
	if len(came) != 4 {
		t.Errorf("the gateway saw %q", came)
	}
}
