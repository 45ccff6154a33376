package main

import "phonon.in/central/shared/kyc"

type reasonChoice struct {
	Code      string `json:"code"`
	Group     string `json:"group"`
	Retryable bool   `json:"retryable"` // the holder can mend it in the same case
	Purge     bool   `json:"purge"`     // the file is removed at once
	Explain   bool   `json:"explain"`   // it needs a sentence
	Detail    string `json:"detail"`
}

type checkView struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// checklists are what to look for in documents, by their type, as the catalogue says.
func checklists(cat *kyc.Catalogue) map[string][]checkView {
	all := map[string][]checkView{}
	for _, e := range cat.EntityTypes {
		for _, r := range e.Requirements {
			for _, o := range r.Options {
				all[o.ID] = checklistOf(o)
			}
		}
	}
	return all
}

func checklistOf(o kyc.Option) []checkView {
	checks := make([]checkView, len(o.Checklist))
	for i, c := range o.Checklist {
		checks[i] = checkView(c)
	}
	return checks
}

func reasonChoices() []reasonChoice {
	var all []reasonChoice
	for _, r := range kyc.ReviewReasons() {
		all = append(all, reasonChoice{r.Code, r.Group, r.Retry == kyc.RetryFix, r.Purge, r.Explain, r.Detail})
	}
	return all
}
