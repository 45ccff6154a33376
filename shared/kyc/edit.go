package kyc

import (
	"maps"
	"slices"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
)

// Given is what the holder saves as a whole.
type Given struct {
	EntityType string
	Fields     map[string]string // instead of all that were given before; nil keeps those that fit the entity type
	Answers    map[string]string // instead of all that were given before; nil keeps them
	Confirmed  []string          // pointers of texts that hold no Aadhaar number, although it looks like it
}

// Edit is the case after its holder saved it: a draft, or still NeedsInfo. Documents that no longer fit the entity type become
// superseded. After a rejected or expired case it is a new case with the next number.
//
// The fault is ErrLocked, ErrPartLocked, or those of pick, parse and answers.
func (c Case) Edit(in Given, typ account.Type, now time.Time) (Case, error) {
	next, err := c.begun(now)
	if err != nil {
		return Case{}, err
	}
	if next.Status == Draft && in.EntityType != next.EntityType {
		next.Catalogue = Current().Version // nothing of the old one is asked any more
	}
	et, err := next.catalogue().pick(in.EntityType, typ)
	if err != nil {
		return Case{}, err
	}
	fields, answers := et.fitting(next.before(in.EntityType).Fields, now), next.Answers
	var wrong, unasked []fault.Field
	sure := next.sure(in.Confirmed)
	if in.Fields != nil {
		fields, wrong = et.parse(in.Fields, sure, now)
	}
	if in.Answers != nil {
		answers, unasked = next.answers(in.Answers, sure)
	}
	if err := fault.InvalidFields(append(wrong, unasked...)); err != nil {
		return Case{}, err
	}
	if err := next.checkOpen(in.EntityType, fields, typ, now); err != nil {
		return Case{}, err
	}
	return next.changed(in.EntityType, fields, answers, now), nil
}

// Patch is what the holder saves of single parts. A text that is nil or empty takes away what was given.
type Patch struct {
	Fields    map[string]*string // by name
	Answers   map[string]*string // by pointer
	Confirmed []string           // as in Given
}

// sure is for pointers that were confirmed, and for texts that the case has already: they were asked about.
func (c Case) sure(pointers []string) confirmed {
	known := map[string]string{}
	for name, text := range c.Fields {
		known[fieldPointer(name)] = text
	}
	for pointer, text := range c.Answers {
		known[answerPointer(pointer)] = text
	}
	return func(pointer, text string) bool { return slices.Contains(pointers, pointer) || known[pointer] == text }
}

// Patch is the case after single fields and answers were saved, each judged by itself: fields that do not agree are for Evaluate to report.
//
// The fault is ErrLocked, ErrPartLocked, entity_type_required, or those of parseEach and answers.
func (c Case) Patch(p Patch, typ account.Type, now time.Time) (Case, error) {
	next, err := c.begun(now)
	if err != nil {
		return Case{}, err
	}
	et := next.entityType()
	if et.Code == "" {
		return Case{}, fault.InvalidFields([]fault.Field{noEntityType})
	}
	given, sentences := texts(p.Fields), texts(p.Answers)
	sure := next.sure(p.Confirmed)
	clean, wrong := et.parseEach(given, sure, now)
	said, unasked := next.answers(sentences, sure)
	if err := fault.InvalidFields(append(wrong, unasked...)); err != nil {
		return Case{}, err
	}
	fields, answers := merged(next.Fields, given, clean), merged(next.Answers, sentences, said)
	if err := next.checkOpen(next.EntityType, fields, typ, now); err != nil {
		return Case{}, err
	}
	return next.changed(next.EntityType, fields, answers, now), nil
}

func texts(patch map[string]*string) map[string]string {
	all := map[string]string{}
	for name, text := range patch {
		all[name] = ""
		if text != nil {
			all[name] = *text
		}
	}
	return all
}

// merged is what was there with what was named now: the clean value of it, or nothing.
func merged(was, named, clean map[string]string) map[string]string {
	all := map[string]string{}
	maps.Copy(all, was)
	maps.DeleteFunc(all, func(name, _ string) bool { _, again := named[name]; return again })
	maps.Copy(all, clean)
	return all
}

// begun is the case that a change is made to: itself, or a new one after a decision that is final. ErrLocked while it is with us.
func (c Case) begun(now time.Time) (Case, error) {
	switch {
	case c.begins():
		if c.Final {
			return Case{}, ErrFinal
		}
		return c.next(now), nil
	case !c.Status.Editable():
		return Case{}, ErrLocked
	}
	return c, nil
}

// changed is the case with what was saved. What the reviewer saw is kept, to know later what is new.
func (c Case) changed(entityType string, fields, answers map[string]string, now time.Time) Case {
	if c.Status == NeedsInfo {
		c.HandedIn = c.handedIn()
	}
	gone := c.Superseded(entityType)
	c.Documents = slices.Clone(c.Documents)
	for i, d := range c.Documents {
		if slices.Contains(gone, d.ID) {
			c.Documents[i].State = DocSuperseded
		}
	}
	c.EntityType, c.Fields, c.Answers, c.UpdatedAt = entityType, fields, answers, now
	return c
}

// Superseded lists the ids of the documents that do not fit entityType: their requirement, or their type, is not one of its.
func (c Case) Superseded(entityType string) []string {
	et, _ := c.catalogue().EntityType(entityType)
	var ids []string
	for _, d := range c.Documents {
		req, ok := et.Requirement(d.Requirement)
		if d.State != DocSuperseded && (!ok || d.Type != "" && !req.HasOption(d.Type)) {
			ids = append(ids, d.ID)
		}
	}
	return ids
}

// SameAs reports that saving c over read would change nothing.
func (c Case) SameAs(read Case) bool {
	return c.No == read.No && c.EntityType == read.EntityType && maps.Equal(c.Fields, read.Fields) && maps.Equal(c.Answers, read.Answers) &&
		slices.EqualFunc(c.Documents, read.Documents, func(a, b Document) bool { return a.ID == b.ID && a.State == b.State })
}

// before is the case that a change of the entity type is held to. Whoever goes back to the one that was handed in gets what was handed in:
// going there and back opens nothing.
func (c Case) before(entityType string) Case {
	if handed := c.handedIn(); c.Status == NeedsInfo && c.EntityType != entityType && entityType == handed.EntityType {
		c.EntityType, c.Fields = handed.EntityType, handed.Fields
	}
	return c
}

// checkOpen is ErrPartLocked, with the parts, when one that is not open would change.
func (c Case) checkOpen(entityType string, fields map[string]string, typ account.Type, now time.Time) error {
	was := c.before(entityType)
	missing := was.missing(typ, now)
	var locked []fault.Field
	check := func(pointer string) {
		if !was.open(pointer, missing) {
			locked = append(locked, fault.Field{Pointer: pointer, Code: ErrPartLocked.Code, Detail: ErrPartLocked.Detail})
		}
	}
	if entityType != was.EntityType {
		if check("/entityType"); len(locked) == 0 {
			return nil // another entity type asks for other things
		}
	}
	names := map[string]string{}
	maps.Copy(names, fields)
	maps.Copy(names, was.Fields)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if fields[name] != was.Fields[name] {
			check(fieldPointer(name))
		}
	}
	if len(locked) == 0 {
		return nil
	}
	e := *ErrPartLocked
	e.Fields = locked
	return &e
}
