// Package obs writes what operators read: JSON log lines, and metrics inside of them.
package obs

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"os"
	"time"
)

// Setup makes the process log JSON lines to w at the level that LOG_LEVEL names (INFO when it names none).
func Setup(w io.Writer, function string) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(os.Getenv("LOG_LEVEL"))); err != nil {
		level = slog.LevelInfo
	}
	log := slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level})).With("service", function)
	slog.SetDefault(log)
	return log
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
