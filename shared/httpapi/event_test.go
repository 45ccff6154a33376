package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/ocsf"
)

func TestASecurityEventIsAProofThatWasTakenOrRefused(t *testing.T) {
	tests := []struct {
		name   string
		denied bool
		err    error
		want   map[string]string // attributes of the event; none: there is none
	}{
		{name: "a proof that was taken", want: map[string]string{"activity_name": "Logon", "status": "Success", "status_code": ""}},
		{name: "a wrong password", err: fault.New(fault.Unauthenticated, "credentials_wrong", "-"), want: map[string]string{"status": "Failure", "status_code": "credentials_wrong"}},
		{name: "a link that was used", err: fault.New(fault.Gone, "link_used", "-"), want: map[string]string{"status": "Failure", "status_code": "link_used"}},
		{name: "a wrong code", err: fault.At("/code", "code_wrong", "-"), want: map[string]string{"status": "Failure", "status_code": "code_wrong"}},
		{name: "what there is no right to, though it is not said", denied: true, err: fault.New(fault.NotFound, "case_unknown", "-"),
			want: map[string]string{"activity_name": "Assign Privileges", "status": "Failure", "status_code": "case_unknown"}},
		{name: "a limit is none, or a wave would be a thousand events", err: fault.New(fault.TooMany, "too_many_requests", "-")},
		{name: "a field that is not right is none", err: fault.At("/email", "email_invalid", "-")},
		{name: "a dependency that is down is none", err: fault.Down(context.DeadlineExceeded)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newSite(fine)
			s.Public("POST /v1/proof", Event(ocsf.Logon, JSON(http.StatusNoContent, func(_ context.Context, c *Call, _ None) (None, error) {
				c.About(account.ID("a1"))
				if test.denied {
					c.Denied()
				}
				return None{}, test.err
			})))
			s.do(request("POST", "/v1/proof", "", "Content-Type", ""))
			lines := strings.Split(strings.TrimSpace(s.log.String()), "\n")
			if test.want == nil {
				if len(lines) != 1 {
					t.Errorf("%s", s.log.String())
				}
				return
			}
			if len(lines) != 2 {
				t.Fatalf("%s", s.log.String())
			}
			var got map[string]any
			if err := json.Unmarshal([]byte(lines[1]), &got); err != nil {
				t.Fatal(err)
			}
			for name, want := range test.want {
				if text, _ := got[name].(string); text != want {
					t.Errorf("%s is %q, not %q", name, text, want)
				}
			}
			if user, _ := got["user"].(map[string]any); user["uid"] != "a1" {
				t.Errorf("it is about %v", got["user"])
			}
		})
	}
}
