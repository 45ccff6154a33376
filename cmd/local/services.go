package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"phonon.in/central/cmd/local/capture"
	"phonon.in/central/cmd/local/template"
)

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

// services are all AWS services of a run.
type services struct {
	all     []*service
	engines []*engine
	proxies []*proxy
	keys    keyPair
	db      *dynamodb.Client
	s3      *s3.Client // nil until the storage is ready
	storage *storage
	box     *capture.Box
	faults  *faults
	notes   []string
}

// startServices starts the engines that the environment does not replace, and makes tables, buckets and secrets: all but an engine of S3
// that has to be built first.
func startServices(ctx context.Context, l *local) (*services, error) {
	s := &services{faults: &faults{}, keys: localKeys, storage: newStorage()}
	box, err := capture.OpenBox(filepath.Join(l.options.data, "messages.jsonl"), time.Now)
	if err != nil {
		return nil, err
	}
	s.box = box
	secrets, err := makeSecrets(l.options.data, l.template.Secrets)
	if err != nil {
		return nil, err
	}
	if file := secrets[l.variable("SIGNING_SECRET_ID")]; file != "" {
		if err := addSigningKeys(file, time.Now()); err != nil {
			return nil, err
		}
	}
	texts, err := l.registeredTexts()
	if err != nil {
		return nil, err
	}
	queue := capture.NewQueue(eventsQueue, time.Now)
	topics := map[string]*capture.Queue{l.variable("EVENTS_TOPIC_ARN"): queue}
	s.all = []*service{
		{name: serviceDynamoDB, variable: "AWS_ENDPOINT_URL_DYNAMODB"},
		{name: serviceS3, variable: "AWS_ENDPOINT_URL_S3"},
		{name: serviceSES, variable: "AWS_ENDPOINT_URL_SES", handler: capture.SES(box, mailFrom, func(topic, text string) { l.events.published(topic, text) }, l.template.MailSets...)},
		{name: serviceSNS, variable: "AWS_ENDPOINT_URL_SNS", handler: capture.SNS(box, texts, topics)},
		{name: serviceVoice, variable: "AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2", handler: capture.Voice(box)},
		{name: serviceSecrets, variable: "AWS_ENDPOINT_URL_SECRETS_MANAGER", handler: capture.Secrets(secrets)},
	}
	s.replace(l.options.getenv)
	calls, err := l.callAPI(box, secrets)
	if err != nil {
		return nil, err
	}
	if calls != nil {
		s.all = append(s.all, calls)
	}
	s.all = append(s.all, &service{name: serviceSQS, variable: "AWS_ENDPOINT_URL_SQS", handler: capture.SQS(queue)})
	verifier, err := l.captchaProvider(secrets)
	if err != nil {
		return nil, err
	}
	if verifier != nil {
		s.all = append(s.all, verifier)
	}
	if err := s.startEngines(ctx, l); err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

func (s *services) startEngines(ctx context.Context, l *local) error {
	if err := s.startTables(ctx, l); err != nil {
		return err
	}
	s.storage.later = s.named(serviceS3).engine == "" && !l.options.enginesOnly && !exists(l.installation().s3Binary())
	if s.storage.later {
		return nil
	}
	return s.startStorage(ctx, l)
}

func (s *services) named(name string) *service {
	return s.all[slices.IndexFunc(s.all, func(one *service) bool { return one.name == name })]
}

// replace takes endpoints from the environment, and then credentials, too.
func (s *services) replace(getenv func(string) string) {
	for _, one := range s.all {
		endpoint := getenv(one.variable)
		if endpoint == "" {
			continue
		}
		one.engine, one.handler = endpoint, nil
		if !isLoopback(endpoint) { // a signature covers the host, so nothing may stand in between
			one.endpoint = endpoint
			s.notes = append(s.notes, fmt.Sprintf("calls to %s go to %s directly and are not traced", one.name, endpoint))
		}
		if id, secret := getenv("AWS_ACCESS_KEY_ID"), getenv("AWS_SECRET_ACCESS_KEY"); id != "" && secret != "" {
			s.keys = keyPair{id, secret}
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

// startTables starts the engine of DynamoDB, unless another endpoint stands in its place, and makes the tables.
func (s *services) startTables(ctx context.Context, l *local) error {
	one := s.named(serviceDynamoDB)
	if one.engine == "" {
		e, note, err := l.installation().dynamoDB(ctx, l.options.data, l.engineLog(one.name))
		if err != nil {
			return err
		}
		e.wrong = l.journal.wrong
		if err := e.start(ctx); err != nil {
			return err
		}
		if note != "" {
			s.notes = append(s.notes, note)
		}
		one.engine, s.engines = e.endpoint, append(s.engines, e)
	}
	s.db = dynamoClient(one.engine, s.keys)
	for _, table := range l.template.Tables {
		if err := makeTable(ctx, s.db, table); err != nil {
			return err
		}
	}
	return nil
}

// makeSecrets makes the secrets that have no file yet, and returns the files by the secrets' names.
func makeSecrets(data string, secrets []template.Secret) (map[string]string, error) {
	files := map[string]string{}
	for i, s := range secrets {
		file := filepath.Join(data, "secret.json")
		if i > 0 {
			file = filepath.Join(data, "secret-"+strings.ToLower(s.ID)+".json")
		}
		files[s.Name] = file
		if old, err := os.ReadFile(file); err == nil && fits(old, s) {
			continue
		}
		text, err := capture.Generate(s)
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(file+".part", []byte(text), 0o600); err != nil {
			return nil, err
		}
		if err := os.Rename(file+".part", file); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// fits says whether a secret has the generated member. One that has not is of no use to any function, and is made anew.
func fits(text []byte, s template.Secret) bool {
	var members map[string]any
	return s.Key == "" || json.Unmarshal(text, &members) == nil && members[s.Key] != nil
}

// serve puts a recording proxy in front of each service, on the ports after the run's own where they are free.
func (s *services) serve(l *local) error {
	for n, one := range s.all {
		if one.endpoint != "" {
			continue
		}
		p := &proxy{service: one.name, engine: one.handler, requests: l.requests, used: l.used, faults: s.faults, kill: l.kill, hangs: l.hangs}
		switch {
		case one.name == serviceS3:
			p.engine, p.created = s.storage, l.events.created
		case one.handler != nil:
			p.wrong = l.journal.wrong
		default:
			var err error
			if p.engine, err = forwardTo(one.engine); err != nil {
				return err
			}
			if one.name == serviceDynamoDB && l.options.getenv(one.variable) == "" { // another's engine may look at signatures
				p.engine = metered(p.engine)
			}
		}
		port := 0
		if l.options.port > 0 {
			port = l.options.port + 1 + n
		}
		var err error
		if one.endpoint, err = p.serve(net.JoinHostPort(l.options.address, strconv.Itoa(port))); err != nil {
			return err
		}
		s.proxies = append(s.proxies, p)
	}
	return nil
}

// environment is what makes an AWS client talk to the services here.
func (s *services) environment() map[string]string {
	env := map[string]string{"AWS_ACCESS_KEY_ID": s.keys.id, "AWS_SECRET_ACCESS_KEY": s.keys.secret}
	for _, one := range s.all {
		env[one.variable] = one.endpoint
	}
	return env
}

func (s *services) stop() {
	for _, p := range s.proxies {
		p.server.Close()
	}
	var all sync.WaitGroup
	for _, e := range s.engines {
		all.Go(e.stop)
	}
	all.Wait()
}
