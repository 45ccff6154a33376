package obs

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"
)

func TestWhatAnInvocationLogsHasItsTrace(t *testing.T) {
	tests := []struct {
		name string
		ctx  context.Context
		want any
	}{
		{"the root of Lambda's header", context.WithValue(t.Context(), "x-amzn-trace-id", "Root=1-5759e988-bd862e3f;Parent=53995c3f;Sampled=1"), "1-5759e988-bd862e3f"}, //nolint:staticcheck // aws-lambda-go's own key
		{"a header without a root has none", context.WithValue(t.Context(), "x-amzn-trace-id", "Sampled=0"), nil},                                                       //nolint:staticcheck // aws-lambda-go's own key
		{"outside of an invocation there is none", t.Context(), nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			log := Setup(&out, "login").With("with", "more")
			log.InfoContext(test.ctx, "said")
			var line map[string]any
			if err := json.Unmarshal(out.Bytes(), &line); err != nil || line["trace_id"] != test.want || line["service"] != "login" || line["with"] != "more" {
				t.Errorf("%s: %v", out.Bytes(), err)
			}
		})
	}
}
