package main

import (
	"fmt"
	"strings"

	"phonon.in/central/shared/kyc"
)

type findingView struct {
	Severity string   `json:"severity"` // error or warning
	Code     string   `json:"code"`
	Detail   string   `json:"detail"`
	Pointers []string `json:"pointers"`
}

// findings are what the machine has to say of a case: what its values and files show, then what other accounts have handed in as well.
func (k known) findings() []findingView {
	views := []findingView{}
	for _, f := range kyc.Findings(k.c, k.now) {
		views = append(views, findingView{string(f.Severity), f.Code, f.Detail, append([]string{}, f.Pointers...)})
	}
	for _, s := range k.shared {
		code, what := "identifier_known", "The same "+strings.ToUpper(s.Kind)
		if s.Kind == kyc.TraceFile {
			code, what = "file_known", "The same file"
		}
		views = append(views, findingView{"warning", code, fmt.Sprintf("%s is in case %s of another account.", what, s.Reference), []string{s.Pointer}})
	}
	return views
}
