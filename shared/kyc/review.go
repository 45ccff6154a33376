package kyc

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"phonon.in/central/shared/account"
)

// Lane is where a case waits for a reviewer. Lanes are worked off in the order of Lanes, each by DueAt.
type Lane string

// The lanes.
const (
	LaneSecondLook Lane = "second_look" // decided once, and a second person has to look
	LaneAnswered   Lane = "answered"    // the holder did what was asked
	LaneNew        Lane = "new"
	LaneRenewal    Lane = "rekyc"     // the account is verified by an earlier case
	LaneColleague  Lane = "colleague" // a reviewer asked the others
)

// Lanes lists them, the most urgent first.
func Lanes() []Lane {
	return []Lane{LaneSecondLook, LaneAnswered, LaneNew, LaneRenewal, LaneColleague}
}

// Risk decides how soon a case has to be renewed, and whether two people decide.
type Risk string

// The risks.
const (
	RiskLow    Risk = "low"
	RiskMedium Risk = "medium"
	RiskHigh   Risk = "high"
)

// Lease is the right of one reviewer to decide on a case, while it lasts. The zero value is none.
type Lease struct {
	ID    string
	By    account.ID
	Until time.Time
}

// LeaseLife is how long a lease lasts after its last sign of life.
const LeaseLife = 5 * time.Minute

// Held reports that somebody has the lease.
func (l Lease) Held(now time.Time) bool { return l.ID != "" && now.Before(l.Until) }

// Outcome is what a reviewer decides.
type Outcome string

// The outcomes.
const (
	OutcomeApprove    Outcome = "approve"
	OutcomeQuestion   Outcome = "needs_info"
	OutcomeReject     Outcome = "reject"
	OutcomeSecondLook Outcome = "second_look" // by somebody else
)

// Verdict is what a reviewer found of one part: of one document of a requirement, of a field or of the entity type.
type Verdict struct {
	Pointer     string
	DocumentID  string // empty where the part has no documents
	OK          bool
	Reason      Reason            // when not OK; its detail is for the holder
	Checklist   map[string]string // "y", "n" or "na", by the id of the check
	SHA256      string            // of the original
	PagesSHA256 string            // of what was looked at: PagesDigest
	ValidUntil  time.Time         // of the document, where it has an end
	By          account.ID
	At          time.Time
	Round       int
}

// PagesDigest is one SHA-256 over those of a document's pages: of their hexadecimal spellings, one line each. Empty without pages.
func PagesDigest(pages []string) string {
	if len(pages) == 0 {
		return ""
	}
	sum := sha256.Sum256([]byte(strings.Join(pages, "\n")))
	return hex.EncodeToString(sum[:])
}

// Actor is who did something to a case.
type Actor struct {
	Kind ActorKind
	ID   string // of the account, or the operator as AWS names them; empty for the clock
}

// ActorKind says in what capacity.
type ActorKind string

// The kinds of actors.
const (
	ByHolder   ActorKind = "holder"
	ByReviewer ActorKind = "reviewer"
	ByOperator ActorKind = "operator"
	ByClock    ActorKind = "clock"
	// BySignatory is whoever has the link that the holder made for the signatory; nobody knows more.
	BySignatory ActorKind = "signatory"
)

// Record is one thing that happened to a case. It is written with it, and never changed.
type Record struct {
	ID      string // from token.NewID
	At      time.Time
	Actor   Actor
	Kind    string // an Action, or one of the Record kinds
	From    Status
	To      Status
	Lane    Lane   // the case was in before
	Reason  string // why, for the record
	Note    string // among reviewers; never shown to the holder
	Outcome Outcome
	Risk    Risk
	Parts   []Verdict
	Flags   map[string]Reason // what the holder was asked
	Round   int
	Version int    // of the case, after it
	Rules   string // version of the catalogue
	Before  Before
	Sampled bool   // an approval that a lead looks at again
	Step    int    // which of the status's intimations, from 0 on
	Undoes  Undone // zero unless this one takes another back
}

// Undone is the decision that was taken back.
type Undone struct {
	ID   string
	Kind string
	At   time.Time
}

// Before is what an undo puts back.
type Before struct {
	Lane      Lane
	Home      Lane
	FirstBy   account.ID
	Documents map[string]DocState // of those that the decision changed, by id
	Verified  account.Verification
}

// What else is recorded of a case.
const (
	RecordViewed     = "viewed"   // by a reviewer
	RecordPage       = "page"     // a page was looked at
	RecordOriginal   = "original" // the file itself was fetched
	RecordTakenOver  = "taken_over"
	RecordReleased   = "released"
	RecordSecondLook = "second_look" // a first decision
	RecordHeld       = "held"
	RecordAsked      = "asked"
	RecordReplied    = "replied"  // a colleague did
	RecordReturned   = "returned" // the time it was held for is over
	RecordToldHolder = "told"     // an intimation or a reminder went out
	RecordPurged     = "purged"   // what was kept long enough was removed
	RecordAdopted    = "adopted"  // it was handed in before there were lanes
)

// Waits reports that the case is in a lane.
func (c Case) Waits() bool { return c.Lane != "" }

// VerdictOn finds the newest verdict on a part, or on one document of it.
func (c Case) VerdictOn(pointer, documentID string) (Verdict, bool) {
	i := slices.IndexFunc(c.Verdicts, func(v Verdict) bool { return v.Pointer == pointer && v.DocumentID == documentID })
	if i < 0 {
		return Verdict{}, false
	}
	return c.Verdicts[i], true
}
