package main

import (
	"slices"
	"strings"
	"testing"

	"phonon.in/central/shared/kyc"
)

func TestThePreviewIsWhatTheHolderReadsInTheOwnLanguage(t *testing.T) {
	w := newWorld(t)
	p := w.reviewer(t, "Ravi", false)
	c := w.submitted(t) // of somebody who reads Hindi
	w.passes()
	d := decision(p.takes(t, c), "needs_info", map[string]string{"entity_pan": "not_readable"})
	r := p.want(t, "200", "POST", caseAt(c)+"/preview", d)
	told := r.body["sentences"].([]any)
	if r.text("language") != "hi" || r.text("subject") != wordings()["hi"].Question.Subject || !slices.ContainsFunc(told, func(s any) bool {
		return strings.HasSuffix(s.(string), ": "+kyc.ReasonText("not_readable", "hi"))
	}) {
		t.Errorf("%s", r.raw)
	}
	d["outcome"], d["risk"] = "perhaps", "none"
	p.want(t, "422 fields_invalid", "POST", caseAt(c)+"/preview", d)
	if kinds := w.kinds(t, c); !slices.Equal(kinds, []string{"submit", "claim"}) {
		t.Errorf("a preview left %v", kinds)
	}
}

func TestEveryOutcomeIsWordedInEveryLanguage(t *testing.T) {
	for tag, word := range wordings() {
		for outcome, t2 := range map[string]told{"approve": word.Approve, "needs_info": word.Question, "reject": word.Reject} {
			if t2.Subject == "" || len(t2.Before) == 0 || t2.After == nil {
				t.Errorf("%s: %s is worded as %+v", tag, outcome, t2)
			}
		}
		if word.Waits.Subject != "" || len(word.Waits.Before) != 1 || !strings.Contains(word.Part, "{title}") || !strings.Contains(word.Part, "{detail}") || word.Whole == "" {
			t.Errorf("%s: %+v", tag, word)
		}
	}
	if language("hi-IN") != "hi" || language("ta") != "en" || language("") != "en" {
		t.Error("a language is taken for another")
	}
}

func TestWhatAnEarlierRoundHasAcceptedIsNotAskedForAgain(t *testing.T) {
	c := kyc.Case{EntityType: "individual", Catalogue: "2026-11", Verdicts: []kyc.Verdict{
		{Pointer: "/requirements/entity_pan", DocumentID: "a", Reason: kyc.Reason{Code: "expired", Detail: "Old."}},
		{Pointer: "/fields/pan", Reason: kyc.Reason{Code: "field_wrong", Detail: "Wrong."}},
	}}
	d := kyc.Decision{Outcome: kyc.OutcomeQuestion, Parts: []kyc.Verdict{{Pointer: "/requirements/entity_pan", DocumentID: "a", OK: true}}}
	got := tell(c, d, "en")
	if len(got.Sentences) != 3 || got.Sentences[1] != "PAN: Wrong." {
		t.Errorf("%q", got.Sentences)
	}
}
