package apigw

import (
	"net/http"
	"net/netip"
	"strings"

	"phonon.in/central/shared/token"
)

// The headers of CloudFront before API Gateway (edge.yaml). It writes over what a client sends under these names.
const (
	edgeSecret = "X-Edge-Secret"
	edgeViewer = "Cloudfront-Viewer-Address" // "192.0.2.7:443", "2001:db8::7:443" without brackets
)

// edge is what stands before API Gateway. The zero edge is nothing: then the address that API Gateway saw is the client's.
type edge struct{ secret token.Secret }

// admit says whether the request came through the edge, and then takes the client's address from it. Without an edge every request is
// admitted, and what it says of itself under the edge's names is dropped.
func (e edge) admit(r *http.Request) bool {
	secret, viewer := r.Header.Get(edgeSecret), r.Header.Get(edgeViewer)
	r.Header.Del(edgeSecret)
	r.Header.Del(edgeViewer)
	if e.secret.IsZero() {
		return true
	}
	if !e.secret.Equal(secret) {
		return false
	}
	end := strings.LastIndexByte(viewer, ':')
	if end < 0 {
		return false
	}
	address, err := netip.ParseAddr(viewer[:end])
	r.RemoteAddr = address.String()
	return err == nil
}

// refuse answers a request that went around the edge.
func refuse(w http.ResponseWriter) {
	problem(w, http.StatusForbidden, `{"type":"urn:central:error:not_through_edge","title":"Forbidden","status":403,`+
		`"code":"not_through_edge","detail":"Use the address in your mail or in the documentation: this one is not for clients."}`)
}
