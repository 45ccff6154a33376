package store

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/token"
)

// grantRow is one authorization. Its sort key holds the session's SID, so that one Query finds what ends with a session.
type grantRow struct {
	key
	Client            string   `dynamodbav:"client"`
	Session           string   `dynamodbav:"session"`
	Scopes            []string `dynamodbav:"scopes"`
	Nonce             string   `dynamodbav:"nonce,omitempty"`
	Redirect          string   `dynamodbav:"redirect"`
	Challenge         string   `dynamodbav:"challenge,omitempty"`
	ACR               string   `dynamodbav:"acr,omitempty"`
	AMR               []string `dynamodbav:"amr,omitempty"`
	JKT               string   `dynamodbav:"jkt,omitempty"`
	Resource          string   `dynamodbav:"resource,omitempty"`
	AuthTime          stamp    `dynamodbav:"authTime"`
	CreatedAt         stamp    `dynamodbav:"createdAt"`
	CodeExpiresAt     stamp    `dynamodbav:"codeExpiresAt"`
	RedeemedAt        stamp    `dynamodbav:"redeemedAt,omitempty"`
	Generation        int      `dynamodbav:"generation"`
	RotatedAt         stamp    `dynamodbav:"rotatedAt,omitempty"`
	UsedAt            stamp    `dynamodbav:"usedAt,omitempty"`
	CredentialVersion int      `dynamodbav:"credentialVersion"`
	By                string   `dynamodbav:"by,omitempty"` // the request that wrote it last, to be known by its own retry
	EndsAt            stamp    `dynamodbav:"endsAt"`
	ExpiresAt         int64    `dynamodbav:"expiresAt"` // that of the code until it is redeemed: a code that nobody fetches leaves nothing behind
}

func grantToRow(g oidc.Grant) grantRow {
	expires := g.ExpiresAt
	if g.RedeemedAt.IsZero() {
		expires = g.CodeExpiresAt
	}
	return grantRow{
		key: grantKey(g.Ref()), Client: string(g.Client), Session: g.Session, Scopes: g.Scopes, Nonce: g.Nonce, Redirect: g.Redirect,
		Challenge: g.Challenge, ACR: g.ACR, AMR: g.AMR, JKT: g.JKT, Resource: g.Resource, AuthTime: stampOf(g.AuthTime),
		CreatedAt: stampOf(g.CreatedAt), CodeExpiresAt: stampOf(g.CodeExpiresAt), RedeemedAt: stampOf(g.RedeemedAt),
		Generation: g.Generation, RotatedAt: stampOf(g.RotatedAt), UsedAt: stampOf(g.UsedAt), CredentialVersion: g.CredentialVersion,
		EndsAt: stampOf(g.ExpiresAt), ExpiresAt: expires.Unix(),
	}
}

// grant is the zero Grant where the row was absent.
func (r grantRow) grant() oidc.Grant {
	if r.SK == "" {
		return oidc.Grant{}
	}
	return oidc.Grant{
		ID: r.SK[len(r.SK)-idLength:], Account: account.ID(r.PK[len("account#"):]), Client: oidc.ClientID(r.Client), Session: r.Session,
		Scopes: r.Scopes, Nonce: r.Nonce, Redirect: r.Redirect, Challenge: r.Challenge, ACR: r.ACR, AMR: r.AMR, JKT: r.JKT, Resource: r.Resource,
		AuthTime: r.AuthTime.time(), CreatedAt: r.CreatedAt.time(), CodeExpiresAt: r.CodeExpiresAt.time(), RedeemedAt: r.RedeemedAt.time(),
		Generation: r.Generation, RotatedAt: r.RotatedAt.time(), UsedAt: r.UsedAt.time(), CredentialVersion: r.CredentialVersion,
		ExpiresAt: r.EndsAt.time(),
	}
}

// idLength is that of token.NewID.
const idLength = 26

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

