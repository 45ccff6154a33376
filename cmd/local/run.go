package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"phonon.in/central/cmd/local/capture"
)

// services are the AWS services that functions call, by the variable that replaces their endpoint.
var services = []struct{ name, variable string }{
	{"dynamodb", "AWS_ENDPOINT_URL_DYNAMODB"}, {"s3", "AWS_ENDPOINT_URL_S3"}, {"ses", "AWS_ENDPOINT_URL_SES"},
	{"sns", "AWS_ENDPOINT_URL_SNS"}, {"voice", "AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2"},
	{"secretsmanager", "AWS_ENDPOINT_URL_SECRETS_MANAGER"},
}

const localMailFrom = "no-reply@central.local"

// run starts everything, serves until ctx ends, and stops everything in the reverse order.
func run(ctx context.Context, o options) error {
	began := time.Now()
	if err := o.paths(); err != nil {
		return err
	}
	origin := "http://127.0.0.1:" + o.port
	listener, err := net.Listen("tcp", "127.0.0.1:"+o.port)
	if err != nil && !o.engines {
		return fmt.Errorf("port %s is taken (%w): stop what uses it, or choose another with PORT=3001", o.port, err)
	}
	t, err := ReadTemplate(filepath.Join(o.root, "template.yaml"), map[string]string{
		"Environment": "local", "PublicUrl": origin, "MailFrom": localMailFrom,
	})
	if err != nil {
		return err
	}
	slices.SortFunc(t.Functions, func(a, b FunctionSpec) int { return strings.Compare(a.Name, b.Name) })
	e, err := startEngines(ctx, o, t)
	if err != nil {
		return err
	}
	defer e.stop()
	if o.engines {
		e.print()
		<-ctx.Done()
		return nil
	}
	return e.serve(ctx, o, t, listener, origin, began)
}

// system is the engines, with the proxies in front of them.
type system struct {
	engines   []*engine
	endpoints map[string]string // service -> endpoint for the functions
	direct    map[string]string // service -> the engine's own
	notes     []string
	box       *capture.Box
	requests  *traces
	faults    *faults
	s3        *proxy
}

func startEngines(ctx context.Context, o options, t *Template) (*system, error) {
	s := &system{endpoints: map[string]string{}, direct: map[string]string{}, requests: newTraces(), faults: &faults{}}
	if err := s.start(o, t); err != nil {
		s.stop()
		return nil, err
	}
	if err := errors.Join(
		makeTables(ctx, dynamoClient(s.direct["dynamodb"]), t.Tables),
		makeBuckets(ctx, s3Client(s.direct["s3"]), t.Buckets),
	); err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

func (s *system) start(o options, t *Template) error {
	var err error
	if s.box, err = capture.OpenBox(filepath.Join(o.data, "messages.jsonl")); err != nil {
		return err
	}
	secrets, err := secretValues(o.data, t.Secrets)
	if err != nil {
		return err
	}
	own := map[string]http.Handler{
		"ses": capture.SES(s.box, localMailFrom), "sns": capture.SNS(s.box), "voice": capture.Voice(s.box),
		"secretsmanager": capture.Secrets(secrets),
	}
	for _, service := range services {
		handler := own[service.name]
		if given := os.Getenv(service.variable); given != "" {
			s.direct[service.name] = given
			s.notes = append(s.notes, service.name+" is at "+given)
			if handler, err = forwardTo(given); err != nil {
				return err
			}
		} else if handler == nil {
			if handler, err = s.child(service.name, o); err != nil {
				return err
			}
		}
		p := &proxy{service: service.name, engine: handler, requests: s.requests, faults: s.faults}
		if service.name == "s3" {
			s.s3 = p
		}
		if s.endpoints[service.name], err = p.serve(); err != nil {
			return err
		}
	}
	return nil
}

// child starts the engine of DynamoDB or S3.
func (s *system) child(service string, o options) (http.Handler, error) {
	var e *engine
	var err error
	var note string
	if service == "dynamodb" {
		e, note, err = startDynamoDB(filepath.Join(o.root, ".local", "tools"), o.data)
	} else {
		e, err = startS3(o.data)
	}
	if err != nil {
		return nil, err
	}
	if note != "" {
		s.notes = append(s.notes, note)
	}
	s.engines = append(s.engines, e)
	s.direct[service] = e.endpoint
	return forwardTo(e.endpoint)
}

func (s *system) stop() {
	for _, e := range slices.Backward(s.engines) {
		e.stop()
	}
}

func (s *system) print() {
	for _, service := range services {
		fmt.Printf("export %s=%s\n", service.variable, s.endpoints[service.name])
	}
	fmt.Printf("export AWS_REGION=%s AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s\n", localRegion, localAccessKey, localSecretKey)
}

const drainDeadline = 10 * time.Second

func (s *system) serve(ctx context.Context, o options, t *Template, l net.Listener, origin string, began time.Time) error {
	b := builder{root: o.root, out: filepath.Join(o.root, ".local", "bin", map[bool]string{false: "plain", true: "race"}[o.race]), race: o.race, log: o.out()}
	extra := map[string]string{}
	for _, service := range services {
		extra[service.variable] = s.endpoints[service.name]
	}
	if os.Getenv("CAPTCHA") == "off" {
		extra["CAPTCHA_PROVIDER"] = "off"
		s.notes = append(s.notes, "the captcha is off")
	}
	var names []string
	var functions []*function
	log := &lines{out: os.Stderr, quiet: o.quiet}
	for _, spec := range t.Functions {
		names = append(names, spec.Name)
		functions = append(functions, newFunction(spec, b.binary(spec.Name), extra, log.named(spec.Name)))
	}
	if err := b.all(ctx, names); err != nil {
		return err
	}
	events, err := newEvents(functions, s.requests, log.named("events"), o.data)
	if err != nil {
		return err
	}
	s.s3.created = events.created
	mux := http.NewServeMux()
	(&desk{s.box, dynamoClient(s.direct["dynamodb"]), t.Tables, s.requests, s.faults, events}).routes(mux)
	mux.Handle("/", newGateway(functions, s.requests))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	if err := events.resume(ctx, s3Client(s.endpoints["s3"])); err != nil {
		return err
	}
	events.tick(o.scheduleEvery)
	go b.watch(ctx, names, func(name string) { functions[slices.Index(names, name)].replace() })
	fmt.Fprintf(o.out(), "Central is up after %.1f s.\n  API    %s/v1\n  mail, SMS, calls, tables, requests: %s/_local\n", time.Since(began).Seconds(), origin, origin)
	for _, note := range s.notes {
		fmt.Fprintln(o.out(), "  note:", note)
	}
	select {
	case err = <-failed:
	case <-ctx.Done():
		fmt.Fprintln(o.out(), "Stopping.")
	}
	drain, cancel := context.WithTimeout(context.Background(), drainDeadline)
	defer cancel()
	server.Shutdown(drain)
	events.close()
	for _, f := range functions {
		f.close()
	}
	return err
}
