package kyc

import (
	"time"

	"phonon.in/central/shared/aadhaar"
	"phonon.in/central/shared/fault"
	"unicode/utf8"
)

// Policy is what an operator sets for decisions.
type Policy struct {
	Years       map[Risk]int  // after an approval, until it has to be renewed
	AnswerIn    time.Duration // what the holder has to answer a question
	SecondLooks int           // of 100 approvals, those that a second person looks at as well
}

// DefaultPolicy renews as the banks do: by risk after 2, 8 or 10 years (RBI, KYC Directions on periodic updation).
var DefaultPolicy = Policy{Years: map[Risk]int{RiskHigh: 2, RiskMedium: 8, RiskLow: 10}, AnswerIn: 30 * 24 * time.Hour, SecondLooks: 5}

// DecideHours is within how many working hours a case is usually decided.
const DecideHours = 16

// UndoLife is how long a decision can be taken back before anybody hears of it.
const UndoLife = time.Minute

// optionalNote is noteOf for a text that may be empty.
func optionalNote(pointer, text string) (string, error) {
	switch {
	case utf8.RuneCountInString(text) > maxNote:
		return "", fault.At(pointer, "text_too_long", "This is too long: at most 2000 characters.")
	case aadhaar.In(text):
		return "", fault.At(pointer, aadhaar.Present, "This looks like an Aadhaar number. Remove it: we ask for none and keep none.")
	}
	return sentence(text), nil
}
