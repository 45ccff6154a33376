package store

import (
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/token"
)

func (r loginRow) login(email account.Email) account.Login {
	return account.Login{
		Email: email, AccountID: account.ID(r.AccountID), PasswordHash: token.NewSecret(r.PasswordHash),
		CredentialVersion: r.CredentialVersion,
	}
}

type sessionRow struct {
	key
	CreatedAt         stamp  `dynamodbav:"createdAt"`
	LastSeenAt        stamp  `dynamodbav:"lastSeenAt"`
	Remember          bool   `dynamodbav:"remember"`
	IP                string `dynamodbav:"ip"`
	UserAgent         string `dynamodbav:"userAgent"`
	CredentialVersion int    `dynamodbav:"credentialVersion"`
	ProvenAt          stamp  `dynamodbav:"provenAt,omitempty"`
	ProvenBy          string `dynamodbav:"provenBy,omitempty"`
	TermsDue          string `dynamodbav:"termsDue,omitempty"`
	DeskUntil         stamp  `dynamodbav:"deskUntil,omitempty"`
	ExpiresAt         int64  `dynamodbav:"expiresAt"`
}

func sessionToRow(s account.Session) sessionRow {
	return sessionRow{
		key: sessionKey(s.AccountID, s.Digest), CreatedAt: stampOf(s.CreatedAt), LastSeenAt: stampOf(s.LastSeenAt),
		Remember: s.Remember, IP: s.IP, UserAgent: s.UserAgent, CredentialVersion: s.CredentialVersion,
		ProvenAt: stampOf(s.ProvenAt), ProvenBy: string(s.ProvenBy), TermsDue: s.TermsDue, DeskUntil: stampOf(s.DeskUntil), ExpiresAt: s.ExpiresAt.Unix(),
	}
}

func (r sessionRow) session() account.Session {
	proven, by := r.ProvenAt, account.Proof(r.ProvenBy)
	if proven == "" { // of a release that did not note it: every session began with the password
		proven, by = r.CreatedAt, account.ByPassword
	}
	return account.Session{
		Digest: r.SK[len(sessionPrefix):], AccountID: account.ID(r.PK[len("account#"):]),
		CreatedAt: r.CreatedAt.time(), LastSeenAt: r.LastSeenAt.time(), ExpiresAt: time.Unix(r.ExpiresAt, 0).UTC(),
		Remember: r.Remember, IP: r.IP, UserAgent: r.UserAgent, CredentialVersion: r.CredentialVersion,
		ProvenAt: proven.time(), ProvenBy: by, TermsDue: r.TermsDue, DeskUntil: r.DeskUntil.time(),
	}
}

// StartSession writes a session and the activity that tells its holder about it, in one call. Either may be there without the other where that fails.
func (s *Store) StartSession(ctx context.Context, session account.Session, seen account.Activity) error {
	put := func(row any) []types.WriteRequest {
		return []types.WriteRequest{{PutRequest: &types.PutRequest{Item: marshal(row)}}}
	}
	return s.writeBatch(ctx, "start session", map[string][]types.WriteRequest{
		s.tokens: put(sessionToRow(session)), s.users: put(activityToRow(session.AccountID, seen)),
	})
}

// OpenSession reads a session and the profile of its account in one consistent read. It returns account.ErrSessionUnknown when either is
// absent. Whether the session may still be used is for account.Session.Open to say.
func (s *Store) OpenSession(ctx context.Context, id account.ID, digest string) (account.Session, account.Profile, error) {
	var session sessionRow
	var profile profileRow
	err := s.pair(ctx, "open session", sessionKey(id, digest), &session, profileKey(id), &profile)
	if err != nil {
		return account.Session{}, account.Profile{}, err
	}
	if session.SK == "" || profile.SK == "" {
		return account.Session{}, account.Profile{}, account.ErrSessionUnknown
	}
	p, err := profile.profile()
	return session.session(), p, err
}

