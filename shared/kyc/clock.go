package kyc

import (
	"slices"
	"time"

	"phonon.in/central/shared/account"
)

// What the clock does to cases. days counts from the time that a status sets: 90 days before an approval ends its holder is told the first
// time (RBI asks for three intimations before the date, and three reminders after it).
const day = 24 * time.Hour

var (
	beforeEnd    = []time.Duration{-90 * day, -30 * day, -7 * day, 0} // from ValidUntil on; the first makes it expiring, the last expired
	afterEnd     = []time.Duration{7 * day, 14 * day, 30 * day}
	beforeDue    = []time.Duration{-7 * day, -2 * day, 0} // from DueBy on; with the last the case is a draft again
	draftEnds    = []time.Duration{76 * day, 90 * day}    // from the last change on; with the last its files are removed
	rejectedEnds = []time.Duration{90 * day}              // from the decision on: its files are removed

	// filesStay is how long the files of an emptied case are still there: whoever was just beginning the next case with them has them.
	filesStay = 5 * time.Minute
)

// supersededAtOnce keeps what one move changes within a transaction; the rest comes with the next one.
const supersededAtOnce = 80

// clock is from when on the steps of the case's present status count; no steps: nothing ever happens to it by itself.
func (c Case) clock() (from time.Time, steps []time.Duration) {
	switch {
	case !c.HeldUntil.IsZero():
		return c.HeldUntil, []time.Duration{0}
	case c.Status == NeedsInfo && !c.DueBy.IsZero():
		return c.DueBy, beforeDue
	case (c.Status == Draft || c.Status == Withdrawn) && c.EntityType != "":
		return c.UpdatedAt, draftEnds
	case (c.Status.InForce() || c.Status == Suspended) && !c.ValidUntil.IsZero():
		return c.ValidUntil, beforeEnd
	case c.Status == Expired && !c.ValidUntil.IsZero():
		return c.ValidUntil, afterEnd
	case c.Status == Rejected && len(c.current()) > 0:
		return c.DecidedAt, rejectedEnds
	}
	return time.Time{}, nil
}

// current are the documents that are not superseded.
func (c Case) current() []Document {
	return slices.DeleteFunc(slices.Clone(c.Documents), func(d Document) bool { return d.State == DocSuperseded })
}

// told counts the steps of the present status that were taken: none of another time they counted from.
func (c Case) told(from time.Time) int {
	if !c.ToldFrom.Equal(from) {
		return 0
	}
	return c.Told
}

// NextTick is when the clock has something to do with the case; zero for never.
func (c Case) NextTick() time.Time {
	if len(c.Unwanted()) > 0 {
		return c.DecidedAt
	}
	from, steps := c.clock()
	if told := c.told(from); told < len(steps) {
		return from.Add(steps[told])
	}
	if c.emptiedByTime() && len(c.Unpurged()) > 0 {
		return c.UpdatedAt.Add(filesStay)
	}
	return time.Time{}
}

// NextLook is when the clock looks whether the files of a case that were in storage by then have been checked: the first such time after since,
// zero where none is being checked.
func (c Case) NextLook(since time.Time) (next time.Time) {
	for _, d := range c.Documents {
		late := d.UploadedAt.Add(CheckLife)
		if d.State.Checking() && !d.UploadedAt.IsZero() && late.After(since) && (next.IsZero() || late.Before(next)) {
			next = late
		}
	}
	return next
}

// Late counts the files of a case that have been checked for longer than any check takes. What is a day old is nothing that an operator can
// still mend by having it checked again.
func (c Case) Late(now time.Time) (n int) {
	for _, d := range c.Documents {
		if age := now.Sub(d.UploadedAt); d.State.Checking() && age >= CheckLife && age < day {
			n++
		}
	}
	return n
}

// emptiedByTime reports that the clock has taken the case's documents away.
func (c Case) emptiedByTime() bool {
	return (c.Status == Draft || c.Status == Withdrawn) && c.EntityType == "" || c.Status == Rejected && len(c.current()) == 0
}

