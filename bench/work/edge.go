package work

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"phonon.in/central/bench/lab"
	"phonon.in/central/shared/apigw"
	"phonon.in/central/shared/httpapi"
)

// Edge is one event of 2 KB, with a body of 1 KB, from bytes in to bytes out, in microseconds of CPU for each.
type Edge struct {
	EventsUs  lab.Samples `json:"eventsUs"`  // a handler of events.APIGatewayV2HTTPRequest with encoding/json for the body: what most have
	AdapterUs lab.Samples `json:"adapterUs"` // ours, with the same JSON
	WholeUs   lab.Samples `json:"wholeUs"`   // ours, with strict JSON, security headers and the log line: as the functions have it
	ScanUs    lab.Samples `json:"scanUs"`    // json.Valid of the event: the least that looking at it can cost
}

type echoed struct {
	Email    string `json:"email"`
	Password string `json:"password"`
	Captcha  string `json:"captcha"`
	Terms    struct {
		Version  string `json:"version"`
		Accepted bool   `json:"accepted"`
	} `json:"terms"`
}

func measureEdge(ctx context.Context, l *lab.Lab) (e Edge, err error) {
	l.Step("the adapter beside a handler of events")
	rounds, each := 40, 2000
	if l.Quick {
		rounds, each = 10, 500
	}
	event, err := edgeEvent()
	if err != nil {
		return e, err
	}
	timed := func(into *lab.Samples, one func(context.Context, []byte) ([]byte, error)) func() error {
		return func() error {
			before := processCPU()
			for range each {
				if _, err := one(ctx, event); err != nil {
					return err
				}
			}
			*into = append(*into, float64((processCPU()-before).Microseconds())/float64(each))
			return nil
		}
	}
	of := ways()
	err = lab.Interleave(rounds, timed(&e.EventsUs, of["events"]), timed(&e.AdapterUs, of["adapter"]), timed(&e.WholeUs, of["whole"]),
		timed(&e.ScanUs, func(context.Context, []byte) ([]byte, error) { return nil, scan(event) }))
	return e, err
}

func edgeEvent() ([]byte, error) {
	return (&person{ip: "192.0.2.7"}).event(request{method: "POST", path: "/v1/signup", body: m{
		"email": "ada@example.com", "password": "a long pass phrase", "captcha": strings.Repeat("x", 880), "terms": m{"version": "2026-11-01", "accepted": true},
	}})
}

// ways are those of an event to an answer that has its body.
func ways() map[string]func(context.Context, []byte) ([]byte, error) {
	return map[string]func(context.Context, []byte) ([]byte, error){
		"events": byEvents, "adapter": apigw.Wrap(http.HandlerFunc(plain)).Invoke, "whole": apigw.Wrap(strict()).Invoke,
	}
}

func byEvents(_ context.Context, payload []byte) ([]byte, error) {
	var event events.APIGatewayV2HTTPRequest
	if err := json.Unmarshal(payload, &event); err != nil {
		return nil, err
	}
	var in echoed
	if err := json.Unmarshal([]byte(event.Body), &in); err != nil {
		return nil, err
	}
	out, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	return json.Marshal(events.APIGatewayV2HTTPResponse{StatusCode: 200, Headers: map[string]string{"content-type": "application/json"}, Body: string(out)})
}

func plain(w http.ResponseWriter, r *http.Request) {
	body := make([]byte, r.ContentLength)
	_, err := io.ReadFull(r.Body, body)
	var in echoed
	if err != nil || json.Unmarshal(body, &in) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	out, err := json.Marshal(in)
	if err != nil {
		panic(err) // it came from JSON
	}
	w.Header().Set("Content-Type", "application/json")
	w.Write(out)
}

func strict() http.Handler {
	api := httpapi.New(httpapi.Config{PublicURL: "https://central.example.com", Now: time.Now, Log: slog.New(slog.NewJSONHandler(io.Discard, nil))})
	api.Public("POST /v1/signup", httpapi.JSON(http.StatusOK, func(_ context.Context, _ *httpapi.Call, in echoed) (echoed, error) { return in, nil }))
	return api
}

func scan(event []byte) error {
	if !json.Valid(event) {
		return errors.New("the event is no JSON")
	}
	return nil
}
