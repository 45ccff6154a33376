package store

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
)

// ErrDocumentDone is the error for a document that was checked or removed before.
var ErrDocumentDone = errors.New("store: the document is not waiting for a check")

// editable is the condition under which the holder may change a case; kyc.Status.Editable says the same of what exists.
const editable = "#status IN (:draft, :needs)"

var statusName = map[string]string{"#status": "status"}

func editableValues(v values) values {
	v[":draft"], v[":needs"] = string(kyc.Draft), string(kyc.NeedsInfo)
	return v
}

// Case reads the newest case of an account with its documents; without one, kyc.NewCase.
func (s *Store) Case(ctx context.Context, id account.ID) (kyc.Case, error) {
	items, err := s.query(ctx, "read case", s.users, profileKey(id).PK, "kyc#")
	if err != nil {
		return kyc.Case{}, err
	}
	newest := kyc.NewCase(id)
	for _, i := range items { // a case comes before its documents, an older case before a newer one
		var k key
		if err := unmarshal(i, &k); err != nil {
			return kyc.Case{}, err
		}
		if strings.Contains(k.SK, "#doc#") {
			var row documentRow
			if err := unmarshal(i, &row); err != nil {
				return kyc.Case{}, err
			}
			newest.Documents = append(newest.Documents, row.document())
			continue
		}
		var row caseRow
		if err := unmarshal(i, &row); err != nil {
			return kyc.Case{}, err
		}
		newest = row.kycCase(id)
	}
	slices.SortStableFunc(newest.Documents, func(a, b kyc.Document) int { return a.CreatedAt.Compare(b.CreatedAt) })
	return newest, nil
}

// mostSuperseded keeps a transaction below DynamoDB's 100 actions. Documents beyond it fit no requirement of the case any more and so
// count for nothing either way.
const mostSuperseded = 90

// SaveCase writes an edited case over the one that was read, with the documents that it superseded. A case that is new becomes the
// account's newest. It returns account.ErrBusy when the case changed since it was read.
func (s *Store) SaveCase(ctx context.Context, read, edited kyc.Case) (kyc.Case, error) {
	var actions []types.TransactWriteItem
	if edited.No != read.No {
		edited.Version = 1
		actions = append(actions, putNew(s.users, caseToRow(edited)), updateIn(s.users, change{
			key: profileKey(edited.AccountID), set: "SET kyc = :status, kycCase = :no, updatedAt = :now ADD version :one", when: "kycCase = :old",
			values: values{":status": string(edited.Status), ":no": edited.No, ":old": read.No, ":now": stampOf(edited.UpdatedAt), ":one": 1},
		}))
	} else {
		edited.Version = read.Version + 1
		actions = append(actions, updateIn(s.users, change{
			key:   caseKey(edited.AccountID, edited.No),
			set:   "SET entityType = :type, #fields = :fields, updatedAt = :now, version = :next",
			when:  "version = :version AND " + editable,
			names: map[string]string{"#status": "status", "#fields": "fields"},
			values: editableValues(values{
				":type": edited.EntityType, ":fields": edited.Fields, ":now": stampOf(edited.UpdatedAt),
				":version": read.Version, ":next": edited.Version,
			}),
		}))
		for i, d := range edited.Documents {
			if i < len(read.Documents) && d.State != read.Documents[i].State && len(actions) < mostSuperseded {
				actions = append(actions, updateIn(s.users, setState(edited, d.ID, d.State)))
			}
		}
	}
	err := s.transact(ctx, "save case", actions...)
	if _, _, failed := failedAt(err); failed {
		return kyc.Case{}, account.ErrBusy.Because(err)
	}
	return edited, err
}

func setState(c kyc.Case, documentID string, to kyc.DocState) change {
	return change{
		key: documentKey(c.AccountID, c.No, documentID), set: "SET #state = :to", when: "attribute_exists(pk)",
		names: map[string]string{"#state": "state"}, values: values{":to": string(to)},
	}
}

// touchCase is the part of every change of a document: it holds only while the case may be changed, and makes a
// submission that was evaluated before it fail.
func (s *Store) touchCase(id account.ID, no int, now time.Time) types.TransactWriteItem {
	return updateIn(s.users, change{
		key: caseKey(id, no), set: "SET updatedAt = :now ADD version :one", when: editable, names: statusName,
		values: editableValues(values{":now": stampOf(now), ":one": 1}),
	})
}

