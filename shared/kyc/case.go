// Package kyc holds what Central asks of its customers and what they gave: the catalogue of entity types and their
// requirements, Indian identifiers, and the case with its documents. Everything here is a decision; nothing is stored.
package kyc

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
)

// Case is one round of questions to one account, from the first draft to the decision. The store loads it with all its
// documents. Version is the store's: it grows with each write and guards the next one.
//
// A pointer names a part of a case: /entityType, /fields/<name> or /requirements/<id>.
type Case struct {
	AccountID   account.ID
	No          int // 1 for the first case of an account; 0 before it
	Status      Status
	Reference   string            // for people to quote, as "K7M2-9QXD"; empty before the first submission
	EntityType  string            // a code of the catalogue; empty before the first save
	Catalogue   string            // the version the case began with, for all its life
	Fields      map[string]string // by field name, in canonical spelling; only what was given
	Documents   []Document        // oldest first
	Flags       map[string]Reason // what a reviewer asked to change, by pointer
	Answers     map[string]string // what the holder says to a flag, by pointer; only what was given
	HandedIn    Snapshot          // of the newest submission; zero before the first
	Version     int
	Round       int // times submitted
	CreatedAt   time.Time
	UpdatedAt   time.Time
	SubmittedAt time.Time // of the newest round; zero before the first

	Lane       Lane       // where it waits for a reviewer; empty while it does not
	Home       Lane       // the lane it comes back to from colleagues and from being held
	DueAt      time.Time  // when it is to be decided: set by the first submission, kept over the rounds
	Risk       Risk       // as a reviewer judged it; empty before
	FirstBy    account.ID // who decided first, while it waits for a second look
	Lease      Lease
	HeldUntil  time.Time // not before then it comes back to its lane; zero when not held
	Verdicts   []Verdict // the newest on each part and document
	DueBy      time.Time // until when the holder answers, in NeedsInfo
	DecidedBy  account.ID
	DecidedAt  time.Time
	ApprovedAt time.Time
	ValidUntil time.Time // when it has to be renewed; zero before it is approved
	Final      bool      // rejected for good: no other case follows
	Notice     string    // version of the KYC notice that its holder accepted for it; empty before
	Told       int       // what the clock has done in the present status: the steps since ToldFrom
	ToldFrom   time.Time

	Earlier []Document // superseded documents of earlier cases whose files may still be in storage
}

// Snapshot is what a case said when it was handed in.
type Snapshot struct {
	EntityType string
	Fields     map[string]string
	Holder     HolderSnapshot
}

// HolderSnapshot is what the account said of its holder.
type HolderSnapshot struct {
	Type    account.Type
	Name    string // of the person
	Company string
	Phone   string // E.164
	Email   string
}

// Round is what a reviewer asked for after one submission, and what came of it. It is kept for whoever reviews the case next.
type Round struct {
	No       int // of the submission that was reviewed
	HandedIn Snapshot
	Flags    map[string]Reason // by pointer, all of them answered
	Answers  map[string]string // by pointer, where the answer was a sentence
	At       time.Time         // when it was answered
}

// Document is one file for one requirement of a case.
type Document struct {
	ID          string
	CaseNo      int
	Requirement string
	Type        string // an option of the requirement; empty in old cases where any one would do
	FileName    string // for people only: no path is ever made of it
	ContentType string
	Size        int64 // bytes
	State       DocState
	Reason      Reason   // set when refused or rejected
	SHA256      string   // lower-case hex; what the browser said until the check, then what was found; may be empty until then
	Key         string   // of the object
	VersionID   string   // of the object whose pages were rendered
	Pages       []string // lower-case hex SHA-256 of the picture of each page, in order
	Flattened   bool     // the file has what the pictures leave out: actions, programs, attachments, or a lock without a password
	CreatedAt   time.Time
	UploadedAt  time.Time // zero until it has arrived
	ScannedAt   time.Time // zero until the scanner has spoken; for good where there is none
	CheckedAt   time.Time // zero until the machine has checked it
	RenderedAt  time.Time // zero until its pages were rendered
	Origin      Origin    // what the file says of how it came to be
	PurgedAt    time.Time // zero until no file of a superseded document is in storage any more
	Carried     int       // number of the case whose file this is, where it was carried over from an earlier one; else 0
	Link        string    // id of the SignatoryLink by which it came; empty where the holder uploaded it
	Shared      bool      // another case of the account has its file, too; known where all were read
}

