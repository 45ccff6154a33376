package main

import (
	"cmp"
	"slices"
	"time"

	"phonon.in/central/shared/kyc"
)

type reasonView struct {
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

type verdictView struct {
	Verdict    string            `json:"verdict"` // yes or no
	Code       *string           `json:"code"`
	Detail     *string           `json:"detail"`
	Checklist  map[string]string `json:"checklist"`
	ValidUntil *string           `json:"validUntil"` // the last day
	By         string            `json:"by"`
	At         time.Time         `json:"at"`
	Round      int               `json:"round"`
}

type fieldView struct {
	Pointer string       `json:"pointer"`
	Label   string       `json:"label"`
	Value   *string      `json:"value"`
	Earlier *string      `json:"earlier"` // of the round before, where it was another
	Flag    *reasonView  `json:"flag"`    // what the round before asked of it
	Answer  *string      `json:"answer"`
	Verdict *verdictView `json:"verdict"`
}

type valueView struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

type documentView struct {
	ID          string       `json:"id"`
	Type        string       `json:"type"`
	TypeTitle   string       `json:"typeTitle"`
	FileName    string       `json:"fileName"`
	ContentType string       `json:"contentType"`
	Size        int64        `json:"size"`
	State       kyc.DocState `json:"state"`
	Flattened   bool         `json:"flattened"`
	Pages       []string     `json:"pages"`
	SHA256      string       `json:"sha256"`
	Origin      originView   `json:"origin"`
	Verdict     *verdictView `json:"verdict"`
	New         bool         `json:"new"`
	Checklist   []checkView  `json:"checklist"`
}

// originView is what the file says of how it came to be.
type originView struct {
	Program   string        `json:"program"`
	Signature kyc.Signature `json:"signature"` // or none
	Signer    string        `json:"signer"`
	Extended  bool          `json:"extended"`
}

type requirementView struct {
	Pointer   string         `json:"pointer"`
	ID        string         `json:"id"`
	Title     string         `json:"title"`
	Whose     kyc.Holder     `json:"whose"`
	Expected  []valueView    `json:"expected"`
	Documents []documentView `json:"documents"`
	Flag      *reasonView    `json:"flag"`
	Answer    *string        `json:"answer"`
}

// fields are the entity type and what was typed, in the catalogue's order, without what was left empty then and now.
func (k known) fields(et kyc.EntityType) []fieldView {
	was := kyc.Snapshot{EntityType: k.c.EntityType, Fields: k.c.Fields}
	if n := len(k.rounds); n > 0 {
		was = k.rounds[n-1].HandedIn
	}
	views := []fieldView{k.field("/entityType", "Entity type", et.Name, entityOf(k.c, was.EntityType).Name)}
	for _, f := range et.Fields {
		if k.c.Fields[f.Name] != "" || was.Fields[f.Name] != "" {
			views = append(views, k.field("/fields/"+f.Name, f.Label, k.c.Fields[f.Name], was.Fields[f.Name]))
		}
	}
	return views
}

func (k known) field(pointer, label, value, was string) fieldView {
	v := fieldView{Pointer: pointer, Label: label, Value: orNull(value), Flag: k.flag(pointer), Answer: k.answer(pointer), Verdict: k.verdict(pointer, "")}
	if was != value {
		v.Earlier = orNull(was)
	}
	return v
}

// flag is what the round before asked of a part.
func (k known) flag(pointer string) *reasonView {
	if n := len(k.rounds); n > 0 {
		if flag, asked := k.rounds[n-1].Flags[pointer]; asked {
			return new(reasonView(flag))
		}
	}
	return nil
}

func (k known) answer(pointer string) *string {
	if n := len(k.rounds); n > 0 {
		return orNull(k.rounds[n-1].Answers[pointer])
	}
	return nil
}

// verdict is that of an earlier round, or of this one.
func (k known) verdict(pointer, documentID string) *verdictView {
	v, judged := k.c.VerdictOn(pointer, documentID)
	if !judged {
		return nil
	}
	view := &verdictView{
		Verdict: "no", Code: orNull(v.Reason.Code), Detail: orNull(v.Reason.Detail), Checklist: v.Checklist, ValidUntil: dayOrNull(v.ValidUntil),
		By: k.nameOf(v.By), At: v.At, Round: v.Round,
	}
	if v.OK {
		view.Verdict = "yes"
	}
	if view.Checklist == nil {
		view.Checklist = map[string]string{}
	}
	return view
}

// requirements are those that have documents to look at or are needed: what the last round has changed comes first.
func (k known) requirements() []requirementView {
	views := []requirementView{}
	for _, s := range kyc.Evaluate(k.c, k.c.HandedIn.Holder.Type, k.now).Requirements {
		pointer := "/requirements/" + s.ID
		r := requirementView{
			Pointer: pointer, ID: s.ID, Title: s.Title, Whose: s.Whose, Expected: expected(k.c, s), Documents: []documentView{}, Flag: k.flag(pointer), Answer: k.answer(pointer),
		}
		for _, d := range slices.Backward(s.Documents) {
			if shown(d) {
				r.Documents = append(r.Documents, k.document(s.Requirement, d))
			}
		}
		for _, d := range k.c.Documents {
			if d.Requirement == s.ID && removed(d) && k.verdict(pointer, d.ID) != nil {
				r.Documents = append(r.Documents, k.document(s.Requirement, d))
			}
		}
		if s.Needed || len(r.Documents) > 0 {
			views = append(views, r)
		}
	}
	slices.SortStableFunc(views, func(a, b requirementView) int { return order(a) - order(b) })
	return views
}

func order(r requirementView) int {
	changed := r.Answer != nil || slices.ContainsFunc(r.Documents, func(d documentView) bool { return d.New })
	if changed {
		return 0
	}
	return 1
}

func (k known) document(r kyc.Requirement, d kyc.Document) documentView {
	v := documentView{
		ID: d.ID, Type: d.Type, FileName: d.FileName, ContentType: d.ContentType, Size: d.Size, State: d.State, Flattened: d.Flattened, Pages: d.Pages,
		Origin: originView{d.Origin.Program, cmp.Or(d.Origin.Signature, "none"), d.Origin.Signer, d.Origin.Extended}, SHA256: d.SHA256, Verdict: k.verdict("/requirements/"+r.ID, d.ID), Checklist: []checkView{},
	}
	if i := slices.IndexFunc(r.Options, func(o kyc.Option) bool { return o.ID == d.Type }); i >= 0 {
		v.TypeTitle, v.Checklist = r.Options[i].Title, checklistOf(r.Options[i])
	}
	if v.Pages == nil || removed(d) {
		v.Pages = []string{}
	}
	v.New = k.c.Round > 1 && d.State == kyc.DocClean && v.Verdict == nil // what was there before has a verdict
	return v
}

type roundView struct {
	No      int                   `json:"no"`
	At      time.Time             `json:"at"`
	Flags   map[string]reasonView `json:"flags"`
	Answers map[string]string     `json:"answers"`
}

func viewOfRounds(rounds []kyc.Round) []roundView {
	views := []roundView{}
	for _, r := range rounds {
		v := roundView{r.No, r.At, map[string]reasonView{}, map[string]string{}}
		for pointer, flag := range r.Flags {
			v.Flags[pointer] = reasonView(flag)
		}
		for pointer, text := range r.Answers {
			v.Answers[pointer] = text
		}
		views = append(views, v)
	}
	return views
}