// AddDocument writes a document that an upload was allowed for. It returns kyc.ErrLocked when the case cannot be changed any more.
func (s *Store) AddDocument(ctx context.Context, c kyc.Case, d kyc.Document) error {
	err := s.transact(ctx, "add document", s.touchCase(c.AccountID, c.No, d.CreatedAt), putNew(s.users, documentToRow(c.AccountID, c.No, d)))
	if _, _, failed := failedAt(err); failed {
		return kyc.ErrLocked.Because(err)
	}
	return err
}

// Document reads one document. It returns kyc.ErrDocumentUnknown when there is none.
func (s *Store) Document(ctx context.Context, id account.ID, no int, documentID string) (kyc.Document, error) {
	var row documentRow
	found, err := s.get(ctx, "read document", s.users, documentKey(id, no, documentID), &row)
	if err != nil {
		return kyc.Document{}, err
	}
	if !found {
		return kyc.Document{}, kyc.ErrDocumentUnknown
	}
	return row.document(), nil
}

// DocumentUploaded notes that the browser has finished its upload. A document that is further already stays as it is.
func (s *Store) DocumentUploaded(ctx context.Context, id account.ID, no int, documentID string, now time.Time) error {
	_, err := s.update(ctx, "note upload", s.users, change{
		key: documentKey(id, no, documentID), set: "SET #state = :uploaded, uploadedAt = :now", when: "#state = :requested",
		names:  map[string]string{"#state": "state"},
		values: values{":uploaded": string(kyc.DocUploaded), ":requested": string(kyc.DocRequested), ":now": stampOf(now)},
	})
	if _, further := conditionFailed(err); further {
		return nil
	}
	return err
}

// FinishDocument writes what the check of a document found: d is clean or refused. It happens once, whatever the number of
// events: ErrDocumentDone after that, and kyc.ErrLocked when the case was submitted without the document.
func (s *Store) FinishDocument(ctx context.Context, id account.ID, no int, d kyc.Document) error {
	err := s.transact(ctx, "finish document",
		updateIn(s.users, change{
			key: documentKey(id, no, d.ID),
			set: "SET #state = :to, sha256 = :sum, #key = :key, versionId = :version, checkedAt = :now, uploadedAt = :uploaded, " +
				"reasonCode = :code, reasonDetail = :detail",
			when:  "#state IN (:requested, :was)",
			names: map[string]string{"#state": "state", "#key": "objectKey"},
			values: values{
				":to": string(d.State), ":sum": d.SHA256, ":key": d.Key, ":version": d.VersionID, ":now": stampOf(d.CheckedAt),
				":uploaded": stampOf(d.UploadedAt), ":code": d.Reason.Code, ":detail": d.Reason.Detail,
				":requested": string(kyc.DocRequested), ":was": string(kyc.DocUploaded),
			},
		}),
		s.touchCase(id, no, d.CheckedAt))
	index, _, failed := failedAt(err)
	switch {
	case !failed:
		return err
	case index == 0:
		return ErrDocumentDone
	}
	return kyc.ErrLocked.Because(err)
}

// RemoveDocument takes a document out of the case. It returns kyc.ErrLocked when the case cannot be changed any more.
func (s *Store) RemoveDocument(ctx context.Context, c kyc.Case, documentID string, now time.Time) error {
	err := s.transact(ctx, "remove document", updateIn(s.users, setState(c, documentID, kyc.DocSuperseded)), s.touchCase(c.AccountID, c.No, now))
	if _, _, failed := failedAt(err); failed {
		return kyc.ErrLocked.Because(err)
	}
	return err
}

// SubmitCase hands a case in that was evaluated as it was read. It returns account.ErrBusy when anything of the case changed since.
func (s *Store) SubmitCase(ctx context.Context, read, submitted kyc.Case, seen account.Activity) error {
	err := s.transact(ctx, "submit case",
		updateIn(s.users, change{
			key:   caseKey(read.AccountID, read.No),
			set:   "SET #status = :to, reviewStatus = :to, submittedAt = :now, updatedAt = :now, #round = :round, version = :next",
			when:  "version = :version AND " + editable,
			names: map[string]string{"#status": "status", "#round": "round"},
			values: editableValues(values{
				":to": string(submitted.Status), ":now": stampOf(submitted.SubmittedAt), ":round": submitted.Round,
				":version": read.Version, ":next": read.Version + 1,
			}),
		}),
		updateIn(s.users, change{
			key: profileKey(read.AccountID), set: "SET kyc = :to, updatedAt = :now ADD version :one", when: "kycCase = :no",
			values: values{":to": string(submitted.Status), ":now": stampOf(submitted.SubmittedAt), ":no": read.No, ":one": 1},
		}),
		putNew(s.users, activityToRow(read.AccountID, seen)))
	if _, _, failed := failedAt(err); failed {
		return account.ErrBusy.Because(err)
	}
	return err
}
