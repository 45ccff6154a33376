package main

import (
	"slices"
	"time"

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
	s := requirementSpec{ID: r.ID, Title: r.Title, Help: r.Help, Level: r.Level, When: viewOfCondition(r.When), MinOf: r.MinOf, MaxBytes: r.MaxBytes, Options: []optionView{}}
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

type reasonView struct {
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

type documentView struct {
	ID           string       `json:"id"`
	Requirement  string       `json:"requirement"`
	DocumentType *string      `json:"documentType"`
	FileName     string       `json:"fileName"`
	ContentType  string       `json:"contentType"`
	Size         int64        `json:"size"`
	State        kyc.DocState `json:"state"`
	Reason       *reasonView  `json:"reason"`
	UploadedAt   *time.Time   `json:"uploadedAt"`
	SHA256       *string      `json:"sha256"`
}

func viewOfDocument(d kyc.Document) documentView {
	v := documentView{
		ID: d.ID, Requirement: d.Requirement, DocumentType: orNull(d.Type), FileName: d.FileName, ContentType: d.ContentType, Size: d.Size,
		State: d.State, UploadedAt: timeOrNull(d.UploadedAt), SHA256: orNull(d.SHA256),
	}
	if d.Reason.Code != "" {
		v.Reason = &reasonView{d.Reason.Code, d.Reason.Detail}
	}
	return v
}

type requirementView struct {
	requirementSpec
	State     kyc.State      `json:"state"`
	Needed    bool           `json:"needed"`
	Note      *reasonView    `json:"note"` // what a reviewer asked for
	Documents []documentView `json:"documents"`
}

type missingView struct {
	Pointer string `json:"pointer"`
	Code    string `json:"code"`
	Detail  string `json:"detail"`
}

type caseView struct {
	Status           kyc.Status        `json:"status"`
	CaseNo           int               `json:"caseNo"`
	EntityType       *string           `json:"entityType"`
	CatalogueVersion *string           `json:"catalogueVersion"`
	Version          int               `json:"version"`
	Fields           map[string]string `json:"fields"`
	Requirements     []requirementView `json:"requirements"`
	SubmittedAt      *time.Time        `json:"submittedAt"`
	CanSubmit        bool              `json:"canSubmit"`
	Missing          []missingView     `json:"missing"`
}

func viewOfCase(c kyc.Case) caseView {
	e := kyc.Evaluate(c)
	v := caseView{
		Status: c.Status, CaseNo: c.No, EntityType: orNull(c.EntityType), CatalogueVersion: orNull(c.Catalogue), Version: c.Version,
		Fields: c.Fields, Requirements: []requirementView{}, SubmittedAt: timeOrNull(c.SubmittedAt), CanSubmit: e.CanSubmit,
		Missing: []missingView{},
	}
	if v.Fields == nil {
		v.Fields = map[string]string{}
	}
	for _, s := range e.Requirements {
		r := requirementView{requirementSpec: specOf(s.Requirement), State: s.State, Needed: s.Needed, Documents: []documentView{}}
		if flag, flagged := c.Flags["/requirements/"+s.ID]; flagged {
			r.Note = &reasonView{flag.Code, flag.Detail}
		}
		for _, d := range slices.Backward(s.Documents) {
			r.Documents = append(r.Documents, viewOfDocument(d))
		}
		v.Requirements = append(v.Requirements, r)
	}
	for _, f := range e.Missing {
		v.Missing = append(v.Missing, missingView(f))
	}
	return v
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func timeOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
