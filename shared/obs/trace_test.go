package obs

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"
)

// invoked is a context as aws-lambda-go makes it.
func invoked(t *testing.T, header string) context.Context {
	//lint:ignore SA1029 the key is not ours
	return context.WithValue(t.Context(), "x-amzn-trace-id", header)
}

func TestWhatAnInvocationLogsHasItsTrace(t *testing.T) {
	tests := []struct {
		name string
		ctx  context.Context
		want any
	}{
		{"the root of Lambda's header", invoked(t, "Root=1-5759e988-bd862e3f;Parent=53995c3f;Sampled=1"), "1-5759e988-bd862e3f"},
		{"a header without a root has none", invoked(t, "Sampled=0"), nil},
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
