package main

import (
	"context"
	"net/http"
	"net/url"

	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/jose"
)

// jwks are the keys that clients verify tokens by, the next ones among them. While there are none it answers jose.ErrNoKey: who kept an empty
// set for an hour would refuse the first tokens.
func (h *handler) jwks(_ context.Context, c *httpapi.Call, _, _ url.Values) (httpapi.Reply, error) {
	if len(h.signing.Keys()) == 0 {
		return httpapi.Reply{}, jose.ErrNoKey
	}
	return forAnybody(httpapi.Reply{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: h.signing.Public(c.Now)}), nil
}
