package httpapi

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// resource is what one path answers, by method.
type resource map[string]http.Handler

// method is the one that answers a request: its own, or GET for HEAD (RFC 9110 9.3.2). What sends the answer leaves out the body.
func (p resource) method(r *http.Request) (string, bool) {
	method := r.Method
	if p[method] == nil && method == http.MethodHead {
		method = http.MethodGet
	}
	return method, p[method] != nil
}

// ServeHTTP expects a request whose method is known.
func (p resource) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	method, _ := p.method(r)
	p[method].ServeHTTP(w, r)
}

// allow lists the methods as the header Allow does.
func (p resource) allow() string {
	methods := slices.Collect(maps.Keys(p))
	if p[http.MethodGet] != nil && p[http.MethodHead] == nil {
		methods = append(methods, http.MethodHead)
	}
	slices.Sort(methods)
	return strings.Join(methods, ", ")
}
