// Package services gives each AWS service that the functions call an endpoint: an engine where there is one, a stand-in of capture for what reaches
// people or keeps secrets, and a proxy in front of both. It also stands in for what Central calls besides AWS: the call API and a captcha's provider.
package services

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"phonon.in/central/cmd/local/capture"
	"phonon.in/central/cmd/local/engine"
	"phonon.in/central/cmd/local/faults"
	"phonon.in/central/cmd/local/iam"
	"phonon.in/central/cmd/local/proxy"
	"phonon.in/central/cmd/local/template"
	"phonon.in/central/cmd/local/wire"
	"phonon.in/central/cmd/local/xray"
)

// Config is what the services are made for.
type Config struct {
	Template     *template.Template
	Root, Data   string // folders of the project, and of what is kept
	Home         string // the origin of the pages
	Sender       string // the one identity that SES has verified
	Getenv       func(string) string
	Installation engine.Installation
	Log          func(name string) io.Writer      // of an engine
	Wrong        func(format string, args ...any) // tells people
	Published    func(topic, text string)         // hears of what SES publishes
	Stop         context.Context                  // ends what goes on by itself
	MayWait      bool                             // an S3 engine that has to be built is built while the rest runs: see S3Later
}

// service is one AWS service as the functions reach it.
type service struct {
	name     string
	variable string // of the SDK, for its endpoint
	engine   string // endpoint of the engine; "" for what this process serves itself
	handler  http.Handler
	endpoint string // what the functions get
}

// eventsQueue is the queue that is subscribed to the topic of events, as one of a product would be.
const eventsQueue = "central-local-events"

// Services are all services of a run.
type Services struct {
	Keys    engine.Keys      // that the functions get
	DB      *dynamodb.Client // talks to the engine itself, like S3: what it asks is not traced
	S3      *s3.Client       // nil until it is started
	Box     *capture.Box
	Faults  *faults.Faults
	Engines []*engine.Engine // that were started here
	Notes   []string         // that people should read

	config  Config
	all     []*service
	proxies []*proxy.Proxy
	storage *storage
	posting sync.WaitGroup // of events of the call API
}

