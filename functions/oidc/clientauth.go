package main

import (
	"context"
	"encoding/base64"
	"errors"
	"net/url"
	"slices"
	"strings"

	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/jose"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/token"
)

// One answer for a client that is not known, is disabled, or has not proven itself: which of them it is helps nobody who may know.
var errClient = oidc.Refuse(oidc.InvalidClient, "The client is not known, or has not proven itself.")

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// credentials are what a request says about its client. Nothing of it is proven.
type credentials struct {
	client            oidc.ClientID
	method            oidc.AuthMethod
	secret, assertion string
}

// credentialsOf finds the one way in which a client wants to prove itself (RFC 6749, section 2.3: not more than one).
func credentialsOf(c *httpapi.Call, p map[string]string) (credentials, error) {
	given := credentials{client: oidc.ClientID(p["client_id"]), method: oidc.AuthNone}
	var named []string
	if header := c.Header("Authorization"); header != "" {
		id, secret, err := basic(header)
		if err != nil {
			return credentials{}, err
		}
		given.method, given.secret, named = oidc.ClientSecretBasic, secret, append(named, id)
	}
	if secret := p["client_secret"]; secret != "" {
		if given.method != oidc.AuthNone {
			return credentials{}, errTwoProofs
		}
		given.method, given.secret = oidc.ClientSecretPost, secret
	}
	if assertion := p["client_assertion"]; assertion != "" || p["client_assertion_type"] != "" {
		if given.method != oidc.AuthNone {
			return credentials{}, errTwoProofs
		}
		id, err := jose.Claimant(assertion)
		if err != nil || p["client_assertion_type"] != assertionType {
			return credentials{}, errClient
		}
		given.method, given.assertion, named = oidc.PrivateKeyJWT, assertion, append(named, id)
	}
	for _, id := range named {
		if given.client != "" && given.client != oidc.ClientID(id) {
			return credentials{}, oidc.Refuse(oidc.InvalidRequest, "The client_id is not that of the proof.")
		}
		given.client = oidc.ClientID(id)
	}
	if !token.IsID(string(given.client)) {
		return credentials{}, errClient
	}
	return given, nil
}

var errTwoProofs = oidc.Refuse(oidc.InvalidRequest, "A client proves itself in one way.")

// basic reads the header of RFC 6749, section 2.3.1: both halves are encoded as in a form.
func basic(header string) (id, secret string, err error) {
	scheme, value, _ := strings.Cut(header, " ")
	text, err := base64.StdEncoding.DecodeString(strings.TrimLeft(value, " "))
	if !strings.EqualFold(scheme, "Basic") || err != nil || len(text) > jose.MaxLength {
		return "", "", errClient
	}
	id, secret, _ = strings.Cut(string(text), ":")
	id, err = url.QueryUnescape(id)
	if err != nil {
		return "", "", errClient
	}
	if secret, err = url.QueryUnescape(secret); err != nil {
		return "", "", errClient
	}
	return id, secret, nil
}

// prove holds a client to its credentials, and returns what they use up. The error is errClient for everything that is wrong, or the limit of
// failures; it takes the same work for a client that is not known.
func (h *handler) prove(ctx context.Context, c *httpapi.Call, client oidc.Client, given credentials) ([]oidc.Spent, error) {
	spend, err := h.check(c, client, given)
	if err == nil {
		return spend, nil
	}
	if _, over := c.Take(ctx, limit.ClientProof.By(string(given.client)+"#"+c.Network)); over != nil {
		return nil, over
	}
	return nil, errClient.Because(err)
}

var errNotProven = errors.New("the proof is wrong, or another than the client is registered with")

func (h *handler) check(c *httpapi.Call, client oidc.Client, given credentials) ([]oidc.Spent, error) {
	right := client.ID != "" && !client.Disabled && client.Auth == given.method
	switch given.method {
	case oidc.ClientSecretBasic, oidc.ClientSecretPost: // a public client has none, and libraries send one all the same: it counts for nothing
		right = client.HasSecret(given.secret) && right || client.Public() && client.ID != "" && !client.Disabled
	case oidc.PrivateKeyJWT:
		algorithms := []string{jose.ES256, jose.PS256}
		if !client.FAPI {
			algorithms = append(algorithms, jose.RS256)
		}
		a, err := jose.VerifyAssertion(given.assertion, client.JWKS, string(given.client), h.issuer, algorithms, c.Now)
		if err == nil && right {
			return []oidc.Spent{{Who: string(client.ID), JTI: a.JTI, Until: a.Until}}, nil
		}
		return nil, errors.Join(errNotProven, err)
	}
	if !right {
		return nil, errNotProven
	}
	return nil, nil
}

// party is a client that has proven itself.
type party struct {
	client    oidc.Client
	assertion []oidc.Spent // what it has proven itself with, where that is good once
	proof     []oidc.Spent // that it has a key
}

// once is all that is used up by what the party gets.
func (p party) once() []oidc.Spent { return slices.Concat(p.assertion, p.proof) }

// refused uses up the assertion of a request that was refused: sent again beside what is right, it would open something.
func (h *handler) refused(ctx context.Context, p party, refusal error) error {
	if _, answer := errors.AsType[*oidc.Error](refusal); answer {
		if err := h.spend(ctx, p); err != nil {
			return err
		}
	}
	return refusal
}

// spend uses up what a client has proven itself with. Seen before, it proves nothing.
func (h *handler) spend(ctx context.Context, p party) error {
	if len(p.assertion) == 0 {
		return nil
	}
	err := h.store.SpendProofs(ctx, p.assertion...)
	if errors.Is(err, oidc.ErrReplayed) {
		return errClient.Because(err)
	}
	return err
}

// readProven reads the parameters and the grant of what is shown, and holds the client to its proof. show finds the grant; a zero one is none.
func (h *handler) readProven(ctx context.Context, c *httpapi.Call, query, form url.Values, show func(p map[string]string) oidc.GrantRef) (map[string]string, party, oidc.TokenState, error) {
	var state oidc.TokenState
	if len(query) > 0 {
		return nil, party{}, state, oidc.Refuse(oidc.InvalidRequest, "Send the parameters in the body.")
	}
	p, err := oidc.Single(form)
	if err != nil {
		return nil, party{}, state, err
	}
	given, err := credentialsOf(c, p)
	if err != nil {
		return nil, party{}, state, err
	}
	if state, err = h.store.TokenState(ctx, show(p), given.client); err != nil {
		return nil, party{}, state, err
	}
	allowOrigin(c, state.Client)
	spend, err := h.prove(ctx, c, state.Client, given)
	return p, party{client: state.Client, assertion: spend}, state, err
}
