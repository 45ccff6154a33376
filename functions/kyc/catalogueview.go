package main

import (
	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
)

type optionView struct {
	ID        string      `json:"id"`
	Title     string      `json:"title"`
	Checklist []checkView `json:"checklist"`
	Template  *string     `json:"template"`
	Sample    *sampleView `json:"sample"`
}

type sampleView struct {
	Name  string     `json:"name"`
	Spots []spotView `json:"spots"`
}

type spotView struct {
	X int `json:"x"`
	Y int `json:"y"`
}

type checkView struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

type conditionView struct {
	Field  string  `json:"field"`
	Absent bool    `json:"absent"`
	Is     *string `json:"is"`
}

type requirementSpec struct {
	ID       string         `json:"id"`
	Title    string         `json:"title"`
	Help     string         `json:"help"`
	Whose    kyc.Holder     `json:"whose"`
	Level    kyc.Level      `json:"level"`
	When     *conditionView `json:"when"`
	MinOf    int            `json:"minOf"`
	MaxBytes int64          `json:"maxBytes"`
	MaxFiles int            `json:"maxFiles"`
	Options  []optionView   `json:"options"`
}

type fieldSpec struct {
	Name    string         `json:"name"`
	Label   string         `json:"label"`
	Help    string         `json:"help"`
	Level   kyc.Level      `json:"level"`
	When    *conditionView `json:"when"`
	Kind    kyc.Kind       `json:"kind"`
	Choices []choiceView   `json:"choices"`
	Holders string         `json:"holders"` // letters of a PAN, by which the page proposes an entity type, and classes of a CIN
	Classes []string       `json:"classes"`
}

type choiceView struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

type entityTypeView struct {
	Code         string            `json:"code"`
	Name         string            `json:"name"`
	AccountTypes []account.Type    `json:"accountTypes"`
	Fields       []fieldSpec       `json:"fields"`
	Requirements []requirementSpec `json:"requirements"`
}

type catalogueView struct {
	Version     string           `json:"version"`
	States      []string         `json:"states"` // what a field of kind state takes
	EntityTypes []entityTypeView `json:"entityTypes"`
}

func viewOfCatalogue(cat *kyc.Catalogue) catalogueView {
	v := catalogueView{Version: cat.Version, States: kyc.StateNames()}
	for _, e := range cat.EntityTypes {
		ev := entityTypeView{Code: e.Code, Name: e.Name, AccountTypes: e.AccountTypes, Fields: viewOfFields(e.Fields), Requirements: []requirementSpec{}}
		for _, r := range e.Requirements {
			ev.Requirements = append(ev.Requirements, specOf(r))
		}
		v.EntityTypes = append(v.EntityTypes, ev)
	}
	return v
}

func viewOfFields(fields []kyc.FieldSpec) []fieldSpec {
	all := []fieldSpec{}
	for _, f := range fields {
		v := fieldSpec{f.Name, f.Label, f.Help, f.Level, viewOfCondition(f.When), f.Kind, []choiceView{}, f.Holders, append([]string{}, f.Classes...)}
		for _, c := range f.Choices {
			v.Choices = append(v.Choices, choiceView(c))
		}
		all = append(all, v)
	}
	return all
}

func specOf(r kyc.Requirement) requirementSpec {
	s := requirementSpec{
		ID: r.ID, Title: r.Title, Help: r.Help, Whose: r.Whose, Level: r.Level, When: viewOfCondition(r.When), MinOf: r.MinOf, MaxBytes: r.MaxBytes, MaxFiles: kyc.MaxFiles,
		Options: []optionView{},
	}
	for _, o := range r.Options {
		v := optionView{o.ID, o.Title, []checkView{}, orNull(o.Template), viewOfSample(o.Sample)}
		for _, c := range o.Checklist {
			v.Checklist = append(v.Checklist, checkView(c))
		}
		s.Options = append(s.Options, v)
	}
	return s
}

func viewOfSample(s *kyc.Sample) *sampleView {
	if s == nil {
		return nil
	}
	v := &sampleView{s.Name, []spotView{}}
	for _, spot := range s.Spots {
		v.Spots = append(v.Spots, spotView{spot[0], spot[1]})
	}
	return v
}

func viewOfCondition(c kyc.Condition) *conditionView {
	if c.Field == "" {
		return nil
	}
	return &conditionView{c.Field, c.Absent, orNull(c.Is)}
}