// pair reads one item of each table at once, consistently. An absent item leaves its row zero.
func (s *Store) pair(ctx context.Context, what string, inTokens key, tokenRow any, inUsers key, userRow any) error {
	wanted := map[string]types.KeysAndAttributes{
		s.tokens: {Keys: []item{marshal(inTokens)}, ConsistentRead: aws.Bool(true)},
		s.users:  {Keys: []item{marshal(inUsers)}, ConsistentRead: aws.Bool(true)},
	}
	for range conflictAttempts {
		out, err := call(ctx, what, func(ctx context.Context) (*dynamodb.BatchGetItemOutput, error) {
			return s.db.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: wanted})
		})
		if err != nil {
			return err
		}
		for _, i := range out.Responses[s.tokens] {
			if err := unmarshal(i, tokenRow); err != nil {
				return err
			}
		}
		for _, i := range out.Responses[s.users] {
			if err := unmarshal(i, userRow); err != nil {
				return err
			}
		}
		if len(out.UnprocessedKeys) == 0 {
			return nil
		}
		wanted = out.UnprocessedKeys
	}
	return fault.Down(errUnprocessed)
}

// OpenDesk lets a session work at the review desk until a time. A session that was ended meanwhile stays ended.
func (s *Store) OpenDesk(ctx context.Context, session account.Session, until time.Time) error {
	_, err := s.update(ctx, "open desk", s.tokens, change{
		key: sessionKey(session.AccountID, session.Digest), set: "SET deskUntil = :until",
		when: "attribute_exists(pk)", values: values{":until": stampOf(until)},
	})
	if _, gone := conditionFailed(err); gone {
		return account.ErrSessionUnknown.Because(err)
	}
	return err
}

// Reopen goes on with a session whose holder has logged in once more, where it was open. It returns account.ErrSessionUnknown when it was ended meanwhile.
func (s *Store) Reopen(ctx context.Context, session account.Session, seen account.Activity) error {
	err := s.transact(ctx, "go on with session", s.proven(session), putNew(s.users, activityToRow(session.AccountID, seen)))
	if _, _, gone := failedAt(err); gone {
		return account.ErrSessionUnknown.Because(err)
	}
	return err
}

// Prove notes that the holder of a session has proved who they are. A session that was ended meanwhile stays ended.
func (s *Store) Prove(ctx context.Context, session account.Session, by account.Proof, now time.Time) error {
	_, err := s.update(ctx, "prove session", s.tokens, change{
		key: sessionKey(session.AccountID, session.Digest), set: "SET provenAt = :now, provenBy = :by",
		when: "attribute_exists(pk)", values: values{":now": stampOf(now), ":by": string(by)},
	})
	if _, gone := conditionFailed(err); gone {
		return account.ErrSessionUnknown.Because(err)
	}
	return err
}

// TouchSession notes that the session was used. A session that was ended meanwhile stays ended.
func (s *Store) TouchSession(ctx context.Context, session account.Session, now time.Time) error {
	_, err := s.update(ctx, "touch session", s.tokens, change{
		key: sessionKey(session.AccountID, session.Digest), set: "SET lastSeenAt = :now",
		when: "attribute_exists(pk)", values: values{":now": stampOf(now)},
	})
	if _, gone := conditionFailed(err); gone {
		return nil
	}
	return err
}

// Sessions returns the sessions of the account that can still be used, the last used first.
func (s *Store) Sessions(ctx context.Context, p account.Profile, now time.Time) ([]account.Session, error) {
	items, err := s.query(ctx, "list sessions", s.tokens, profileKey(p.ID).PK, sessionPrefix)
	if err != nil {
		return nil, err
	}
	var open []account.Session
	for _, i := range items {
		var row sessionRow
		if err := unmarshal(i, &row); err != nil {
			return nil, err
		}
		if session := row.session(); session.Open(p, now) {
			open = append(open, session)
		}
	}
	slices.SortFunc(open, func(a, b account.Session) int { return b.LastSeenAt.Compare(a.LastSeenAt) })
	return open, nil
}
