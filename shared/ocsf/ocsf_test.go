package ocsf

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"maps"
	"slices"
	"testing"
	"time"
)

// The required attributes of the classes are those of schema.ocsf.io, and type_uid is class_uid * 100 + activity_id there.
func TestAnEventIsAsTheSchemaNamesIt(t *testing.T) {
	at := time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC)
	tests := []struct {
		name  string
		event Event
		want  map[string]any
		not   string
	}{
		{"a log-in", Event{Kind: Logon, At: at, Account: "a1", Request: "r1"}, map[string]any{
			"class_uid": 3002., "class_name": "Authentication", "category_uid": 3., "activity_id": 1., "activity_name": "Logon", "type_uid": 300201.,
			"severity_id": 1., "severity": "Informational", "status_id": 1., "status": "Success", "user": map[string]any{"uid": "a1"},
		}, "status_code"},
		{"a refused log-in says why", Event{Kind: Logon, At: at, Failed: true, Code: "credentials_wrong"}, map[string]any{
			"type_uid": 300201., "severity_id": 3., "severity": "Medium", "status_id": 2., "status": "Failure", "status_code": "credentials_wrong",
		}, "user"},
		{"what the schema has no name for is other", Event{Kind: PhoneProof, At: at}, map[string]any{"activity_id": 99., "activity_name": "Phone Proof", "type_uid": 300299.}, "status_code"},
		{"a finding is severe, and has what is its own", Event{Kind: Found, At: at, More: []slog.Attr{slog.String("network", "n")}}, map[string]any{
			"class_uid": 2004., "category_uid": 2., "type_uid": 200401., "severity_id": 4., "severity": "High", "network": "n",
		}, "user"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			test.event.Log(t.Context(), slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelError})))
			var got map[string]any
			if err := json.Unmarshal(out.Bytes(), &got); err != nil {
				t.Fatalf("%s: %v", out.Bytes(), err)
			}
			for name, want := range test.want {
				if g, w := text(t, got[name]), text(t, want); g != w {
					t.Errorf("%s is %s, not %s", name, g, w)
				}
			}
			if _, there := got[test.not]; there {
				t.Errorf("%s is there: %v", test.not, got)
			}
			if got["time"] != "2026-11-26T10:00:00Z" || got["metadata"] == nil {
				t.Errorf("%v", slices.Sorted(maps.Keys(got)))
			}
		})
	}
}

func text(t *testing.T, v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
