package kyc

import "slices"

// Status says where a case is.
type Status string

// The life cycle of a case. What Begin leads to is a new case with the next number; the one before stays as it was.
const (
	NotStarted  Status = "not_started"
	Draft       Status = "draft"
	Submitted   Status = "submitted"
	UnderReview Status = "under_review" // somebody has begun to look at it
	NeedsInfo   Status = "needs_info"   // a reviewer asks for more: only what was flagged is open
	Approved    Status = "approved"
	Expiring    Status = "expiring" // approved, and to be renewed soon
	Expired     Status = "expired"
	Suspended   Status = "suspended" // approved, and out of force until an operator says otherwise
	Rejected    Status = "rejected"
	Withdrawn   Status = "withdrawn" // taken back by its holder before anybody looked; to be changed like a draft
)

// Action moves a case from one status to another.
type Action string

// The actions, by who takes them: the holder, a reviewer, an operator, the clock.
const (
	Begin    Action = "begin"
	Submit   Action = "submit"
	Withdraw Action = "withdraw"

	Claim    Action = "claim"
	Approve  Action = "approve"
	Question Action = "question" // asks the holder for more
	Reject   Action = "reject"
	Undo     Action = "undo"
	Reopen   Action = "reopen" // takes a decision back after its undo is over

	Suspend Action = "suspend"
	Resume  Action = "resume"

	Lapse   Action = "lapse"    // nobody answered
	NearEnd Action = "near_end" // intimations begin
	End     Action = "end"      // no longer verified
	Replace Action = "replace"  // the next case of the account was approved
)

var transitions = map[Status]map[Action]Status{
	NotStarted:  {Begin: Draft},
	Draft:       {Submit: Submitted},
	Withdrawn:   {Submit: Submitted},
	Submitted:   {Withdraw: Withdrawn, Claim: UnderReview},
	UnderReview: {Approve: Approved, Question: NeedsInfo, Reject: Rejected},
	NeedsInfo:   {Submit: Submitted, Lapse: Draft, Undo: UnderReview},
	Approved:    {Begin: Draft, NearEnd: Expiring, End: Expired, Replace: Expired, Suspend: Suspended, Undo: UnderReview, Reopen: UnderReview},
	Expiring:    {Begin: Draft, End: Expired, Replace: Expired, Suspend: Suspended, Reopen: UnderReview},
	Suspended:   {End: Expired, Replace: Expired, Resume: Approved},
	Expired:     {Begin: Draft},
	Rejected:    {Begin: Draft, Undo: UnderReview, Reopen: UnderReview},
}

// After is the status that an action leads to; ok is false where it leads nowhere.
func (s Status) After(a Action) (to Status, ok bool) {
	to, ok = transitions[s][a]
	return to, ok
}

// May reports that an action leads from s somewhere.
func (s Status) May(a Action) bool {
	_, ok := s.After(a)
	return ok
}

var (
	editable = []Status{NotStarted, Draft, NeedsInfo, Withdrawn}
	inForce  = []Status{Approved, Expiring}
)

// Editable reports that the holder may change the case. In NeedsInfo, Case.open says which parts.
func (s Status) Editable() bool { return slices.Contains(editable, s) }

// InForce reports that the account is verified by the case.
func (s Status) InForce() bool { return slices.Contains(inForce, s) }

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
