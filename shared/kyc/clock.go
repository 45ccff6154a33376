package kyc

import (
	"slices"
	"time"
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
)

// clock is from when on the steps of the case's present status count; no steps: nothing ever happens to it by itself.
func (c Case) clock() (from time.Time, steps []time.Duration) {
	switch {
	case !c.HeldUntil.IsZero():
		return c.HeldUntil, []time.Duration{0}
	case c.Status == NeedsInfo && !c.DueBy.IsZero():
		return c.DueBy, beforeDue
	case (c.Status == Draft || c.Status == Withdrawn) && (len(c.Fields) > 0 || len(c.current()) > 0):
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
	from, steps := c.clock()
	if told := c.told(from); told < len(steps) {
		return from.Add(steps[told])
	}
	return time.Time{}
}

// Tick is the case after the newest thing that time does to it, and the record of that; due is false while nothing is to be done. Of several steps
// that have come meanwhile, the last counts.
func (c Case) Tick(now time.Time) (next Case, r Record, due bool) {
	at := c.NextTick()
	if at.IsZero() || now.Before(at) {
		return c, Record{}, false
	}
	from, steps := c.clock()
	step := c.told(from)
	for step+1 < len(steps) && !now.Before(from.Add(steps[step+1])) {
		step++
	}
	r = c.record(Actor{Kind: ByClock}, c.tick(step == len(steps)-1), now)
	r.Step = step
	c.Told, c.ToldFrom = step+1, from
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
	}
	return c, r, true
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
	if c.Status != Rejected {
		c.Fields, c.UpdatedAt = map[string]string{}, now
	}
	c.Documents = slices.Clone(c.Documents)
	for i := range c.Documents {
		c.Documents[i].State = DocSuperseded
	}
	return c
}
