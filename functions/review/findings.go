package main

import (
	"fmt"
	"strings"
	"time"

	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/store"
)

type findingView struct {
	Severity string   `json:"severity"` // error or warning
	Code     string   `json:"code"`
	Detail   string   `json:"detail"`
	Pointers []string `json:"pointers"`
}

// findings are what the machine has to say of a case: what the papers and values themselves show, then what other accounts have as well.
func findings(c kyc.Case, shared []store.Shared, now time.Time) []findingView {
	views := []findingView{}
	for _, s := range shared {
		code, what := "identifier_known", "The same "+strings.ToUpper(s.Kind)
		if s.Kind == kyc.TraceFile {
			code, what = "file_known", "The same file"
		}
		views = append(views, findingView{"warning", code, fmt.Sprintf("%s is in case %s of another account.", what, s.Reference), []string{s.Pointer}})
	}
	return views
}
