package main

import (
	"context"
	"net/http"
	"net/url"

	"phonon.in/central/shared/httpapi"
)

// jwks are the keys that clients verify tokens by, the next ones among them.
func (h *handler) jwks(_ context.Context, c *httpapi.Call, _, _ url.Values) (httpapi.Reply, error) {
	return forAnybody(httpapi.Reply{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: h.signing.Public(c.Now)}), nil
}
