package password

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// commonText has one entry a line, sorted; common_gen.go says how it is made, common.LICENSE.txt is its source's licence.
//
//go:embed common.txt
var commonText string

// common is split on first use only: most invocations never judge a new password.
var common = sync.OnceValue(func() []string {
	_, list, _ := strings.Cut(strings.TrimSpace(commonText), "\n") // after the line that says where it comes from
	return strings.Split(list, "\n")
})

// The disguises that guessing programs undo first: signs for letters, and the shift key held on the digit row.
var (
	signsToLetters = strings.NewReplacer("@", "a", "4", "a", "3", "e", "1", "i", "!", "i", "0", "o", "$", "s", "5", "s", "7", "t")
	signsToDigits  = strings.NewReplacer("!", "1", "@", "2", "#", "3", "$", "4", "%", "5", "^", "6", "&", "7", "*", "8", "(", "9", ")", "0")
)

// isCommon reports that a lower-case password is on the list, as it is or with digits and signs around it, also where it is
// disguised.
func isCommon(lowered string) bool {
	for _, start := range []string{lowered, strings.TrimLeftFunc(lowered, notLetter)} {
		for _, form := range []string{start, signsToDigits.Replace(start)} {
			for shortest := len(strings.TrimRightFunc(form, notLetter)); len(form) >= max(shortest, 1); form = form[:len(form)-1] {
				if listed(form) || listed(signsToLetters.Replace(form)) {
					return true
				}
			}
		}
	}
	return false
}

func notLetter(r rune) bool { return !unicode.IsLetter(r) }

func listed(s string) bool {
	_, found := slices.BinarySearch(common(), s)
	return found
}
