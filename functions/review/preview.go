package main

import (
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"phonon.in/central/shared/kyc"
)

// wording is how a decision is told in one language. {n} is how many parts are asked for, {title} a part, {detail} what is said of it.
type wording struct {
	Approve  told   `json:"approve"`
	Question told   `json:"needs_info"`
	Reject   told   `json:"reject"`
	Waits    told   `json:"second_look"`
	Part     string `json:"part"`
	Whole    string `json:"whole"` // the name of the entity type as a part
}

type told struct {
	Subject string   `json:"subject"`
	Before  []string `json:"before"`
	After   []string `json:"after"`
}

//go:embed preview.json
var previewFile []byte

var wordings = sync.OnceValue(func() map[string]wording {
	all := map[string]wording{}
	if err := json.Unmarshal(previewFile, &all); err != nil {
		panic("review: preview.json: " + err.Error())
	}
	return all
})

// language is the one that a person is written to in.
func language(locale string) string {
	tag, _, _ := strings.Cut(locale, "-")
	if _, spoken := wordings()[tag]; !spoken {
		return "en"
	}
	return tag
}

type previewAnswer struct {
	Language  string   `json:"language"`
	Subject   string   `json:"subject"`
	Sentences []string `json:"sentences"`
}

// preview is what the holder reads once the decision counts. Nothing is decided, and nothing kept.
func (h *handler) preview(ctx context.Context, v *visit, in decisionRequest) (previewAnswer, error) {
	d, err := in.decision(v.Now)
	if err != nil {
		return previewAnswer{}, err
	}
	c, err := h.found(ctx, v)
	if err != nil {
		return previewAnswer{}, err
	}
	holder, err := h.store.Profile(ctx, c.AccountID)
	if err != nil {
		return previewAnswer{}, err
	}
	spell(d, holder.Locale)
	return tell(c, d, language(holder.Locale)), nil
}

// tell puts a decision into sentences.
func tell(c kyc.Case, d kyc.Decision, language string) previewAnswer {
	w := wordings()[language]
	t := map[kyc.Outcome]told{kyc.OutcomeApprove: w.Approve, kyc.OutcomeQuestion: w.Question, kyc.OutcomeReject: w.Reject}[d.Outcome]
	if t.Subject == "" {
		t = w.Waits
	}
	answer := previewAnswer{language, t.Subject, slices.Clone(t.Before)}
	if d.Outcome == kyc.OutcomeQuestion || d.Outcome == kyc.OutcomeReject {
		for _, v := range refused(c, d) {
			answer.Sentences = append(answer.Sentences, strings.NewReplacer("{title}", titleOf(c, v.Pointer, w), "{detail}", v.Reason.Detail).Replace(w.Part))
		}
	}
	answer.Sentences = append(answer.Sentences, t.After...)
	return answer
}

// refused are the verdicts that are not yes: those of the decision, and those of earlier rounds that it leaves as they are.
func refused(c kyc.Case, d kyc.Decision) (all []kyc.Verdict) {
	for _, v := range append(slices.Clone(d.Parts), c.Verdicts...) {
		again := slices.ContainsFunc(all, func(other kyc.Verdict) bool { return other.Pointer == v.Pointer && other.DocumentID == v.DocumentID })
		replaced := slices.ContainsFunc(d.Parts, func(p kyc.Verdict) bool { return p.Pointer == v.Pointer && p.DocumentID == v.DocumentID && p.OK })
		if !v.OK && !again && !replaced {
			all = append(all, v)
		}
	}
	return all
}

// titleOf is how the holder's page calls a part.
func titleOf(c kyc.Case, pointer string, w wording) string {
	et := entityOf(c, c.EntityType)
	if id, is := strings.CutPrefix(pointer, "/requirements/"); is {
		r, _ := et.Requirement(id)
		return cmp.Or(r.Title, id)
	}
	if name, is := strings.CutPrefix(pointer, "/fields/"); is {
		f, _ := et.Field(name)
		return cmp.Or(f.Label, name)
	}
	return w.Whole
}
