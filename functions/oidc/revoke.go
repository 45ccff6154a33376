package main

import (
	"context"
	"net/http"
	"net/url"

	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/oidc"
)

// revoke ends the grant of a token, and so all tokens of it (RFC 7009). Of a token that is another client's, or none, it says the same and does nothing.
func (h *handler) revoke(ctx context.Context, c *httpapi.Call, query, form url.Values) (httpapi.Reply, error) {
	var ref oidc.GrantRef
	p, who, _, err := h.readProven(ctx, c, query, form, func(p map[string]string) oidc.GrantRef {
		ref = h.openAny(p["token"], c.Now).ref
		return oidc.GrantRef{}
	})
	switch {
	case err != nil:
		return httpapi.Reply{}, err
	case p["token"] == "":
		return httpapi.Reply{}, h.refused(ctx, who, oidc.Refuse(oidc.InvalidRequest, "The token is missing."))
	}
	if err := h.spend(ctx, who); err != nil {
		return httpapi.Reply{}, err
	}
	if ref.ID != "" && ref.Client == who.client.ID {
		if err := h.store.RevokeGrant(ctx, ref); err != nil {
			return httpapi.Reply{}, err
		}
	}
	return httpapi.Reply{Status: http.StatusOK}, nil
}
