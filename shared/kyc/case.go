// Package kyc holds what Central asks of its customers and what they gave: the catalogue of entity types and their
// requirements, Indian identifiers, and the case with its documents. Everything here is a decision; nothing is stored.
package kyc

import (
	"maps"
	"slices"
	"strings"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
)

// Case is one round of questions to one account, from the first draft to the decision. The store loads it with all its
// documents. Version is the store's: it grows with each write and guards the next one.
type Case struct {
	AccountID   account.ID
	No          int // 1 for the first case of an account; 0 before it
	Status      Status
	EntityType  string            // a code of the catalogue; empty before the first save
	Catalogue   string            // the version the case began with, for all its life
	Fields      map[string]string // by field name, in canonical spelling; only what was given
	Documents   []Document        // oldest first
	Flags       map[string]Reason // what a reviewer asked to change, by pointer: /requirements/<id>, /fields/<name>, /entityType
	Version     int
	Round       int // times submitted
	CreatedAt   time.Time
	UpdatedAt   time.Time
	SubmittedAt time.Time // of the newest round; zero before the first
}

// Document is one file for one requirement of a case.
type Document struct {
	ID          string
	Requirement string
	Type        string // an option of the requirement; empty when it was left open
	FileName    string // for people only: no path is ever made of it
	ContentType string
	Size        int64 // bytes
	State       DocState
	Reason      Reason // set when refused or rejected
	SHA256      string // lower-case hex; what the browser said until the check, then what was found; may be empty until then
	Key         string // of the object
	VersionID   string // of the object that was checked
	CreatedAt   time.Time
	UploadedAt  time.Time // zero until it has arrived
	CheckedAt   time.Time // zero until the machine has checked it
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
	ErrDocumentKept    = fault.New(fault.Conflict, "document_kept", "A reviewer has already decided on this document. It stays as it is.")
)

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

// Document finds a document of the case: ErrDocumentUnknown.
func (c Case) Document(id string) (Document, error) {
	i := slices.IndexFunc(c.Documents, func(d Document) bool { return d.ID == id && d.State != DocSuperseded })
	if i < 0 {
		return Document{}, ErrDocumentUnknown
	}
	return c.Documents[i], nil
}

// Unlocked reports that the part at pointer (/entityType, /fields/<name>, /requirements/<id>) may be changed now. A
// requirement is open too when one of its documents was rejected.
func (c Case) Unlocked(pointer string) bool {
	if c.Status != NeedsInfo {
		return c.Status.Editable()
	}
	_, flagged := c.Flags[pointer]
	return flagged || slices.ContainsFunc(c.Documents, func(d Document) bool {
		return d.State == DocRejected && requirementPointer(d.Requirement) == pointer
	})
}

func (c Case) checkUnlocked(pointer string) error {
	switch {
	case c.Unlocked(pointer):
		return nil
	case c.Status == NeedsInfo:
		return ErrPartLocked
	}
	return ErrLocked
}

// Removable finds a document that may be removed: ErrDocumentUnknown, ErrLocked, ErrPartLocked, ErrDocumentKept.
func (c Case) Removable(id string) (Document, error) {
	d, err := c.Document(id)
	if err != nil {
		return Document{}, err
	}
	if err := c.checkUnlocked(requirementPointer(d.Requirement)); err != nil {
		return Document{}, err
	}
	if d.State == DocAccepted || d.State == DocRejected {
		return Document{}, ErrDocumentKept
	}
	return d, nil
}

// Edit is the case after its holder saved entityType and fields: a draft, or still NeedsInfo. Nil fields keep what was given
// before, as far as it fits the entity type; other fields replace all of them. Documents that no longer fit become superseded.
// After a rejected or expired case it is a new case with the next number and Version 0.
//
// The fault is ErrLocked, ErrPartLocked, or one of ParseFields.
func (c Case) Edit(entityType string, typ account.Type, fields map[string]string, now time.Time) (Case, error) {
	if c.Status.Can(Draft) {
		c = Case{
			AccountID: c.AccountID, No: c.No + 1, Status: Draft, EntityType: c.EntityType, Fields: c.Fields,
			Catalogue: Current().Version, CreatedAt: now,
		}
	}
	if !c.Status.Editable() {
		return Case{}, ErrLocked
	}
	if fields == nil {
		fields = c.fitting(entityType, typ, now)
	}
	clean, err := ParseFields(c.catalogue(), entityType, typ, fields, now)
	if err != nil {
		return Case{}, err
	}
	if err := c.checkParts(entityType, clean); err != nil {
		return Case{}, err
	}
	gone := c.Superseded(entityType)
	c.Documents = slices.Clone(c.Documents)
	for i, d := range c.Documents {
		if slices.Contains(gone, d.ID) {
			c.Documents[i].State = DocSuperseded
		}
	}
	c.EntityType, c.Fields, c.UpdatedAt = entityType, clean, now
	return c, nil
}

// checkParts is ErrPartLocked when a part that is not open would change.
func (c Case) checkParts(entityType string, fields map[string]string) error {
	var locked []fault.Field
	check := func(pointer string) {
		if !c.Unlocked(pointer) {
			locked = append(locked, fault.Field{Pointer: pointer, Code: ErrPartLocked.Code, Detail: ErrPartLocked.Detail})
		}
	}
	if entityType != c.EntityType {
		check("/entityType")
	}
	names := maps.Clone(fields)
	if names == nil {
		names = map[string]string{}
	}
	maps.Copy(names, c.Fields)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if fields[name] != c.Fields[name] {
			check(fieldPointer(name))
		}
	}
	if len(locked) == 0 {
		return nil
	}
	e := *ErrPartLocked
	e.Fields = locked
	return &e
}

// fitting is what was given so far and still passes for another entity type.
func (c Case) fitting(entityType string, typ account.Type, now time.Time) map[string]string {
	kept := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(c.Fields)) {
		kept[name] = c.Fields[name]
		if _, err := ParseFields(c.catalogue(), entityType, typ, kept, now); err != nil {
			delete(kept, name)
		}
	}
	return kept
}

// Superseded lists the ids of the documents that do not fit entityType: their requirement, or their type, is not one of its.
func (c Case) Superseded(entityType string) []string {
	et, _ := c.catalogue().EntityType(entityType)
	var ids []string
	for _, d := range c.Documents {
		req, ok := et.Requirement(d.Requirement)
		if d.State != DocSuperseded && (!ok || d.Type != "" && !req.HasOption(d.Type)) {
			ids = append(ids, d.ID)
		}
	}
	return ids
}

// Submit is the case handed in: ErrLocked, or kyc_incomplete with one field for each thing that is missing.
func (c Case) Submit(now time.Time) (Case, error) {
	if err := c.SubmitFault(); err != nil {
		return Case{}, err
	}
	c.Status, c.SubmittedAt, c.UpdatedAt, c.Round = Submitted, now, now, c.Round+1
	return c, nil
}

// pointerEscapes are those of RFC 6901: a client may send any name.
var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

func requirementPointer(id string) string { return "/requirements/" + id }
func fieldPointer(name string) string     { return "/fields/" + pointerEscapes.Replace(name) }
