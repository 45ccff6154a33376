package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/shared/oidc"
)

// clientRow is a client. There are few: one partition has them all, and one Query lists them.
type clientRow struct {
	key
	Name             string   `dynamodbav:"name"`
	FirstParty       bool     `dynamodbav:"firstParty,omitempty"`
	Disabled         bool     `dynamodbav:"disabled,omitempty"`
	Native           bool     `dynamodbav:"native,omitempty"`
	Auth             string   `dynamodbav:"auth"`
	Secrets          []string `dynamodbav:"secrets,omitempty"`
	JWKS             string   `dynamodbav:"jwks,omitempty"`
	RedirectURIs     []string `dynamodbav:"redirectUris"`
	PostLogoutURIs   []string `dynamodbav:"postLogoutUris,omitempty"`
	BackchannelURI   string   `dynamodbav:"backchannelUri,omitempty"`
	InitiateLoginURI string   `dynamodbav:"initiateLoginUri,omitempty"`
	Product          string   `dynamodbav:"product,omitempty"`
	Origins          []string `dynamodbav:"origins,omitempty"`
	Scopes           []string `dynamodbav:"scopes"`
	Needs            []string `dynamodbav:"needs,omitempty"`
	IDTokenAlg       string   `dynamodbav:"idTokenAlg"`
	AccessToken      string   `dynamodbav:"accessToken"`
	Audience         string   `dynamodbav:"audience,omitempty"`
	PKCE             string   `dynamodbav:"pkce"`
	PAR              bool     `dynamodbav:"par,omitempty"`
	DPoP             bool     `dynamodbav:"dpop,omitempty"`
	FAPI             bool     `dynamodbav:"fapi,omitempty"`
	Offline          bool     `dynamodbav:"offline,omitempty"`
	Pairwise         bool     `dynamodbav:"pairwise,omitempty"`
	ClaimsInIDToken  bool     `dynamodbav:"claimsInIdToken,omitempty"`
	DefaultMaxAge    int64    `dynamodbav:"defaultMaxAge,omitempty"` // seconds
	CreatedAt        stamp    `dynamodbav:"createdAt"`
	UpdatedAt        stamp    `dynamodbav:"updatedAt"`
	Version          int      `dynamodbav:"version"`
}

func clientToRow(c oidc.Client) clientRow {
	return clientRow{
		key: clientKey(c.ID), Name: c.Name, FirstParty: c.FirstParty, Disabled: c.Disabled, Native: c.Native,
		Auth: string(c.Auth), Secrets: c.Secrets, JWKS: string(c.JWKS), RedirectURIs: c.RedirectURIs, PostLogoutURIs: c.PostLogoutURIs,
		BackchannelURI: c.BackchannelURI, InitiateLoginURI: c.InitiateLoginURI, Product: c.Product, Origins: c.Origins, Scopes: c.Scopes, Needs: c.Needs,
		IDTokenAlg: c.IDTokenAlg, AccessToken: string(c.AccessToken), Audience: c.Audience, PKCE: string(c.PKCE), PAR: c.PAR, DPoP: c.DPoP,
		FAPI: c.FAPI, Offline: c.Offline, Pairwise: c.Pairwise, ClaimsInIDToken: c.ClaimsInIDToken,
		DefaultMaxAge: int64(c.DefaultMaxAge / time.Second), CreatedAt: stampOf(c.CreatedAt), UpdatedAt: stampOf(c.UpdatedAt), Version: c.Version,
	}
}

// client is the zero Client where the row was absent.
func (r clientRow) client() oidc.Client {
	if r.SK == "" {
		return oidc.Client{}
	}
	c := oidc.Client{
		ID: oidc.ClientID(strings.TrimPrefix(r.SK, clientPrefix)), Name: r.Name, FirstParty: r.FirstParty, Disabled: r.Disabled, Native: r.Native,
		Auth: oidc.AuthMethod(r.Auth), Secrets: r.Secrets, RedirectURIs: r.RedirectURIs, PostLogoutURIs: r.PostLogoutURIs,
		BackchannelURI: r.BackchannelURI, InitiateLoginURI: r.InitiateLoginURI, Product: r.Product, Origins: r.Origins, Scopes: r.Scopes, Needs: r.Needs,
		IDTokenAlg: r.IDTokenAlg, AccessToken: oidc.TokenForm(r.AccessToken), Audience: r.Audience, PKCE: oidc.PKCEMode(r.PKCE), PAR: r.PAR, DPoP: r.DPoP,
		FAPI: r.FAPI, Offline: r.Offline, Pairwise: r.Pairwise, ClaimsInIDToken: r.ClaimsInIDToken,
		DefaultMaxAge: time.Duration(r.DefaultMaxAge) * time.Second, CreatedAt: r.CreatedAt.time(), UpdatedAt: r.UpdatedAt.time(), Version: r.Version,
	}
	if r.JWKS != "" {
		c.JWKS = []byte(r.JWKS)
	}
	return c
}

// Client reads a client, a disabled one too. It returns oidc.ErrClientUnknown when there is none.
func (s *Store) Client(ctx context.Context, id oidc.ClientID) (oidc.Client, error) {
	var row clientRow
	found, err := s.get(ctx, "read client", s.users, clientKey(id), &row)
	if err == nil && !found {
		err = oidc.ErrClientUnknown
	}
	return row.client(), err
}

// Clients returns all clients, disabled ones too, by name.
func (s *Store) Clients(ctx context.Context) ([]oidc.Client, error) {
	items, err := s.query(ctx, "list clients", s.users, clientKey("").PK, clientPrefix)
	if err != nil {
		return nil, err
	}
	all := make([]oidc.Client, len(items))
	for i, found := range items {
		var row clientRow
		if err := unmarshal(found, &row); err != nil {
			return nil, err
		}
		all[i] = row.client()
	}
	slices.SortStableFunc(all, func(a, b oidc.Client) int {
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	return all, nil
}

// AddClient writes a new client, with version 1. It returns oidc.ErrClientExists when its id is taken.
func (s *Store) AddClient(ctx context.Context, c oidc.Client) (oidc.Client, error) {
	c.Version = 1
	err := s.transact(ctx, "add client", putNew(s.users, clientToRow(c)))
	if _, _, failed := failedAt(err); failed {
		err = oidc.ErrClientExists
	}
	return c, err
}

// ChangeClient replaces a client as it was read and returns it with its new version; what it says counts from the next request on. It returns
// oidc.ErrClientChanged when the client was changed or removed since.
func (s *Store) ChangeClient(ctx context.Context, c oidc.Client) (oidc.Client, error) {
	was := c.Version
	c.Version++
	replace := putOver(s.users, clientToRow(c))
	replace.Put.ConditionExpression, replace.Put.ExpressionAttributeValues = aws.String("version = :was"), values{":was": was}.marshal()
	err := s.transact(ctx, "change client", replace)
	if _, _, failed := failedAt(err); failed {
		err = oidc.ErrClientChanged
	}
	return c, err
}

// RemoveClient removes a client for good: every grant and pushed request of it is worth nothing from the next request on. It returns
// oidc.ErrClientUnknown when there is none.
func (s *Store) RemoveClient(ctx context.Context, id oidc.ClientID) error {
	err := s.transact(ctx, "remove client", types.TransactWriteItem{Delete: &types.Delete{
		TableName: &s.users, Key: marshal(clientKey(id)), ConditionExpression: aws.String("attribute_exists(pk)"),
	}})
	if _, _, failed := failedAt(err); failed {
		err = oidc.ErrClientUnknown
	}
	return err
}
