package apigw_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"phonon.in/central/shared/apigw"
	"phonon.in/central/shared/token"
)

const (
	newer = "0123456789abcdef0123456789abcdef"
	older = "fedcba9876543210fedcba9876543210"
)

// asked sends one event and returns the answer's status, its code, and the address of the client that the handler saw ("" if it saw nothing).
func asked(t *testing.T, edge *apigw.Edge, headers string) (status int, code, address string) {
	t.Helper()
	h := apigw.Wrap(edge.Before(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		address = r.RemoteAddr
		if text := fmt.Sprint(r.Header); strings.Contains(text, newer[1:]) || strings.Contains(text, older[1:]) || strings.Contains(text, "Viewer") {
			t.Errorf("the handler sees %s", text)
		}
	})))
	out, err := h.Invoke(t.Context(), []byte(`{"rawPath":"/","headers":{`+headers+`},"requestContext":{"http":{"method":"GET","sourceIp":"192.0.2.7"}}}`))
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
	if answer.StatusCode >= 400 {
		var problem struct{ Code string }
		if err := json.Unmarshal([]byte(answer.Body), &problem); err != nil || answer.Headers["content-type"] != "application/problem+json" {
			t.Errorf("answered %s", out)
		}
		code = problem.Code
	}
	return answer.StatusCode, code, address
}

func edge(t *testing.T, mode string, secrets apigw.EdgeSecrets) *apigw.Edge {
	t.Helper()
	e, err := apigw.NewEdge(mode, "arn:of-the-secret", secrets)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func both(context.Context, string) ([]token.Secret, error) {
	return []token.Secret{token.NewSecret(newer), token.NewSecret(older)}, nil
}

func one(context.Context, string) ([]token.Secret, error) {
	return []token.Secret{token.NewSecret(newer), token.NewSecret("")}, nil
}

func TestWhoCameThroughTheEdgeIsKnownAndWhoWentAroundItIsNot(t *testing.T) {
	through := func(secret, viewer string) string {
		return `"x-edge-secret":"` + secret + `","cloudfront-viewer-address":"` + viewer + `"`
	}
	const around, refused = "192.0.2.7", ""
	for _, c := range []struct {
		name, headers   string
		off, open, onto string // the address of the client in each mode
	}{
		{"CloudFront names the client", through(newer, "198.51.100.9:46532"), around, "198.51.100.9", "198.51.100.9"},
		{"with the secret that is being replaced", through(older, "198.51.100.9:46532"), around, "198.51.100.9", "198.51.100.9"},
		{"a client with IPv6", through(newer, "2001:db8::7:46532"), around, "2001:db8::7", "2001:db8::7"},
		{"a client with IPv6 in full", through(newer, "2001:db8:0:0:0:0:0:7:443"), around, "2001:db8::7", "2001:db8::7"},
		{"around the edge", `"accept":"*/*"`, around, around, refused},
		{"around it, with an address of its own", `"cloudfront-viewer-address":"198.51.100.9:1"`, around, around, refused},
		{"a wrong secret", through(newer[1:], "198.51.100.9:1"), around, around, refused},
		{"an empty secret", through("", "198.51.100.9:1"), around, around, refused},
		{"two secrets", through(newer+","+older, "198.51.100.9:1"), around, around, refused},
		{"the secret without an address", `"x-edge-secret":"` + newer + `"`, around, around, refused},
		{"the secret with what is no address", through(newer, "somebody:1"), around, around, refused},
	} {
		for mode, want := range map[string]string{"": c.off, "off": c.off, "open": c.open, "on": c.onto} {
			t.Run(c.name+", "+mode, func(t *testing.T) {
				status, code, address := asked(t, edge(t, mode, both), c.headers)
				if address != want {
					t.Errorf("the client is %q, want %q", address, want)
				}
				if (code == "not_through_edge" && status == 403) != (want == refused) {
					t.Errorf("answered %d %s", status, code)
				}
			})
		}
	}
	t.Run("nobody replaces the secret: nothing counts as the one before", func(t *testing.T) {
		if status, code, _ := asked(t, edge(t, "on", one), through("", "198.51.100.9:1")); code != "not_through_edge" {
			t.Errorf("answered %d %s", status, code)
		}
	})
}

func TestWhileTheSecretOfTheEdgeCannotBeReadNobodyIsTakenForAnother(t *testing.T) {
	for mode, want := range map[string]struct {
		status        int
		code, address string
	}{
		"off":  {200, "", "192.0.2.7"},
		"open": {200, "", "192.0.2.7"}, // the permission comes seconds after the setting
		"on":   {503, "temporarily_unavailable", ""},
	} {
		t.Run(mode, func(t *testing.T) {
			asks, broken := 0, true
			e := edge(t, mode, func(ctx context.Context, id string) ([]token.Secret, error) {
				if _, bounded := ctx.Deadline(); !bounded || id != "arn:of-the-secret" {
					t.Errorf("asked for %s, bounded: %v", id, bounded)
				}
				if asks++; broken {
					return nil, errors.New("denied")
				}
				return both(ctx, id)
			})
			headers := `"x-edge-secret":"` + newer + `","cloudfront-viewer-address":"198.51.100.9:1"`
			if status, code, address := asked(t, e, headers); status != want.status || code != want.code || address != want.address {
				t.Errorf("answered %d %s to %q", status, code, address)
			}
			broken = false
			for range 2 {
				if _, _, address := asked(t, e, headers); mode != "off" && address != "198.51.100.9" {
					t.Errorf("once it can be read the client is %q", address)
				}
			}
			if most := map[string]int{"off": 0, "open": 2, "on": 2}[mode]; asks != most {
				t.Errorf("asked %d times for the secret, want %d", asks, most)
			}
		})
	}
}

func TestAnEdgeThatCannotBeMeantStopsTheStart(t *testing.T) {
	for _, c := range []struct{ mode, id, says string }{
		{"yes", "arn", "EDGE"}, {"ON", "arn", "EDGE"}, {"on", "", "EDGE_SECRET_ID"}, {"open", "", "EDGE_SECRET_ID"},
	} {
		if _, err := apigw.NewEdge(c.mode, c.id, both); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s with %q: %v", c.mode, c.id, err)
		}
	}
}
