package spent

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"
)

type clock struct{ now time.Time }

func (c *clock) read() time.Time         { return c.now }
func (c *clock) passes(ms time.Duration) { c.now = c.now.Add(ms * time.Millisecond) }

func TestWhatARequestWaitsForIsToldByDependency(t *testing.T) {
	tests := []struct {
		name string
		do   func(ctx context.Context, c *clock)
		want string
	}{
		{"nothing was called", func(context.Context, *clock) {}, ``},
		{"one after the other adds up", func(ctx context.Context, c *clock) {
			for range 2 {
				done := On(ctx, "dynamodb")
				c.passes(20)
				done()
				c.passes(100)
			}
		}, `"spent":{"dynamodb":{"calls":2,"ms":40}}`},
		{"side by side counts once", func(ctx context.Context, c *clock) {
			one := On(ctx, "dynamodb")
			c.passes(10)
			two := On(ctx, "dynamodb")
			c.passes(10)
			one()
			c.passes(10)
			two()
		}, `"spent":{"dynamodb":{"calls":2,"ms":30}}`},
		{"each by itself, in the order of names", func(ctx context.Context, c *clock) {
			defer On(ctx, "ses")()
			c.passes(5)
			done := On(ctx, "dynamodb")
			c.passes(5)
			done()
			c.passes(5)
		}, `"spent":{"dynamodb":{"calls":1,"ms":5},"ses":{"calls":1,"ms":15}}`},
		{"what was left running counts until now", func(ctx context.Context, c *clock) {
			On(ctx, "captcha")
			c.passes(7)
		}, `"spent":{"captcha":{"calls":1,"ms":7}}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := &clock{time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC)}
			ctx, times := Track(t.Context(), c.read)
			test.do(ctx, c)
			var out bytes.Buffer
			slog.New(slog.NewJSONHandler(&out, nil)).Info("request", "spent", times)
			if got := out.String(); !strings.Contains(got, test.want) || test.want == "" && strings.Contains(got, "spent") {
				t.Errorf("%s", got)
			}
		})
	}
}

func TestWithoutARequestNothingIsMeasuredAndNothingBreaks(t *testing.T) {
	On(t.Context(), "dynamodb")()
}
