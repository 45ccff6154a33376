package cost

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

const often = 100 * time.Millisecond

// Seen is what people asked a local run at origin for since then, and the events that followed. It waits until nothing runs any more and every
// document has its pictures, and errors where ctx ends before.
func Seen(ctx context.Context, origin string, since time.Time) ([]Request, error) {
	tick := time.NewTicker(often)
	defer tick.Stop()
	for {
		all, settled, err := look(ctx, origin, since)
		if err != nil || settled {
			return all, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("events still run: %w", ctx.Err())
		case <-tick.C:
		}
	}
}

func look(ctx context.Context, origin string, since time.Time) (seen []Request, settled bool, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, origin+"/_local/requests", nil)
	if err != nil {
		return nil, false, err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, false, err
	}
	defer answer.Body.Close()
	var all []struct {
		Request
		At time.Time
	}
	if err := json.NewDecoder(answer.Body).Decode(&all); err != nil {
		return nil, false, fmt.Errorf("%s/_local/requests: %w", origin, err)
	}
	running, waiting := 0, 0
	for _, r := range all {
		if r.At.Before(since) || r.Method == "SCHEDULE" {
			continue
		}
		seen = append(seen, r.Request)
		switch {
		case r.Status == 0:
			running++
		case r.Function == "render":
			waiting--
		case strings.HasSuffix(r.Path, "/complete"):
			waiting++
		}
	}
	return seen, running == 0 && waiting <= 0, nil
}
