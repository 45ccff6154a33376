package kyc

import "slices"

// Status says where a case is.
type Status string

// The life cycle of a case. A case that was rejected or has expired stays as it was: the draft that follows is a new case
// with the next number.
const (
	NotStarted  Status = "not_started"
	Draft       Status = "draft"
	Submitted   Status = "submitted"
	UnderReview Status = "under_review"
	Approved    Status = "approved"
	NeedsInfo   Status = "needs_info" // a reviewer asks for more: only what was flagged is open
	Rejected    Status = "rejected"
	Expired     Status = "expired"
)

var transitions = map[Status][]Status{
	NotStarted:  {Draft},
	Draft:       {Submitted},
	Submitted:   {UnderReview},
	UnderReview: {Approved, NeedsInfo, Rejected},
	NeedsInfo:   {Submitted},
	Approved:    {Expired},
	Expired:     {Draft},
	Rejected:    {Draft},
}

// Can reports that a case may go from s to to.
func (s Status) Can(to Status) bool { return slices.Contains(transitions[s], to) }

// Editable reports that the holder may change the case. In NeedsInfo, Case.Unlocked says which parts.
func (s Status) Editable() bool { return s == NotStarted || s == Draft || s == NeedsInfo }

// DocState says where a document is.
type DocState string

const (
	DocRequested  DocState = "requested"  // an upload was allowed; nothing is known to have arrived
	DocUploaded   DocState = "uploaded"   // the browser says it has arrived; it is being checked
	DocScanning   DocState = "scanning"   // it has arrived, and the scanner of malware has not spoken yet
	DocRendering  DocState = "rendering"  // the file is what it says it is; pictures of its pages are being made
	DocClean      DocState = "clean"      // scanned, checked and rendered
	DocRefused    DocState = "refused"    // the file was refused by the machine; Reason says why
	DocInfected   DocState = "infected"   // the scanner found malware in it; Reason says so, and the file is gone
	DocAccepted   DocState = "accepted"   // a reviewer accepted it
	DocRejected   DocState = "rejected"   // a reviewer rejected it; Reason says why
	DocSuperseded DocState = "superseded" // it no longer counts
)

// The check of a file may be done before the browser says that the file has arrived.
var docTransitions = map[DocState][]DocState{
	DocRequested: {DocUploaded, DocScanning, DocRendering, DocRefused, DocInfected, DocSuperseded},
	DocUploaded:  {DocScanning, DocRendering, DocRefused, DocInfected, DocSuperseded},
	DocScanning:  {DocRendering, DocRefused, DocInfected, DocSuperseded},
	DocRendering: {DocClean, DocRefused, DocSuperseded},
	DocClean:     {DocAccepted, DocRejected, DocSuperseded},
	DocRefused:   {DocSuperseded},
	DocInfected:  {DocSuperseded},
	DocAccepted:  {DocSuperseded},
	DocRejected:  {DocSuperseded},
}

// Unchecked reports that no check of the file has ended yet: of those that wait for one, only the scanner may have spoken.
func (s DocState) Unchecked() bool {
	return s == DocRequested || s == DocUploaded || s == DocScanning
}

// Checking reports that the file has arrived, and that the machine is not done with it.
func (s DocState) Checking() bool {
	return s == DocUploaded || s == DocScanning || s == DocRendering
}

// Kept reports that the file, and the pictures of its pages, are there to be looked at.
func (s DocState) Kept() bool {
	return s == DocClean || s == DocAccepted || s == DocRejected
}

// Can reports that a document may go from s to to.
func (s DocState) Can(to DocState) bool { return slices.Contains(docTransitions[s], to) }
