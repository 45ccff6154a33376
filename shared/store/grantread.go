package store

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/oidc"
)

// Authorization reads what decides about a request for a code, in one consistent read. What is absent, or not asked for by "", is zero.
func (s *Store) Authorization(ctx context.Context, id account.ID, digest string, client oidc.ClientID) (oidc.Authorization, error) {
	var a oidc.Authorization
	found, err := s.batch(ctx, "read authorization",
		wanted{s.tokens, sessionKey(id, digest), id != ""}, wanted{s.users, profileKey(id), id != ""},
		wanted{s.users, clientKey(client), true}, wanted{s.users, appKey(id, client), id != ""})
	if err != nil {
		return a, err
	}
	var app appRow
	if a.Session, a.Profile, a.Client, err = whoAndWhere(found[0], found[1], found[2]); err != nil {
		return a, err
	}
	err = unmarshal(found[3], &app)
	a.App = app.app()
	return a, err
}

// TokenState reads what decides about a token, in one consistent read. What is absent, or not asked for by a zero ref, is zero.
func (s *Store) TokenState(ctx context.Context, ref oidc.GrantRef, client oidc.ClientID) (oidc.TokenState, error) {
	var state oidc.TokenState
	known := ref.ID != ""
	found, err := s.batch(ctx, "read grant",
		wanted{s.tokens, grantKey(ref), known}, wanted{s.tokens, sessionKey(ref.Account, ref.Session), known && ref.Session != oidc.OfflineSession},
		wanted{s.users, profileKey(ref.Account), known}, wanted{s.users, clientKey(client), client != ""})
	if err != nil {
		return state, err
	}
	var grant grantRow
	if state.Session, state.Profile, state.Client, err = whoAndWhere(found[1], found[2], found[3]); err != nil {
		return state, err
	}
	err = unmarshal(found[0], &grant)
	state.Grant = grant.grant()
	return state, err
}

func whoAndWhere(inSession, inProfile, inClient item) (session account.Session, p account.Profile, c oidc.Client, err error) {
	var client clientRow
	if err = unmarshal(inClient, &client); err != nil {
		return
	}
	if c = client.client(); inSession != nil {
		var row sessionRow
		if err = unmarshal(inSession, &row); err != nil {
			return
		}
		session = row.session()
	}
	if inProfile != nil {
		p, err = decodeProfile(inProfile)
	}
	return
}

// wanted is one key of a read of several.
type wanted struct {
	table string
	key   key
	asked bool
}

// batch reads several items at once, consistently, in the order of the keys. What is absent, or not asked for, is nil.
func (s *Store) batch(ctx context.Context, what string, keys ...wanted) ([]item, error) {
	request := map[string]types.KeysAndAttributes{}
	for _, k := range keys {
		if k.asked {
			of := request[k.table]
			of.Keys, of.ConsistentRead = append(of.Keys, marshal(k.key)), aws.Bool(true)
			request[k.table] = of
		}
	}
	items := make([]item, len(keys))
	for range conflictAttempts {
		if len(request) == 0 {
			return items, nil
		}
		out, err := call(ctx, what, func(ctx context.Context) (*dynamodb.BatchGetItemOutput, error) {
			return s.db.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: request})
		})
		if err != nil {
			return nil, err
		}
		for table, found := range out.Responses {
			for _, i := range found {
				var at key
				if err := unmarshal(i, &at); err != nil {
					return nil, err
				}
				for n, k := range keys {
					if k.asked && k.table == table && k.key == at {
						items[n] = i
					}
				}
			}
		}
		request = out.UnprocessedKeys
	}
	return nil, fault.Down(errUnprocessed)
}
