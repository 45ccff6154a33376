package httpapi

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestAnAnswerForEverybodyIsPackedAndNotSentTwice(t *testing.T) {
	h := Same(map[string]string{"a": "b"})
	ask := func(headers ...string) *http.Response {
		r := httptest.NewRequest(http.MethodGet, "/v1/same", nil)
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Result()
	}
	plain := ask()
	text, _ := io.ReadAll(plain.Body)
	if string(text) != `{"a":"b"}` || plain.Header.Get("Content-Encoding") != "" || plain.Header.Get("Content-Type") != "application/json" || plain.Header.Get("Vary") != "Accept-Encoding" {
		t.Errorf("%s with %v", text, plain.Header)
	}
	packed := ask("Accept-Encoding", "br, gzip")
	unpacked, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := io.ReadAll(unpacked); string(again) != string(text) || packed.Header.Get("Content-Encoding") != "gzip" {
		t.Errorf("unpacked it is %s", again)
	}
	known := ask("If-None-Match", plain.Header.Get("ETag"))
	if body, _ := io.ReadAll(known.Body); known.StatusCode != http.StatusNotModified || len(body) > 0 {
		t.Errorf("what is known is answered %d with %d bytes", known.StatusCode, len(body))
	}
}
