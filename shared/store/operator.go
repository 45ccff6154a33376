package store

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/token"
)

// What follows, and operator_outbox.go, reviewer.go and erase.go, is for the operator's command line. No function may do it.

// Deed is what an operator does to an account, for the account's log of activity.
type Deed struct {
	Kind   string // "account_disabled", "account_enabled", "account_erased", "reviewer_added", "reviewer_removed", "events_replayed", "case_reopened", "case_suspended", "case_resumed"
	By     string // who it was, as AWS names them
	Reason string
	At     time.Time
}

// deedRow is an activity with what its holder is not shown.
type deedRow struct {
	activityRow
	By     string `dynamodbav:"by"`
	Reason string `dynamodbav:"reason"`
}

func (d Deed) row(id account.ID) deedRow {
	return deedRow{
		activityRow{key: activityKey(id, d.At, token.NewID()), Kind: d.Kind, At: stampOf(d.At), ExpiresAt: d.At.Add(activityLife).Unix()},
		d.By, d.Reason,
	}
}

// NoteDeed writes a deed that changes nothing of the account.
func (s *Store) NoteDeed(ctx context.Context, id account.ID, deed Deed) error {
	return s.put(ctx, "note deed", s.users, deed.row(id), "")
}

// Noting writes a deed with the move of a case that it is.
func (s *Store) Noting(deed Deed) Also {
	return func(p account.Profile) ([]types.TransactWriteItem, error) {
		return []types.TransactWriteItem{putNew(s.users, deed.row(p.ID))}, nil
	}
}

// SetStatus sets the status of the account as it was read (p) and returns it as it is now. A disabled account's sessions are over with
// the next request, their clients are told, and one that its holder has closed is erased no more. It returns account.ErrVersion when the account changed since it was read.
func (s *Store) SetStatus(ctx context.Context, p account.Profile, to account.Status, deed Deed) (account.Profile, error) {
	actions := []types.TransactWriteItem{updateIn(s.users, change{
		key: profileKey(p.ID), set: "SET #status = :to, updatedAt = :now REMOVE eraseAt, queue, queueKey ADD version :one", when: "version = :version", names: statusName,
		values: values{":to": string(to), ":now": stampOf(deed.At), ":one": 1, ":version": p.Version},
	}), putNew(s.users, deed.row(p.ID))}
	if to != account.Active {
		told, err := s.farewell(ctx, p.ID, "", deed.At)
		if err != nil {
			return account.Profile{}, err
		}
		actions = append(actions, told...)
	}
	err := s.transact(ctx, "set status", actions...)
	if _, _, failed := failedAt(err); failed {
		return account.Profile{}, account.ErrVersion.Because(err)
	}
	p.Status, p.UpdatedAt, p.Version = to, deed.At, p.Version+1
	return p, err
}

// Event is an activity as an operator sees it. By and Reason are set where an operator did it.
type Event struct {
	account.Activity
	By, Reason string
}

// Events returns what is still known of an account's activity, oldest first.
func (s *Store) Events(ctx context.Context, id account.ID) ([]Event, error) {
	items, err := s.query(ctx, "read activity", s.users, profileKey(id).PK, "activity#")
	if err != nil {
		return nil, err
	}
	events := make([]Event, len(items))
	for i, found := range items {
		var row deedRow
		if err := unmarshal(found, &row); err != nil {
			return nil, err
		}
		events[i] = Event{account.Activity{Kind: row.Kind, At: row.At.time(), IP: row.IP, UserAgent: row.UserAgent}, row.By, row.Reason}
	}
	return events, nil
}

// Consents returns what the holder of an account has accepted, oldest first.
func (s *Store) Consents(ctx context.Context, id account.ID) ([]account.Consent, error) {
	items, err := s.query(ctx, "read consents", s.users, profileKey(id).PK, "consent#")
	if err != nil {
		return nil, err
	}
	consents := make([]account.Consent, len(items))
	for i, found := range items {
		var row consentRow
		if err := unmarshal(found, &row); err != nil {
			return nil, err
		}
		consents[i] = account.Consent{
			Document: row.Document, Version: row.Version, Hash: row.Hash, Locale: row.Locale, AcceptedAt: row.AcceptedAt.time(), IP: row.IP, UserAgent: row.UserAgent,
		}
	}
	return consents, nil
}

// CaseOf finds the account and the number of the case that has a reference; found is false when none has.
func (s *Store) CaseOf(ctx context.Context, reference string) (id account.ID, no int, found bool, err error) {
	var row referenceRow
	found, err = s.get(ctx, "find case", s.users, referenceKey(reference), &row)
	return account.ID(row.AccountID), row.No, found, err
}

// Rounds returns what reviewers asked for in a case, and the answers, oldest first.
func (s *Store) Rounds(ctx context.Context, id account.ID, caseNo int) ([]kyc.Round, error) {
	items, err := s.query(ctx, "read rounds", s.users, profileKey(id).PK, fmt.Sprintf("%s%04d#", roundPrefix, caseNo))
	if err != nil {
		return nil, err
	}
	rounds := make([]kyc.Round, len(items))
	for i, found := range items {
		var row roundRow
		if err := unmarshal(found, &row); err != nil {
			return nil, err
		}
		rounds[i] = row.round()
	}
	return rounds, nil
}
