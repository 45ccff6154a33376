package store

import (
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/oidc"
)

// mostTold is how many messages fit into a transaction beside what it is about (100 actions, DynamoDB).
const mostTold = 80

// farewell makes the writes that tell clients of sessions of an account which end in the same transaction: all of them without keep, and all but
// the one with that digest otherwise. A client hears of all its sessions at once, or of each by its name. A grant whose code nobody has redeemed has
// logged nobody in. What is written waits for the sweep.
func (s *Store) farewell(ctx context.Context, id account.ID, keep string, now time.Time) ([]types.TransactWriteItem, error) {
	grants, err := s.GrantsOf(ctx, id, "")
	if err != nil {
		return nil, err
	}
	var told []types.TransactWriteItem
	for _, m := range ended(grants, id, keep, now) {
		m.Due = now
		told = append(told, putNew(s.tokens, pendingRow(m)))
	}
	return told, nil
}

// ended are the messages to the clients of grants that end, each once.
func ended(grants []oidc.Grant, id account.ID, keep string, now time.Time) []message.Message {
	type client struct {
		id  oidc.ClientID
		sid string
	}
	var all []client
	for _, g := range grants {
		one := client{g.Client, oidc.SID(g.Session)}
		if keep == "" || g.Offline() {
			one.sid = ""
		}
		if g.RedeemedAt.IsZero() || !now.Before(g.ExpiresAt) || keep != "" && (g.Session == keep || g.Offline()) || slices.Contains(all, one) {
			continue
		}
		all = append(all, one)
	}
	messages := make([]message.Message, 0, len(all))
	for _, c := range all[:min(len(all), mostTold)] {
		messages = append(messages, message.AboutEnded(id, c.id, c.sid, now))
	}
	return messages
}

// EndSession ends one session, with what tells its clients so, all or none, and returns what is to be told. Ending it again does nothing.
func (s *Store) EndSession(ctx context.Context, id account.ID, digest string, now time.Time) ([]message.Message, error) {
	grants, err := s.GrantsOf(ctx, id, oidc.SID(digest))
	if err != nil {
		return nil, err
	}
	const everyOther = "-" // no digest of a session: all of these grants end
	messages := ended(grants, id, everyOther, now)
	if len(messages) == 0 {
		return nil, s.delete(ctx, "end session", s.tokens, sessionKey(id, digest))
	}
	actions := []types.TransactWriteItem{deleteIn(s.tokens, sessionKey(id, digest))}
	for _, m := range messages {
		actions = append(actions, putNew(s.tokens, pendingRow(m)))
	}
	if err := s.transact(ctx, "end session", actions...); err != nil {
		return nil, err
	}
	keys := make([]key, len(grants))
	for i, g := range grants {
		keys[i] = grantKey(g.Ref())
	}
	_ = s.deleteEach(ctx, keys) // they are over already
	return messages, nil
}

// EndOtherSessions ends all sessions of the account but the one with the digest keep, as EndSession does, one after the other.
func (s *Store) EndOtherSessions(ctx context.Context, id account.ID, keep string, now time.Time) error {
	digests, err := s.sessionsBut(ctx, id, keep)
	if err != nil {
		return err
	}
	for batch := range slices.Chunk(digests, parallelDeletes) {
		ends := make([]func() error, len(batch))
		for i, digest := range batch {
			ends[i] = func() error { _, err := s.EndSession(ctx, id, digest, now); return err }
		}
		if err := together(ends...); err != nil {
			return err
		}
	}
	return nil
}

// SweepSessions deletes what is left of sessions of the account that are over already: all but the one with the digest keep ("" keeps none), and
// the grants that stand on them. Nobody is told.
func (s *Store) SweepSessions(ctx context.Context, id account.ID, keep string) error {
	digests, err := s.sessionsBut(ctx, id, keep)
	if err != nil {
		return err
	}
	grants, err := s.GrantsOf(ctx, id, "")
	if err != nil {
		return err
	}
	var keys []key
	for _, digest := range digests {
		keys = append(keys, sessionKey(id, digest))
	}
	for _, g := range grants {
		if keep == "" || g.Session != keep {
			keys = append(keys, grantKey(g.Ref()))
		}
	}
	return s.deleteEach(ctx, keys)
}

// deleteEach removes tokens side by side, as whoever may remove one of them may.
func (s *Store) deleteEach(ctx context.Context, keys []key) error {
	for batch := range slices.Chunk(keys, parallelDeletes) {
		deletes := make([]func() error, len(batch))
		for i, k := range batch {
			deletes[i] = func() error { return s.delete(ctx, "delete item", s.tokens, k) }
		}
		if err := together(deletes...); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) sessionsBut(ctx context.Context, id account.ID, keep string) ([]string, error) {
	keys, err := s.keysOf(ctx, s.tokens, profileKey(id).PK, sessionPrefix)
	if err != nil {
		return nil, err
	}
	var digests []string
	for _, k := range keys {
		if digest := k.SK[len(sessionPrefix):]; digest != keep {
			digests = append(digests, digest)
		}
	}
	return digests, nil
}

// parallelDeletes keeps one account from using up the connections of a process.
const parallelDeletes = 25
