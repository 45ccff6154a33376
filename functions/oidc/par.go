package main

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/token"
)

// proofs are the parameters by which a client proves itself. They are no part of a request.
var proofs = []string{"client_secret", "client_assertion", "client_assertion_type"}

type pushedAnswer struct {
	URI     string `json:"request_uri"`
	Expires int    `json:"expires_in"` // seconds
}

// push takes a request for authorization beforehand, from the client itself (RFC 9126): what a browser then carries is an id.
func (h *handler) push(ctx context.Context, c *httpapi.Call, query, form url.Values) (httpapi.Reply, error) {
	_, who, _, err := h.readProven(ctx, c, query, form, func(map[string]string) oidc.GrantRef { return oidc.GrantRef{} })
	if err != nil {
		return httpapi.Reply{}, err
	}
	if _, err := c.Take(ctx, limit.PushClient.By(string(who.client.ID)+"#"+c.Network)); err != nil {
		return httpapi.Reply{}, err
	}
	p, err := h.pushed(c, &who, form)
	if err == nil {
		err = h.store.Push(ctx, p, who.once())
	}
	if errors.Is(err, oidc.ErrReplayed) {
		err = errProof.Because(err)
	}
	if err != nil {
		return httpapi.Reply{}, h.refused(ctx, who, err)
	}
	reply := httpapi.JSONReply(pushedAnswer{pushedPrefix + p.ID, int(oidc.PushedLife / time.Second)})
	reply.Status = http.StatusCreated
	return reply, nil
}

// pushed holds a request to what its client may ask, as authorize will again.
func (h *handler) pushed(c *httpapi.Call, who *party, form url.Values) (oidc.Pushed, error) {
	asked := url.Values{}
	for name, values := range form {
		asked[name] = values
	}
	for _, name := range proofs {
		asked.Del(name)
	}
	asked.Set("client_id", string(who.client.ID))
	if _, _, err := oidc.Place(asked, who.client); err != nil {
		return oidc.Pushed{}, err
	}
	request, err := oidc.Read(asked, who.client)
	if err != nil {
		return oidc.Pushed{}, err
	}
	proof, found, err := h.proofOf(c, "par", "")
	switch {
	case err != nil:
		return oidc.Pushed{}, err
	case found && request.JKT != "" && request.JKT != proof.JKT:
		return oidc.Pushed{}, oidc.Refuse(oidc.InvalidDPoPProof, "The dpop_jkt is not that of the proof.")
	case found:
		request.JKT, who.proof = proof.JKT, []oidc.Spent{spent(proof)}
	}
	return oidc.Pushed{
		ID: token.NewID(), Client: who.client.ID, Query: asked.Encode(), JKT: request.JKT, CreatedAt: c.Now, ExpiresAt: c.Now.Add(oidc.PushedWaits),
	}, nil
}
