// Package obs writes what operators read: JSON log lines, and metrics inside of them.
package obs

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"
)

// Setup makes the process log JSON lines to w at the level that LOG_LEVEL names (INFO when it names none).
func Setup(w io.Writer, function string) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(os.Getenv("LOG_LEVEL"))); err != nil {
		level = slog.LevelInfo
	}
	log := slog.New(traced{slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level})}).With("service", function)
	slog.SetDefault(log)
	return log
}

// traced adds the id of the trace to what is logged for an invocation, by which X-Ray and the calls of AWS that it made are found.
type traced struct{ slog.Handler }

func (t traced) Handle(ctx context.Context, r slog.Record) error {
	if id := traceOf(ctx); id != "" {
		r.AddAttrs(slog.String("trace_id", id))
	}
	return t.Handler.Handle(ctx, r)
}

func (t traced) WithAttrs(attrs []slog.Attr) slog.Handler { return traced{t.Handler.WithAttrs(attrs)} }
func (t traced) WithGroup(name string) slog.Handler       { return traced{t.Handler.WithGroup(name)} }

// traceOf reads the root of the trace from where aws-lambda-go keeps its header: Root=1-5759e988-bd862e3fe1be46a994272793;Parent=...
func traceOf(ctx context.Context) string {
	header, _ := ctx.Value("x-amzn-trace-id").(string)
	for part := range strings.SplitSeq(header, ";") {
		if id, ok := strings.CutPrefix(part, "Root="); ok {
			return id
		}
	}
	return ""
}

type metric struct {
	Name string
	Unit string
}

type directive struct {
	Namespace  string
	Dimensions [][]string
	Metrics    []metric
}

type metadata struct {
	Timestamp         int64
	CloudWatchMetrics []directive
}

// namespace of all metrics: METRICS_NAMESPACE, such as "Central/prod".
func namespace() string { return cmp.Or(os.Getenv("METRICS_NAMESPACE"), "Central") }

// Count writes one counter as a line in CloudWatch's embedded metric format: the metric needs no call of its own. The line is
// written whatever the level of the log is.
func Count(ctx context.Context, log *slog.Logger, now time.Time, name string, n int) {
	line := slog.NewRecord(now, slog.LevelInfo, "metric", 0)
	line.AddAttrs(
		slog.Any("_aws", metadata{
			Timestamp:         now.UnixMilli(),
			CloudWatchMetrics: []directive{{namespace(), [][]string{{}}, []metric{{name, "Count"}}}},
		}),
		slog.Int(name, n))
	_ = log.Handler().Handle(ctx, line) // nowhere to tell that standard output is gone
}
