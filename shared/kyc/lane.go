package kyc

import (
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/token"
)

// The faults of the desk.
var (
	ErrCaseUnknown  = fault.New(fault.NotFound, "case_unknown", "There is no such case.")
	ErrNotWaiting   = fault.New(fault.Conflict, "case_not_waiting", "The case is not waiting for a reviewer. Load it again.")
	ErrCaseClaimed  = fault.New(fault.Conflict, "case_claimed", "Somebody else is working on the case. Take it over with a reason, or take the next one.")
	ErrLeaseLost    = fault.New(fault.Conflict, "lease_lost", "The case is not yours any more: it was taken over, or left alone for too long. Claim it again.")
	ErrOwnCase      = fault.New(fault.Conflict, "own_case", "Nobody decides on a case of their own.")
	ErrFollowed     = fault.New(fault.Conflict, "case_followed", "The account has a later case. Decide on that one.")
	ErrSameReviewer = fault.New(fault.Conflict, "same_reviewer", "You have decided on this case already. Somebody else has to look at it.")
	ErrUndoOver     = fault.New(fault.Conflict, "undo_over", "The decision stands: a minute has passed, or something has happened since. Reopen the case instead.")
	ErrStale        = fault.New(fault.PreconditionFailed, "version_mismatch", "The case was changed meanwhile. Load it again, then decide.")
)

const maxNote = 2000 // code points, of what reviewers write to each other

// record begins the record of something that happens to the case as it is.
func (c Case) record(actor Actor, kind string, now time.Time) Record {
	return Record{
		ID: token.NewID(), At: now, Actor: actor, Kind: kind, From: c.Status, To: c.Status, Lane: c.Lane, Round: c.Round, Version: c.Version + 1, Rules: c.Catalogue,
	}
}

func reviewer(by account.ID) Actor { return Actor{ByReviewer, string(by)} }

// lane is where the case waits after it was handed in; verified is the account's verification by an earlier case.
func (c Case) lane(verified account.Verification) Lane {
	switch {
	case c.Round > 1:
		return LaneAnswered
	case verified.CaseNo > 0:
		return LaneRenewal
	}
	return LaneNew
}

// ClaimBy gives a reviewer the right to decide on the case, with a lease of this id. With takeOver, a reason, it takes the case from whoever
// has it. The fault is ErrNotWaiting, ErrOwnCase, ErrSameReviewer or ErrCaseClaimed.
func (c Case) ClaimBy(by account.ID, leaseID, takeOver string, now time.Time) (Case, Record, error) {
	kind := string(Claim)
	switch {
	case !c.Waits():
		return Case{}, Record{}, ErrNotWaiting
	case by == c.AccountID:
		return Case{}, Record{}, ErrOwnCase
	case c.Lane == LaneSecondLook && by == c.FirstBy:
		return Case{}, Record{}, ErrSameReviewer
	case c.Lease.Held(now) && c.Lease.By != by:
		if takeOver = sentence(takeOver); takeOver == "" {
			return Case{}, Record{}, ErrCaseClaimed
		}
		kind = RecordTakenOver
	}
	r := c.record(reviewer(by), kind, now)
	r.Reason = takeOver
	if to, first := c.Status.After(Claim); first {
		c.Status = to
	}
	c.Lease, r.To = Lease{leaseID, by, now.Add(LeaseLife)}, c.Status
	return c, r, nil
}

// holds is ErrNotWaiting or ErrLeaseLost where a reviewer cannot decide with this lease now.
func (c Case) holds(leaseID string, by account.ID, now time.Time) error {
	switch {
	case !c.Waits():
		return ErrNotWaiting
	case c.Lease.ID != leaseID || c.Lease.By != by || !c.Lease.Held(now):
		return ErrLeaseLost
	}
	return nil
}

// home is the lane that the case comes back to from colleagues and from being held.
func (c Case) home() Lane {
	if c.Lane == LaneColleague {
		return c.Home
	}
	return c.Lane
}

// SecondLook reports that one person has decided on the case, and that another has to: also while it is before colleagues.
func (c Case) SecondLook() bool { return c.home() == LaneSecondLook }

// Release gives the case back to its lane. The fault is ErrNotWaiting or ErrLeaseLost.
func (c Case) Release(leaseID string, by account.ID, now time.Time) (Case, Record, error) {
	if err := c.holds(leaseID, by, now); err != nil {
		return Case{}, Record{}, err
	}
	r := c.record(reviewer(by), RecordReleased, now)
	c.Lease = Lease{}
	return c, r, nil
}

// mostHeld is how far ahead a case may be put off.
const mostHeld = 30 * 24 * time.Hour

// Hold puts the case off until a time within 30 days: it leaves its lane, and the clock brings it back. The fault is ErrNotWaiting, ErrLeaseLost,
// hold_until_invalid or note_required.
func (c Case) Hold(leaseID string, by account.ID, until time.Time, note string, now time.Time) (Case, Record, error) {
	if err := c.holds(leaseID, by, now); err != nil {
		return Case{}, Record{}, err
	}
	if !until.After(now) || until.After(now.Add(mostHeld)) {
		return Case{}, Record{}, fault.At("/until", "hold_until_invalid", "Choose a time within the next 30 days.")
	}
	note, err := noteOf("/note", note)
	if err != nil {
		return Case{}, Record{}, err
	}
	r := c.record(reviewer(by), RecordHeld, now)
	r.Note, c.Home = note, c.home()
	c.Lane, c.Lease, c.HeldUntil = "", Lease{}, until
	return c, r, nil
}

// Ask puts the case before the other reviewers, with a question. The fault is ErrNotWaiting, ErrLeaseLost or note_required.
func (c Case) Ask(leaseID string, by account.ID, question string, now time.Time) (Case, Record, error) {
	if err := c.holds(leaseID, by, now); err != nil {
		return Case{}, Record{}, err
	}
	question, err := noteOf("/question", question)
	if err != nil {
		return Case{}, Record{}, err
	}
	r := c.record(reviewer(by), RecordAsked, now)
	r.Note = question
	c.Home = c.home()
	c.Lane, c.Lease = LaneColleague, Lease{}
	return c, r, nil
}

// Reply answers a colleague, and brings the case back to its lane. The fault is ErrNotWaiting, ErrLeaseLost or note_required.
func (c Case) Reply(leaseID string, by account.ID, text string, now time.Time) (Case, Record, error) {
	if err := c.holds(leaseID, by, now); err != nil {
		return Case{}, Record{}, err
	}
	if c.Lane != LaneColleague {
		return Case{}, Record{}, ErrNotWaiting
	}
	text, err := noteOf("/text", text)
	if err != nil {
		return Case{}, Record{}, err
	}
	r := c.record(reviewer(by), RecordReplied, now)
	r.Note = text
	c.Lane, c.Home, c.Lease = c.Home, "", Lease{}
	return c, r, nil
}

// noteOf is a text among reviewers, in lines as typed: note_required, text_too_long, aadhaar_number_present.
func noteOf(pointer, text string) (string, error) {
	text, err := optionalNote(pointer, text)
	if err == nil && text == "" {
		err = fault.At(pointer, "note_required", "Write a sentence: whoever works on the case next reads it.")
	}
	return text, err
}
