package store

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/message"
)

// Erasing an account is EraseTokens, EraseCases, EraseProfile, in this order, after it was disabled and its objects in S3 were
// removed. Each may be repeated. The claim on the address goes last: until then the account is found by it.
//
// What remains is the account's id, its log of activity until that ends by itself, and the consents, which end with it then.

// erasedDomain is reserved (RFC 2606): no mail to it ever arrives.
const erasedDomain = "@erased.invalid"

// Erased reports that the account was erased.
func Erased(p account.Profile) bool { return strings.HasSuffix(p.Email.String(), erasedDomain) }

// EraseTokens removes what the table of tokens holds of an account: sessions, an open reset, a phone challenge, sign-ups for its
// address, messages to its address or number, and events that are not published. It returns how many items that were.
func (s *Store) EraseTokens(ctx context.Context, p account.Profile) (int, error) {
	var keys []key
	for _, pk := range []string{profileKey(p.ID).PK, signupKey(p.Email.Digest(), "").PK} {
		found, err := s.keysOf(ctx, s.tokens, pk, "")
		if err != nil {
			return 0, err
		}
		keys = append(keys, found...)
	}
	if err := s.eraseKept(ctx, p.ID); err != nil {
		return 0, err
	}
	toHolder := func(m message.Message) bool {
		return m.To == p.Email.String() || m.To != "" && m.To == p.Phone.Number.E164() || m.Kind == message.Event && m.Account == string(p.ID)
	}
	waiting, err := s.Waiting(ctx)
	if err != nil {
		return 0, err
	}
	dead, err := s.Dead(ctx)
	if err != nil {
		return 0, err
	}
	for _, q := range waiting {
		if toHolder(q.Message) {
			keys = append(keys, outboxKey(q.Message))
		}
	}
	for _, q := range dead {
		if toHolder(q.Message) {
			keys = append(keys, deadKey(q.Message))
		}
	}
	return len(keys), s.deleteAll(ctx, s.tokens, keys)
}

// eraseKept lets go of the address that is kept for an account.
func (s *Store) eraseKept(ctx context.Context, id account.ID) error {
	undo, _, err := s.EmailUndo(ctx, id)
	if errors.Is(err, account.ErrLinkExpired) || err == nil && !undo.UsedAt.IsZero() {
		return nil
	}
	if err != nil {
		return err
	}
	kept := deleteIn(s.users, keptKey(undo.Email))
	when := "attribute_not_exists(pk) OR accountId = :id"
	kept.Delete.ConditionExpression, kept.Delete.ExpressionAttributeValues = &when, values{":id": string(id)}.marshal()
	err = s.transact(ctx, "release kept address", kept)
	if _, _, others := failedAt(err); others {
		return nil
	}
	return err
}

// EraseCases removes the KYC cases of an account with their documents, references, rounds, records and traces, the log of events, and what
// its holder let clients have, and returns how many items that were. The objects in S3 are not the store's.
func (s *Store) EraseCases(ctx context.Context, id account.ID) (int, error) {
	cases, err := s.Cases(ctx, id)
	if err != nil {
		return 0, err
	}
	keys, err := s.keysOf(ctx, s.users, profileKey(id).PK, roundPrefix)
	if err != nil {
		return 0, err
	}
	traces, err := s.tracesOf(ctx, id)
	if err != nil {
		return 0, err
	}
	keys = append(keys, traces...)
	records, err := s.keysOf(ctx, s.users, profileKey(id).PK, recordPrefix)
	if err != nil {
		return 0, err
	}
	keys = append(keys, records...)
	told, err := s.keysOf(ctx, s.users, profileKey(id).PK, eventPrefix)
	if err != nil {
		return 0, err
	}
	keys = append(keys, told...)
	apps, err := s.keysOf(ctx, s.users, profileKey(id).PK, appPrefix)
	if err != nil {
		return 0, err
	}
	keys = append(keys, apps...)
	for _, c := range cases {
		if err := s.leaveLane(ctx, c); err != nil {
			return 0, err
		}
		if c.Reference != "" {
			keys = append(keys, referenceKey(c.Reference))
		}
	}
	own, err := s.keysOf(ctx, s.users, profileKey(id).PK, casePrefix)
	if err != nil {
		return 0, err
	}
	slices.Reverse(own) // documents before their case, and the case last: it names the reference
	keys = append(keys, own...)
	return len(keys), s.deleteAll(ctx, s.users, keys)
}

