package main

import (
	"slices"
	"time"

	"phonon.in/central/shared/kyc"
)

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
		v.Reason = new(reasonView(d.Reason.Told()))
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

type partView struct {
	Pointer string    `json:"pointer"`
	Open    bool      `json:"open"`
	Flag    *flagView `json:"flag"`
}

type flagView struct {
	reasonView
	Words    *string `json:"words"` // the reviewer's own
	Answered bool    `json:"answered"`
	Answer   *string `json:"answer"`
}

func viewOfPart(p kyc.Part) partView {
	v := partView{Pointer: p.Pointer, Open: p.Open}
	if f := p.Flag; f != nil {
		v.Flag = &flagView{reasonView(f.Reason.Told()), orNull(f.Words()), f.Answered, orNull(f.Answer)}
	}
	return v
}

type missingView struct {
	Pointer string `json:"pointer"`
	Code    string `json:"code"`
	Detail  string `json:"detail"`
}

type caseView struct {
	Status           kyc.Status        `json:"status"`
	CaseNo           int               `json:"caseNo"`
	Reference        *string           `json:"reference"`
	EntityType       *string           `json:"entityType"`
	CatalogueVersion *string           `json:"catalogueVersion"`
	Version          int               `json:"version"`
	Fields           map[string]string `json:"fields"`
	Asked            []fieldSpec       `json:"asked"`
	Requirements     []requirementView `json:"requirements"`
	Parts            []partView        `json:"parts"`
	SubmittedAt      *time.Time        `json:"submittedAt"`
	CanSubmit        bool              `json:"canSubmit"`
	Missing          []missingView     `json:"missing"`
	Warnings         []warningView     `json:"warnings"`
	Timeline         []eventView       `json:"timeline"`
	ExpectedBy       *time.Time        `json:"expectedBy"` // while it waits: when it is usually decided
	DueBy            *time.Time        `json:"dueBy"`      // until when the holder answers
	ValidUntil       *time.Time        `json:"validUntil"`
	Withdrawable     bool              `json:"withdrawable"`
	Renewable        bool              `json:"renewable"`
	Final            bool              `json:"final"`
	InForce          *inForceView      `json:"inForce"`
	Notice           noticeView        `json:"notice"`
}

type warningView struct {
	Pointers []string `json:"pointers"`
	Code     string   `json:"code"`
	Detail   string   `json:"detail"`
}

// noticeView is the KYC notice; Due says that the next submission has to accept it.
type noticeView struct {
	Version string `json:"version"`
	Due     bool   `json:"due"`
}

// inForceView is the approved case that the account is verified by.
type inForceView struct {
	CaseNo     int       `json:"caseNo"`
	ValidUntil time.Time `json:"validUntil"`
}

// eventView is one thing that happened to the case, as its holder sees it.
type eventView struct {
	At   time.Time `json:"at"`
	Kind string    `json:"kind"`
}

// shown are the kinds of records that the holder sees. Who looked, and what reviewers say to each other, is theirs.
var shown = []string{
	string(kyc.Submit), string(kyc.Withdraw), string(kyc.Claim), string(kyc.Question), string(kyc.Approve), string(kyc.Reject), string(kyc.Reopen),
	string(kyc.Lapse), string(kyc.NearEnd), string(kyc.End), string(kyc.Suspend), string(kyc.Resume), string(kyc.Replace),
}

// timelineOf leaves out what was taken back, and each claim but the first of a round.
func timelineOf(records []kyc.Record) []eventView {
	undone := map[string]bool{}
	for _, r := range records {
		undone[r.Undoes.ID] = true
	}
	timeline := []eventView{}
	for _, r := range records {
		if slices.Contains(shown, r.Kind) && !undone[r.ID] && (r.Kind != string(kyc.Claim) || r.From == kyc.Submitted) {
			timeline = append(timeline, eventView{r.At, r.Kind})
		}
	}
	return timeline
}

func viewOfCase(c kyc.Case, e kyc.Evaluation) caseView {
	v := caseView{
		Status: c.Status, CaseNo: c.No, Reference: orNull(c.Reference), EntityType: orNull(c.EntityType), CatalogueVersion: orNull(c.Catalogue), Version: c.Version,
		Fields: c.Fields, Requirements: []requirementView{}, Parts: []partView{}, SubmittedAt: timeOrNull(c.SubmittedAt), CanSubmit: e.CanSubmit,
		Missing: []missingView{}, Asked: viewOfFields(e.Fields), Warnings: []warningView{}, Timeline: []eventView{}, DueBy: timeOrNull(c.DueBy), ValidUntil: timeOrNull(c.ValidUntil),
		Withdrawable: c.Status.May(kyc.Withdraw), Renewable: c.Status.InForce(), Final: c.Final,
	}
	if c.Status == kyc.Submitted || c.Status == kyc.UnderReview {
		v.ExpectedBy = timeOrNull(c.DueAt)
	}
	if v.Fields == nil {
		v.Fields = map[string]string{}
	}
	for _, s := range e.Requirements {
		v.Requirements = append(v.Requirements, viewOfStanding(c, s))
	}
	for _, p := range e.Parts {
		v.Parts = append(v.Parts, viewOfPart(p))
	}
	for _, w := range e.Warnings {
		v.Warnings = append(v.Warnings, warningView{w.Pointers, w.Code, w.Detail})
	}
	for _, f := range e.Missing {
		v.Missing = append(v.Missing, missingView(f))
	}
	return v
}

func viewOfStanding(c kyc.Case, s kyc.Standing) requirementView {
	v := requirementView{requirementSpec: specOf(s.Requirement), State: s.State, Needed: s.Needed, Documents: []documentView{}}
	if flag, flagged := c.Flags["/requirements/"+s.ID]; flagged {
		v.Note = new(reasonView(flag.Told()))
	}
	for _, d := range slices.Backward(s.Documents) {
		v.Documents = append(v.Documents, viewOfDocument(d))
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
