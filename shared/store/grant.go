package store

import (
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/token"
)

// StartGrant writes a grant, which its code leads to. pushed is the request that it uses up, "" for none: oidc.ErrRequestUsed when that was used
// before or is too old. app is what the holder allows the client, as it was read; without scopes for a client that asks for no consent. It is noted
// as used: oidc.ErrAppChanged when it was changed meanwhile, or taken back. With a kind, seen goes into the account's log.
func (s *Store) StartGrant(ctx context.Context, g oidc.Grant, app oidc.App, seen account.Activity, pushed string) error {
	start := func() error { return s.startGrant(ctx, g, app, pushed) }
	if seen.Kind == "" {
		return start()
	}
	return together(start, func() error { return s.NoteActivity(ctx, g.Account, seen) })
}

func (s *Store) startGrant(ctx context.Context, g oidc.Grant, app oidc.App, pushed string) error {
	var actions []types.TransactWriteItem
	var refusals []error // by action
	if pushed != "" {
		use := deleteIn(s.tokens, pushedKey(pushed))
		use.Delete.ConditionExpression = aws.String("expiresAt > :now AND client = :client")
		use.Delete.ExpressionAttributeValues = values{":now": g.CreatedAt.Unix(), ":client": string(g.Client)}.marshal()
		actions, refusals = append(actions, use), append(refusals, oidc.ErrRequestUsed)
	}
	if len(app.Scopes) > 0 {
		actions, refusals = append(actions, updateIn(s.users, change{
			key: appKey(g.Account, g.Client), set: "SET lastUsed = :now", when: "version = :read", values: values{":now": stampOf(g.CreatedAt), ":read": app.Version},
		})), append(refusals, oidc.ErrAppChanged)
	}
	if len(actions) == 0 {
		return s.put(ctx, "start grant", s.tokens, grantToRow(g), "")
	}
	err := s.transact(ctx, "start grant", append(actions, putNew(s.tokens, grantToRow(g)))...)
	if at, _, failed := failedAt(err); failed && at < len(refusals) {
		return refusals[at]
	}
	return err
}

// RedeemCode uses up the code of a grant, once, together with the proofs that came with it. JKT is from then on the key of its tokens. It returns the grant as it is then, and
// oidc.ErrCodeUsed, oidc.ErrGrantGone when it is over or the code too old, oidc.ErrReplayed for a proof.
func (s *Store) RedeemCode(ctx context.Context, g oidc.Grant, spend []oidc.Spent, now time.Time) (oidc.Grant, error) {
	g.RedeemedAt, g.RotatedAt, g.UsedAt, g.Generation = now, now, now, 1
	by := token.NewID()
	found, err := s.writeGrant(ctx, "redeem code", change{
		key:    grantKey(g.Ref()),
		set:    "SET redeemedAt = :now, rotatedAt = :now, usedAt = :now, generation = :one, #by = :by, jkt = :jkt, expiresAt = :end",
		when:   "attribute_not_exists(redeemedAt) AND codeExpiresAt > :now",
		values: values{":now": stampOf(now), ":one": 1, ":by": by, ":jkt": g.JKT, ":end": g.ExpiresAt.Unix()},
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
	next.ExpiresAt = g.EndOfUse(now)
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
	switch valid := there.grant(); {
	case there.By == by: // the answer to this very write was lost, and the SDK sent it again
		return valid, nil
	case valid.MayRepeat(presented, now):
		return valid, s.SpendProofs(ctx, spend...)
	}
	return g, oidc.ErrReused
}

// UseGrant uses up the proofs with which a grant whose refresh token stays as it is yields tokens again. A grant of offline_access lives on from
// then. It returns oidc.ErrGrantGone, oidc.ErrReplayed.
func (s *Store) UseGrant(ctx context.Context, g oidc.Grant, spend []oidc.Spent, now time.Time) (oidc.Grant, error) {
	if !g.Offline() && len(spend) == 0 {
		return g, nil
	}
	g.UsedAt, g.ExpiresAt = now, g.EndOfUse(now)
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
	err = s.transactProofs(ctx, what, updateIn(s.tokens, c), spend)
	_, found, failed := failedAt(err)
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

// ThinGrants keeps the newest oidc.GrantsKept grants of a session for the client of g, and g: a product that asks each minute whether somebody is
// still there would fill the account otherwise.
func (s *Store) ThinGrants(ctx context.Context, g oidc.Grant) error {
	grants, err := s.GrantsOf(ctx, g.Account, oidc.SID(g.Session))
	if err != nil {
		return err
	}
	grants = slices.DeleteFunc(grants, func(other oidc.Grant) bool { return other.Client != g.Client || other.ID == g.ID })
	slices.SortFunc(grants, func(a, b oidc.Grant) int { return b.CreatedAt.Compare(a.CreatedAt) })
	var keys []key
	for _, old := range grants[min(len(grants), oidc.GrantsKept-1):] {
		keys = append(keys, grantKey(old.Ref()))
	}
	return s.deleteEach(ctx, keys)
}
