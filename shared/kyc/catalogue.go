package kyc

import (
	"embed"
	"slices"
	"strings"
	"sync"

	"phonon.in/central/shared/account"
)

// Level says when something is asked for.
type Level string

const (
	Required    Level = "required"
	Conditional Level = "conditional" // required when its condition holds
	Optional    Level = "optional"
)

// Catalogue is one version of everything that is asked for. Values are shared: nobody changes them.
type Catalogue struct {
	Version     string // as "2026-11", the name of its file
	EntityTypes []EntityType
}

// EntityType is one legal form, with what is asked of it.
type EntityType struct {
	Code         string
	Name         string
	AccountTypes []account.Type // who may pick it
	TwoReviewers bool           // an approval takes two
	Fields       []FieldSpec
	Requirements []Requirement
}

// FieldSpec is one value to type in.
type FieldSpec struct {
	Name    string
	Label   string
	Help    string
	Level   Level
	When    Condition // for Conditional
	Kind    Kind
	Choices []Choice // for Choose: the values it may have

	Holders       string      // for a PAN: the letters it may have for its holder; empty for any
	Classes       []string    // for a CIN: the classes it may have; empty for any
	Registrations []GSTINKind // for a GSTIN: the kinds it may have; empty for a regular one
}

// Choice is one value that a field may have.
type Choice struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

// Requirement is one thing to prove with MinOf documents of different types.
type Requirement struct {
	ID       string
	Title    string
	Help     string
	Level    Level
	When     Condition // for Conditional
	Whose    Holder    // the papers are
	MinOf    int
	MaxBytes int64 // of one file
	Options  []Option
}

// Holder says who a paper speaks of. One file never speaks of two.
type Holder string

const (
	Entity    Holder = "entity"
	Signatory Holder = "signatory"
)

// Option is one type of document that proves a requirement.
type Option struct {
	ID        string
	Title     string
	Checklist []Check // what its holder is told that we look for, and what a reviewer ticks off
	Template  string  // the id of a paper that can be filled in and signed; empty when there is none
	Sample    *Sample // nil when there is none
}

// Sample is a drawing of a good one: web/static/samples/<Name>.svg. Spots are the places of the checklist in it, in its order.
type Sample struct {
	Name  string
	Spots []Spot
}

// Spot is a place in a drawing, in hundredths of its width and of its height.
type Spot [2]int

// Check is one thing to look for in a document.
type Check struct {
	ID   string
	Text string
}

// Condition holds when the field was given; with Absent, when it was not; with Is, when that was given. The zero value always holds.
type Condition struct {
	Field  string
	Absent bool
	Is     string
}

// Holds reports the condition for the fields that were given.
func (c Condition) Holds(fields map[string]string) bool {
	switch given := fields[c.Field]; {
	case c.Field == "":
		return true
	case c.Is != "":
		return given == c.Is
	default:
		return (given == "") == c.Absent
	}
}

// EntityType finds an entity type by its code.
func (c *Catalogue) EntityType(code string) (EntityType, bool) {
	i := slices.IndexFunc(c.EntityTypes, func(e EntityType) bool { return e.Code == code })
	if i < 0 {
		return EntityType{}, false
	}
	return c.EntityTypes[i], true
}

// Requirement finds a requirement by its id.
func (e EntityType) Requirement(id string) (Requirement, bool) {
	i := slices.IndexFunc(e.Requirements, func(r Requirement) bool { return r.ID == id })
	if i < 0 {
		return Requirement{}, false
	}
	return e.Requirements[i], true
}

// Field finds a field by its name.
func (e EntityType) Field(name string) (FieldSpec, bool) {
	i := slices.IndexFunc(e.Fields, func(f FieldSpec) bool { return f.Name == name })
	if i < 0 {
		return FieldSpec{}, false
	}
	return e.Fields[i], true
}

// HasOption reports that a document of the type proves the requirement.
func (r Requirement) HasOption(id string) bool {
	return slices.ContainsFunc(r.Options, func(o Option) bool { return o.ID == id })
}

//go:embed catalogue/*.json
var files embed.FS

// Parsed on first use: most functions that link this package never need it.
var versions = sync.OnceValue(func() []*Catalogue {
	list, err := files.ReadDir("catalogue") // sorted: the newest version is last
	if err != nil {
		panic("kyc: " + err.Error())
	}
	var all []*Catalogue
	for _, f := range list {
		data, err := files.ReadFile("catalogue/" + f.Name())
		if err != nil {
			panic("kyc: " + err.Error())
		}
		cat, err := Load(strings.TrimSuffix(f.Name(), ".json"), data)
		if err != nil {
			panic("kyc: " + f.Name() + ": " + err.Error())
		}
		all = append(all, cat)
	}
	return all
})

// Current is the newest catalogue, the one that new cases begin with.
func Current() *Catalogue {
	all := versions()
	return all[len(all)-1]
}

// Version finds a catalogue by its version.
func Version(v string) (*Catalogue, bool) {
	for _, cat := range versions() {
		if cat.Version == v {
			return cat, true
		}
	}
	return nil, false
}
