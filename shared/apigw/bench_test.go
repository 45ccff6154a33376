package apigw_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/apigw"
	"phonon.in/central/shared/httpapi"
)

type echo struct {
	Email    string `json:"email"`
	Password string `json:"password"`
	Captcha  string `json:"captcha"`
	Terms    struct {
		Version  string `json:"version"`
		Accepted bool   `json:"accepted"`
	} `json:"terms"`
}

// The edge alone, bytes of an event in and bytes of an answer out: an event of 2 KB with a body of 1 KB.
func BenchmarkEdge(b *testing.B) {
	api := httpapi.New(httpapi.Config{PublicURL: "https://central.test", Now: time.Now, Log: slog.New(slog.NewJSONHandler(io.Discard, nil))})
	api.Public("POST /v1/signup", httpapi.JSON(http.StatusOK, func(_ context.Context, _ *httpapi.Call, in echo) (echo, error) { return in, nil }))
	body := `{"email":"ada@example.com","password":"a long pass phrase","captcha":"` + strings.Repeat("x", 850) + `","terms":{"version":"2026-11-01","accepted":true}}`
	event, err := json.Marshal(map[string]any{
		"version": "2.0", "routeKey": "POST /v1/signup", "rawPath": "/v1/signup", "rawQueryString": "", "cookies": []string{"a=b"},
		"headers": map[string]string{
			"accept": "application/json", "accept-encoding": "gzip, br", "accept-language": "hi-IN,en", "content-type": "application/json",
			"host": "central.test", "origin": "https://central.test", "sec-fetch-site": "same-origin", "x-forwarded-for": "192.0.2.7",
			"user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36", "x-forwarded-proto": "https", "x-forwarded-port": "443",
		},
		"requestContext": map[string]any{
			"accountId": "123456789012", "apiId": "abc", "stage": "$default", "requestId": "r-1", "timeEpoch": 1,
			"http": map[string]string{"method": "POST", "path": "/v1/signup", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.7", "userAgent": "x"},
		},
		"body": body, "isBase64Encoded": false,
	})
	if err != nil {
		b.Fatal(err)
	}
	h := apigw.Wrap(api)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h.Invoke(b.Context(), event); err != nil {
			b.Fatal(err)
		}
	}
}
