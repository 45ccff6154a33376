package kyc

import (
	"cmp"
	"slices"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/token"
)

// SignatoryLink lets the signatory of a case bring the own papers, on one device and without the account. It opens nothing else. An account
// has one at most: the next one takes its place.
type SignatoryLink struct {
	ID        string // from token.NewID
	AccountID account.ID
	CaseNo    int
	Round     int    // of the case when it was made: handing the case in ends the link
	Device    string // digest of the secret that the device has which opened it; empty before
	CreatedAt time.Time
	OpenedAt  time.Time // zero before
	ExpiresAt time.Time
}

// SignatoryLinkLife is how long a link works at most.
const SignatoryLinkLife = 7 * 24 * time.Hour

// What is recorded of a link.
const (
	RecordSignatoryLink   = "signatory_link"
	RecordSignatoryOpened = "signatory_opened"
)

// The faults of a link.
var (
	ErrSignatoryLinkOver  = fault.New(fault.Gone, "signatory_link_over", "This link has ended. Ask whoever sent it to you for a new one.")
	ErrSignatoryLinkTaken = fault.New(fault.Gone, "signatory_link_taken", "This link works on the device that opened it first. Ask whoever sent it to you for a new one.")
	ErrNoSignatory        = fault.New(fault.Conflict, "signatory_not_asked", "Nothing is asked of a signatory in this case.")
)

// NewSignatoryLink is a link to the case, and the record of it: ErrLocked, ErrNoSignatory.
func (c Case) NewSignatoryLink(now time.Time) (SignatoryLink, Record, error) {
	switch {
	case !c.Status.Editable():
		return SignatoryLink{}, Record{}, ErrLocked
	case len(c.signatoryStandings(now)) == 0:
		return SignatoryLink{}, Record{}, ErrNoSignatory
	}
	l := SignatoryLink{ID: token.NewID(), AccountID: c.AccountID, CaseNo: c.No, Round: c.Round, CreatedAt: now, ExpiresAt: now.Add(SignatoryLinkLife)}
	return l, c.record(Actor{ByHolder, string(c.AccountID)}, RecordSignatoryLink, now), nil
}

// Opens reports that the link leads to the case as it is now.
func (l SignatoryLink) Opens(c Case, now time.Time) bool {
	return l.ID != "" && now.Before(l.ExpiresAt) && l.AccountID == c.AccountID && l.CaseNo == c.No && l.Round == c.Round && c.Status.Editable()
}

// Open is the link as opened by the device with the secret of this digest, and the record of it: ErrSignatoryLinkOver, ErrSignatoryLinkTaken.
func (l SignatoryLink) Open(c Case, device string, now time.Time) (SignatoryLink, Record, error) {
	switch {
	case !l.Opens(c, now):
		return SignatoryLink{}, Record{}, ErrSignatoryLinkOver
	case l.Device != "":
		return SignatoryLink{}, Record{}, ErrSignatoryLinkTaken
	}
	l.Device, l.OpenedAt = device, now
	return l, c.record(Actor{Kind: BySignatory}, RecordSignatoryOpened, now), nil
}

// SignatoryAsked is what the signatory of a case is asked for, with the files that came by the link.
type SignatoryAsked struct {
	For          string // whose signatory
	Requirements []Standing
	Parts        []Part // of Requirements
}

// Asked is what the bearer of the link sees of the case.
func (l SignatoryLink) Asked(c Case, p account.Profile, now time.Time) SignatoryAsked {
	holder := accountHolder(p)
	a := SignatoryAsked{For: cmp.Or(c.Fields["legalName"], holder.Company, holder.Name), Requirements: c.signatoryStandings(now)}
	a.Parts = c.parts(a.Requirements, c.lacks(now))
	a.Parts = slices.DeleteFunc(a.Parts, func(p Part) bool {
		return !slices.ContainsFunc(a.Requirements, func(s Standing) bool { return p.Pointer == requirementPointer(s.ID) })
	})
	for i, s := range a.Requirements {
		a.Requirements[i].Documents = slices.DeleteFunc(slices.Clone(s.Documents), func(d Document) bool { return d.Link != l.ID })
	}
	return a
}

func (c Case) signatoryStandings(now time.Time) []Standing {
	return slices.DeleteFunc(c.standings(now), func(s Standing) bool { return s.Whose != Signatory })
}

// NewDocument is NewDocument for a paper of the signatory's; any other is requirement_unknown, as one that does not exist.
func (l SignatoryLink) NewDocument(c Case, u Upload, id string, now time.Time) (Document, error) {
	if !l.Opens(c, now) {
		return Document{}, ErrSignatoryLinkOver
	}
	if !slices.ContainsFunc(c.signatoryStandings(now), func(s Standing) bool { return s.ID == u.Requirement }) {
		u.Requirement = ""
	}
	d, err := NewDocument(c, u, id, now)
	if err == nil {
		d.Link = l.ID
	}
	return d, err
}

// Document is Case.Document for what came by the link.
func (l SignatoryLink) Document(c Case, id string, now time.Time) (Document, error) {
	if !l.Opens(c, now) {
		return Document{}, ErrSignatoryLinkOver
	}
	d, err := c.Document(id)
	if err == nil && d.Link != l.ID {
		return Document{}, ErrDocumentUnknown
	}
	return d, err
}

// Removable is Case.Removable for what came by the link.
func (l SignatoryLink) Removable(c Case, id string, now time.Time) (Document, error) {
	if !l.Opens(c, now) {
		return Document{}, ErrSignatoryLinkOver
	}
	if !slices.ContainsFunc(c.Documents, func(d Document) bool { return d.ID == id && d.Link == l.ID }) {
		return Document{}, ErrDocumentUnknown
	}
	return c.Removable(id, now)
}
