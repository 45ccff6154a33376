package kyc

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"phonon.in/central/shared/aadhaar"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/typed"
)

// Part is one thing that the holder gives: the entity type, a field or a requirement.
type Part struct {
	Pointer string
	Open    bool  // it may be changed now
	Flag    *Flag // nil when the reviewer asked for nothing here; of a rejected case, why
}

// Flag is what a reviewer asked to change, and what the holder did about it.
type Flag struct {
	Reason
	Answered bool   // by something new, or by a sentence
	Answer   string // the sentence; may be empty
}

// parts lists the entity type, then the fields and the requirements in the catalogue's order.
func (c Case) parts(listed []Standing, missing []fault.Field) []Part {
	pointers := []string{"/entityType"}
	for _, f := range c.entityType().Fields {
		pointers = append(pointers, fieldPointer(f.Name))
	}
	for _, s := range listed {
		pointers = append(pointers, requirementPointer(s.ID))
	}
	parts := make([]Part, len(pointers))
	for i, pointer := range pointers {
		parts[i] = Part{Pointer: pointer, Open: c.open(pointer, missing)}
		if reason, flagged := c.Flags[pointer]; flagged && (c.Status == NeedsInfo || c.Status == Rejected) {
			parts[i].Flag = &Flag{Reason: reason, Answered: c.answered(pointer), Answer: c.Answers[pointer]}
		}
	}
	return parts
}

// open reports that the part may be changed now. In NeedsInfo that is what the reviewer asked for; what was changed since, so that a
// mistake can be mended; and whatever else keeps the case from being handed in, so that no change leads into a dead end.
func (c Case) open(pointer string, missing []fault.Field) bool {
	if c.Status != NeedsInfo {
		begins := c.begins() && !strings.HasPrefix(pointer, requirements) // to save it begins the next case
		return c.Status.Editable() || begins
	}
	_, flagged := c.Flags[pointer]
	return flagged || c.changedType() || c.renewed(pointer) || c.rejected(pointer) ||
		slices.ContainsFunc(missing, func(f fault.Field) bool { return f.Pointer == pointer })
}

func (c Case) changedType() bool { return c.EntityType != c.handedIn().EntityType }

// renewed reports that the part holds something that was not handed in yet, whatever becomes of it.
func (c Case) renewed(pointer string) bool {
	if id, is := strings.CutPrefix(pointer, requirements); is {
		return slices.ContainsFunc(c.Documents, func(d Document) bool {
			return d.Requirement == id && d.State != DocSuperseded && d.CreatedAt.After(c.SubmittedAt)
		})
	}
	if name, is := fieldName(pointer); is {
		return c.Fields[name] != c.handedIn().Fields[name]
	}
	return c.changedType()
}

func (c Case) rejected(pointer string) bool {
	return slices.ContainsFunc(c.Documents, func(d Document) bool {
		return d.State == DocRejected && requirementPointer(d.Requirement) == pointer
	})
}

// answered reports that the holder did something about the flag: a sentence, another value or entity type, or a new file that was found
// clean. What is not asked for any more needs no answer.
func (c Case) answered(pointer string) bool {
	if c.Answers[pointer] != "" || !c.asks(pointer) {
		return true
	}
	if id, is := strings.CutPrefix(pointer, requirements); is {
		return slices.ContainsFunc(c.Documents, func(d Document) bool {
			return d.Requirement == id && d.good() && d.CreatedAt.After(c.SubmittedAt)
		})
	}
	return c.renewed(pointer)
}

// asks reports that the case, as it is now, has the part at all.
func (c Case) asks(pointer string) bool {
	et := c.entityType()
	if id, is := strings.CutPrefix(pointer, requirements); is {
		r, known := et.Requirement(id)
		return known && (r.Level != Conditional || needed(r.Level, r.When, c.Fields))
	}
	if name, is := fieldName(pointer); is {
		_, known := et.Field(name)
		return known
	}
	return true
}

// unanswered is one fault for each flag that nothing was done about. A new file that is being checked is one already.
func (c Case) unanswered() (missing []fault.Field) {
	if c.Status != NeedsInfo {
		return nil
	}
	for _, pointer := range slices.Sorted(maps.Keys(c.Flags)) {
		checking := slices.ContainsFunc(c.Documents, func(d Document) bool {
			return d.State.Checking() && requirementPointer(d.Requirement) == pointer
		})
		if !checking && !c.answered(pointer) {
			missing = append(missing, fault.Field{
				Pointer: pointer, Code: "flag_unanswered", Detail: "The reviewer asks: " + c.Flags[pointer].Detail + " Change this, or answer in a sentence.",
			})
		}
	}
	return missing
}

const maxAnswer = 500 // code points, as typed and after normalisation

func answerPointer(pointer string) string { return "/answers/" + pointerEscapes.Replace(pointer) }

// answers checks what the holder says to flags and returns it on one line each, without empty ones: answer_unexpected, text_too_long,
// aadhaar_number_suspected unless sure, each at /answers/<pointer>.
func (c Case) answers(raw map[string]string, sure confirmed) (clean map[string]string, faults []fault.Field) {
	clean = map[string]string{}
	for _, pointer := range slices.Sorted(maps.Keys(raw)) {
		_, flagged := c.Flags[pointer]
		wrong := func(code, detail string) {
			faults = append(faults, fault.Field{Pointer: answerPointer(pointer), Code: code, Detail: detail})
		}
		tooLong := utf8.RuneCountInString(raw[pointer]) > maxAnswer
		text := ""
		if !tooLong {
			text = sentence(raw[pointer])
			tooLong = utf8.RuneCountInString(text) > maxAnswer
		}
		switch {
		case tooLong:
			wrong("text_too_long", fmt.Sprintf("This is too long: at most %d characters.", maxAnswer))
		case text == "":
		case !flagged || c.Status != NeedsInfo:
			wrong("answer_unexpected", "The reviewer asked for nothing here. Answer what was asked.")
		case aadhaar.In(text) && !sure(answerPointer(pointer), text):
			faults = append(faults, suspected(answerPointer(pointer)))
		default:
			clean[pointer] = text
		}
	}
	return clean, faults
}

// sentence is what can be read of a text, on one line.
func sentence(text string) string {
	text = strings.Join(strings.Fields(norm.NFC.String(text)), " ")
	return typed.Trim(strings.Map(func(r rune) rune {
		if typed.Hidden(r) {
			return -1
		}
		return r
	}, text))
}