// Start starts the engines that the environment does not replace, and makes tables, buckets and secrets: all but an engine of S3 that has to be
// built first.
func Start(ctx context.Context, c Config) (*Services, error) {
	s := &Services{config: c, Faults: &faults.Faults{Sender: c.Sender}, Keys: engine.LocalKeys, storage: newStorage()}
	var err error
	if s.Box, err = capture.OpenBox(filepath.Join(c.Data, "messages.jsonl"), time.Now); err != nil {
		return nil, err
	}
	if err := s.list(); err != nil {
		return nil, err
	}
	if err := s.startTables(ctx); err != nil {
		s.Stop()
		return nil, err
	}
	s.storage.later = s.named(wire.S3).engine == "" && c.MayWait && !c.Installation.HasS3()
	if !s.storage.later {
		err = s.StartS3(ctx)
	}
	if err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

// list has the services in the order of their ports.
func (s *Services) list() error {
	c := s.config
	secrets, err := makeSecrets(c.Data, c.Template.Secrets)
	if err != nil {
		return err
	}
	if file := secrets[s.variable("SIGNING_SECRET_ID")]; file != "" {
		if err := addSigningKeys(file, time.Now()); err != nil {
			return err
		}
	}
	texts, err := s.registeredTexts()
	if err != nil {
		return err
	}
	queue := capture.NewQueue(eventsQueue, time.Now)
	topics := map[string]*capture.Queue{s.variable("EVENTS_TOPIC_ARN"): queue}
	s.all = []*service{
		{name: wire.DynamoDB, variable: "AWS_ENDPOINT_URL_DYNAMODB"},
		{name: wire.S3, variable: "AWS_ENDPOINT_URL_S3"},
		{name: wire.SES, variable: "AWS_ENDPOINT_URL_SES", handler: capture.SES(s.Box, c.Sender, c.Published, c.Template.MailSets...)},
		{name: wire.SNS, variable: "AWS_ENDPOINT_URL_SNS", handler: capture.SNS(s.Box, texts, topics)},
		{name: wire.Voice, variable: "AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2", handler: capture.Voice(s.Box)},
		{name: wire.Secrets, variable: "AWS_ENDPOINT_URL_SECRETS_MANAGER", handler: capture.Secrets(secrets)},
	}
	s.replace(c.Getenv)
	calls, err := s.callAPI(secrets)
	if err != nil {
		return err
	}
	if calls != nil {
		s.all = append(s.all, calls)
	}
	s.all = append(s.all, &service{name: wire.SQS, variable: "AWS_ENDPOINT_URL_SQS", handler: capture.SQS(queue)})
	verifier, err := s.captchaProvider(secrets)
	if verifier != nil {
		s.all = append(s.all, verifier)
	}
	return err
}

func (s *Services) named(name string) *service {
	return s.all[slices.IndexFunc(s.all, func(one *service) bool { return one.name == name })]
}

// replace takes endpoints from the environment, and then credentials, too.
func (s *Services) replace(getenv func(string) string) {
	for _, one := range s.all {
		endpoint := getenv(one.variable)
		if endpoint == "" {
			continue
		}
		one.engine, one.handler = endpoint, nil
		if !isLoopback(endpoint) { // a signature covers the host, so nothing may stand in between
			one.endpoint = endpoint
			s.Notes = append(s.Notes, fmt.Sprintf("calls to %s go to %s directly and are not traced", one.name, endpoint))
		}
		if id, secret := getenv("AWS_ACCESS_KEY_ID"), getenv("AWS_SECRET_ACCESS_KEY"); id != "" && secret != "" {
			s.Keys = engine.Keys{ID: id, Secret: secret}
		}
	}
}

func isLoopback(endpoint string) bool {
	u, err := url.Parse(endpoint)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
}

// Watch is what sees the calls of the functions.
type Watch struct {
	Traces  *xray.Traces
	Used    *iam.Permissions
	Created func(wire.Object)  // hears of the objects of S3
	Hangs   func(trace string) // hears of an invocation that a fault keeps waiting
	Kill    func(trace string) // ends the process that has an invocation
}

// Serve puts a proxy in front of each service, at an address and on the ports after the run's own where they are free; with port 0 on any.
func (s *Services) Serve(address string, port int, w Watch) error {
	for n, one := range s.all {
		if one.endpoint != "" {
			continue
		}
		p := &proxy.Proxy{Service: one.name, Engine: one.handler, Traces: w.Traces, Used: w.Used, Faults: s.Faults, Hangs: w.Hangs, Kill: w.Kill}
		switch {
		case one.name == wire.S3:
			p.Engine, p.Created = s.storage, w.Created
		case one.handler != nil:
			p.Wrong = s.config.Wrong
		default:
			var err error
			if p.Engine, err = proxy.ForwardTo(one.engine); err != nil {
				return err
			}
			if one.name == wire.DynamoDB && s.config.Getenv(one.variable) == "" { // another's engine may look at signatures
				p.Engine = proxy.Metered(p.Engine)
			}
		}
		own := 0
		if port > 0 {
			own = port + 1 + n
		}
		var err error
		if one.endpoint, err = p.Serve(net.JoinHostPort(address, strconv.Itoa(own))); err != nil {
			return err
		}
		s.proxies = append(s.proxies, p)
	}
	return nil
}

// Environment is what makes an AWS client talk to the services here.
func (s *Services) Environment() map[string]string {
	env := map[string]string{"AWS_ACCESS_KEY_ID": s.Keys.ID, "AWS_SECRET_ACCESS_KEY": s.Keys.Secret}
	for _, one := range s.all {
		env[one.variable] = one.endpoint
	}
	return env
}

// EventsQueueURL is the queue that gets what is published on the topic of events.
func (s *Services) EventsQueueURL() string {
	return s.named(wire.SQS).endpoint + "/" + template.Account + "/" + eventsQueue
}

// Wait waits for the events of the call API that are under way.
func (s *Services) Wait() { s.posting.Wait() }

// Stop ends proxies and engines, with the calls that are under way.
func (s *Services) Stop() {
	for _, p := range s.proxies {
		p.Close()
	}
	var all sync.WaitGroup
	for _, e := range s.Engines {
		all.Go(e.Stop)
	}
	all.Wait()
}
