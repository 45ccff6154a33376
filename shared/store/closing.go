package store

import (
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/event"
	"phonon.in/central/shared/message"
)

// closingQueue is the partition of the index with what is erased once its time has come: accounts that were closed, by
// <when>#<account>, and what was set apart of accounts that are erased.
const closingQueue = "closing"

func apartPartition(id account.ID) string { return "restricted#" + string(id) }

// heldRow says until when what was set apart of an account is kept.
type heldRow struct {
	key
	Queue    string `dynamodbav:"queue"`
	QueueKey string `dynamodbav:"queueKey"`
	Until    stamp  `dynamodbav:"until"`
}

// CloseAccount lets an account be erased at a time, unless it is taken back before. All its sessions are over. It returns account.ErrBusy
// when password or state of the account changed since it was read.
func (s *Store) CloseAccount(ctx context.Context, p account.Profile, eraseAt time.Time, m message.Message, seen account.Activity, now time.Time) error {
	next := p.CredentialVersion + 1
	actions := []types.TransactWriteItem{
		s.newVersion(p),
		updateIn(s.users, change{
			key:  profileKey(p.ID),
			set:  "SET #status = :closing, credentialVersion = :next, eraseAt = :at, queue = :queue, queueKey = :place, updatedAt = :now ADD version :one",
			when: "credentialVersion = :from AND #status = :active", names: statusName,
			values: values{
				":closing": string(account.Closing), ":active": string(account.Active), ":from": p.CredentialVersion, ":next": next, ":at": stampOf(eraseAt),
				":queue": closingQueue, ":place": string(stampOf(eraseAt)) + "#" + string(p.ID), ":now": stampOf(now), ":one": 1,
			},
		}),
		putNew(s.tokens, pendingRow(m)),
		putNew(s.users, activityToRow(p.ID, seen)),
	}
	told, err := s.farewell(ctx, p.ID, "", now)
	if err != nil {
		return err
	}
	actions = append(actions, s.emit(event.NewAccountClosed(p.ID, eraseAt, now), time.Time{})...)
	return busy(s.transact(ctx, "close account", append(actions, told...)...))
}

// ReopenAccount takes an account back that is being closed. It returns account.ErrLinkUsed when it is not any more, or was closed again
// since it was read, and account.ErrLinkExpired when its time has come.
func (s *Store) ReopenAccount(ctx context.Context, p account.Profile, m message.Message, seen account.Activity, now time.Time) error {
	actions := []types.TransactWriteItem{
		updateIn(s.users, change{
			key:  profileKey(p.ID),
			set:  "SET #status = :active, credentialVersion = :next, updatedAt = :now REMOVE eraseAt, queue, queueKey ADD version :one",
			when: "credentialVersion = :from AND #status = :closing AND eraseAt > :now", names: statusName,
			values: values{
				":closing": string(account.Closing), ":active": string(account.Active), ":from": p.CredentialVersion, ":next": p.CredentialVersion + 1,
				":now": stampOf(now), ":one": 1,
			},
		}),
		s.newVersion(p),
		putNew(s.tokens, pendingRow(m)),
		putNew(s.users, activityToRow(p.ID, seen)),
	}
	err := s.transact(ctx, "reopen account", append(actions, s.emit(event.NewAccountReopened(p.ID, now), time.Time{})...)...)
	_, found, failed := failedAt(err)
	if !failed {
		return err
	}
	var row profileRow
	if found != nil && unmarshal(found, &row) == nil && row.Status == string(account.Closing) && row.EraseAt <= stampOf(now) {
		return account.ErrLinkExpired.Because(err)
	}
	return account.ErrLinkUsed.Because(err)
}

// newVersion ends the sessions of p together with a change of its profile.
func (s *Store) newVersion(p account.Profile) types.TransactWriteItem {
	return updateIn(s.users, change{
		key: loginKey(p.Email), set: "SET credentialVersion = :next", when: "credentialVersion = :from",
		values: values{":next": p.CredentialVersion + 1, ":from": p.CredentialVersion},
	})
}

