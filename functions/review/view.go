package main

import (
	"cmp"
	"slices"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/store"
)

// known is all that a case is shown with. Everything in this file is made of it.
type known struct {
	c       kyc.Case
	holder  account.Profile
	rounds  []kyc.Round  // oldest first
	records []kyc.Record // oldest first
	shared  []store.Shared
	names   map[account.ID]string // of reviewers
	by      account.ID            // who looks
	now     time.Time
}

type caseView struct {
	Reference    string            `json:"reference"`
	AccountID    account.ID        `json:"accountId"`
	CaseNo       int               `json:"caseNo"`
	Status       kyc.Status        `json:"status"`
	Lane         *kyc.Lane         `json:"lane"`
	Round        int               `json:"round"`
	Version      int               `json:"version"`
	Risk         *kyc.Risk         `json:"risk"`
	DueAt        *time.Time        `json:"dueAt"`
	Overdue      bool              `json:"overdue"`
	SubmittedAt  *time.Time        `json:"submittedAt"`
	EntityType   codeView          `json:"entityType"`
	Holder       holderView        `json:"holder"`
	Lease        *leaseView        `json:"lease"`
	Fields       []fieldView       `json:"fields"`
	Requirements []requirementView `json:"requirements"`
	Findings     []findingView     `json:"findings"`
	Rounds       []roundView       `json:"rounds"`
	Notes        []noteView        `json:"notes"`
	FirstBy      *string           `json:"firstBy"`
	CanDecide    []kyc.Outcome     `json:"canDecide"`
}

type codeView struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

type holderView struct {
	Name    string       `json:"name"`
	Company *string      `json:"company"`
	Email   string       `json:"email"`
	Phone   *string      `json:"phone"`
	Type    account.Type `json:"type"`
}

type leaseView struct {
	ID    *string   `json:"id"` // for who has it
	By    string    `json:"by"`
	Until time.Time `json:"until"`
	Mine  bool      `json:"mine"`
}

type noteView struct {
	At   time.Time `json:"at"`
	By   string    `json:"by"`
	Kind string    `json:"kind"`
	Text string    `json:"text"`
}

func viewOfCase(k known) caseView {
	c := k.c
	et := entityOf(c, c.EntityType)
	v := caseView{
		Reference: c.Reference, AccountID: c.AccountID, CaseNo: c.No, Status: c.Status, Lane: orNull(c.Lane), Round: c.Round, Version: c.Version,
		Risk: orNull(c.Risk), DueAt: timeOrNull(c.DueAt), Overdue: c.Waits() && k.now.After(c.DueAt), SubmittedAt: timeOrNull(c.SubmittedAt),
		EntityType: codeView{et.Code, et.Name}, Holder: viewOfHolder(k), Lease: k.lease(), Fields: k.fields(et), Requirements: k.requirements(),
		Findings: k.findings(), Rounds: viewOfRounds(k.rounds), Notes: k.notes(), FirstBy: orNull(k.nameOf(c.FirstBy)), CanDecide: k.outcomes(),
	}
	return v
}

// viewOfHolder is what the account said when the case was handed in.
func viewOfHolder(k known) holderView {
	h := k.c.HandedIn.Holder
	return holderView{
		Name: cmp.Or(h.Name, nameOf(k.holder)), Company: orNull(cmp.Or(h.Company, k.holder.Details.CompanyName)), Email: cmp.Or(h.Email, k.holder.Email.String()),
		Phone: orNull(cmp.Or(h.Phone, k.holder.Phone.Number.E164())), Type: cmp.Or(h.Type, k.holder.Details.Type),
	}
}

func (k known) lease() *leaseView {
	l := k.c.Lease
	if !l.Held(k.now) {
		return nil
	}
	v := &leaseView{By: k.nameOf(l.By), Until: l.Until, Mine: l.By == k.by}
	if v.Mine {
		v.ID = &l.ID
	}
	return v
}

// nameOf is how a reviewer is called, or the id where that is not known any more.
func (k known) nameOf(id account.ID) string { return cmp.Or(k.names[id], string(id)) }

// reviewers are those whose names the view has, each once.
func (k known) reviewers() []account.ID {
	ids := []account.ID{k.c.Lease.By, k.c.FirstBy}
	for _, r := range k.records {
		if r.Actor.Kind == kyc.ByReviewer {
			ids = append(ids, account.ID(r.Actor.ID))
		}
	}
	slices.Sort(ids)
	return slices.DeleteFunc(slices.Compact(ids), func(id account.ID) bool { return id == "" })
}

// outcomes are what the reviewer may decide: nothing without the lease, nor of a case that waits for somebody else, whom they only answer.
func (k known) outcomes() []kyc.Outcome {
	l := k.lease()
	switch {
	case l == nil || !l.Mine || k.c.SecondLook() && k.c.FirstBy == k.by:
		return []kyc.Outcome{}
	case k.c.SecondLook():
		return []kyc.Outcome{kyc.OutcomeApprove, kyc.OutcomeQuestion, kyc.OutcomeReject}
	}
	return []kyc.Outcome{kyc.OutcomeApprove, kyc.OutcomeQuestion, kyc.OutcomeReject, kyc.OutcomeSecondLook}
}

func (k known) notes() []noteView {
	notes := []noteView{}
	for _, r := range k.records {
		if r.Note != "" {
			notes = append(notes, noteView{r.At, k.actor(r.Actor), r.Kind, r.Note})
		}
	}
	return notes
}

func (k known) actor(a kyc.Actor) string {
	if a.Kind == kyc.ByReviewer {
		return k.nameOf(account.ID(a.ID))
	}
	return a.ID
}

func orNull[T ~string](s T) *T {
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

// entityOf is an entity type of the catalogue that the case began with.
func entityOf(c kyc.Case, code string) kyc.EntityType {
	cat, known := kyc.Version(c.Catalogue)
	if !known {
		cat = kyc.Current()
	}
	et, _ := cat.EntityType(code)
	return et
}