// Reason says why something was refused, rejected or flagged. Code is stable, Detail is for the holder of the account.
type Reason struct {
	Code   string
	Detail string
}

// The faults of a case's state.
var (
	ErrLocked          = fault.New(fault.Conflict, "case_locked", "Your documents are with us for review. They can be changed again when we ask for something.")
	ErrPartLocked      = fault.New(fault.Conflict, "part_locked", "Only what the reviewer asked for can be changed now.")
	ErrDocumentUnknown = fault.New(fault.NotFound, "document_unknown", "There is no such document in your case.")
	ErrFinal           = fault.New(fault.Conflict, "case_final", "Your case was rejected for good. No other one can be opened.")
	ErrWithdrawLate    = fault.New(fault.Conflict, "withdraw_too_late", "Somebody has begun to look at your case. It can be changed again when it was decided.")
	ErrNotRenewable    = fault.New(fault.Conflict, "case_not_renewable", "There is no approved case to renew, or its successor is open already.")
	ErrDocumentKept    = fault.New(fault.Conflict, "document_kept", "A reviewer has already decided on this document. It stays as it is.")
)

// DisplayName is what reviewers see in a list: the company, or else the person, as handed in.
func (c Case) DisplayName() string {
	h := c.HandedIn
	return cmp.Or(h.Fields["legalName"], h.Holder.Company, h.Holder.Name)
}

// Identified reports that the case was approved once: what identified a customer may have to be kept.
func (c Case) Identified() bool {
	return !c.ApprovedAt.IsZero() || c.Status.InForce() || c.Status == Expired
}

// begins reports that a change of the case begins the next one.
func (c Case) begins() bool { return c.Status.May(Begin) && !c.Status.InForce() }

// NewCase is the case of an account that has none yet.
func NewCase(id account.ID) Case { return Case{AccountID: id, Status: NotStarted} }

// catalogue is the one the case began with, or the newest for a case that has not begun. Every version that a case
// may have pinned stays in this package.
func (c Case) catalogue() *Catalogue {
	if cat, ok := Version(c.Catalogue); ok {
		return cat
	}
	return Current()
}

// entityType is what is asked of the case; the zero value before an entity type was chosen.
func (c Case) entityType() EntityType {
	et, _ := c.catalogue().EntityType(c.EntityType)
	return et
}

// handedIn is what the reviewer saw. A case that was handed in before snapshots were kept has not been changed since.
func (c Case) handedIn() Snapshot {
	if c.HandedIn.EntityType != "" {
		return c.HandedIn
	}
	return Snapshot{EntityType: c.EntityType, Fields: c.Fields}
}

// Document finds a document of the case: ErrDocumentUnknown.
func (c Case) Document(id string) (Document, error) {
	i := slices.IndexFunc(c.Documents, func(d Document) bool { return d.ID == id && d.State != DocSuperseded })
	if i < 0 {
		return Document{}, ErrDocumentUnknown
	}
	return c.Documents[i], nil
}

// Unpurged lists the superseded documents whose files may still be in storage and are of no other case, also those of the account's
// earlier cases.
func (c Case) Unpurged() []Document {
	due := slices.Clone(c.Earlier)
	for _, d := range c.Documents {
		if d.State == DocSuperseded && d.PurgedAt.IsZero() && !d.Shared {
			due = append(due, d)
		}
	}
	return due
}

// Those of RFC 6901: a client may send any name.
var (
	pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")
	pointerTexts   = strings.NewReplacer("~1", "/", "~0", "~")
)

const requirements = "/requirements/"

func requirementPointer(id string) string { return requirements + id }
func fieldPointer(name string) string     { return "/fields/" + pointerEscapes.Replace(name) }

func fieldName(pointer string) (string, bool) {
	name, is := strings.CutPrefix(pointer, "/fields/")
	return pointerTexts.Replace(name), is
}
