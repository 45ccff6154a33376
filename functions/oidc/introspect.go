package main

import (
	"context"
	"maps"
	"net/url"
	"strings"
	"time"

	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/oidc"
)

// introspect tells a confidential client whether a token of its own still counts, and what for (RFC 7662). Of any other token it learns nothing.
func (h *handler) introspect(ctx context.Context, c *httpapi.Call, query, form url.Values) (httpapi.Reply, error) {
	var a access
	p, who, state, err := h.readProven(ctx, c, query, form, func(p map[string]string) oidc.GrantRef {
		a = h.openAny(p["token"], c.Now)
		return a.ref
	})
	switch {
	case err != nil:
		return httpapi.Reply{}, err
	case who.client.Public():
		return httpapi.Reply{}, errClient
	case p["token"] == "":
		return httpapi.Reply{}, h.refused(ctx, who, oidc.Refuse(oidc.InvalidRequest, "The token is missing."))
	}
	if err := h.spend(ctx, who); err != nil {
		return httpapi.Reply{}, err
	}
	if state.Grant.RedeemedAt.IsZero() || !state.Alive(c.Now) || a.generation > 0 && a.generation != state.Grant.Generation {
		return httpapi.JSONReply(map[string]bool{"active": false}), nil
	}
	return httpapi.JSONReply(h.described(a, state)), nil
}

func (h *handler) described(a access, s oidc.TokenState) map[string]any {
	scopes := a.scopesOf(s)
	about := oidc.Claims(s.Profile, scopes)
	maps.Copy(about, map[string]any{
		"active": true, "iss": h.issuer, "sub": oidc.Subject(s.Client, s.Profile.ID), "client_id": s.Client.ID, "scope": strings.Join(scopes, " "),
		"exp": a.expires.Unix(), "auth_time": s.Grant.AuthTime.Unix(), "acr": s.Grant.ACR,
	})
	if a.generation > 0 {
		about["exp"] = s.Grant.ExpiresAt.Unix()
		return about
	}
	if about["token_type"] = oidc.SchemeBearer; a.jkt != "" {
		about["token_type"], about["cnf"] = oidc.SchemeDPoP, map[string]string{"jkt": a.jkt}
	}
	if about["aud"] = string(s.Client.ID); s.Client.AccessToken == oidc.JWT {
		about["aud"] = s.Client.Audience
	}
	return about
}

// openAny opens an access or a refresh token; the zero access for anything else.
func (h *handler) openAny(raw string, now time.Time) access {
	if a, ok := h.openAccess(raw, now); ok {
		return a
	}
	ref, generation := h.openRefresh(raw)
	return access{ref: ref, generation: generation}
}
