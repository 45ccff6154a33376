package kyc

import (
	"fmt"
	"maps"
	"slices"
	"time"
	"unicode/utf8"

	"phonon.in/central/shared/aadhaar"
	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
)

// reviewable reports that a reviewer may judge the document.
func (s DocState) reviewable() bool { return s == DocClean || s == DocAccepted || s == DocRejected }

// verdicts are what a reviewer said of parts, each with its evidence, and what is wrong with them, each at /parts/<n>.
func (c Case) verdicts(given []Verdict, by account.ID, now time.Time) (clean []Verdict, faults []fault.Field) {
	known := map[string]bool{}
	for _, p := range c.parts(c.standings(now), nil) {
		known[p.Pointer] = true
	}
	for i, v := range given {
		at := fmt.Sprintf("/parts/%d", i)
		if !known[v.Pointer] || slices.ContainsFunc(clean, v.samePart) {
			faults = append(faults, fault.Field{Pointer: at + "/pointer", Code: "part_unknown", Detail: "The case has no such part, or the decision names it twice."})
			continue
		}
		found, err := c.evidence(v)
		if err != nil {
			faults = append(faults, fault.Field{Pointer: at + "/documentId", Code: ErrDocumentUnknown.Code, Detail: ErrDocumentUnknown.Detail})
			continue
		}
		found.OK, found.Checklist, found.ValidUntil, found.By, found.At, found.Round = v.OK, maps.Clone(v.Checklist), v.ValidUntil, by, now, c.Round
		if !v.OK {
			reason, wrong := reasonOf(at, v.Reason)
			if found.Reason = reason; wrong != nil {
				faults = append(faults, *wrong)
			}
		}
		clean = append(clean, found)
	}
	return clean, faults
}

// evidence begins a verdict with what was looked at.
func (c Case) evidence(v Verdict) (Verdict, error) {
	e := Verdict{Pointer: v.Pointer, DocumentID: v.DocumentID}
	if v.DocumentID == "" {
		return e, nil
	}
	d, err := c.Document(v.DocumentID)
	if err != nil || requirementPointer(d.Requirement) != v.Pointer || !d.State.reviewable() {
		return Verdict{}, ErrDocumentUnknown
	}
	e.SHA256, e.PagesSHA256 = d.SHA256, PagesDigest(d.Pages)
	return e, nil
}

func reasonOf(at string, given Reason) (Reason, *fault.Field) {
	reason, known := reviewReason(given.Code)
	detail := sentence(given.Detail)
	switch {
	case given.Code == "":
		return Reason{}, &fault.Field{Pointer: at + "/code", Code: "verdict_reason_required", Detail: "Say why, by a reason from the list."}
	case !known:
		return Reason{}, &fault.Field{Pointer: at + "/code", Code: "verdict_reason_unknown", Detail: "There is no such reason. Choose one from the list."}
	case detail == "" && reason.Explain:
		return Reason{Code: given.Code}, &fault.Field{Pointer: at + "/detail", Code: "verdict_reason_required", Detail: "Tell the holder in a sentence what to do."}
	case utf8.RuneCountInString(detail) > maxAnswer:
		return Reason{Code: given.Code}, &fault.Field{Pointer: at + "/detail", Code: "text_too_long", Detail: fmt.Sprintf("This is too long: at most %d characters.", maxAnswer)}
	case aadhaar.In(detail):
		return Reason{Code: given.Code}, &fault.Field{Pointer: at + "/detail", Code: aadhaar.Present, Detail: "This looks like an Aadhaar number. Remove it: we ask for none and keep none."}
	case detail == "":
		detail = reason.Detail
	}
	return Reason{given.Code, detail}, nil
}

// check finds what keeps the outcome from following from the verdicts.
func (d Decision) check(c Case, all []Verdict, now time.Time) (faults []fault.Field) {
	if !slices.Contains([]Risk{"", RiskLow, RiskMedium, RiskHigh}, d.Risk) {
		faults = append(faults, fault.Field{Pointer: "/risk", Code: "risk_unknown", Detail: "The risk is low, medium or high."})
	}
	contradicts := func(detail string) []fault.Field {
		return append(faults, fault.Field{Pointer: "/outcome", Code: "outcome_contradicts", Detail: detail})
	}
	fix, final := counted(all)
	switch d.Outcome {
	case OutcomeApprove:
		if fix+final > 0 {
			return contradicts("A part is not accepted. Ask the holder, or accept it.")
		}
		return append(faults, c.unjudged(all, now)...)
	case OutcomeQuestion:
		if fix == 0 || final > 0 {
			return contradicts("To ask the holder, at least one part needs a reason that can be mended, and none a final one.")
		}
	case OutcomeReject:
		if final == 0 {
			return contradicts("To reject, at least one part needs a final reason. What can be mended is asked for.")
		}
	case OutcomeSecondLook:
		if d.Note == "" {
			faults = append(faults, fault.Field{Pointer: "/note", Code: "note_required", Detail: "Write a sentence: whoever works on the case next reads it."})
		}
	default:
		faults = append(faults, fault.Field{Pointer: "/outcome", Code: "outcome_unknown", Detail: "The outcome is approve, needs_info, reject or second_look."})
	}
	return faults
}

// counted counts what is not accepted: what the holder can mend, and what is final.
func counted(all []Verdict) (fix, final int) {
	for _, v := range all {
		if reason, _ := reviewReason(v.Reason.Code); !v.OK && reason.Retry == RetryFix {
			fix++
		} else if !v.OK {
			final++
		}
	}
	return fix, final
}

// unjudged is one fault for each document that nobody has judged. One that was rejected, and has a good one in its place, needs no other verdict.
func (c Case) unjudged(all []Verdict, now time.Time) (faults []fault.Field) {
	for _, s := range c.standings(now) {
		pointer := requirementPointer(s.ID)
		for _, d := range s.Documents {
			judged := slices.ContainsFunc(all, func(v Verdict) bool { return v.Pointer == pointer && v.DocumentID == d.ID })
			if d.State.reviewable() && !judged && !(d.State == DocRejected && slices.ContainsFunc(s.Documents, Document.good)) {
				faults = append(faults, fault.Field{Pointer: pointer, Code: "verdict_missing", Detail: fmt.Sprintf("“%s” for “%s” has no verdict yet.", d.FileName, s.Title)})
			}
		}
	}
	return faults
}
