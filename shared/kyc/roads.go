package kyc

import (
	"slices"
	"time"
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

// FileCase is the number of the case in which the document's file was uploaded: it is in the names of its objects.
func (d Document) FileCase() int {
	if d.Carried > 0 {
		return d.Carried
	}
	return d.CaseNo
}

// CarriedOver reports that the file of a document belongs to a later case as well.
func CarriedOver(d Document, later []Case) bool {
	return slices.ContainsFunc(later, func(c Case) bool {
		return slices.ContainsFunc(c.Documents, func(o Document) bool { return o.ID == d.ID && o.Carried > 0 && o.State != DocSuperseded })
	})
}
