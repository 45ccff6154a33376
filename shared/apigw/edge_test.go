package apigw_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"phonon.in/central/shared/apigw"
	"phonon.in/central/shared/token"
)

func TestOnlyWhatCameThroughTheEdgeIsAnswered(t *testing.T) {
	const secret = "0123456789abcdef0123456789abcdef"
	for _, c := range []struct{ name, secret, headers, address string }{
		{"CloudFront names the client", secret, `"x-edge-secret":"` + secret + `","cloudfront-viewer-address":"198.51.100.9:46532"`, "198.51.100.9"},
		{"a client with IPv6", secret, `"x-edge-secret":"` + secret + `","cloudfront-viewer-address":"2001:db8::7:46532"`, "2001:db8::7"},
		{"a client with IPv6 in full", secret, `"x-edge-secret":"` + secret + `","cloudfront-viewer-address":"2001:db8:0:0:0:0:0:7:443"`, "2001:db8::7"},
		{"around the edge", secret, `"accept":"*/*"`, ""},
		{"around the edge, with an address of its own", secret, `"cloudfront-viewer-address":"198.51.100.9:1"`, ""},
		{"a wrong secret", secret, `"x-edge-secret":"` + secret[1:] + `","cloudfront-viewer-address":"198.51.100.9:1"`, ""},
		{"an empty secret", secret, `"x-edge-secret":"","cloudfront-viewer-address":"198.51.100.9:1"`, ""},
		{"two secrets", secret, `"x-edge-secret":"` + secret + `,x","cloudfront-viewer-address":"198.51.100.9:1"`, ""},
		{"the secret without an address", secret, `"x-edge-secret":"` + secret + `"`, ""},
		{"the secret with what is no address", secret, `"x-edge-secret":"` + secret + `","cloudfront-viewer-address":"somebody:1"`, ""},
		{"no edge: API Gateway's word counts", "", `"accept":"*/*"`, "192.0.2.7"},
		{"no edge: what a client says of itself does not", "", `"x-edge-secret":"","cloudfront-viewer-address":"198.51.100.9:1"`, "192.0.2.7"},
	} {
		t.Run(c.name, func(t *testing.T) {
			address := ""
			h := apigw.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				address = r.RemoteAddr
				if text := fmt.Sprint(r.Header); strings.Contains(text, secret[1:]) || strings.Contains(text, "Viewer") {
					t.Errorf("the handler sees %s", text)
				}
			})).Behind(token.NewSecret(c.secret))
			out, err := h.Invoke(t.Context(), []byte(`{"rawPath":"/","headers":{`+c.headers+`},"requestContext":{"http":{"method":"GET","sourceIp":"192.0.2.7"}}}`))
			if err != nil {
				t.Fatal(err)
			}
			var answer struct {
				StatusCode int
				Headers    map[string]string
				Body       string
			}
			if err := json.Unmarshal(out, &answer); err != nil {
				t.Fatal(err)
			}
			if address != c.address {
				t.Errorf("the client is %q, want %q", address, c.address)
			}
			if refused := answer.StatusCode == 403 && strings.Contains(answer.Body, `"not_through_edge"`) && answer.Headers["content-type"] == "application/problem+json"; refused != (c.address == "") {
				t.Errorf("answered %s", out)
			}
		})
	}
}
