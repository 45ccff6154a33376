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

func reasonChoices() []reasonChoice {
	var all []reasonChoice
	for _, r := range kyc.ReviewReasons() {
		all = append(all, reasonChoice{r.Code, r.Group, r.Retry == kyc.RetryFix, r.Purge, r.Explain, r.Detail})
	}
	return all
}
