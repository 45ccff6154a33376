package main

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/oidc"
)

// allowOrigin lets the pages of a public client read the answer. They send no cookie, and get none.
func allowOrigin(c *httpapi.Call, client oidc.Client) {
	c.SetHeader("Vary", "Origin")
	if origin := c.Header("Origin"); origin != "" && client.Public() && !client.Disabled && slices.Contains(client.Origins, origin) {
		c.SetHeader("Access-Control-Allow-Origin", origin)
		c.SetHeader("Access-Control-Expose-Headers", "WWW-Authenticate, Retry-After")
	}
}

// preflight answers what a browser asks before a page of another site may send a token or a proof: whether any public client has this origin.
func (h *handler) preflight(ctx context.Context, c *httpapi.Call, _, _ url.Values) (httpapi.Reply, error) {
	if c.Header("Origin") != "" {
		clients, err := h.store.Clients(ctx)
		if err != nil {
			return httpapi.Reply{}, err
		}
		for _, client := range clients {
			allowOrigin(c, client)
		}
	}
	return httpapi.Reply{Status: http.StatusNoContent, Header: http.Header{
		"Access-Control-Allow-Methods": {"GET, POST"},
		"Access-Control-Allow-Headers": {"Authorization, Content-Type, DPoP"},
		"Access-Control-Max-Age":       {"600"},
	}}, nil
}
