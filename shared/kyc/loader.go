package kyc

import (
	"cmp"
	"fmt"
	"slices"

	"phonon.in/central/shared/account"
)

// loader resolves names and collects what is wrong.
type loader struct {
	file   catalogueFile
	used   map[string]bool // "kind name"
	faults []error
}

func (l *loader) wrong(format string, args ...any) {
	l.faults = append(l.faults, fmt.Errorf(format, args...))
}

func (l *loader) entityType(e entityFile) EntityType {
	et := EntityType{Code: e.Code, Name: e.Name, AccountTypes: e.AccountTypes, TwoReviewers: e.TwoReviewers}
	if e.Code == "" || e.Name == "" || len(e.AccountTypes) == 0 || len(e.Fields) == 0 || len(e.Requirements) == 0 {
		l.wrong("entity type %q lacks something", e.Code)
	}
	for _, t := range e.AccountTypes {
		if t != account.Individual && t != account.Company {
			l.wrong("%s: no account type %q", e.Code, t)
		}
	}
	for _, use := range e.Fields {
		if _, again := et.Field(use.Name); again {
			l.wrong("%s: field %q is there twice", e.Code, use.Name)
		}
		et.Fields = append(et.Fields, l.field(e, use))
	}
	for _, use := range e.Requirements {
		if _, again := et.Requirement(use.ID); again {
			l.wrong("%s: requirement %q is there twice", e.Code, use.ID)
		}
		et.Requirements = append(et.Requirements, l.requirement(e, use))
	}
	return et
}

func (l *loader) field(e entityFile, use fieldUse) FieldSpec {
	def, ok := l.file.Fields[use.Name]
	if !ok {
		l.wrong("%s: field %q is not defined", e.Code, use.Name)
	}
	l.used["field "+use.Name] = true
	for _, letter := range []byte(use.Holders) {
		if holders[letter] == "" || def.Check != "pan" {
			l.wrong("%s: field %q cannot have holder %q", e.Code, use.Name, letter)
		}
	}
	for _, class := range use.Classes {
		if !slices.Contains(cinClasses, class) || def.Check != "cin" {
			l.wrong("%s: field %q cannot have class %q", e.Code, use.Name, class)
		}
	}
	for _, kind := range use.Registrations {
		if gstinKinds[kind] == "" || def.Check != "gstin" {
			l.wrong("%s: field %q cannot have registration %q", e.Code, use.Name, kind)
		}
	}
	return FieldSpec{
		Name: use.Name, Label: cmp.Or(use.Label, def.Label), Help: cmp.Or(use.Help, def.Help), Kind: def.Check, Choices: def.Choices,
		Level: use.Level, When: l.condition(e, use.Name, use.Level, use.When), Holders: use.Holders, Classes: use.Classes, Registrations: use.Registrations,
	}
}

func (l *loader) requirement(e entityFile, use requirementUse) Requirement {
	def, ok := l.file.Requirements[use.ID]
	if !ok {
		l.wrong("%s: requirement %q is not defined", e.Code, use.ID)
	}
	l.used["requirement "+use.ID] = true
	r := Requirement{
		ID: use.ID, Title: cmp.Or(use.Title, def.Title), Help: cmp.Or(use.Help, def.Help),
		Level: use.Level, When: l.condition(e, use.ID, use.Level, use.When),
		Whose: cmp.Or(def.Whose, Entity), MinOf: cmp.Or(def.MinOf, 1), MaxBytes: cmp.Or(def.MaxMB, 5) << 20,
	}
	options := def.Options
	if len(use.Options) > 0 {
		options = use.Options
	}
	for i, id := range options {
		if _, defined := l.file.Documents[id]; !defined || slices.Contains(options[:i], id) {
			l.wrong("%s: option %q of %q is not defined, or there twice", e.Code, id, use.ID)
		}
		l.used["document "+id] = true
		if o := l.option(id); !slices.Contains(l.file.Off, id) {
			r.Options = append(r.Options, o)
		}
	}
	if len(r.Options) < r.MinOf {
		l.wrong("%s: %q has fewer options than it needs", e.Code, use.ID)
	}
	return r
}