// Unwanted are the documents whose files a decision removes at once, as those with an Aadhaar number that can be read, while they may still be in
// storage: also where an earlier case of the account has the file.
func (c Case) Unwanted() (due []Document) {
	for _, d := range c.Documents {
		if reason, _ := reviewReason(d.Reason.Code); reason.Purge && d.State == DocSuperseded && d.PurgedAt.IsZero() {
			due = append(due, d)
		}
	}
	return due
}

// Leftovers are the documents whose files are to be removed now: the unwanted ones, or else those of an emptied case.
func (c Case) Leftovers(now time.Time) []Document {
	if due := c.Unwanted(); len(due) > 0 {
		return due
	}
	if !c.emptiedByTime() || now.Before(c.UpdatedAt.Add(filesStay)) {
		return nil
	}
	return c.Unpurged()
}

// Tick is the case after the newest thing that time does to it, and the record of that; due is false while nothing is to be done. Of several steps
// that have come meanwhile, the last counts.
func (c Case) Tick(now time.Time) (next Case, r Record, due bool) {
	from, steps := c.clock()
	caught := c.caughtUp(now)
	if caught.Told <= c.told(from) {
		return c, Record{}, false
	}
	r = c.record(Actor{Kind: ByClock}, c.tick(caught.Told == len(steps)), now)
	r.Step = caught.Told - 1
	c = caught
	switch r.Kind {
	case RecordReturned:
		c.Lane, c.Home, c.HeldUntil = c.Home, "", time.Time{}
	case string(Lapse):
		r.Flags = c.Flags
		c.UpdatedAt, c.DueBy, c.Flags, c.Answers = now, time.Time{}, nil, nil
	case RecordPurged:
		c = c.emptied(now)
	}
	if to, moves := c.Status.After(Action(r.Kind)); moves {
		c.Status, r.To = to, to
		c = c.caughtUp(now) // what the new status would have said before now, nobody needs to hear
	}
	return c, r, true
}

// caughtUp is the case with all steps of its status taken that have come.
func (c Case) caughtUp(now time.Time) Case {
	from, steps := c.clock()
	c.Told, c.ToldFrom = 0, from
	for c.Told < len(steps) && !now.Before(from.Add(steps[c.Told])) {
		c.Told++
	}
	return c
}

// tick is what kind of thing the next step is.
func (c Case) tick(last bool) string {
	switch {
	case !c.HeldUntil.IsZero():
		return RecordReturned
	case c.Status == NeedsInfo && last:
		return string(Lapse)
	case (c.Status == Draft || c.Status == Withdrawn || c.Status == Rejected) && last:
		return RecordPurged
	case c.Status.May(End) && last:
		return string(End)
	case c.Status == Approved:
		return string(NearEnd)
	}
	return RecordToldHolder
}

// emptied is the case without what nobody has a reason to keep: a draft loses its values and files, a rejected case its files.
func (c Case) emptied(now time.Time) Case {
	c.Documents = slices.Clone(c.Documents)
	left := supersededAtOnce
	for i, d := range c.Documents {
		if d.State != DocSuperseded && left > 0 {
			c.Documents[i].State = DocSuperseded
			left--
		}
	}
	if len(c.current()) > 0 {
		c.Told--
		return c
	}
	if c.Status != Rejected {
		c.EntityType, c.Fields, c.Answers, c.HandedIn, c.Verdicts = "", map[string]string{}, nil, Snapshot{}, nil
	}
	c.UpdatedAt = now
	return c
}

// Adopt places a case that was handed in before there were lanes in one, due as if it had been then; ok is false for any other.
func (c Case) Adopt(now time.Time) (next Case, r Record, ok bool) {
	if c.Status != Submitted || c.Waits() {
		return c, Record{}, false
	}
	r = c.record(Actor{Kind: ByClock}, RecordAdopted, now)
	c.Lane, c.DueAt = c.lane(account.Verification{}), dueAt(c.SubmittedAt)
	return c, r, true
}
