package store

import (
	"context"
	"time"

	"phonon.in/central/shared/oidc"
)

type pushedRow struct {
	key
	Client    string `dynamodbav:"client"`
	Query     string `dynamodbav:"query"`
	JKT       string `dynamodbav:"jkt,omitempty"`
	CreatedAt stamp  `dynamodbav:"createdAt"`
	OpenBy    stamp  `dynamodbav:"openBy"`
	OpenedAt  stamp  `dynamodbav:"openedAt,omitempty"`
	ExpiresAt int64  `dynamodbav:"expiresAt"`
}

func (r pushedRow) pushed() oidc.Pushed {
	return oidc.Pushed{
		ID: r.PK[len(pushedPrefix):], Client: oidc.ClientID(r.Client), Query: r.Query, JKT: r.JKT,
		CreatedAt: r.CreatedAt.time(), OpenedAt: r.OpenedAt.time(), ExpiresAt: time.Unix(r.ExpiresAt, 0).UTC(),
	}
}

// Push writes a request that a client has sent beforehand, and uses up the proofs that came with it. oidc.ErrReplayed where one was seen before.
func (s *Store) Push(ctx context.Context, p oidc.Pushed, spend []oidc.Spent) error {
	row := pushedRow{
		key: pushedKey(p.ID), Client: string(p.Client), Query: p.Query, JKT: p.JKT, CreatedAt: stampOf(p.CreatedAt),
		OpenBy: stampOf(p.CreatedAt.Add(oidc.PushedLife)), ExpiresAt: p.ExpiresAt.Unix(),
	}
	if len(spend) == 0 {
		return s.put(ctx, "push request", s.tokens, row, "")
	}
	return s.transactProofs(ctx, "push request", putNew(s.tokens, row), spend)
}

// Pushed opens a request of a client, which may be opened again until its code is issued. It returns oidc.ErrRequestUsed when it is another
// client's, was used, was not opened within oidc.PushedLife, or is too old.
func (s *Store) Pushed(ctx context.Context, id string, client oidc.ClientID, now time.Time) (oidc.Pushed, error) {
	opened, err := s.update(ctx, "open request", s.tokens, change{
		key: pushedKey(id), set: "SET openedAt = if_not_exists(openedAt, :now)",
		when:   "client = :client AND expiresAt > :unix AND (attribute_exists(openedAt) OR openBy > :now)",
		values: values{":now": stampOf(now), ":unix": now.Unix(), ":client": string(client)},
	})
	if _, failed := conditionFailed(err); failed {
		return oidc.Pushed{}, oidc.ErrRequestUsed
	}
	if err != nil {
		return oidc.Pushed{}, err
	}
	var row pushedRow
	err = unmarshal(opened, &row)
	return row.pushed(), err
}