func (l *loader) option(id string) Option {
	def := l.file.Documents[id]
	o := Option{ID: id, Title: def.Title, Template: def.Template, Sample: l.sample(id, def)}
	for i, check := range def.Checks {
		l.used["check "+check] = true
		if l.file.Checks[check] == "" || slices.Contains(def.Checks[:i], check) {
			l.wrong("document %q: check %q is not defined, or there twice", id, check)
		}
		o.Checklist = append(o.Checklist, Check{check, l.file.Checks[check]})
	}
	return o
}

// sample has a place for each check of its document: a list beside a drawing with numbers missing would tell nobody where to look.
func (l *loader) sample(id string, def documentFile) *Sample {
	if def.Sample == "" {
		return nil
	}
	places, ok := l.file.Samples[def.Sample]
	if !ok {
		l.wrong("document %q: sample %q is not defined", id, def.Sample)
	}
	s := &Sample{Name: def.Sample}
	for _, check := range def.Checks {
		spot, ok := places[check]
		if !ok || spot[0] < 0 || spot[0] > 100 || spot[1] < 0 || spot[1] > 100 {
			l.wrong("document %q: its sample %q has no place for check %q, or one outside", id, def.Sample, check)
		}
		if slices.Contains(s.Spots, spot) {
			l.wrong("document %q: two checks are at one place of %q", id, def.Sample)
		}
		l.used["place "+def.Sample+" "+check] = true
		s.Spots = append(s.Spots, spot)
	}
	return s
}

func (l *loader) condition(e entityFile, name string, level Level, w whenFile) Condition {
	c := Condition{Field: cmp.Or(w.Given, w.Absent, w.Field), Absent: w.Absent != "", Is: w.Is}
	i := slices.IndexFunc(e.Fields, func(f fieldUse) bool { return f.Name == c.Field && f.Name != name })
	ways := 0
	for _, field := range []string{w.Given, w.Absent, w.Field} {
		if field != "" {
			ways++
		}
	}
	switch {
	case level != Required && level != Conditional && level != Optional:
		l.wrong("%s: %q has no level", e.Code, name)
	case (level == Conditional) != (c.Field != ""):
		l.wrong("%s: %q needs a condition if, and only if, it is conditional", e.Code, name)
	case ways > 1 || (w.Field != "") != (w.Is != ""):
		l.wrong("%s: %q has two conditions, or half of one", e.Code, name)
	case c.Field != "" && i < 0:
		l.wrong("%s: %q depends on %q, which is no other field of it", e.Code, name, c.Field)
	case c.Is != "" && !hasChoice(l.file.Fields[c.Field].Choices, c.Is):
		l.wrong("%s: %q depends on %q, which is no choice of %q", e.Code, name, c.Is, c.Field)
	}
	return c
}

func hasChoice(choices []Choice, value string) bool {
	return slices.ContainsFunc(choices, func(c Choice) bool { return c.Value == value })
}

// vocabulary checks the definitions themselves.
func (l *loader) vocabulary() {
	for name, f := range l.file.Fields {
		if f.Label == "" || f.Help == "" || kinds[f.Check] == nil || !l.used["field "+name] || (f.Check == Choose) != (len(f.Choices) > 1) {
			l.wrong("field %q is not complete, or not used", name)
		}
		for i, c := range f.Choices {
			if c.Value == "" || c.Label == "" || hasChoice(f.Choices[:i], c.Value) {
				l.wrong("field %q: choice %q is not complete, or there twice", name, c.Value)
			}
		}
	}
	for id, r := range l.file.Requirements {
		if r.Title == "" || r.Help == "" || r.MinOf < 0 || len(r.Options) < max(r.MinOf, 1) || r.MaxMB < 0 || r.MaxMB<<20 > MaxDocumentBytes ||
			!slices.Contains([]Holder{"", Entity, Signatory}, r.Whose) || !l.used["requirement "+id] {
			l.wrong("requirement %q is not complete, or not used", id)
		}
	}
	for id, d := range l.file.Documents {
		if d.Title == "" || !l.used["document "+id] {
			l.wrong("document %q has no title, or is not used", id)
		}
	}
	for id := range l.file.Checks {
		if !l.used["check "+id] {
			l.wrong("check %q is not used", id)
		}
	}
	for name, places := range l.file.Samples {
		for check := range places {
			if !l.used["place "+name+" "+check] {
				l.wrong("sample %q: no document needs the place of %q", name, check)
			}
		}
	}
	for _, id := range l.file.Off {
		if !l.used["document "+id] {
			l.wrong("document %q is off, but nothing asks for it", id)
		}
	}
}
