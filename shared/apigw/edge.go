package apigw

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"phonon.in/central/shared/token"
)

// The headers of CloudFront before API Gateway (edge.yaml). It writes over what a client sends under these names.
const (
	edgeSecret = "X-Edge-Secret"
	edgeViewer = "Cloudfront-Viewer-Address" // "192.0.2.7:443", "2001:db8::7:443" without brackets
)

// EdgeSecrets reads from Secrets Manager what the edge may send: the current secret and, while it is being replaced, the one before.
type EdgeSecrets func(ctx context.Context, id string) ([]token.Secret, error)

// Edge is CloudFront with its firewall before API Gateway, or its absence.
type Edge struct {
	mode    edgeMode
	read    func(context.Context) ([]token.Secret, error)
	mu      sync.Mutex
	secrets []token.Secret
}

type edgeMode string

const (
	edgeOff  edgeMode = "off"  // there is none: the address that API Gateway saw is the client's
	edgeOpen edgeMode = "open" // it is being put up or taken down: both roads lead in
	edgeOn   edgeMode = "on"   // who goes around it is refused
)

// NewEdge returns the edge of a mode ("off", "open", "on"; "" is off), whose secret has this id. Any other mode is an error, and so is a
// missing id.
func NewEdge(mode, id string, secrets EdgeSecrets) (*Edge, error) {
	e := &Edge{mode: edgeMode(mode), read: func(ctx context.Context) ([]token.Secret, error) { return secrets(ctx, id) }}
	if mode == "" {
		e.mode = edgeOff
	}
	if !slices.Contains([]edgeMode{edgeOff, edgeOpen, edgeOn}, e.mode) {
		return nil, fmt.Errorf("apigw: EDGE is %q; it is off, open or on", mode)
	}
	if e.mode != edgeOff && id == "" {
		return nil, fmt.Errorf("apigw: EDGE is %s, and EDGE_SECRET_ID is empty", mode)
	}
	return e, nil
}

// Before returns a handler that lets to h what may go there, with the address of the client in RemoteAddr. Nothing of what a request says
// under the names of the edge reaches h.
func (e *Edge) Before(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secret, viewer := r.Header.Get(edgeSecret), r.Header.Get(edgeViewer)
		r.Header.Del(edgeSecret)
		r.Header.Del(edgeViewer)
		if e.mode == edgeOff || e.mode == edgeOpen && secret == "" {
			h.ServeHTTP(w, r)
			return
		}
		known, err := e.known(r.Context())
		if err != nil {
			slog.ErrorContext(r.Context(), "the secret of the edge cannot be read", "error", err)
			if e.mode == edgeOn {
				unavailable(w)
				return
			}
		}
		address, came := through(known, secret, viewer)
		switch {
		case came:
			r.RemoteAddr = address
		case e.mode == edgeOn:
			refuse(w)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// known reads the secrets once; while that fails, at each request.
func (e *Edge) known(ctx context.Context) ([]token.Secret, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.secrets == nil {
		ctx, cancel := context.WithTimeout(ctx, setupDeadline)
		defer cancel()
		var err error
		if e.secrets, err = e.read(ctx); err != nil {
			return nil, err
		}
	}
	return e.secrets, nil
}

// through returns the address of the client, where the edge sent the request.
func through(known []token.Secret, secret, viewer string) (address string, came bool) {
	if !slices.ContainsFunc(known, func(k token.Secret) bool { return !k.IsZero() && k.Equal(secret) }) {
		return "", false
	}
	end := strings.LastIndexByte(viewer, ':')
	if end < 0 {
		return "", false
	}
	parsed, err := netip.ParseAddr(viewer[:end])
	return parsed.String(), err == nil
}

// refuse answers a request that went around the edge.
func refuse(w http.ResponseWriter) {
	problem(w, http.StatusForbidden, `{"type":"urn:central:error:not_through_edge","title":"Forbidden","status":403,`+
		`"code":"not_through_edge","detail":"Use the address in your mail or in the documentation: this one is not for clients."}`)
}
