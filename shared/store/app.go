package store

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/oidc"
)

// appRow is what the holder of an account lets a client have.
type appRow struct {
	key
	Scopes   []string `dynamodbav:"scopes"`
	Since    stamp    `dynamodbav:"since,omitempty"` // not while nothing is allowed
	LastUsed stamp    `dynamodbav:"lastUsed,omitempty"`
	Version  int      `dynamodbav:"version"`
}

func appToRow(id account.ID, a oidc.App) appRow {
	return appRow{key: appKey(id, a.Client), Scopes: a.Scopes, Since: stampOf(a.Since), LastUsed: stampOf(a.LastUsed), Version: a.Version}
}

// app is the zero App where the row was absent.
func (r appRow) app() oidc.App {
	if r.SK == "" {
		return oidc.App{}
	}
	return oidc.App{
		Client: oidc.ClientID(r.SK[len(appPrefix):]), Scopes: r.Scopes, Since: r.Since.time(), LastUsed: r.LastUsed.time(), Version: r.Version,
	}
}

// Apps returns what the holder of an account has allowed, the newest first. The client of one may have been removed since.
func (s *Store) Apps(ctx context.Context, id account.ID) ([]oidc.App, error) {
	items, err := s.query(ctx, "list apps", s.users, profileKey(id).PK, appPrefix)
	if err != nil {
		return nil, err
	}
	apps := []oidc.App{}
	for _, found := range items {
		var row appRow
		if err := unmarshal(found, &row); err != nil {
			return nil, err
		}
		if len(row.Scopes) > 0 {
			apps = append(apps, row.app())
		}
	}
	slices.SortStableFunc(apps, func(a, b oidc.App) int { return b.Since.Compare(a.Since) })
	return apps, nil
}

// AllowApp writes what the holder of an account has allowed a client, with the proof of it and what the account's log shows: all or none. a is
// the app as it was read (version 0 for none) with the scopes that are allowed now. It returns the app as it is then, and oidc.ErrAppChanged
// when another consent or a withdrawal came first.
func (s *Store) AllowApp(ctx context.Context, id account.ID, a oidc.App, consent account.Consent, seen account.Activity) (oidc.App, error) {
	was := a.Version
	a.Version++
	if a.Since.IsZero() {
		a.Since = consent.AcceptedAt
	}
	put := putNew(s.users, appToRow(id, a))
	if was > 0 {
		put = updateIn(s.users, change{
			key: appKey(id, a.Client), set: "SET scopes = :scopes, since = :since, version = :next", when: "version = :was",
			values: values{":scopes": a.Scopes, ":since": stampOf(a.Since), ":next": a.Version, ":was": was},
		})
	}
	err := s.transact(ctx, "allow app", put, putNew(s.users, consentToRow(id, consent)), putNew(s.users, activityToRow(id, seen)))
	if _, _, failed := failedAt(err); failed {
		err = oidc.ErrAppChanged
	}
	return a, err
}

// RemoveApp takes back what a client was allowed: the messages go out with it, and then its grants of the account end. Where that fails in
// between, repeating it ends them. It returns oidc.ErrClientUnknown when there is nothing to take back.
func (s *Store) RemoveApp(ctx context.Context, p account.Profile, client oidc.ClientID, seen account.Activity, messages ...message.Message) error {
	remove := updateIn(s.users, change{ // not deleted: an answer to a question of before must allow nothing
		key: appKey(p.ID, client), set: "SET scopes = :none REMOVE since ADD version :one", when: "size(scopes) > :zero",
		values: values{":none": []string{}, ":one": 1, ":zero": 0},
	})
	actions := []types.TransactWriteItem{remove, putNew(s.users, activityToRow(p.ID, seen))}
	for _, m := range messages {
		actions = append(actions, putNew(s.tokens, pendingRow(m)))
	}
	err := s.transact(ctx, "remove app", actions...)
	_, _, gone := failedAt(err)
	if err != nil && !gone {
		return err
	}
	grants, err := s.GrantsOf(ctx, p.ID, "")
	if err != nil {
		return err
	}
	var keys []key
	for _, g := range grants {
		if g.Client == client {
			keys = append(keys, grantKey(g.Ref()))
		}
	}
	if gone && len(keys) == 0 {
		return oidc.ErrClientUnknown
	}
	return s.deleteEach(ctx, keys)
}