// StartGrant writes a grant, which its code leads to. pushed is the request that it uses up, "" for none: oidc.ErrRequestUsed when that was used
// before or is too old. With a kind, seen goes into the account's log, and the app is noted as used.
func (s *Store) StartGrant(ctx context.Context, g oidc.Grant, seen account.Activity, pushed string) error {
	put := func() error { return s.put(ctx, "start grant", s.tokens, grantToRow(g), "") }
	if pushed != "" {
		put = func() error { return s.startPushed(ctx, g, pushed) }
	}
	if seen.Kind == "" {
		return put()
	}
	return together(put,
		func() error { return s.NoteActivity(ctx, g.Account, seen) },
		func() error {
			_, err := s.update(ctx, "note use of app", s.users, change{
				key: appKey(g.Account, g.Client), set: "SET lastUsed = :now", when: "attribute_exists(pk)", values: values{":now": stampOf(g.CreatedAt)},
			})
			if _, none := conditionFailed(err); none { // a product of our own, which asks for no consent
				return nil
			}
			return err
		})
}

func (s *Store) startPushed(ctx context.Context, g oidc.Grant, pushed string) error {
	use := deleteIn(s.tokens, pushedKey(pushed))
	use.Delete.ConditionExpression = aws.String("expiresAt > :now AND client = :client")
	use.Delete.ExpressionAttributeValues = values{":now": g.CreatedAt.Unix(), ":client": string(g.Client)}.marshal()
	err := s.transact(ctx, "start grant", putNew(s.tokens, grantToRow(g)), use)
	if _, _, failed := failedAt(err); failed {
		return oidc.ErrRequestUsed
	}
	return err
}

// RedeemCode uses up the code of a grant, once, together with the proofs that came with it. It returns the grant as it is then, and
// oidc.ErrCodeUsed, oidc.ErrGrantGone when it is over or the code too old, oidc.ErrReplayed for a proof.
func (s *Store) RedeemCode(ctx context.Context, g oidc.Grant, spend []oidc.Spent, now time.Time) (oidc.Grant, error) {
	g.RedeemedAt, g.RotatedAt, g.UsedAt, g.Generation = now, now, now, 1
	by := token.NewID()
	found, err := s.writeGrant(ctx, "redeem code", change{
		key: grantKey(g.Ref()),
		set: "SET redeemedAt = :now, rotatedAt = :now, usedAt = :now, generation = :one, #by = :by, expiresAt = :end",
		when: "attribute_not_exists(redeemedAt) AND codeExpiresAt > :now",
		values: values{":now": stampOf(now), ":one": 1, ":by": by, ":end": g.ExpiresAt.Unix()},
		names:  map[string]string{"#by": "by"},
	}, spend)
	if found == nil {
		return g, err
	}
	var there grantRow
	if err := unmarshal(found, &there); err != nil {
		return g, err
	}
	switch {
	case there.By == by: // the answer to this very write was lost, and the SDK sent it again
		return g, nil
	case there.RedeemedAt != "":
		return g, oidc.ErrCodeUsed
	}
	return g, oidc.ErrGrantGone
}

// RotateGrant makes the next refresh token of a grant the valid one. presented is the generation that was shown. The one before the valid one is
// good for the same valid one again for oidc.RefreshGrace, as long as that was not used: the answer may have been lost. It returns the grant as it
// is then, and oidc.ErrReused for any other generation, oidc.ErrGrantGone, oidc.ErrReplayed for a proof.
func (s *Store) RotateGrant(ctx context.Context, g oidc.Grant, presented int, spend []oidc.Spent, now time.Time) (oidc.Grant, error) {
	if g.MayRepeat(presented, now) {
		return g, s.SpendProofs(ctx, spend...)
	}
	next := g
	next.Generation, next.RotatedAt, next.UsedAt = presented+1, now, now
	if g.Offline() {
		next.ExpiresAt = now.Add(oidc.OfflineIdle)
	}
	by := token.NewID()
	found, err := s.writeGrant(ctx, "rotate grant", change{
		key:    grantKey(g.Ref()),
		set:    "SET generation = :next, rotatedAt = :now, usedAt = :now, #by = :by, endsAt = :ends, expiresAt = :end",
		when:   "generation = :presented AND attribute_exists(redeemedAt)",
		values: values{":next": next.Generation, ":presented": presented, ":now": stampOf(now), ":by": by, ":ends": stampOf(next.ExpiresAt), ":end": next.ExpiresAt.Unix()},
		names:  map[string]string{"#by": "by"},
	}, spend)
	if found == nil {
		return next, err
	}
	var there grantRow
	if err := unmarshal(found, &there); err != nil {
		return g, err
	}
	switch now := there.grant(); {
	case there.By == by: // the answer to this very write was lost, and the SDK sent it again
		return now, nil
	case now.MayRepeat(presented, next.RotatedAt):
		return now, s.SpendProofs(ctx, spend...)
	}
	return g, oidc.ErrReused
}

