package obs

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"
)

func TestSetup(t *testing.T) {
	tests := []struct {
		name, level string
		want        []string
	}{
		{"the level is INFO unless something else is said", "", []string{"info", "error"}},
		{"an unknown level is INFO", "LOUD", []string{"info", "error"}},
		{"DEBUG shows all", "DEBUG", []string{"debug", "info", "error"}},
		{"ERROR shows errors only", "ERROR", []string{"error"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before := slog.Default()
			defer slog.SetDefault(before)
			t.Setenv("LOG_LEVEL", test.level)
			var out bytes.Buffer
			log := Setup(&out, "login")
			log.Debug("debug")
			slog.Info("info")
			log.Error("error", "text", "two\nlines \x1b[31m")
			lines := strings.Split(strings.TrimSpace(out.String()), "\n")
			if len(lines) != len(test.want) {
				t.Fatalf("%d lines: %s", len(lines), out.String())
			}
			for i, line := range lines {
				var got map[string]any
				if err := json.Unmarshal([]byte(line), &got); err != nil || got["msg"] != test.want[i] || got["service"] != "login" {
					t.Errorf("%s: %v", line, err)
				}
			}
		})
	}
}

// The line is what CloudWatch's specification of the embedded metric format asks for: "_aws" and the metric at the root, the
// time in milliseconds.
func TestCountIsAnEmbeddedMetric(t *testing.T) {
	t.Setenv("METRICS_NAMESPACE", "Central/staging")
	var out bytes.Buffer
	quiet := slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelError})).With("service", "notify")
	now := time.Date(2026, 11, 23, 10, 0, 0, 123e6, time.UTC)
	Count(t.Context(), quiet, now, "OutboxDead", 3)
	var got struct {
		AWS struct {
			Timestamp         int64
			CloudWatchMetrics []struct {
				Namespace  string
				Dimensions [][]string
				Metrics    []struct{ Name, Unit string }
			}
		} `json:"_aws"`
		OutboxDead *int
		Service    string
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.AWS.Timestamp != now.UnixMilli() || got.OutboxDead == nil || *got.OutboxDead != 3 || got.Service != "notify" || len(got.AWS.CloudWatchMetrics) != 1 {
		t.Fatalf("%s", out.Bytes())
	}
	d := got.AWS.CloudWatchMetrics[0]
	if d.Namespace != "Central/staging" || len(d.Dimensions) != 1 || len(d.Metrics) != 1 || d.Metrics[0].Name != "OutboxDead" || d.Metrics[0].Unit != "Count" {
		t.Errorf("%+v", d)
	}
}
