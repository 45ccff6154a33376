package main

import (
	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
)

type optionView struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

type conditionView struct {
	Field  string `json:"field"`
	Absent bool   `json:"absent"`
}

type requirementSpec struct {
	ID       string         `json:"id"`
	Title    string         `json:"title"`
	Help     string         `json:"help"`
	Level    kyc.Level      `json:"level"`
	When     *conditionView `json:"when"`
	MinOf    int            `json:"minOf"`
	MaxBytes int64          `json:"maxBytes"`
	MaxFiles int            `json:"maxFiles"`
	Options  []optionView   `json:"options"`
}

type fieldSpec struct {
	Name  string         `json:"name"`
	Label string         `json:"label"`
	Help  string         `json:"help"`
	Level kyc.Level      `json:"level"`
	When  *conditionView `json:"when"`
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
	EntityTypes []entityTypeView `json:"entityTypes"`
}

func viewOfCatalogue(cat *kyc.Catalogue) catalogueView {
	v := catalogueView{Version: cat.Version}
	for _, e := range cat.EntityTypes {
		ev := entityTypeView{Code: e.Code, Name: e.Name, AccountTypes: e.AccountTypes, Fields: []fieldSpec{}, Requirements: []requirementSpec{}}
		for _, f := range e.Fields {
			ev.Fields = append(ev.Fields, fieldSpec{f.Name, f.Label, f.Help, f.Level, viewOfCondition(f.When)})
		}
		for _, r := range e.Requirements {
			ev.Requirements = append(ev.Requirements, specOf(r))
		}
		v.EntityTypes = append(v.EntityTypes, ev)
	}
	return v
}

func specOf(r kyc.Requirement) requirementSpec {
	s := requirementSpec{
		ID: r.ID, Title: r.Title, Help: r.Help, Level: r.Level, When: viewOfCondition(r.When), MinOf: r.MinOf, MaxBytes: r.MaxBytes, MaxFiles: kyc.MaxFiles,
		Options: []optionView{},
	}
	for _, o := range r.Options {
		s.Options = append(s.Options, optionView(o))
	}
	return s
}

func viewOfCondition(c kyc.Condition) *conditionView {
	if c.Field == "" {
		return nil
	}
	return &conditionView{c.Field, c.Absent}
}