// EraseProfile makes the profile nobody's and lets go of address and number, all or none, with what also is to be written. The address may then
// be used for a new account. It returns account.ErrVersion when the account, or the claim on its number, changed since it was read.
func (s *Store) EraseProfile(ctx context.Context, p account.Profile, deed Deed, also ...types.TransactWriteItem) error {
	if err := s.endConsents(ctx, p.ID, deed.At.Add(activityLife)); err != nil {
		return err
	}
	actions := []types.TransactWriteItem{
		updateIn(s.users, change{
			key: profileKey(p.ID),
			set: "SET email = :nobody, #status = :disabled, kyc = :none, kycCase = :zero, updatedAt = :now " +
				"REMOVE #type, firstName, lastName, companyName, sector, phone, phoneKind, phoneVerifiedAt, verifiedCase, verifiedUntil, verifiedEntity, verifiedAt, totp, passkeys, eraseAt, queue, queueKey ADD version :one",
			when: "version = :version", names: map[string]string{"#status": "status", "#type": "type"},
			values: values{
				":nobody": strings.ToLower(string(p.ID)) + erasedDomain, ":disabled": string(account.Disabled), ":none": "not_started", ":zero": 0,
				":now": stampOf(deed.At), ":one": 1, ":version": p.Version,
			},
		}),
		deleteIn(s.users, loginKey(p.Email)),
		deleteIn(s.users, reviewerKey(p.ID)),
		deleteIn(s.users, factorsKey(p.ID)),
		putNew(s.users, deed.row(p.ID)),
	}
	if !p.Phone.Number.IsZero() {
		release, err := s.releasePhone(ctx, p.ID, p.Phone.Number)
		if err != nil {
			return err
		}
		actions = append(actions, release)
	}
	err := s.transact(ctx, "erase profile", append(actions, also...)...)
	if _, _, failed := failedAt(err); failed {
		return account.ErrVersion.Because(err)
	}
	return err
}

// endConsents lets the proof of consent end when the log of activity does.
func (s *Store) endConsents(ctx context.Context, id account.ID, at time.Time) error {
	keys, err := s.keysOf(ctx, s.users, profileKey(id).PK, "consent#")
	if err != nil {
		return err
	}
	for _, k := range keys {
		_, err := s.update(ctx, "end consent", s.users, change{
			key: k, set: "SET expiresAt = if_not_exists(expiresAt, :at)", when: "attribute_exists(pk)", values: values{":at": at.Unix()},
		})
		if _, gone := conditionFailed(err); err != nil && !gone {
			return err
		}
	}
	return nil
}

func (s *Store) keysOf(ctx context.Context, table, pk, prefix string) ([]key, error) {
	items, err := s.query(ctx, "list keys", table, pk, prefix)
	if err != nil {
		return nil, err
	}
	keys := make([]key, len(items))
	for i, found := range items {
		if err := unmarshal(found, &keys[i]); err != nil {
			return nil, err
		}
	}
	return keys, nil
}

const writesAtOnce = 25 // what one call may take

// deleteAll removes items in the order of their keys, a batch at a time.
func (s *Store) deleteAll(ctx context.Context, table string, keys []key) error {
	requests := make([]types.WriteRequest, len(keys))
	for i, k := range keys {
		requests[i] = types.WriteRequest{DeleteRequest: &types.DeleteRequest{Key: marshal(k)}}
	}
	return s.writeAll(ctx, "delete items", table, requests)
}

// writeAll makes single writes in their order, a batch at a time.
func (s *Store) writeAll(ctx context.Context, what, table string, requests []types.WriteRequest) error {
	for batch := range slices.Chunk(requests, writesAtOnce) {
		if err := s.writeBatch(ctx, what, map[string][]types.WriteRequest{table: batch}); err != nil {
			return err
		}
	}
	return nil
}

// writeBatch makes single writes in one call, of 25 at most, and once more what of them was left. It is no transaction.
func (s *Store) writeBatch(ctx context.Context, what string, left map[string][]types.WriteRequest) error {
	for attempt := 1; len(left) > 0; attempt++ {
		out, err := call(ctx, what, func(ctx context.Context) (*dynamodb.BatchWriteItemOutput, error) {
			return s.db.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: left})
		})
		if err != nil {
			return err
		}
		if left = out.UnprocessedItems; len(left) > 0 && attempt == conflictAttempts {
			return fault.Down(errUnprocessed)
		}
	}
	return nil
}