// Ended lists up to most accounts that were closed and whose time has come, and up to most of those of which something was set apart whose
// time has come, as it was up to a second ago.
func (s *Store) Ended(ctx context.Context, now time.Time, most int) (closed, apart []account.ID, err error) {
	n := int32(most)
	out, err := call(ctx, "read closed accounts", func(ctx context.Context) (*dynamodb.QueryOutput, error) {
		return s.db.Query(ctx, &dynamodb.QueryInput{
			TableName: &s.users, IndexName: aws.String(Queue), Limit: &n, KeyConditionExpression: aws.String("queue = :queue AND queueKey < :until"),
			ExpressionAttributeValues: values{":queue": closingQueue, ":until": string(stampOf(now.Add(time.Microsecond)))}.marshal(),
		})
	})
	if err != nil {
		return nil, nil, err
	}
	for _, i := range out.Items {
		var k key
		if err := unmarshal(i, &k); err != nil {
			return nil, nil, err
		}
		if id, is := strings.CutPrefix(k.PK, apartPartition("")); is {
			apart = append(apart, account.ID(id))
		} else {
			closed = append(closed, account.ID(strings.TrimPrefix(k.PK, profileKey("").PK)))
		}
	}
	return closed, apart, nil
}

// SetApart copies cases of an account, with documents, rounds and records, to where no function reads, until a time. It may be repeated, also
// after some of them are gone: what was copied stays.
func (s *Store) SetApart(ctx context.Context, id account.ID, cases []int, until time.Time) error {
	var copies []types.WriteRequest
	for _, no := range cases {
		for _, prefix := range []string{caseKey(id, no).SK, roundsOf(no), recordsOf(no)} {
			found, err := s.query(ctx, "read case", s.users, profileKey(id).PK, prefix)
			if err != nil {
				return err
			}
			for _, i := range found {
				i["pk"] = &types.AttributeValueMemberS{Value: apartPartition(id)}
				delete(i, "queue")
				delete(i, "queueKey")
				copies = append(copies, types.WriteRequest{PutRequest: &types.PutRequest{Item: i}})
			}
		}
	}
	held := heldRow{key{apartPartition(id), "held"}, closingQueue, string(stampOf(until)) + "#" + string(id), stampOf(until)}
	if err := s.put(ctx, "note what is held", s.users, held, "attribute_not_exists(pk)"); err != nil {
		if _, there := conditionFailed(err); !there {
			return err
		}
	}
	return s.writeAll(ctx, "set cases apart", s.users, copies)
}

// EraseApart removes what was set apart of an account; what says so goes last.
func (s *Store) EraseApart(ctx context.Context, id account.ID) error {
	held := key{apartPartition(id), "held"}
	keys, err := s.keysOf(ctx, s.users, held.PK, "")
	if err != nil {
		return err
	}
	var rest []key
	for _, k := range keys {
		if k != held {
			rest = append(rest, k)
		}
	}
	return s.deleteAll(ctx, s.users, append(rest, held))
}

// EraseClosed erases an account that was closed, as an operator does it, and tells its address and the products. It may be repeated until it
// has succeeded. It returns account.ErrVersion when the account changed since it was read: it may have been taken back.
func (s *Store) EraseClosed(ctx context.Context, p account.Profile, m message.Message, now time.Time) error {
	if _, err := s.EraseCases(ctx, p.ID); err != nil {
		return err
	}
	if _, err := s.EraseTokens(ctx, p); err != nil {
		return err
	}
	also := append(s.emit(event.NewAccountErased(p.ID, now), time.Time{}), putNew(s.tokens, pendingRow(m)))
	return s.EraseProfile(ctx, p, Deed{Kind: "account_erased", By: "clock", Reason: "closed by its holder", At: now}, also...)
}
