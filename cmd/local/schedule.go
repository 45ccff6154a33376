package main

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"phonon.in/central/cmd/local/id"
	"phonon.in/central/cmd/local/journal"
	"phonon.in/central/cmd/local/xray"
)

// schedule runs the functions that the template schedules.
type schedule struct {
	functions []*function
	requests  *xray.Traces
	log       *journal.Journal
	every     time.Duration // instead of what the template says, when it is not 0
}

// run fires until ctx ends.
func (s *schedule) run(ctx context.Context, running *sync.WaitGroup) {
	for _, f := range s.functions {
		for _, every := range f.spec.Schedules {
			if s.every > 0 {
				every = s.every
			}
			running.Go(func() {
				tick := time.NewTicker(every)
				defer tick.Stop()
				for {
					select {
					case <-ctx.Done():
						return
					case now := <-tick.C:
						s.fire(f, now)
					}
				}
			})
		}
	}
}

// firing is what came of one event.
type firing struct {
	Function string `json:"function"`
	Status   int    `json:"status"`
	Error    string `json:"error,omitempty"`
}

// fire runs one function with an event of EventBridge and waits for it.
func (s *schedule) fire(f *function, now time.Time) firing {
	payload, _ := json.Marshal(map[string]any{
		"version": "0", "id": id.UUID(), "detail-type": "Scheduled Event", "source": "aws.events", "account": localAccount,
		"time": now.UTC().Format(time.RFC3339), "region": localRegion,
		"resources": []string{"arn:aws:events:" + localRegion + ":" + localAccount + ":rule/central-local-" + f.spec.Name}, "detail": map[string]any{},
	})
	trace := xray.NewHeader()
	ended := s.requests.Begin(trace, xray.Request{ID: id.UUID(), At: now.UTC(), Method: "SCHEDULE", Path: "/" + f.spec.Name, Function: f.spec.Name})
	out := f.invoke(context.Background(), payload, trace)
	if out.err != nil {
		ended(http.StatusInternalServerError, out.cold)
		s.log.Wrong("%s failed at its schedule: %v", f.spec.Name, out.err)
		return firing{f.spec.Name, http.StatusInternalServerError, out.err.Error()}
	}
	ended(http.StatusOK, out.cold)
	return firing{Function: f.spec.Name, Status: http.StatusOK}
}

// fireAll runs each scheduled function once, or the one of that name, with an event of a time.
func (s *schedule) fireAll(name string, now time.Time) []firing {
	all := []firing{}
	for _, f := range s.functions {
		if len(f.spec.Schedules) > 0 && (name == "" || name == f.spec.Name) {
			all = append(all, s.fire(f, now))
		}
	}
	return all
}
