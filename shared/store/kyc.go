package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
)

// editable is the condition under which the holder may change a case; kyc.Status.Editable says the same of what exists.
const editable = "#status IN (:draft, :needs, :withdrawn)"

var statusName = map[string]string{"#status": "status"}

func editableValues(v values) values {
	v[":draft"], v[":needs"], v[":withdrawn"] = string(kyc.Draft), string(kyc.NeedsInfo), string(kyc.Withdrawn)
	return v
}

// Case reads the newest case of an account with its documents; without one, kyc.NewCase.
func (s *Store) Case(ctx context.Context, id account.ID) (kyc.Case, error) {
	cases, err := s.Cases(ctx, id)
	if err != nil || len(cases) == 0 {
		return kyc.NewCase(id), err
	}
	newest := cases[len(cases)-1]
	for _, old := range cases[:len(cases)-1] {
		newest.Earlier = append(newest.Earlier, old.Unpurged()...)
	}
	return newest, nil
}

// Cases returns every case of an account with its documents, oldest first.
func (s *Store) Cases(ctx context.Context, id account.ID) ([]kyc.Case, error) {
	items, err := s.query(ctx, "read cases", s.users, profileKey(id).PK, casePrefix)
	if err != nil {
		return nil, err
	}
	return casesOf(id, items)
}

func casesOf(id account.ID, items []item) ([]kyc.Case, error) {
	var cases []kyc.Case
	for _, i := range items { // a case comes before its documents
		var k key
		if err := unmarshal(i, &k); err != nil {
			return nil, err
		}
		if !strings.Contains(k.SK, documentInfix) {
			var row caseRow
			if err := unmarshal(i, &row); err != nil {
				return nil, err
			}
			cases = append(cases, row.kycCase(id))
			continue
		}
		var row documentRow
		if err := unmarshal(i, &row); err != nil {
			return nil, err
		}
		if len(cases) > 0 { // a document whose case was erased is on its way out
			newest := &cases[len(cases)-1]
			newest.Documents = append(newest.Documents, row.document())
		}
	}
	share(cases)
	for _, c := range cases {
		slices.SortStableFunc(c.Documents, func(a, b kyc.Document) int { return a.CreatedAt.Compare(b.CreatedAt) })
	}
	return cases, nil
}

// share marks the documents that another case has, too: the one they were carried over from, or to.
func share(cases []kyc.Case) {
	having := map[string]int{}
	for _, c := range cases {
		for _, d := range c.Documents {
			if d.State != kyc.DocSuperseded {
				having[d.ID]++
			}
		}
	}
	for _, c := range cases {
		for i, d := range c.Documents {
			others := having[d.ID]
			if d.State != kyc.DocSuperseded {
				others--
			}
			c.Documents[i].Shared = others > 0
		}
	}
}

// mostSuperseded keeps a transaction below DynamoDB's 100 actions. What is beyond it is superseded by the next save.
const mostSuperseded = 90

// SaveCase writes an edited case over the one that was read, with the documents that it superseded, and returns it as it is now. A case
// that is new becomes the account's newest. It returns account.ErrBusy when the case changed since it was read.
func (s *Store) SaveCase(ctx context.Context, read, edited kyc.Case) (kyc.Case, error) {
	edited.Version = read.Version + 1 // also of a new case: no version of an account comes twice
	var actions []types.TransactWriteItem
	if edited.No != read.No {
		for _, d := range edited.Documents {
			actions = append(actions, putNew(s.users, documentToRow(edited.AccountID, d)))
		}
		actions = append(actions, putNew(s.users, caseToRow(edited)), updateIn(s.users, change{
			key: profileKey(edited.AccountID), set: "SET kyc = :status, kycCase = :no, updatedAt = :now ADD version :one", when: "kycCase = :old",
			values: values{":status": string(edited.Status), ":no": edited.No, ":old": read.No, ":now": stampOf(edited.UpdatedAt), ":one": 1},
		}))
	} else {
		actions = append(actions, s.overCase(read, edited, " AND "+editable, editableValues(values{})))
		edited.Documents = slices.Clone(edited.Documents)
		for i, d := range edited.Documents {
			switch {
			case d.State == read.Documents[i].State:
			case len(actions) < mostSuperseded:
				actions = append(actions, updateIn(s.users, setState(edited, d.ID, d.State)))
			default:
				edited.Documents[i] = read.Documents[i]
			}
		}
	}
	if err := busy(s.transact(ctx, "save case", actions...)); err != nil {
		return kyc.Case{}, err
	}
	return edited, nil
}

// busy makes account.ErrBusy of the failure of a write that something else was faster than, or is still in the way of.
func busy(err error) error {
	if _, _, failed := failedAt(err); failed || isConflict(err) {
		return account.ErrBusy.Because(err)
	}
	return err
}

// touchCase is the part of every change of a document: it holds only while the case may be changed, and makes whatever was decided by the
// case as it was before fail.
func (s *Store) touchCase(id account.ID, no int, now time.Time) types.TransactWriteItem {
	return updateIn(s.users, change{
		key: caseKey(id, no), set: "SET updatedAt = :now ADD version :one", when: editable, names: statusName,
		values: editableValues(values{":now": stampOf(now), ":one": 1}),
	})
}

// SubmitCase hands a case in that was evaluated as it was read, for the account as it was read. It returns account.ErrBusy when anything of the
// case, or who the account belongs to, changed since, and when another case has its reference: then it is for the caller to read both
// again, and to make another reference.
func (s *Store) SubmitCase(ctx context.Context, read, submitted kyc.Case, r kyc.Record, p account.Profile, seen account.Activity, accepted ...account.Consent) error {
	if err := s.noteTraces(ctx, submitted); err != nil {
		return err
	}
	return s.MoveCase(ctx, read, submitted, r, func(now account.Profile) ([]types.TransactWriteItem, error) {
		if now.Details != p.Details || now.Phone != p.Phone || now.Verified != p.Verified {
			return nil, account.ErrBusy
		}
		actions := []types.TransactWriteItem{putNew(s.users, activityToRow(read.AccountID, seen))}
		for _, consent := range accepted {
			actions = append(actions, putNew(s.users, consentToRow(read.AccountID, consent)))
		}
		if submitted.Reference != read.Reference {
			actions = append(actions, putNew(s.users, referenceRow{referenceKey(submitted.Reference), string(read.AccountID), read.No}))
		}
		if round, ok := read.Reviewed(submitted.SubmittedAt); ok {
			actions = append(actions, putNew(s.users, roundToRow(read.AccountID, read.No, round)))
		}
		return actions, nil
	})
}
