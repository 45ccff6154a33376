package apigw_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"phonon.in/central/shared/apigw"
)

// The events of testdata: documented-format-2.0 is the example of API Gateway's developer guide, documented-real-request an event
// recorded by aws-lambda-go's own tests, and sam-local-* are what `sam local start-api` 1.x handed to the functions of this project.
// A client of sam local differs from one of AWS in three ways: names of headers are not in lower case, Cookie is among the headers
// as well, and the path is decoded.
func TestRecordedEventsAreTheRequestsThatWereSent(t *testing.T) {
	type want struct{ method, uri, host, address, id, cookie, body string }
	rows := map[string]want{
		"documented-format-2.0": {"POST", "/my/path?parameter1=value1&parameter1=value2&parameter2=value", "", "192.0.2.1", "id",
			"cookie1; cookie2", "Hello from Lambda"},
		"documented-real-request": {"GET", "/", "aaaaaaaaaa.execute-api.us-west-2.amazonaws.com", "1.2.3.4", "LV7fzho-PHcEJPw=", "", ""},
		"sam-local-body": {"POST", "/v1/password/strength", "127.0.0.1:4500", "127.0.0.1", "322b0aaf-5422-4d56-9e28-d2e1c9c4fb21", "",
			`{"password":"कखग ä"}`},
		"sam-local-cookies": {"GET", "/v1/account", "127.0.0.1:4500", "127.0.0.1", "322b0aaf-5422-4d56-9e28-d2e1c9c4fb21",
			"__Host-session=abc; other=1; third=q", ""},
		"sam-local-escaped-path": {"GET", "/assets/a/b%20c", "127.0.0.1:4500", "127.0.0.1", "322b0aaf-5422-4d56-9e28-d2e1c9c4fb21", "", ""},
		"sam-local-head":         {"HEAD", "/login", "127.0.0.1:4500", "127.0.0.1", "322b0aaf-5422-4d56-9e28-d2e1c9c4fb21", "", ""},
		"sam-local-query": {"GET", "/v1/kyc/requirements?entity_type=company&entity_type=b&x=a%2Bb+c%20d&empty=&flag", "127.0.0.1:4500", "127.0.0.1",
			"322b0aaf-5422-4d56-9e28-d2e1c9c4fb21", "", ""},
	}
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) != len(rows) {
		t.Fatalf("%d events for %d rows, %v", len(files), len(rows), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		t.Run(name, func(t *testing.T) {
			event, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var got want
			var host []string
			answer := invoke(t, func(w http.ResponseWriter, r *http.Request) {
				s := look(r)
				got = want{s.Method, r.RequestURI, s.Host, r.RemoteAddr, apigw.RequestID(r.Context()), strings.Join(r.Header["Cookie"], " AND "), s.Body}
				host = r.Header["Host"]
				w.WriteHeader(http.StatusNoContent)
			}, string(event))
			if got != rows[name] || host != nil {
				t.Errorf("the handler saw\n %+v\nand not\n %+v; Host among the headers: %q", got, rows[name], host)
			}
			if answer.StatusCode != http.StatusNoContent {
				t.Errorf("answered %d", answer.StatusCode)
			}
		})
	}
}
