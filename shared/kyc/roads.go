package kyc

import (
	"errors"
	"slices"
	"time"

	"phonon.in/central/shared/account"
)

// Withdraw is the case taken back by its holder before anybody has looked at it: ErrWithdrawLate.
func (c Case) Withdraw(now time.Time) (Case, Record, error) {
	to, may := c.Status.After(Withdraw)
	if !may {
		return Case{}, Record{}, ErrWithdrawLate
	}
	r := c.record(Actor{ByHolder, string(c.AccountID)}, string(Withdraw), now)
	c.Status, c.Lane, c.UpdatedAt, c.DueAt, r.To = to, "", now, time.Time{}, to
	return c, r, nil
}

// Renew begins the next case while this one stays in force: with the same entity type, values and accepted documents. The fault is
// ErrNotRenewable.
func (c Case) Renew(now time.Time) (Case, error) {
	if !c.Status.InForce() {
		return Case{}, ErrNotRenewable
	}
	return c.next(now), nil
}

// Replaced is a case in force after the next one of its account was approved: nobody is told that it ended.
func (c Case) Replaced(now time.Time) (Case, Record) {
	r := c.record(Actor{Kind: ByClock}, string(Replace), now)
	c.Status, _ = c.Status.After(Replace)
	c.Told, c.ToldFrom, r.To = len(afterEnd), c.ValidUntil, c.Status
	return c, r
}

// Restored is a replaced case after that approval was taken back.
func (c Case) Restored(now time.Time) (Case, Record) {
	r := c.record(Actor{Kind: ByClock}, string(Undo), now)
	c.Status, c.Told, c.ToldFrom, r.To = Approved, 0, time.Time{}, Approved
	return c, r
}

// next is the case that follows this one, with whatever of it still fits.
func (c Case) next(now time.Time) Case {
	n := Case{
		AccountID: c.AccountID, No: c.No + 1, Status: Draft, EntityType: c.EntityType, Catalogue: Current().Version, CreatedAt: now, UpdatedAt: now,
		Earlier: c.Unpurged(),
	}
	et := n.entityType()
	n.Fields = et.fitting(c.Fields, now)
	for _, d := range c.Documents {
		req, asked := et.Requirement(d.Requirement)
		if d.State != DocAccepted || !asked || d.Type != "" && !req.HasOption(d.Type) {
			continue
		}
		if d.Carried == 0 {
			d.Carried = c.No
		}
		d.CaseNo, d.State, d.Reason = n.No, DocClean, Reason{} // whoever reviews the next case looks at it again
		n.Documents = append(n.Documents, d)
	}
	return n
}

// ErrNoRoad is the error for what cannot be done to a case in its status.
var ErrNoRoad = errors.New("kyc: the status of the case does not allow it")

// SuspendBy puts an approved case out of force until an operator says otherwise: ErrNoRoad or note_required.
func (c Case) SuspendBy(operator, reason string, now time.Time) (Case, Record, error) {
	return c.operated(Suspend, operator, reason, now)
}

// ResumeBy puts a suspended case in force again, for as long as it was approved: ErrNoRoad or note_required.
func (c Case) ResumeBy(operator, reason string, now time.Time) (Case, Record, error) {
	return c.operated(Resume, operator, reason, now)
}

func (c Case) operated(a Action, operator, reason string, now time.Time) (Case, Record, error) {
	to, may := c.Status.After(a)
	if !may {
		return Case{}, Record{}, ErrNoRoad
	}
	reason, err := noteOf("/reason", reason)
	if err != nil {
		return Case{}, Record{}, err
	}
	r := c.record(Actor{ByOperator, operator}, string(a), now)
	r.Reason, r.To = reason, to
	c.Status, c.UpdatedAt = to, now
	return c, r, nil
}

// FileCase is the number of the case in which the document's file was uploaded: it is in the names of its objects.
func (d Document) FileCase() int {
	if d.Carried > 0 {
		return d.Carried
	}
	return d.CaseNo
}

// HandedOver is the case as reviewers may see it: while its holder changes it, what was handed in last, and of what was taken back nothing but
// that there is a case.
func (c Case) HandedOver() Case {
	if !c.Status.Editable() {
		return c
	}
	was := c.handedIn()
	c.EntityType, c.Fields, c.Answers = was.EntityType, was.Fields, nil
	c.Documents = slices.DeleteFunc(slices.Clone(c.Documents), func(d Document) bool {
		return c.Round == 0 || c.Status == Withdrawn || d.CreatedAt.After(c.SubmittedAt)
	})
	if c.Status == Withdrawn {
		c.Fields = nil
	}
	return c
}

// FilePrefixes are what the keys of everything begin with that is kept of a document: what was uploaded, what was checked, and its pages.
func (d Document) FilePrefixes(id account.ID) []string {
	no := d.FileCase()
	return []string{IncomingKey(id, no, d.ID), VaultKey(id, no, d.ID), PagesPrefix(id, no, d.ID)}
}
