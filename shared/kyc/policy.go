package kyc

import (
	"hash/fnv"
	"time"
	"unicode/utf8"

	"phonon.in/central/shared/aadhaar"
	"phonon.in/central/shared/fault"
)

// Policy is what an operator sets for decisions.
type Policy struct {
	Years    map[Risk]int  // after an approval, until it has to be renewed
	AnswerIn time.Duration // what the holder has to answer a question
	Samples  int           // of 100 approvals, those that a lead looks at again afterwards
}

// DefaultPolicy renews as the banks do: by risk after 2, 8 or 10 years (RBI, KYC Directions on periodic updation).
var DefaultPolicy = Policy{Years: map[Risk]int{RiskHigh: 2, RiskMedium: 8, RiskLow: 10}, AnswerIn: 30 * 24 * time.Hour, Samples: 5}

// samples picks approvals by chance: the id of a record is random.
func (p Policy) samples(record string) bool {
	h := fnv.New32a()
	h.Write([]byte(record))
	return int(h.Sum32()%100) < p.Samples
}

// NewPolicy is DefaultPolicy with other years until a renewal, by risk.
func NewPolicy(high, medium, low int) Policy {
	p := DefaultPolicy
	p.Years = map[Risk]int{RiskHigh: high, RiskMedium: medium, RiskLow: low}
	return p
}

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
