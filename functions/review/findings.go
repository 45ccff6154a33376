package main

import (
	"fmt"
	"slices"
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
	return append(views, k.elsewhere()...)
}

// elsewhere is one finding for each kind of thing that other accounts have handed in as well, however many things and accounts there are.
func (k known) elsewhere() (views []findingView) {
	var kinds []string
	pointers, references := map[string][]string{}, map[string][]string{}
	for _, s := range k.shared {
		if !slices.Contains(kinds, s.Kind) {
			kinds = append(kinds, s.Kind)
		}
		pointers[s.Kind] = with(pointers[s.Kind], s.Pointer)
		references[s.Kind] = with(references[s.Kind], s.Reference)
	}
	for _, kind := range kinds {
		code, what := "identifier_known", "The same "+strings.ToUpper(kind)
		if kind == kyc.TraceFile {
			code, what = "file_known", "The same file"
		}
		views = append(views, findingView{"warning", code, what + " is in " + casesOf(references[kind]) + ".", pointers[kind]})
	}
	return views
}

func with(all []string, one string) []string {
	if slices.Contains(all, one) {
		return all
	}
	return append(all, one)
}

const casesNamed = 2

// casesOf names the first cases and counts the others.
func casesOf(references []string) string {
	switch more := len(references) - casesNamed; {
	case len(references) == 1:
		return "case " + references[0] + " of another account"
	case more == 0:
		return "cases " + strings.Join(references, " and ") + " of other accounts"
	default:
		return fmt.Sprintf("cases %s and %d more of other accounts", strings.Join(references[:casesNamed], ", "), more)
	}
}