// UseGrant notes that a grant whose refresh token stays as it is has yielded tokens, and uses up the proofs. A grant of offline_access lives on
// from then. It returns oidc.ErrGrantGone, oidc.ErrReplayed.
func (s *Store) UseGrant(ctx context.Context, g oidc.Grant, spend []oidc.Spent, now time.Time) (oidc.Grant, error) {
	g.UsedAt = now
	if g.Offline() {
		g.ExpiresAt = now.Add(oidc.OfflineIdle)
	}
	found, err := s.writeGrant(ctx, "use grant", change{
		key: grantKey(g.Ref()), set: "SET usedAt = :now, endsAt = :ends, expiresAt = :end", when: "attribute_exists(redeemedAt)",
		values: values{":now": stampOf(now), ":ends": stampOf(g.ExpiresAt), ":end": g.ExpiresAt.Unix()},
	}, spend)
	if found != nil {
		return g, oidc.ErrGrantGone
	}
	return g, err
}

// writeGrant writes a change of a grant, and with it the proofs that are used up. found is the grant where the change's condition failed.
func (s *Store) writeGrant(ctx context.Context, what string, c change, spend []oidc.Spent) (found item, err error) {
	if len(spend) == 0 {
		_, err = s.update(ctx, what, s.tokens, c)
		found, failed := conditionFailed(err)
		return orGone(found, failed, err)
	}
	actions := []types.TransactWriteItem{updateIn(s.tokens, c)}
	for _, p := range spend {
		actions = append(actions, putNew(s.tokens, proofToRow(p, "")))
	}
	err = s.transact(ctx, what, actions...)
	index, found, failed := failedAt(err)
	if failed && index > 0 {
		return nil, oidc.ErrReplayed
	}
	return orGone(found, failed, err)
}

func orGone(found item, failed bool, err error) (item, error) {
	if failed && found == nil {
		return nil, oidc.ErrGrantGone
	}
	if failed {
		return found, nil
	}
	return nil, err
}

// RevokeGrant ends a grant and every token of it. Ending it again does nothing.
func (s *Store) RevokeGrant(ctx context.Context, ref oidc.GrantRef) error {
	return s.delete(ctx, "revoke grant", s.tokens, grantKey(ref))
}

// GrantsOf returns the grants that belong to a session, by its SID; all grants of the account for "". Among them are those that are over and
// not deleted yet.
func (s *Store) GrantsOf(ctx context.Context, id account.ID, sid string) ([]oidc.Grant, error) {
	prefix := grantPrefix
	if sid != "" {
		prefix += sid + "#"
	}
	items, err := s.query(ctx, "list grants", s.tokens, profileKey(id).PK, prefix)
	if err != nil {
		return nil, err
	}
	grants := make([]oidc.Grant, len(items))
	for i, found := range items {
		var row grantRow
		if err := unmarshal(found, &row); err != nil {
			return nil, err
		}
		grants[i] = row.grant()
	}
	return grants, nil
}

// EndGrants ends these grants of an account.
func (s *Store) EndGrants(ctx context.Context, grants []oidc.Grant) error {
	keys := make([]key, len(grants))
	for i, g := range grants {
		keys[i] = grantKey(g.Ref())
	}
	return s.deleteAll(ctx, s.tokens, keys)
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
