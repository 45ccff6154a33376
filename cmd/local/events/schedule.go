package events

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"phonon.in/central/cmd/local/id"
	"phonon.in/central/cmd/local/lambda"
	"phonon.in/central/cmd/local/template"
	"phonon.in/central/cmd/local/xray"
)

// Schedule runs the functions that the template schedules, as rules of EventBridge do.
type Schedule struct {
	Functions []*lambda.Function
	Traces    *xray.Traces
	Wrong     func(format string, args ...any) // tells people
	Every     time.Duration                    // instead of what the template says, when it is not 0
}

// Run fires until ctx ends.
func (s *Schedule) Run(ctx context.Context, running *sync.WaitGroup) {
	for _, f := range s.Functions {
		for _, every := range f.Spec.Schedules {
			if s.Every > 0 {
				every = s.Every
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

// Firing is what came of one event.
type Firing struct {
	Function string `json:"function"`
	Status   int    `json:"status"`
	Error    string `json:"error,omitempty"`
}

// fire runs one function with an event of EventBridge and waits for it.
func (s *Schedule) fire(f *lambda.Function, now time.Time) Firing {
	payload, _ := json.Marshal(map[string]any{
		"version": "0", "id": id.UUID(), "detail-type": "Scheduled Event", "source": "aws.events", "account": template.Account,
		"time": now.UTC().Format(time.RFC3339), "region": template.Region,
		"resources": []string{"arn:aws:events:" + template.Region + ":" + template.Account + ":rule/" + f.Stack + "-local-" + f.Spec.Name}, "detail": map[string]any{},
	})
	trace := xray.NewHeader()
	ended := s.Traces.Begin(trace, xray.Request{ID: id.UUID(), At: now.UTC(), Method: "SCHEDULE", Path: "/" + f.Spec.Name, Function: f.Spec.Name})
	out := f.Invoke(context.Background(), payload, trace)
	if out.Err != nil {
		ended(http.StatusInternalServerError, out.Cold)
		s.Wrong("%s failed at its schedule: %v", f.Spec.Name, out.Err)
		return Firing{f.Spec.Name, http.StatusInternalServerError, out.Err.Error()}
	}
	ended(http.StatusOK, out.Cold)
	return Firing{Function: f.Spec.Name, Status: http.StatusOK}
}

// FireAll runs each scheduled function once, or the one of that name, with an event of a time.
func (s *Schedule) FireAll(name string, now time.Time) []Firing {
	all := []Firing{}
	for _, f := range s.Functions {
		if len(f.Spec.Schedules) > 0 && (name == "" || name == f.Spec.Name) {
			all = append(all, s.fire(f, now))
		}
	}
	return all
}
