package kyc

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"

	"go.yaml.in/yaml/v3"

	"phonon.in/central/shared/account"
)

// The shapes of a catalogue's file.
type (
	catalogueFile struct {
		Version      string                     `yaml:"version"`
		Documents    map[string]string          `yaml:"documents"`
		Fields       map[string]fieldFile       `yaml:"fields"`
		Requirements map[string]requirementFile `yaml:"requirements"`
		EntityTypes  []entityFile               `yaml:"entityTypes"`
	}
	fieldFile struct {
		Label string `yaml:"label"`
		Help  string `yaml:"help"`
		Check Check  `yaml:"check"`
	}
	requirementFile struct {
		Title   string   `yaml:"title"`
		Help    string   `yaml:"help"`
		Whose   Holder   `yaml:"whose"` // entity when left out
		MinOf   int      `yaml:"minOf"` // 1 when left out
		MaxMB   int64    `yaml:"maxMB"` // 5 when left out
		Options []string `yaml:"options"`
	}
	entityFile struct {
		Code         string           `yaml:"code"`
		Name         string           `yaml:"name"`
		AccountTypes []account.Type   `yaml:"accountTypes"`
		Fields       []fieldUse       `yaml:"fields"`
		Requirements []requirementUse `yaml:"requirements"`
	}
	fieldUse struct {
		Name    string   `yaml:"name"`
		Level   Level    `yaml:"level"`
		When    whenFile `yaml:"when"`
		Label   string   `yaml:"label"` // instead of the field's own, as Help
		Help    string   `yaml:"help"`
		Holders string   `yaml:"holders"`
		Classes []string `yaml:"classes"`
	}
	requirementUse struct {
		ID    string   `yaml:"id"`
		Level Level    `yaml:"level"`
		When  whenFile `yaml:"when"`
		Title string   `yaml:"title"` // instead of the requirement's own, as Help
		Help  string   `yaml:"help"`
	}
	whenFile struct {
		Given  string `yaml:"given"`
		Absent string `yaml:"absent"`
	}
)

// Load reads one version of the catalogue. It refuses unknown keys, names that are not defined, definitions that nothing uses,
// duplicates and gaps, and reports all of them at once.
func Load(version string, data []byte) (*Catalogue, error) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	var f catalogueFile
	if err := dec.Decode(&f); err != nil {
		return nil, fmt.Errorf("read catalogue: %w", err)
	}
	if dec.Decode(new(any)) != io.EOF {
		return nil, errors.New("read catalogue: more than one document")
	}
	l := loader{file: f, used: map[string]bool{}}
	if f.Version != version {
		l.wrong("version %q does not match the file name %q", f.Version, version)
	}
	cat := &Catalogue{Version: version}
	for _, e := range f.EntityTypes {
		if _, again := cat.EntityType(e.Code); again {
			l.wrong("entity type %q is there twice", e.Code)
		}
		cat.EntityTypes = append(cat.EntityTypes, l.entityType(e))
	}
	l.vocabulary()
	if len(l.faults) > 0 {
		return nil, errors.Join(l.faults...)
	}
	return cat, nil
}

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
	et := EntityType{Code: e.Code, Name: e.Name, AccountTypes: e.AccountTypes}
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
	return FieldSpec{
		Name: use.Name, Label: cmp.Or(use.Label, def.Label), Help: cmp.Or(use.Help, def.Help), Check: def.Check,
		Level: use.Level, When: l.condition(e, use.Name, use.Level, use.When), Holders: use.Holders, Classes: use.Classes,
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
	for _, id := range def.Options {
		r.Options = append(r.Options, Option{ID: id, Title: l.file.Documents[id]})
	}
	return r
}

func (l *loader) condition(e entityFile, name string, level Level, w whenFile) Condition {
	c := Condition{Field: cmp.Or(w.Given, w.Absent), Absent: w.Absent != ""}
	known := slices.ContainsFunc(e.Fields, func(f fieldUse) bool { return f.Name == c.Field && f.Name != name })
	switch {
	case level != Required && level != Conditional && level != Optional:
		l.wrong("%s: %q has no level", e.Code, name)
	case (level == Conditional) != (c.Field != ""):
		l.wrong("%s: %q needs a condition if, and only if, it is conditional", e.Code, name)
	case w.Given != "" && w.Absent != "":
		l.wrong("%s: %q has two conditions", e.Code, name)
	case c.Field != "" && !known:
		l.wrong("%s: %q depends on %q, which is no other field of it", e.Code, name, c.Field)
	}
	return c
}

// vocabulary checks the definitions themselves.
func (l *loader) vocabulary() {
	for name, f := range l.file.Fields {
		if f.Label == "" || f.Help == "" || checks[f.Check] == nil || !l.used["field "+name] {
			l.wrong("field %q is not complete, or not used", name)
		}
	}
	for id, r := range l.file.Requirements {
		if r.Title == "" || r.Help == "" || r.MinOf < 0 || len(r.Options) < max(r.MinOf, 1) || r.MaxMB < 0 || r.MaxMB<<20 > MaxDocumentBytes ||
			!slices.Contains([]Holder{"", Entity, Signatory}, r.Whose) || !l.used["requirement "+id] {
			l.wrong("requirement %q is not complete, or not used", id)
		}
		for i, option := range r.Options {
			l.used["document "+option] = true
			if l.file.Documents[option] == "" || slices.Contains(r.Options[:i], option) {
				l.wrong("requirement %q: option %q is not defined, or there twice", id, option)
			}
		}
	}
	for id := range l.file.Documents {
		if !l.used["document "+id] {
			l.wrong("document %q is not used", id)
		}
	}
}
