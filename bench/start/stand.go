package start

import (
	"crypto/tls"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"phonon.in/central/shared/jose"
)

// stand is, for one process, what surrounds a function: the Runtime API with one event at most, Secrets Manager, and a DynamoDB that has no
// item.
type stand struct {
	runtime   string         // host and port of the Runtime API
	aws       string         // the URL of AWS
	asked     chan time.Time // the first time that the function asked for an event
	answered  chan []byte    // its answer to the event
	event     []byte         // nil: none comes
	dynamo    atomic.Int32   // operations, without the opening of a connection
	signing   string
	servers   []*http.Server
	firstNext sync.Once
}

// newStand serves until Close. A nil event keeps the function waiting; with a certificate AWS speaks TLS.
func newStand(signing string, event []byte, certificate *tls.Certificate) (*stand, error) {
	s := &stand{asked: make(chan time.Time, 1), answered: make(chan []byte, 1), event: event, signing: signing}
	runtime := http.NewServeMux()
	runtime.HandleFunc("GET /2018-06-01/runtime/invocation/next", s.next)
	runtime.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/{end}", s.end)
	var err error
	if s.runtime, err = s.serve(runtime, nil); err != nil {
		return nil, err
	}
	at, err := s.serve(http.HandlerFunc(s.service), certificate)
	s.aws = "http://" + at
	if certificate != nil {
		s.aws = "https://" + at
	}
	return s, err
}

func (s *stand) serve(h http.Handler, certificate *tls.Certificate) (address string, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	address = l.Addr().String()
	if certificate != nil {
		l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{*certificate}})
	}
	server := &http.Server{Handler: h, ErrorLog: log.New(io.Discard, "", 0)} // a process that is killed breaks off what it began
	s.servers = append(s.servers, server)
	go server.Serve(l)
	return address, nil
}

// Close ends all connections.
func (s *stand) Close() {
	for _, server := range s.servers {
		server.Close()
	}
}

func (s *stand) next(w http.ResponseWriter, r *http.Request) {
	at, first := time.Now(), false
	s.firstNext.Do(func() { first = true; s.asked <- at })
	if !first || s.event == nil {
		<-r.Context().Done()
		return
	}
	h := w.Header()
	h.Set("Lambda-Runtime-Aws-Request-Id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
	h.Set("Lambda-Runtime-Deadline-Ms", "4102444800000")
	h.Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:ap-south-1:123456789012:function:bench")
	w.Write(s.event)
}

func (s *stand) end(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	select {
	case s.answered <- body:
	default:
	}
	w.WriteHeader(http.StatusAccepted)
}

func (s *stand) service(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodHead {
		return
	}
	if service, _, _ := strings.Cut(r.Header.Get("X-Amz-Target"), "."); service != "secretsmanager" {
		s.dynamo.Add(1)
		io.WriteString(w, "{}")
		return
	}
	var asked struct{ SecretId string }
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	text := `{"current":"0123456789abcdef0123456789abcdef"}`
	if asked.SecretId == "signing" {
		text = s.signing
	}
	json.NewEncoder(w).Encode(map[string]string{"SecretString": text})
}

// newSigning makes a signing secret, as a stack gets it.
func newSigning() (string, error) {
	set, err := jose.Replace(time.Now())
	if err != nil {
		return "", err
	}
	document, err := set.Document()
	return string(document), err
}
