package kyc

import (
	"fmt"
	"slices"
	"time"

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
	Late      bool       // a file has been checked for longer than any check takes
	Documents []Document // those that still say something, oldest first
}

// CheckLife is how long a file is checked at most, also where the scanner is slow. After that something has failed.
const CheckLife = 15 * time.Minute

func needed(level Level, when Condition, fields map[string]string) bool {
	return level == Required || level == Conditional && when.Holds(fields)
}

func standing(c Case, r Requirement, now time.Time) Standing {
	s := Standing{Requirement: r, Needed: needed(r.Level, r.When, c.Fields)}
	for i, d := range c.Documents {
		if d.Requirement == r.ID && d.State != DocSuperseded && !d.lapsed(now) && !((d.State == DocRefused || d.State == DocInfected) && replaced(d, r, c.Documents[i+1:])) {
			s.Documents = append(s.Documents, d)
			s.Late = s.Late || d.State.Checking() && !d.UploadedAt.IsZero() && now.After(d.UploadedAt.Add(CheckLife))
		}
	}
	s.State = s.state()
	return s
}

// replaced reports that a good file came after a refused one and took its place; where several are needed, one of the same type.
func replaced(refused Document, r Requirement, later []Document) bool {
	return slices.ContainsFunc(later, func(d Document) bool {
		return d.Requirement == r.ID && d.good() && (r.MinOf == 1 || d.Type == refused.Type)
	})
}

// good reports a file that is what it has to be, as far as anybody has looked.
func (d Document) good() bool { return d.State == DocClean || d.State == DocAccepted }

// lapsed reports that an upload was allowed and never came.
func (d Document) lapsed(now time.Time) bool {
	return d.State == DocRequested && now.After(d.CreatedAt.Add(UploadLife))
}

func (s Standing) state() State {
	accepted := s.types(DocAccepted)
	ready := s.types(DocAccepted, DocClean)
	arrived := s.types(DocAccepted, DocClean, DocUploaded, DocScanning, DocRendering)
	switch {
	case accepted >= s.MinOf:
		return AllAccepted
	case ready >= s.MinOf:
		return Ready
	case arrived >= s.MinOf:
		return Checking
	case s.types(DocRejected) > 0:
		return OneRejected
	case s.types(DocRefused, DocInfected) > 0:
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

// lack is what to do about a needed requirement that is not ready, and about any file that is still being checked: handed in before that,
// it would be lost.
func (s Standing) lack() (fault.Field, bool) {
	f := fault.Field{Pointer: requirementPointer(s.ID)}
	state := s.State
	if satisfied := state == Ready || state == AllAccepted || !s.Needed; satisfied {
		if s.types(DocUploaded, DocScanning, DocRendering) == 0 {
			return fault.Field{}, false
		}
		state = Checking
	}
	switch state {
	case Missing:
		f.Code, f.Detail = "document_missing", fmt.Sprintf("Upload %s for “%s”.", s.howMany(), s.Title)
	case Incomplete:
		f.Code, f.Detail = "document_incomplete", fmt.Sprintf("“%s” needs %s. Upload one of another type.", s.Title, s.howMany())
	case Checking:
		if s.Late {
			f.Code, f.Detail = "document_check_late", fmt.Sprintf("A file for “%s” takes longer to be checked than it should. Remove it, and upload it again.", s.Title)
			break
		}
		f.Code, f.Detail = "document_checking", fmt.Sprintf("A file for “%s” is still being checked. Try again in a moment.", s.Title)
	case Refused:
		f.Code, f.Detail = "document_refused", fmt.Sprintf("A file for “%s” was refused. %s", s.Title, s.last(DocRefused, DocInfected).Reason.Detail)
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

func (s Standing) last(states ...DocState) (last Document) {
	for _, d := range s.Documents {
		if slices.Contains(states, d.State) {
			last = d
		}
	}
	return last
}
