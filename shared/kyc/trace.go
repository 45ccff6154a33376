package kyc

import (
	"strings"

	"phonon.in/central/shared/typed"
)

// Trace is something of a case by which the same holder would be known in another account: an identifier, or a file by its bytes.
type Trace struct {
	Kind    string // the field's name, or TraceFile
	Value   string // in canonical spelling; of a file its SHA-256
	Pointer string // of the part of the case; empty where it was only asked for
}

// TraceFile is the kind of a file.
const TraceFile = "file"

// traced are the identifiers that one entity alone has, by their field, with their length. The PAN of a signatory is none: a person may sign for
// several.
var traced = map[string]int{"pan": 10, "gstin": 15, "cin": 21}

// Traces are what the case was handed in with: its identifiers, and its files as far as they are known by their bytes.
func (c Case) Traces() (all []Trace) {
	for _, f := range c.entityType().Fields {
		if value := c.Fields[f.Name]; value != "" && traced[f.Name] > 0 {
			all = append(all, Trace{f.Name, value, fieldPointer(f.Name)})
		}
	}
	for _, d := range c.Documents {
		if d.good() && d.SHA256 != "" {
			all = append(all, Trace{TraceFile, d.SHA256, requirementPointer(d.Requirement)})
		}
	}
	return all
}

// TraceOf reads an identifier as people paste it; ok is false for what has the length of none.
func TraceOf(text string) (t Trace, ok bool) {
	text = strings.ToUpper(typed.Compact(typed.Digits(text)))
	for kind, length := range traced {
		if len(text) == length {
			return Trace{Kind: kind, Value: text}, true
		}
	}
	return Trace{}, false
}
