package secret

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/smithy-go"
)

// manager answers the n-th call, counted from 1.
func manager(t *testing.T, answer func(w http.ResponseWriter, n int)) (calls *int) {
	t.Helper()
	calls = new(int)
	serve(t, func(w http.ResponseWriter, _ *http.Request) {
		*calls++
		answer(w, *calls)
	})
	return calls
}

func serve(t *testing.T, h http.HandlerFunc) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	t.Setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", server.URL)
	t.Setenv("AWS_REGION", "ap-south-1")
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDTEST")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
}

func fail(w http.ResponseWriter, status int, body string) {
	w.WriteHeader(status)
	io.WriteString(w, body)
}

func TestACallThatWasRefusedForNowIsRepeated(t *testing.T) {
	for name, refuse := range map[string]func(http.ResponseWriter){
		"throttled": func(w http.ResponseWriter) {
			fail(w, 400, `{"__type":"ThrottlingException","message":"Rate exceeded"}`)
		},
		"a fault of the service": func(w http.ResponseWriter) {
			fail(w, 500, `{"__type":"com.amazonaws.secretsmanager#InternalServiceError"}`)
		},
		"a gateway":              func(w http.ResponseWriter) { fail(w, 502, "<html>") },
		"a connection that ends": func(http.ResponseWriter) { panic(http.ErrAbortHandler) },
		"half an answer": func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "100")
			io.WriteString(w, `{"Secret`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			calls := manager(t, func(w http.ResponseWriter, n int) {
				if n == 1 {
					refuse(w)
					return
				}
				io.WriteString(w, `{"SecretString":"s"}`)
			})
			if text, err := get(t.Context(), "id"); err != nil || text != "s" || *calls != 2 {
				t.Errorf("%q, %v after %d calls", text, err, *calls)
			}
		})
	}
}

func TestACallThatWasRefusedForGoodIsNotRepeatedAndSaysWhy(t *testing.T) {
	for _, row := range []struct{ code, body string }{
		{"AccessDeniedException", `{"__type":"AccessDeniedException","Message":"no identity-based policy allows it"}`},
		{"ResourceNotFoundException", `{"__type":"com.amazonaws.secretsmanager#ResourceNotFoundException","message":"no identity-based policy allows it"}`},
		{"UnknownError", "<html>"},
	} {
		calls := manager(t, func(w http.ResponseWriter, _ int) { fail(w, 400, row.body) })
		_, err := get(t.Context(), "id")
		var said smithy.APIError
		if !errors.As(err, &said) || said.ErrorCode() != row.code || *calls != 1 {
			t.Errorf("%s: %v after %d calls", row.code, err, *calls)
		}
		if strings.HasPrefix(row.body, "{") && !strings.Contains(err.Error(), "no identity-based policy") {
			t.Errorf("%s: %v does not say why", row.code, err)
		}
	}
}

func TestAfterTheDeadlineNothingIsRepeated(t *testing.T) {
	calls := manager(t, func(w http.ResponseWriter, _ int) { fail(w, 500, "{}") })
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	<-ctx.Done()
	if _, err := get(ctx, "id"); !errors.Is(err, context.DeadlineExceeded) || *calls != 0 {
		t.Errorf("%v after %d calls", err, *calls)
	}
}

func TestTheSecondSecretComesOverTheConnectionOfTheFirst(t *testing.T) {
	var connections []string
	serve(t, func(w http.ResponseWriter, r *http.Request) {
		connections = append(connections, r.RemoteAddr)
		io.WriteString(w, `{"SecretString":"{\"current\":\"0123456789012345678901234567890123\"}"}`)
	})
	if _, err := Read(t.Context(), "app"); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadSigning(t.Context(), "signing"); err != nil {
		t.Fatal(err)
	}
	if len(connections) != 2 || connections[0] != connections[1] {
		t.Errorf("connections %q", connections)
	}
}
