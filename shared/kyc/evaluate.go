package kyc

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/workday"
)

// Evaluation says what a case has and what it lacks.
type Evaluation struct {
	Fields       []FieldSpec   // that the entity type asks for, in the version of the case
	Requirements []Standing    // in the catalogue's order; without conditional ones that do not apply and have no documents
	Parts        []Part        // the entity type, each field, each of Requirements
	Missing      []fault.Field // everything that keeps the case from being submitted; nil once it is
	Warnings     []Finding     // what may be wrong, and keeps nobody from submitting
	CanSubmit    bool
}

// Evaluate looks at the whole case of an account of this type, by the rules of now, and reports everything at once. What an earlier save
// has checked is not believed: the account may have changed since, and the rules.
func Evaluate(c Case, typ account.Type, now time.Time) Evaluation {
	missing := c.missing(typ, now)
	e := Evaluation{Fields: c.entityType().Fields, Requirements: c.standings(now)}
	e.Parts = c.parts(e.Requirements, missing)
	if c.Status.Editable() {
		e.Missing = missing
	}
	for _, f := range Findings(c, now) {
		if f.Severity == Warning {
			e.Warnings = append(e.Warnings, f)
		}
	}
	e.CanSubmit = c.Status.May(Submit) && len(missing) == 0
	return e
}

// missing is everything that keeps the case from being handed in: in the entity type, and what lacks says.
func (c Case) missing(typ account.Type, now time.Time) (all []fault.Field) {
	if _, err := c.catalogue().pick(c.EntityType, typ); c.EntityType == "" {
		all = []fault.Field{noEntityType}
	} else if err != nil {
		all, _ = fault.FieldsOf(err)
	}
	return append(slices.Clone(all), c.lacks(now)...)
}

var noEntityType = fault.Field{Pointer: "/entityType", Code: "entity_type_required", Detail: "Choose what kind of person or business you are."}

// lacks is what is wrong or not there yet in fields and documents, and the flags that nothing was done about.
func (c Case) lacks(now time.Time) (all []fault.Field) {
	et := c.entityType()
	for _, f := range et.Fields {
		if needed(f.Level, f.When, c.Fields) && c.Fields[f.Name] == "" {
			all = append(all, fault.Field{Pointer: fieldPointer(f.Name), Code: "field_missing", Detail: "Enter: " + f.Label + "."})
		}
	}
	if et.Code != "" {
		_, wrong := et.parse(c.Fields, saved, now)
		all = append(all, wrong...)
	}
	listed := c.standings(now)
	for _, s := range listed {
		if f, lacks := s.lack(); lacks {
			all = append(all, f)
		}
	}
	return slices.Concat(all, sameFiles(listed), c.unanswered())
}

func (c Case) standings(now time.Time) (listed []Standing) {
	for _, r := range c.entityType().Requirements {
		if s := standing(c, r, now); s.Needed || s.Level != Conditional || len(s.Documents) > 0 {
			listed = append(listed, s)
		}
	}
	return listed
}

// Submit is the case of this account handed in, and the record of it; reference names it, if it has none yet. The fault is ErrLocked, or
// kyc_incomplete with one field for each thing that is missing or wrong.
func (c Case) Submit(p account.Profile, reference string, now time.Time) (Case, Record, error) {
	if !c.Status.Editable() {
		return Case{}, Record{}, ErrLocked
	}
	if missing := c.missing(p.Details.Type, now); len(missing) > 0 {
		return Case{}, Record{}, &fault.Error{
			Kind: fault.Invalid, Code: "kyc_incomplete", Fields: missing,
			Detail: "Something is still missing. Complete everything in the list, then submit again.",
		}
	}
	r := c.record(Actor{ByHolder, string(c.AccountID)}, string(Submit), now)
	c.Verdicts = c.standingVerdicts()
	c.Status, c.SubmittedAt, c.UpdatedAt, c.Round = Submitted, now, now, c.Round+1
	c.Reference, c.HandedIn = cmp.Or(c.Reference, reference), Snapshot{c.EntityType, maps.Clone(c.Fields), accountHolder(p)}
	c.Flags, c.Answers, c.DueBy = nil, nil, time.Time{}
	if c.DueAt.IsZero() {
		c.DueAt = dueAt(now)
	}
	c.Lane = c.lane(p.Verified)
	r.To, r.Round = c.Status, c.Round
	return c, r, nil
}

// dueAt is when a case that comes now is usually decided.
func dueAt(now time.Time) time.Time { return workday.Due(now, DecideHours) }

func accountHolder(p account.Profile) HolderSnapshot {
	d := p.Details
	return HolderSnapshot{
		Type: d.Type, Name: strings.TrimSpace(d.FirstName + " " + d.LastName), Company: d.CompanyName, Phone: p.Phone.Number.E164(), Email: p.Email.String(),
	}
}

// Reviewed is the round that ends when the case is handed in again; ok is false when nothing was asked for.
func (c Case) Reviewed(now time.Time) (r Round, ok bool) {
	return Round{No: c.Round, HandedIn: c.handedIn(), Flags: c.Flags, Answers: c.Answers, At: now}, len(c.Flags) > 0
}
