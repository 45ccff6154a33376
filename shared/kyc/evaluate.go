package kyc

import (
	"fmt"

	"phonon.in/central/shared/fault"
)

// State says how far one requirement is.
type State string

const (
	Missing     State = "missing"    // nothing yet
	Incomplete  State = "incomplete" // some, but fewer types of document than needed
	Checking    State = "checking"   // enough has arrived, and is still being checked
	Ready       State = "ready"      // enough, and the machine has checked it
	Refused     State = "refused"    // a file was refused, and there is no other
	AllAccepted State = "accepted"   // a reviewer accepted enough
	OneRejected State = "rejected"   // a reviewer rejected a document, and there is no other
)

// Standing is one requirement of a case with what was given for it.
type Standing struct {
	Requirement
	Needed    bool // required, or conditional with its condition met
	State     State
	Documents []Document // oldest first, without superseded ones
}

// Evaluation says what a case has and what it lacks.
type Evaluation struct {
	Requirements []Standing    // in the catalogue's order; without conditional ones that do not apply and have no documents
	Missing      []fault.Field // everything that keeps the case from being submitted; nil once it is
	CanSubmit    bool
}

// Evaluate looks at the whole case and reports everything at once.
func Evaluate(c Case) Evaluation {
	var e Evaluation
	et, known := c.catalogue().EntityType(c.EntityType)
	if !known {
		e.Missing = []fault.Field{{Pointer: "/entityType", Code: "entity_type_required", Detail: "Choose what kind of person or business you are."}}
	}
	for _, f := range et.Fields {
		if needed(f.Level, f.When, c.Fields) && c.Fields[f.Name] == "" {
			e.Missing = append(e.Missing, fault.Field{Pointer: fieldPointer(f.Name), Code: "field_missing", Detail: "Enter: " + f.Label + "."})
		}
	}
	for _, r := range et.Requirements {
		s := standing(c, r)
		if !s.Needed && s.Level == Conditional && len(s.Documents) == 0 {
			continue
		}
		e.Requirements = append(e.Requirements, s)
		if f, lacks := s.lack(); lacks {
			e.Missing = append(e.Missing, f)
		}
	}
	if !c.Status.Editable() {
		e.Missing = nil
	}
	e.CanSubmit = c.Status.Can(Submitted) && len(e.Missing) == 0
	return e
}

func needed(level Level, when Condition, fields map[string]string) bool {
	return level == Required || level == Conditional && when.Holds(fields)
}

func standing(c Case, r Requirement) Standing {
	s := Standing{Requirement: r, Needed: needed(r.Level, r.When, c.Fields)}
	for _, d := range c.Documents {
		if d.Requirement == r.ID && d.State != DocSuperseded {
			s.Documents = append(s.Documents, d)
		}
	}
	s.State = s.state()
	return s
}

func (s Standing) state() State {
	accepted := s.types(DocAccepted)
	ready := s.types(DocAccepted, DocClean)
	arrived := s.types(DocAccepted, DocClean, DocUploaded)
	switch {
	case accepted >= s.MinOf:
		return AllAccepted
	case ready >= s.MinOf:
		return Ready
	case arrived >= s.MinOf:
		return Checking
	case s.types(DocRejected) > 0:
		return OneRejected
	case s.types(DocRefused) > 0:
		return Refused
	case arrived > 0:
		return Incomplete
	}
	return Missing
}

// types counts the different types of document in one of the states.
func (s Standing) types(states ...DocState) int {
	seen := map[string]bool{}
	for _, d := range s.Documents {
		for _, state := range states {
			if d.State == state {
				seen[d.Type] = true
			}
		}
	}
	return len(seen)
}

// lack is what to do about a needed requirement that is not ready.
func (s Standing) lack() (fault.Field, bool) {
	if !s.Needed {
		return fault.Field{}, false
	}
	f := fault.Field{Pointer: requirementPointer(s.ID)}
	switch s.State {
	case Ready, AllAccepted:
		return fault.Field{}, false
	case Missing:
		f.Code, f.Detail = "document_missing", fmt.Sprintf("Upload %s for “%s”.", s.howMany(), s.Title)
	case Incomplete:
		f.Code, f.Detail = "document_incomplete", fmt.Sprintf("“%s” needs %s. Upload one of another type.", s.Title, s.howMany())
	case Checking:
		f.Code, f.Detail = "document_checking", fmt.Sprintf("A file for “%s” is still being checked. Try again in a moment.", s.Title)
	case Refused:
		f.Code, f.Detail = "document_refused", fmt.Sprintf("A file for “%s” was refused. %s", s.Title, s.last(DocRefused).Reason.Detail)
	case OneRejected:
		f.Code, f.Detail = "document_rejected", fmt.Sprintf("A document for “%s” was not accepted. %s Upload another one.", s.Title, s.last(DocRejected).Reason.Detail)
	}
	return f, true
}

func (s Standing) howMany() string {
	if s.MinOf == 1 {
		return "a document"
	}
	return fmt.Sprintf("%d documents of different types", s.MinOf)
}

func (s Standing) last(state DocState) (last Document) {
	for _, d := range s.Documents {
		if d.State == state {
			last = d
		}
	}
	return last
}

// SubmitFault is nil when the case can be submitted: ErrLocked, or kyc_incomplete with one field for each thing that is
// missing.
func (c Case) SubmitFault() error {
	if !c.Status.Editable() {
		return ErrLocked
	}
	missing := Evaluate(c).Missing
	if len(missing) == 0 {
		return nil
	}
	return &fault.Error{
		Kind: fault.Invalid, Code: "kyc_incomplete", Fields: missing,
		Detail: "Something is still missing. Complete everything in the list, then submit again.",
	}
}
